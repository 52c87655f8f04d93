// Makers of decks and events for the review's tests. Time is counted in days and hours from a fixed Monday in Beijing.

import type { DeckCard } from '../../src/review/card.ts';
import { daysOfMinutes } from '../../src/review/day.ts';
import type { MarkEvent, Rating, ReviewEvent, SetEvent, StoredEvent, UndoEvent } from '../../src/review/event.ts';

export const beijing = 480;
/** 2026-11-16 00:00 in Beijing. */
const monday = Date.UTC(2026, 10, 15, 16);

/** Epoch ms of an hour of a day, on a clock in Beijing: day 0 is the Monday. */
export const at = (day: number, hour = 12, minute = 0): number => monday + ((day * 24 + hour) * 60 + minute) * 60_000;

let sequence = 0;
const nextId = (device: string): string => `${device}.${++sequence}`;

export interface ReviewFacts {
  readonly t: number;
  readonly rating?: Rating;
  readonly card?: string;
  readonly id?: string;
  readonly device?: string;
  readonly utcOffsetMin?: number;
  readonly intervalDays?: number;
  readonly previous?: string | null;
  readonly lang?: string;
  readonly contentHash?: string;
  readonly mode?: string;
}

export function review(facts: ReviewFacts): ReviewEvent {
  return {
    id: facts.id ?? nextId(facts.device ?? 'a'),
    kind: 'review',
    t: facts.t,
    utcOffsetMin: facts.utcOffsetMin ?? beijing,
    card: facts.card ?? 'page/one',
    rating: facts.rating ?? 3,
    tookMs: 4000,
    intervalDays: facts.intervalDays ?? daysOfMinutes(10),
    // A previous id that nobody wrote: the interval is then computed, not taken from the event.
    previous: facts.previous === undefined ? 'nobody.0' : facts.previous,
    lang: facts.lang ?? 'zh',
    contentHash: facts.contentHash ?? '00000000',
    mode: facts.mode ?? 'due',
  };
}

export const undo = (target: string, t: number, device = 'a'): UndoEvent => ({
  id: nextId(device),
  kind: 'undo',
  t,
  utcOffsetMin: beijing,
  target,
});

export const mark = (kind: MarkEvent['kind'], card: string, t: number, on = true): MarkEvent => ({
  id: nextId('a'),
  kind,
  t,
  utcOffsetMin: beijing,
  card,
  on,
});

export const set = (key: string, value: unknown, t: number, device = 'a'): SetEvent => ({
  id: nextId(device),
  kind: 'set',
  t,
  utcOffsetMin: beijing,
  key,
  value,
});

export const unknownEvent = (t: number): StoredEvent & { readonly payload: unknown } => ({
  id: nextId('z'),
  kind: 'hologram',
  t,
  utcOffsetMin: beijing,
  payload: { deep: [1, null, '二'] },
});

export function deckCard(id: string, order: number, more: Partial<DeckCard> = {}): DeckCard {
  return {
    id,
    kind: 'recall',
    order,
    href: `concepts/page/#s${order}`,
    title: 'Page',
    question: `${id}?`,
    answer: `${id}.`,
    hash: '00000000',
    ...more,
  };
}
