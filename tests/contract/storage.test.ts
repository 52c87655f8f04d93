// One contract for every storage of the review log, run against memory and IndexedDB; then the store on top of each.

import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openDB } from 'idb';
import type { StoredEvent } from '../../src/review/event.ts';
import { planReview, planSet, planUndo } from '../../src/review/plan.ts';
import { replayAll } from '../../src/review/replay.ts';
import { encodeBase } from '../../src/review/snapshot.ts';
import { openIndexedLog } from '../../src/ui/storage/indexed-log.ts';
import type { LogNews, ReviewLog } from '../../src/ui/storage/log.ts';
import { memoryPlace, openMemoryLog } from '../../src/ui/storage/memory-log.ts';
import { openStore } from '../../src/ui/storage/store.ts';
import { at, beijing, mark, review, set, unknownEvent } from '../support/review.ts';

const opened: ReviewLog[] = [];
after(() => {
  for (const log of opened) log.close();
});
const kept = (log: ReviewLog): ReviewLog => {
  opened.push(log);
  return log;
};

let databases = 0;
/** A place that several logs can be opened on, as tabs open one database. */
const kinds: { name: string; isKept: boolean; place: () => () => Promise<ReviewLog> }[] = [
  {
    name: 'memory',
    isKept: false,
    place: () => {
      const place = memoryPlace();
      return async () => kept(openMemoryLog(place));
    },
  },
  {
    name: 'IndexedDB',
    isKept: true,
    place: () => {
      const name = `contract-${++databases}`;
      return async () => kept(await openIndexedLog(name));
    },
  },
];

const snapshotOf = (events: readonly StoredEvent[]) => encodeBase(replayAll(events, {}).asBase());
const ids = (events: readonly StoredEvent[]) => events.map((event) => event.id);
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));
const many = (n: number, day = 0): StoredEvent[] =>
  Array.from({ length: n }, (_, i) => review({ t: at(day) + i, card: `p/${i % 50}`, rating: 3 }));
const now = { t: at(0), utcOffsetMin: beijing };
const answer = { card: 'p/a', rating: 3, tookMs: 1000, lang: 'en', contentHash: '00000000', mode: 'new' } as const;

for (const { name, isKept, place } of kinds) {
  describe(`review log in ${name}`, () => {
    it('says whether it keeps anything', async () => {
      assert.equal((await place()()).isKept, isKept);
    });

    it('gives back what was appended, in log order, unknown kinds and fields untouched', async () => {
      const open = place();
      const log = await open();
      const events = [
        review({ t: at(2) }),
        { ...mark('flag', 'p/a', at(1)), future: { a: [1] } },
        unknownEvent(at(0)),
        set('newPerDay', 3, at(3)),
      ];
      for (const event of events) await log.append([event]);
      const sorted = [...events].sort((a, b) => a.t - b.t);
      assert.deepEqual((await log.readAll()).events, sorted);
      assert.deepEqual((await (await open()).readHead()).tail, sorted);
    });

    it('an id that is there already is left as it is', async () => {
      const log = await place()();
      const first = review({ t: at(0), id: 'd.1', rating: 1 });
      await log.append([first]);
      await log.append([{ ...first, rating: 4 } as StoredEvent]);
      assert.deepEqual((await log.readAll()).events, [first]);
    });

    it('two writers at once: nothing is lost', async () => {
      const open = place();
      const [left, right] = [await open(), await open()];
      const writes = Array.from({ length: 100 }, (_, i) => [
        left.append([review({ t: at(0) + i, id: `left.${i}` })]),
        right.append([review({ t: at(0) + i, id: `right.${i}` })]),
      ]);
      await Promise.all(writes.flat());
      assert.equal((await left.readAll()).events.length, 200);
    });

    it('the other tab hears of it, the writer does not', async () => {
      const open = place();
      const [left, right] = [await open(), await open()];
      const heard: LogNews[] = [];
      right.subscribe((news) => heard.push(news));
      left.subscribe(() => assert.fail('the writer heard itself'));
      const event = review({ t: at(0) });
      await left.append([event]);
      await turn();
      assert.deepEqual(heard, [[event]]);
    });

    it('packs the tail, and reads the same log afterwards', async () => {
      const log = await place()();
      const events = [...many(600), unknownEvent(at(1))];
      for (const event of events) await log.append([event]);
      const read = await log.readHead();
      assert.equal(await log.pack(read, snapshotOf(events)), true);
      const head = await log.readHead();
      assert.deepEqual([head.tail.length, head.packed, head.snapshot?.layout], [0, 1, 1]);
      assert.deepEqual(
        (await log.readAll()).events,
        [...events].sort((a, b) => a.t - b.t),
      );
    });

    it('does not pack when the log has grown since it was read', async () => {
      const open = place();
      const [left, right] = [await open(), await open()];
      const events = many(5);
      await left.append(events);
      const read = await left.readHead();
      await right.append([review({ t: at(1) })]);
      assert.equal(await left.pack(read, snapshotOf(events)), false);
      assert.equal((await left.readAll()).events.length, 6);
      const again = await left.readHead();
      assert.equal(await left.pack(again, snapshotOf(again.tail)), true);
      assert.equal(await right.pack(again, snapshotOf(again.tail)), false, 'packed by another tab already');
      assert.equal((await right.readAll()).events.length, 6);
    });

    describe('store', () => {
      it('a review counts when it is stored, and is there after opening again', async () => {
        const open = place();
        const store = await openStore(await open(), {}, 'dev');
        for (let i = 0; i < 10; i++)
          await store.write((state, writer) =>
            planReview(state, writer, { ...now, t: now.t + i }, { ...answer, card: `p/${i}` }),
          );
        const again = await openStore(await open(), {}, 'dev2');
        const reviewed = Array.from({ length: 10 }, (_, i) => again.state().memoryOf(`p/${i}`).reps);
        assert.deepEqual(reviewed, Array(10).fill(1));
      });

      it('a write that the storage refuses changes nothing and rejects', async () => {
        const log = await place()();
        const full = { ...log, append: () => Promise.reject(new DOMException('full', 'QuotaExceededError')) };
        const store = await openStore(full, {}, 'dev');
        await assert.rejects(store.write((state, writer) => planReview(state, writer, now, answer)));
        assert.equal(store.state().memoryOf('p/a').reps, 0);
      });

      it('two tabs: each sees the reviews of the other, and an undo of the other', async () => {
        const open = place();
        const [left, right] = [await openStore(await open(), {}, 'left'), await openStore(await open(), {}, 'right')];
        const event = await left.write((state, writer) => planReview(state, writer, now, answer));
        await right.write((state, writer) => planReview(state, writer, now, { ...answer, card: 'p/b' }));
        await turn();
        assert.deepEqual([left.state().memoryOf('p/b').reps, right.state().memoryOf('p/a').reps], [1, 1]);
        await right.write((_, writer) => planUndo(writer, now, event));
        await turn();
        assert.equal(left.state().memoryOf('p/a').reps, 0);
      });

      it('merge appends what is missing, once, and also a large file', async () => {
        const open = place();
        const store = await openStore(await open(), {}, 'dev');
        const file = many(2000);
        assert.equal(await store.merge(file.slice(0, 3)), 3);
        assert.equal(await store.merge(file), 1997);
        assert.equal(await store.merge(file), 0);
        const again = await openStore(await open(), {}, 'dev2');
        assert.deepEqual(again.state().memoryOf('p/7'), replayAll(file, {}).memoryOf('p/7'));
      });

      it('a packed log opens to the same state, also after options changed or an old review was undone', async () => {
        const open = place();
        const log = await open();
        const events = many(700);
        for (const event of events) await log.append([event]);
        const store = await openStore(log, {}, 'dev');
        await store.tidy();
        assert.deepEqual([(await log.readHead()).tail.length, (await log.readHead()).packed], [0, 1]);
        const whole = replayAll(events, {});
        const later = await openStore(await open(), {}, 'dev2');
        for (let i = 0; i < 50; i++) assert.deepEqual(later.state().memoryOf(`p/${i}`), whole.memoryOf(`p/${i}`));
        const undo = await later.write((_, writer) => planUndo(writer, { ...now, t: at(1) }, events[10]!));
        await later.write((_, writer) => planSet(writer, { ...now, t: at(1) }, 'rolloverHour', 0));
        const expected = replayAll((await log.readAll()).events, {});
        assert.deepEqual(later.state().memoryOf('p/10'), expected.memoryOf('p/10'));
        assert.equal(undo.kind, 'undo');
        const reopened = await openStore(await open(), {}, 'dev3');
        assert.deepEqual(reopened.state().memoryOf('p/10'), expected.memoryOf('p/10'));
        assert.equal(reopened.state().options.rolloverHour, 0);
        await reopened.tidy();
        const last = await openStore(await open(), {}, 'dev4');
        assert.deepEqual(last.state().memoryOf('p/10'), expected.memoryOf('p/10'));
      });
    });
  });
}

describe('damage in IndexedDB', () => {
  it('a damaged part is counted, the rest is read, and its bytes stay', async () => {
    const log = kept(await openIndexedLog('damaged'));
    await log.append(many(600, 0));
    await log.append(many(600, 1));
    const db = await openDB('damaged', 1);
    const part = (await db.get('packed', 1)) as { count: number; bytes: Uint8Array };
    const bytes = part.bytes.slice();
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    await db.put('packed', { ...part, bytes }, 1);
    const whole = await log.readAll();
    assert.deepEqual([whole.damaged, whole.events.length], [1, 600]);
    const store = await openStore(log, {}, 'dev');
    assert.equal(store.damaged(), 1);
    await store.tidy();
    assert.equal(await db.count('packed'), 2);
    assert.deepEqual(ids((await log.readAll()).events), ids(whole.events));
    db.close();
  });

  it('a snapshot that is not one is not used', async () => {
    const log = kept(await openIndexedLog('snapshot'));
    const events = many(600);
    await log.append(events);
    const read = await log.readHead();
    await log.pack(read, { ...snapshotOf(events), numbers: {} });
    const store = await openStore(log, {}, 'dev');
    assert.deepEqual(store.state().memoryOf('p/3'), replayAll(events, {}).memoryOf('p/3'));
  });
});
