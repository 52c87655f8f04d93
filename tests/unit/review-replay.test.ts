// Study days, replay, undo, marks, options, bases.

import assert from 'node:assert/strict';
import test from 'node:test';
import { presentIdOf, siblingGroupOf } from '../../src/review/card.ts';
import { daysOfMinutes, minutesOf, startOfStudyDay, studyDayOf } from '../../src/review/day.ts';
import { compareEvents, parseEventId, stamp } from '../../src/review/event.ts';
import { isChanged, isDue, isLeech } from '../../src/review/memory.ts';
import { planReview, planUndo } from '../../src/review/plan.ts';
import { emptyBase, replay, replayAll, undoneIds } from '../../src/review/replay.ts';
import { at, beijing, mark, review, set, undo, unknownEvent } from '../support/review.ts';

const none = {};
const one = 'page/one';

test('study day: a table of clocks', () => {
  const cases = [
    {
      name: '07:50 and 08:10 in Beijing are one day, though midnight UTC lies between',
      a: at(3, 7, 50),
      b: at(3, 8, 10),
      days: 0,
    },
    { name: '23:50 and 00:10 in Beijing are one day with rollover at 4', a: at(3, 23, 50), b: at(4, 0, 10), days: 0 },
    { name: '03:50 and 04:10 are two days', a: at(3, 3, 50), b: at(3, 4, 10), days: 1 },
    { name: '08:00 and 07:50 of the next morning are two days, though under 24 hours', a: at(3, 8), b: at(4, 7, 50), days: 1 },
  ];
  for (const { name, a, b, days } of cases) {
    const day = (t: number) => studyDayOf({ t, utcOffsetMin: beijing }, 4);
    assert.equal(day(b) - day(a), days, name);
  }
});

test('study day: the event keeps its own offset when the reader travels', () => {
  const inBeijing = { t: at(3, 22), utcOffsetMin: 480 };
  const inBerlinSameNight = { t: at(4, 5), utcOffsetMin: 60 }; // 22:00 in Berlin
  assert.equal(studyDayOf(inBerlinSameNight, 4) - studyDayOf(inBeijing, 4), 0);
});

test('startOfStudyDay is the inverse of studyDayOf', () => {
  const start = startOfStudyDay(studyDayOf({ t: at(3), utcOffsetMin: beijing }, 4), beijing, 4);
  assert.equal(start, at(3, 4));
});

test('whole minutes survive being stored as a fraction of a day', () => {
  for (let minutes = 1; minutes < 1440; minutes++) assert.equal(minutesOf(daysOfMinutes(minutes)), minutes);
});

test('event ids', () => {
  assert.deepEqual(parseEventId('k3.f9.12'), { device: 'k3.f9', seq: 12 });
  for (const bad of ['', 'a', '.1', 'a.', 'a.01', 'a.-1', 'a.1e3']) assert.equal(parseEventId(bad), null, bad);
});

test('log order: time, device, sequence as a number', () => {
  const event = (id: string, t: number) => ({ id, kind: 'x', t, utcOffsetMin: 0 });
  const sorted = [event('a.10', 5), event('b.1', 5), event('a.9', 5), event('c.1', 4)].sort(compareEvents);
  assert.deepEqual(
    sorted.map((each) => each.id),
    ['c.1', 'a.9', 'a.10', 'b.1'],
  );
});

test('time never runs backwards within a device', () => {
  const first = stamp({ device: 'a', nextSeq: 0, lastT: Number.NEGATIVE_INFINITY }, { t: 1000, utcOffsetMin: 0 });
  const second = stamp(first.writer, { t: 400, utcOffsetMin: 0 });
  assert.equal(second.stamped.t, 1001);
  assert.equal(second.stamped.id, 'a.1');
});

test('two reviews around 08:00 in Beijing count as one day; in UTC they would be two', () => {
  const state = replayAll([review({ t: at(0, 7, 50), rating: 4 }), review({ t: at(0, 8, 10), rating: 3 })], none);
  assert.equal(state.memoryOf(one).stability, 8.2956);
});

test('a clock that went back gives no negative days', () => {
  const state = replayAll([review({ t: at(5), rating: 4 }), review({ t: at(6), utcOffsetMin: -720, rating: 3 })], none);
  assert.ok(state.memoryOf(one).stability > 0);
});

test('the interval that was shown stands while the writer knew the history', () => {
  const first = review({ t: at(0), rating: 4, id: 'a.1', previous: null, intervalDays: 9 });
  assert.equal(replayAll([first], none).memoryOf(one).intervalDays, 9);
  const between = review({ t: at(1), rating: 4, id: 'b.1', device: 'b' });
  const later = review({ t: at(9), rating: 3, id: 'a.2', previous: 'a.1', intervalDays: 30 });
  assert.equal(replayAll([first, later], none).memoryOf(one).intervalDays, 30);
  assert.notEqual(replayAll([first, between, later], none).memoryOf(one).intervalDays, 30, 'computed anew after a merge');
});

test('undo: as if never reviewed, due day included', () => {
  const first = review({ t: at(0), rating: 4 });
  const second = review({ t: at(10), rating: 1 });
  const before = replayAll([first], none).memoryOf(one);
  const after = replayAll([first, second, undo(second.id, at(10, 13))], none).memoryOf(one);
  assert.deepEqual(after, before);
});

test('an undo can be undone', () => {
  const first = review({ t: at(0) });
  const taken = undo(first.id, at(1));
  const back = undo(taken.id, at(2));
  assert.deepEqual(undoneIds([first, taken, back]), new Set([taken.id]));
});

test('undo of an event that arrives later', () => {
  const late = review({ t: at(0) });
  const base = replayAll([undo(late.id, at(1))], none).asBase();
  const state = replay(base, [late], none);
  assert.notEqual(state, 'stale');
  if (state !== 'stale') assert.equal(state.memoryOf(one).phase, 'new');
});

test('an exercise on a page counts only when the card is new or due', () => {
  const first = review({ t: at(0), rating: 4, mode: 'page' });
  const early = review({ t: at(1), rating: 1, mode: 'page' });
  const due = review({ t: at(20), rating: 1, mode: 'page' });
  assert.equal(replayAll([first, early], none).memoryOf(one).lapses, 0);
  assert.equal(replayAll([first, due], none).memoryOf(one).lapses, 1);
});

test('suspend, bury, flag and back', () => {
  const events = [mark('suspend', one, at(0)), mark('flag', one, at(0, 13)), mark('bury', one, at(0, 14))];
  const memory = replayAll(events, none).memoryOf(one);
  assert.equal(memory.suspended, true);
  assert.equal(memory.flagged, true);
  assert.equal(memory.buriedDay, studyDayOf({ t: at(0), utcOffsetMin: beijing }, 4));
  assert.equal(replayAll([...events, mark('suspend', one, at(1), false)], none).memoryOf(one).suspended, false);
});

test('leech at the eighth lapse, then every fourth', () => {
  const memory = replayAll([], none).memoryOf(one);
  const leeches = Array.from({ length: 17 }, (_, lapses) => lapses).filter((lapses) => isLeech({ ...memory, lapses }));
  assert.deepEqual(leeches, [8, 12, 16]);
});

test('options: last write of each key counts; out of bounds leaves the default', () => {
  const state = replayAll(
    [set('newPerDay', 5, at(1)), set('newPerDay', 20, at(0)), set('rolloverHour', 99, at(0)), set('colour', 'red', at(0))],
    none,
  );
  assert.equal(state.options.newPerDay, 5);
  assert.equal(state.options.rolloverHour, 4);
});

test('content changed since it was learnt, in the language in which it was learnt', () => {
  const memory = replayAll([review({ t: at(0), lang: 'zh', contentHash: 'aaaa0000' })], none).memoryOf(one);
  assert.equal(isChanged(memory, 'zh', 'aaaa0000'), false);
  assert.equal(isChanged(memory, 'zh', 'bbbb0000'), true);
  assert.equal(isChanged(memory, 'en', 'cccc0000'), false);
});

test('aliases: the log of a former id belongs to the present one; a ring ends', () => {
  const state = replayAll([review({ t: at(0), card: 'old/a' })], { 'old/a': 'new/a' });
  assert.equal(state.memoryOf('new/a').reps, 1);
  assert.equal(presentIdOf('x', { x: 'y', y: 'x' }), 'x');
});

test('sibling groups', () => {
  assert.equal(siblingGroupOf('page/key::c1'), siblingGroupOf('page/key::c2'));
  assert.equal(siblingGroupOf('pair/lease'), siblingGroupOf('term/lease'));
  assert.notEqual(siblingGroupOf('page/a'), siblingGroupOf('page/b'));
});

test('unknown kinds change nothing', () => {
  const first = review({ t: at(0) });
  assert.deepEqual(replayAll([first, unknownEvent(at(1))], none).memoryOf(one), replayAll([first], none).memoryOf(one));
});

test('a card vanished from the deck keeps its memory', () => {
  assert.equal(replayAll([review({ t: at(0), card: 'gone/card' })], none).memoryOf('gone/card').reps, 1);
});

test('a base is stale when events reach back behind it', () => {
  const first = review({ t: at(0) });
  const second = review({ t: at(5) });
  const base = replayAll([second], none).asBase();
  assert.equal(replay(base, [first], none), 'stale');
  assert.equal(replay(base, [undo(second.id, at(6))], none), 'stale');
  assert.equal(replay(base, [set('rolloverHour', 0, at(6))], none), 'stale');
  assert.equal(replay(base, [second], none), 'stale', 'an event that is in the base already');
  assert.notEqual(replay(base, [review({ t: at(6), card: 'page/other' })], none), 'stale');
  assert.notEqual(replay(emptyBase, [undo('nowhere.1', at(0))], none), 'stale');
});

test('planReview gives the interval that the button shows; planUndo follows its target in time', () => {
  const state = replayAll([], none);
  const writer = { device: 'w', nextSeq: 3, lastT: 0 };
  const answer = { card: one, rating: 3, tookMs: 5e9, lang: 'en', contentHash: 'abcd0000', mode: 'new' } as const;
  const planned = planReview(state, writer, { t: at(0), utcOffsetMin: beijing }, answer);
  assert.deepEqual(planned.event, {
    id: 'w.3',
    kind: 'review',
    t: at(0),
    utcOffsetMin: beijing,
    card: one,
    rating: 3,
    tookMs: 3_600_000,
    intervalDays: daysOfMinutes(10),
    previous: null,
    lang: 'en',
    contentHash: 'abcd0000',
    mode: 'new',
  });
  const undone = planUndo(planned.writer, { t: at(0) - 5000, utcOffsetMin: beijing }, planned.event);
  assert.ok(undone.event.t > planned.event.t);
  assert.equal(isDue(replayAll([planned.event], none).memoryOf(one), at(0, 12, 10), 0), true);
});
