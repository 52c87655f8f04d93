// What a reader's deed adds to the log. Decides, writes nothing: the caller stores the event and then counts it as done.

import type { Lang } from './card.ts';
import { elapsedDays, type Moment, studyDayOf } from './day.ts';
import { type KnownEvent, type MarkEvent, type Rating, type ReviewMode, ratings, stamp, type Writer } from './event.ts';
import type { Memory } from './memory.ts';
import type { ReviewState } from './replay.ts';
import { type Outcome, outcomeOf } from './schedule.ts';

export interface Planned {
  readonly event: KnownEvent;
  readonly writer: Writer;
}

export interface Answer {
  readonly card: string;
  readonly rating: Rating;
  readonly tookMs: number;
  readonly lang: Lang;
  readonly contentHash: string;
  readonly mode: ReviewMode;
  readonly choice?: number;
}

/** The four outcomes of a card at this moment, in the order Again Hard Good Easy: what the buttons show. */
export function outcomesOf(memory: Memory, state: ReviewState, now: Moment): readonly Outcome[] {
  const elapsed = memory.phase === 'new' ? 0 : elapsedDays(memory.lastDay, studyDayOf(now, state.options.rolloverHour));
  return ratings.map((rating) => outcomeOf(memory, elapsed, rating, state.rules.scheduler));
}

/** A review, with the interval that was shown. `tookMs` is kept between 0 and an hour. */
export function planReview(state: ReviewState, writer: Writer, now: Moment, answer: Answer): Planned {
  const memory = state.memoryOf(answer.card);
  const { stamped, writer: after } = stamp(writer, now);
  const outcome = outcomesOf(memory, state, now)[answer.rating - 1]!;
  const event: KnownEvent = {
    ...stamped,
    kind: 'review',
    card: answer.card,
    rating: answer.rating,
    tookMs: Math.min(3_600_000, Math.max(0, Math.round(answer.tookMs))),
    intervalDays: outcome.intervalDays,
    previous: memory.lastReview === '' ? null : memory.lastReview,
    lang: answer.lang,
    contentHash: answer.contentHash,
    mode: answer.mode,
    ...(answer.choice === undefined ? {} : { choice: answer.choice }),
  };
  return { event, writer: after };
}

/** Takes an event back. It follows its target in time, also when the clock went back in between. */
export function planUndo(writer: Writer, now: Moment, target: { readonly id: string; readonly t: number }): Planned {
  const { stamped, writer: after } = stamp(writer, now, target.t);
  return { event: { ...stamped, kind: 'undo', target: target.id }, writer: after };
}

export function planMark(writer: Writer, now: Moment, kind: MarkEvent['kind'], card: string, on: boolean): Planned {
  const { stamped, writer: after } = stamp(writer, now);
  return { event: { ...stamped, kind, card, on }, writer: after };
}

export function planSet(writer: Writer, now: Moment, key: string, value: unknown): Planned {
  const { stamped, writer: after } = stamp(writer, now);
  return { event: { ...stamped, kind: 'set', key, value }, writer: after };
}
