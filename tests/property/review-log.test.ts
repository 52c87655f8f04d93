// The log's promises, on random logs: union merges, replay, undo, study days, files.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { startOfStudyDay, studyDayOf } from '../../src/review/day.ts';
import type { StoredEvent } from '../../src/review/event.ts';
import { formatLog, parseLog } from '../../src/review/file.ts';
import { mergeLogs } from '../../src/review/merge.ts';
import { emptyBase, inLogOrder, replay, replayAll } from '../../src/review/replay.ts';
import { decodeBase, encodeBase } from '../../src/review/snapshot.ts';

const cards = ['p/a', 'p/b', 'p/k::c1', 'term/x'];
const devices = ['dev1', 'dev2', 'dev3'];
const start = Date.UTC(2026, 10, 20);
const runs = { numRuns: 2000 };

const place = fc.record({
  device: fc.constantFrom(...devices),
  seq: fc.nat(30),
  t: fc.integer({ min: start, max: start + 40 * 86_400_000 }),
  utcOffsetMin: fc.constantFrom(-720, -300, 0, 60, 330, 480, 840),
});
const body = fc.oneof(
  fc.record({
    kind: fc.constant('review'),
    card: fc.constantFrom(...cards),
    rating: fc.constantFrom(1, 2, 3, 4),
    tookMs: fc.nat(60_000),
    intervalDays: fc.constantFrom(0.000694, 0.006944, 1, 4, 30),
    previous: fc.option(fc.constantFrom('dev1.1', 'dev2.2')),
    lang: fc.constantFrom('en', 'zh'),
    contentHash: fc.constantFrom('0000aaaa', '0000bbbb'),
    mode: fc.constantFrom('due', 'new', 'page'),
  }),
  fc.record({
    kind: fc.constant('undo'),
    target: fc.tuple(fc.constantFrom(...devices), fc.nat(30)).map(([d, n]) => `${d}.${n}`),
  }),
  fc.record({ kind: fc.constantFrom('suspend', 'bury', 'flag'), card: fc.constantFrom(...cards), on: fc.boolean() }),
  fc.record({
    kind: fc.constant('set'),
    key: fc.constantFrom('rolloverHour', 'newPerDay', 'theme of 2031'),
    value: fc.oneof(fc.integer({ min: -5, max: 30 }), fc.string(), fc.constant(null)),
  }),
  fc.record({ kind: fc.constantFrom('hologram', 'reset'), card: fc.constantFrom(...cards), payload: fc.jsonValue() }),
);
const extra = fc.option(fc.record({ futureField: fc.jsonValue() }), { nil: undefined });

/** Events as writers make them: of one id there is one event. */
const log = fc
  .array(fc.tuple(place, body, extra), { maxLength: 40 })
  .map((parts) =>
    parts.map(([{ device, seq, t, utcOffsetMin }, facts, more]) => ({
      id: `${device}.${seq}`,
      t,
      utcOffsetMin,
      ...facts,
      ...more,
    })),
  )
  .map((events) => [...new Map(events.map((event) => [event.id, JSON.parse(JSON.stringify(event)) as StoredEvent])).values()]);

/** Logs of several devices that share a past: parts of one log, overlapping. */
const parts = log.chain((all) => fc.tuple(fc.constant(all), fc.subarray(all), fc.subarray(all), fc.subarray(all)));

/** Everything a reader can see of a state. */
const seen = (events: readonly StoredEvent[]) => {
  const state = replayAll(events, {});
  return { options: state.options, memories: cards.map((card) => state.memoryOf(card)) };
};

test('merge is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(parts, ([, a, b, c]) => {
      assert.deepEqual(mergeLogs(a, b), mergeLogs(b, a));
      assert.deepEqual(mergeLogs(mergeLogs(a, b), c), mergeLogs(a, mergeLogs(b, c)));
      assert.deepEqual(mergeLogs(a, a), inLogOrder(a));
    }),
    runs,
  );
});

test('merge is commutative and associative even for two events that claim one id', () => {
  fc.assert(
    fc.property(log, log, log, (a, b, c) => {
      assert.deepEqual(mergeLogs(a, b), mergeLogs(b, a));
      assert.deepEqual(mergeLogs(mergeLogs(a, b), c), mergeLogs(a, mergeLogs(b, c)));
    }),
    runs,
  );
});

test('a merge loses nothing', () => {
  fc.assert(
    fc.property(parts, ([, a, b]) => {
      const ids = new Set(mergeLogs(a, b).map((event) => event.id));
      for (const event of [...a, ...b]) assert.ok(ids.has(event.id), event.id);
    }),
    runs,
  );
});

test('replay does not depend on the order of arrival', () => {
  fc.assert(
    fc.property(
      log.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => assert.deepEqual(seen(shuffled), seen(all)),
    ),
    runs,
  );
});

test('a replay on a base is the replay of everything, or says that it is stale', () => {
  let onBase = 0;
  fc.assert(
    fc.property(log, fc.nat(40), (all, cut) => {
      const sorted = inLogOrder(all);
      const base = replayAll(sorted.slice(0, cut), {}).asBase();
      const state = replay(base, sorted.slice(cut), {});
      if (state === 'stale') return;
      onBase++;
      const whole = replayAll(all, {});
      assert.deepEqual(state.options, whole.options);
      for (const card of cards) assert.deepEqual(state.memoryOf(card), whole.memoryOf(card));
    }),
    runs,
  );
  assert.ok(onBase > 300, `only ${onBase} of 2000 logs were replayed on a base: the property says nothing`);
});

test('a snapshot gives back the same base', () => {
  fc.assert(
    fc.property(log, (all) => {
      const base = replayAll(all, {}).asBase();
      const back = decodeBase(structuredClone(encodeBase(base)));
      assert.ok(back !== null);
      assert.deepEqual([...back.memories.keys()], [...base.memories.keys()]);
      for (const card of base.memories.keys()) assert.deepEqual(back.memories.get(card), base.memories.get(card));
      assert.deepEqual([back.writes, back.awaited, back.basis], [base.writes, base.awaited, base.basis]);
    }),
    runs,
  );
});

test('undo of the last event is as if it had never been', () => {
  fc.assert(
    fc.property(log, (all) => {
      const sorted = inLogOrder(all).filter((event) => event.kind !== 'undo');
      const last = sorted.at(-1);
      if (last === undefined) return;
      const undo = { id: 'dev9.1', kind: 'undo', t: last.t + 1, utcOffsetMin: 0, target: last.id } as StoredEvent;
      assert.deepEqual(seen([...sorted, undo]), seen(sorted.slice(0, -1)));
    }),
    runs,
  );
});

test('undo works the same after a merge that brings the target last', () => {
  fc.assert(
    fc.property(log, (all) => {
      const undos = all.filter((event) => event.kind === 'undo');
      const rest = all.filter((event) => event.kind !== 'undo');
      assert.deepEqual(seen(mergeLogs(undos, rest)), seen(all));
    }),
    runs,
  );
});

test('export and import are the identity, unknown kinds and fields included', () => {
  fc.assert(
    fc.property(log, (all) => {
      const text = formatLog(all);
      const parsed = parseLog(text);
      assert.deepEqual(parsed.problems, []);
      assert.deepEqual(parsed.events, inLogOrder(all));
      assert.equal(formatLog(parsed.events), text);
    }),
    runs,
  );
});

test('no damage makes an import throw, and what it keeps was in the file', () => {
  fc.assert(
    fc.property(log, fc.nat(), fc.string(), fc.nat(30), (all, where, noise, cut) => {
      const text = formatLog(all);
      const at = where % (text.length + 1);
      const parsed = parseLog(text.slice(0, at) + noise + text.slice(at + cut));
      const ids = new Set(all.map((event) => event.id));
      for (const event of parsed.events) assert.equal(typeof event.t, 'number');
      if (parsed.problems.length === 0 && noise === '' && cut === 0) assert.equal(parsed.events.length, ids.size);
    }),
    runs,
  );
});

const moment = fc.record({
  t: fc.integer({ min: start, max: start + 4e10 }),
  utcOffsetMin: fc.integer({ min: -720, max: 840 }),
});

test('study day: 24 hours make one day at any offset; a day starts at its rollover', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 23 }), (when, rollover) => {
      const day = studyDayOf(when, rollover);
      assert.equal(studyDayOf({ ...when, t: when.t + 86_400_000 }, rollover), day + 1);
      const opens = startOfStudyDay(day, when.utcOffsetMin, rollover);
      assert.ok(opens <= when.t && when.t < opens + 86_400_000);
      assert.equal(studyDayOf({ ...when, t: opens }, rollover), day);
      assert.equal(studyDayOf({ ...when, t: opens - 1 }, rollover), day - 1);
    }),
  );
});

test('study day: nothing happens at 08:00 in Beijing, for any rollover but 8', () => {
  fc.assert(
    fc.property(fc.nat(3000), fc.integer({ min: 0, max: 23 }), (days, rollover) => {
      const eight = Date.UTC(2026, 0, 1) + days * 86_400_000; // midnight UTC is 08:00 in Beijing
      const before = studyDayOf({ t: eight - 60_000, utcOffsetMin: 480 }, rollover);
      const after = studyDayOf({ t: eight + 60_000, utcOffsetMin: 480 }, rollover);
      assert.equal(after - before, rollover === 8 ? 1 : 0);
    }),
  );
});

test('an empty log is an empty state', () => {
  assert.equal(replay(emptyBase, [], {}) === 'stale', false);
});
