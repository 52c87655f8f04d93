// How fast the review is with 100,000 cards and a million reviews: replay, snapshot, queue, and the way from storage to the first
// card. Run with `node tests/bench/review.ts [reviews] [cards]`. Budgets: design §6.

import { performance } from 'node:perf_hooks';
import type { StoredEvent } from '../../src/review/event.ts';
import { formatLog } from '../../src/review/file.ts';
import { nextOf, queueOf } from '../../src/review/queue.ts';
import { replay, replayAll } from '../../src/review/replay.ts';
import { decodeBase, encodeBase } from '../../src/review/snapshot.ts';
import { packEvents } from '../../src/ui/storage/pack.ts';
import { deckCard } from '../support/review.ts';

const reviews = Number(process.argv[2] ?? 1_000_000);
const cards = Number(process.argv[3] ?? 100_000);
const start = Date.UTC(2020, 0, 1);
const cardId = (i: number): string => `concept-${i % 97}/card-${i}`;

/** A reader's log: sessions of about 60 reviews, cards in turn, mostly Good; ids and intervals as the site writes them. */
function logOf(): StoredEvent[] {
  let seed = 1;
  const random = (n: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  const last = new Map<string, string>();
  let t = start;
  return Array.from({ length: reviews }, (_, i) => {
    const card = cardId(i % cards);
    t += i % 60 === 0 ? 3 * 3_600_000 : 6000 + random(9000);
    const id = `s${Math.floor(i / 60).toString(36)}x.${(i % 60) + 1}`;
    const event = {
      id,
      kind: 'review',
      t,
      utcOffsetMin: 480,
      card,
      rating: [1, 2, 3, 3, 3, 3, 3, 4][random(8)],
      tookMs: 2000 + random(20_000),
      intervalDays: 1 + random(40),
      previous: last.get(card) ?? null,
      lang: 'zh',
      contentHash: '1a2b3c4d',
      mode: 'due',
    };
    last.set(card, id);
    return event;
  });
}

function timed<Result>(name: string, budget: string, work: () => Result): Result {
  const before = performance.now();
  const result = work();
  console.log(`${name.padEnd(44)} ${(performance.now() - before).toFixed(1).padStart(9)} ms   ${budget}`);
  return result;
}

const events = logOf();
console.log(`${reviews} reviews, ${cards} cards, Node ${process.version}`);
const state = timed('replay of the whole log', `${(reviews / 5e6) * 1000} ms at 5M reviews/s`, () => replayAll(events, {}));
const snapshot = timed('snapshot written', '', () => encodeBase(state.asBase()));
const stored = structuredClone(snapshot);
const base = timed('snapshot read', '', () => decodeBase(stored)!);
const tail = events.slice(-300).map((event, i) => ({ ...event, id: `tail.${i}`, t: event.t + 86_400_000 }));
const opened = timed('replay of a tail of 300 on it', '', () => replay(base, tail, {}));
if (opened === 'stale') throw new Error('The tail reaches behind the snapshot: the bench measures nothing.');
const deck = Array.from({ length: cards }, (_, i) => deckCard(cardId(i), i));
const now = { t: events.at(-1)!.t + 20 * 86_400_000, utcOffsetMin: 480 };
const queue = timed("today's queue", '50 ms', () => queueOf(deck, opened, now));
for (let i = 0; i < 5; i++) timed("today's queue again", '50 ms', () => queueOf(deck, opened, now));
console.log(`first card: ${nextOf(queue, now.t, null).kind}`);
const packed = await packEvents(events);
console.log(
  `on disk and exported: ${(packed.length / reviews).toFixed(1)} B a review (${(formatLog(events).length / reviews).toFixed(0)} B as text)   25 / 12 B`,
);
