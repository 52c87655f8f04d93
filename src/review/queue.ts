// Today's queue: a function of deck, state and moment. Learning steps whose time has come, then due cards, then new ones in page order.
// Cards of one sibling group do not meet on one study day; limits are counted from the log, so two devices share one limit.

import { type DeckCard, siblingGroupOf } from './card.ts';
import { type Moment, studyDayOf } from './day.ts';
import { isLearning, type Memory } from './memory.ts';
import type { ReviewState } from './replay.ts';

/** When nothing else is left, a learning card may come this much early. */
export const lookAheadMs = 20 * 60_000;

export interface Waiting {
  readonly card: DeckCard;
  readonly dueAt: number;
}

export interface Queue {
  readonly studyDay: number;
  /** Cards within their learning steps, the earliest first, ready or not. */
  readonly learning: readonly Waiting[];
  readonly due: readonly DeckCard[];
  readonly fresh: readonly DeckCard[];
  /** Cards reviewed today that are done for today. */
  readonly finished: number;
  /** Due or new today, but held back by a limit or a sibling. */
  readonly held: number;
}

export type NextCard =
  | { readonly kind: 'card'; readonly card: DeckCard; readonly mode: 'due' | 'new' }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'done' };

interface Standing {
  readonly card: DeckCard;
  readonly memory: Memory;
}

export interface Limits {
  readonly newPerDay: number;
  readonly reviewsPerDay: number;
}

/** For the cards of one page, which the reader asked for by name. */
export const noLimits: Limits = { newPerDay: Number.POSITIVE_INFINITY, reviewsPerDay: Number.POSITIVE_INFINITY };

export function queueOf(deck: readonly DeckCard[], state: ReviewState, now: Moment, limits: Limits = state.options): Queue {
  const studyDay = studyDayOf(now, state.options.rolloverHour);
  const learning: Standing[] = [];
  const due: Standing[] = [];
  const fresh: Standing[] = [];
  const seenToday = new Set<string>();
  const counted = { introduced: 0, reviewed: 0, finished: 0 };
  for (const card of deck) {
    const memory = state.memoryOf(card.id);
    countToday(memory, studyDay, counted);
    if (memory.lastDay === studyDay) seenToday.add(siblingGroupOf(card.id));
    if (memory.suspended || memory.buriedDay === studyDay) continue;
    if (isLearning(memory)) learning.push({ card, memory });
    else if (memory.phase === 'new') fresh.push({ card, memory });
    else if (memory.dueDay <= studyDay) due.push({ card, memory });
  }
  learning.sort((a, b) => a.memory.dueAt - b.memory.dueAt || a.card.order - b.card.order);
  for (const { card } of learning) seenToday.add(siblingGroupOf(card.id));
  const roomDue = Math.max(0, limits.reviewsPerDay - counted.reviewed);
  const dueToday = onePerGroup(inDueOrder(due, studyDay, roomDue), seenToday, roomDue);
  const roomNew = due.length > 2 * limits.reviewsPerDay ? 0 : Math.max(0, limits.newPerDay - counted.introduced);
  fresh.sort((a, b) => a.card.order - b.card.order || (a.card.id < b.card.id ? -1 : 1));
  const freshToday = onePerGroup(fresh, seenToday, roomNew);
  return {
    studyDay,
    learning: learning.map(({ card, memory }) => ({ card, dueAt: memory.dueAt })),
    due: dueToday,
    fresh: freshToday,
    finished: counted.finished,
    held: due.length - dueToday.length,
  };
}

function countToday(
  memory: Memory,
  studyDay: number,
  counted: { introduced: number; reviewed: number; finished: number },
): void {
  if (memory.firstDay === studyDay) counted.introduced++;
  if (memory.lastDueDay === studyDay) counted.reviewed++;
  if (memory.lastDay === studyDay && !isLearning(memory)) counted.finished++;
}

/**
 * The longest due first, shuffled within a day. With more due than the limit lets through, those best remembered first: they are the
 * cheapest to keep, and the rest is a relearning either way. Retrievability falls with elapsed days / stability, so that is compared.
 */
function inDueOrder(due: readonly Standing[], studyDay: number, room: number): Standing[] {
  const isBehind = due.length > room;
  const first = Float64Array.from(due, ({ memory }) =>
    isBehind ? (studyDay - memory.lastDay) / memory.stability : memory.dueDay,
  );
  // Far behind, only the head of the line is sorted: four times the limit leaves room for siblings that step aside.
  const last = due.length > 4 * room ? (first.slice().sort()[4 * room] ?? 0) : Number.POSITIVE_INFINITY;
  const line: { standing: Standing; first: number; key: number }[] = [];
  due.forEach((standing, i) => {
    if (first[i]! <= last) line.push({ standing, first: first[i]!, key: hashOf(`${standing.card.id} ${studyDay}`) });
  });
  return line.sort((a, b) => a.first - b.first || a.key - b.key).map(({ standing }) => standing);
}

function onePerGroup(standings: readonly Standing[], taken: Set<string>, room: number): DeckCard[] {
  const cards: DeckCard[] = [];
  for (const { card } of standings) {
    if (cards.length >= room) break;
    const group = siblingGroupOf(card.id);
    if (taken.has(group)) continue;
    taken.add(group);
    cards.push(card);
  }
  return cards;
}

/** The card to show now. `last` is not shown twice in a row unless it is alone. */
export function nextOf(queue: Queue, t: number, last: string | null): NextCard {
  const ready = queue.learning.filter(({ dueAt }) => dueAt <= t);
  const first = ready.find(({ card }) => card.id !== last) ?? null;
  if (first !== null) return { kind: 'card', card: first.card, mode: 'due' };
  if (queue.due[0] !== undefined) return { kind: 'card', card: queue.due[0], mode: 'due' };
  if (queue.fresh[0] !== undefined) return { kind: 'card', card: queue.fresh[0], mode: 'new' };
  const soon = queue.learning.filter(({ dueAt }) => dueAt <= t + lookAheadMs);
  const ahead = soon.find(({ card }) => card.id !== last) ?? soon[0];
  if (ahead !== undefined) return { kind: 'card', card: ahead.card, mode: 'due' };
  const waiting = queue.learning[0];
  return waiting === undefined ? { kind: 'done' } : { kind: 'wait', until: waiting.dueAt };
}

/** Cards that ask for a review now: the number beside Today. New cards are not counted. */
export function dueCountOf(queue: Queue, t: number): number {
  return queue.due.length + queue.learning.filter(({ dueAt }) => dueAt <= t + lookAheadMs).length;
}

/** FNV-1a over UTF-16 units: an order that is the same on every device and new every day. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
