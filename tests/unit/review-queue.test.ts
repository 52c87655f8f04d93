// Today's queue: order, limits, siblings, learning steps, what comes tomorrow.

import assert from 'node:assert/strict';
import test from 'node:test';
import type { StoredEvent } from '../../src/review/event.ts';
import { tomorrowOf } from '../../src/review/forecast.ts';
import { dueCountOf, nextOf, noLimits, queueOf } from '../../src/review/queue.ts';
import { replayAll } from '../../src/review/replay.ts';
import { at, beijing, deckCard, mark, review, set } from '../support/review.ts';

const now = (day: number, hour = 12, minute = 0) => ({ t: at(day, hour, minute), utcOffsetMin: beijing });
const queue = (deck: Parameters<typeof queueOf>[0], events: readonly StoredEvent[], when = now(0)) =>
  queueOf(deck, replayAll(events, {}), when);
const ids = (cards: readonly { readonly id: string }[]) => cards.map((card) => card.id);
const easyOn = (card: string, day: number) => review({ t: at(day), card, rating: 4 });

test('new cards come in page order, up to the limit', () => {
  const deck = Array.from({ length: 15 }, (_, i) => deckCard(`p/${i}`, 15 - i));
  assert.deepEqual(
    ids(queue(deck, []).fresh),
    Array.from({ length: 10 }, (_, i) => `p/${14 - i}`),
  );
});

test('the cards of one page come without limits, because the reader asked for them', () => {
  const deck = Array.from({ length: 15 }, (_, i) => deckCard(`p/${i}`, i));
  assert.equal(queueOf(deck, replayAll([], {}), now(0), noLimits).fresh.length, 15);
});

test('limits are counted from the log, whichever device wrote it', () => {
  const deck = Array.from({ length: 15 }, (_, i) => deckCard(`p/${i}`, i));
  const events = [
    review({ t: at(0, 9), card: 'p/0', rating: 4, device: 'x' }),
    review({ t: at(0, 10), card: 'p/1', rating: 4, device: 'y' }),
  ];
  assert.equal(queue(deck, events).fresh.length, 8);
});

test('due first, then new', () => {
  const deck = [deckCard('p/new', 1), deckCard('p/old', 2)];
  const events = [easyOn('p/old', 0)];
  const next = nextOf(queue(deck, events, now(20)), at(20), null);
  assert.deepEqual(next.kind === 'card' && [next.card.id, next.mode], ['p/old', 'due']);
});

test('a learning card comes before all others once its step has ended, and not before', () => {
  const deck = [deckCard('p/a', 1), deckCard('p/b', 2)];
  const events = [review({ t: at(0, 12, 0), card: 'p/a', rating: 3 })];
  const early = nextOf(queue(deck, events, now(0, 12, 5)), at(0, 12, 5), 'p/a');
  assert.equal(early.kind === 'card' && early.card.id, 'p/b');
  const ready = nextOf(queue(deck, events, now(0, 12, 10)), at(0, 12, 10), null);
  assert.equal(ready.kind === 'card' && ready.card.id, 'p/a');
});

test('when nothing else is left a learning card may come 20 minutes early; else one waits, else one is done', () => {
  const deck = [deckCard('p/a', 1)];
  const step = [review({ t: at(0, 12), card: 'p/a', rating: 3 })];
  assert.equal(nextOf(queue(deck, step), at(0, 12), 'p/a').kind, 'card', 'alone, so twice in a row');
  assert.equal(nextOf(queue(deck, [easyOn('p/a', 0)]), at(0), null).kind, 'done');
  const far = { ...queue(deck, step), learning: [{ card: deck[0]!, dueAt: at(0, 13) }] };
  assert.deepEqual(nextOf(far, at(0, 12), null), { kind: 'wait', until: at(0, 13) });
});

test('a step left over at the rollover opens the next day', () => {
  const deck = [deckCard('p/a', 1)];
  const next = nextOf(queue(deck, [review({ t: at(0, 23), card: 'p/a', rating: 3 })], now(1, 9)), at(1, 9), null);
  assert.equal(next.kind === 'card' && next.card.id, 'p/a');
});

test('siblings do not meet on one day: new ones wait, a due one goes before a new one', () => {
  const deck = [deckCard('p/k::c1', 1), deckCard('p/k::c2', 2), deckCard('p/x', 3)];
  assert.deepEqual(ids(queue(deck, []).fresh), ['p/k::c1', 'p/x']);
  assert.deepEqual(ids(queue(deck, [easyOn('p/k::c1', 0)]).fresh), ['p/x'], 'its sibling was reviewed today');
  const later = queue(deck, [easyOn('p/k::c2', 0)], now(30));
  assert.deepEqual([ids(later.due), ids(later.fresh)], [['p/k::c2'], ['p/x']]);
});

test('suspended cards stay out, buried ones until the next study day', () => {
  const deck = [deckCard('p/a', 1), deckCard('p/b', 2), deckCard('p/c', 3)];
  const events = [mark('suspend', 'p/a', at(0)), mark('bury', 'p/b', at(0))];
  assert.deepEqual(ids(queue(deck, events, now(0, 13)).fresh), ['p/c']);
  assert.deepEqual(ids(queue(deck, events, now(1, 13)).fresh), ['p/b', 'p/c']);
});

test('more due than the limit: the best remembered first, no new ones while far behind', () => {
  const deck = Array.from({ length: 9 }, (_, i) => deckCard(`p/${i}`, i));
  const events = [set('reviewsPerDay', 3, at(0, 5)), ...Array.from({ length: 8 }, (_, i) => easyOn(`p/${i}`, i))];
  const today = queue(deck, events, now(40));
  assert.deepEqual(ids(today.due), ['p/7', 'p/6', 'p/5']);
  assert.equal(today.held, 5);
  assert.equal(today.fresh.length, 0);
});

test('the review limit counts due cards, not learning steps', () => {
  const deck = [deckCard('p/a', 1), deckCard('p/b', 2)];
  const events = [
    set('reviewsPerDay', 1, at(0, 5)),
    easyOn('p/a', 0),
    easyOn('p/b', 0),
    review({ t: at(20, 11), card: 'p/a', rating: 1 }),
  ];
  const today = queue(deck, events, now(20));
  assert.deepEqual([ids(today.due), today.learning.length], [[], 1]);
});

test('the same day gives the same order on every device, another day another', () => {
  const deck = Array.from({ length: 12 }, (_, i) => deckCard(`p/${i}`, i));
  const events = deck.map((card) => easyOn(card.id, 0));
  assert.deepEqual(ids(queue(deck, events, now(20)).due), ids(queue([...deck].reverse(), events, now(20, 18)).due));
  assert.notDeepEqual(ids(queue(deck, events, now(20)).due), ids(queue(deck, events, now(21)).due));
});

test('the number beside Today counts due cards, not new ones', () => {
  const deck = [deckCard('p/a', 1), deckCard('p/b', 2)];
  assert.equal(dueCountOf(queue(deck, []), at(0)), 0);
  assert.equal(dueCountOf(queue(deck, [easyOn('p/a', 0)], now(20)), at(20)), 1);
});

test('what comes tomorrow', () => {
  const deck = Array.from({ length: 30 }, (_, i) => deckCard(`p/${i}`, i));
  const state = replayAll(
    [review({ t: at(0), card: 'p/0', rating: 4 }), review({ t: at(0), card: 'p/1', rating: 3, device: 'b' })],
    {},
  );
  const tomorrow = tomorrowOf(deck, state, now(0, 23));
  assert.equal(dueCountOf(tomorrow, at(2)), 1, 'the step left over');
  assert.equal(tomorrow.fresh.length, 10);
});
