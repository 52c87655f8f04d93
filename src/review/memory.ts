// A card's memory: what replaying its events gives. One memory per card id, whichever language it was reviewed in.

import { elapsedDays, minutesOf, studyDayOf } from './day.ts';
import { again, isMark, isReview, type MarkEvent, type ReviewEvent, type StoredEvent } from './event.ts';
import { intervalAfter, type Phase, type Scheduler, type Transition, transitionOf } from './schedule.ts';

/** No such day: before every study day. */
export const never = -1_000_000;

/** A card is a leech at its eighth lapse and every fourth after it: its passage is worth reading again. */
const leechAt = 8;
const leechEvery = 4;

export interface Memory {
  readonly phase: Phase;
  /** Index of the learning step the card is in. */
  readonly step: number;
  readonly stability: number;
  readonly difficulty: number;
  /** Interval given by the last review, days; under 1 it is minutes / 1440. */
  readonly intervalDays: number;
  /** Study day on which the card is due (phase review). */
  readonly dueDay: number;
  /** Epoch ms at which the learning step ends (phases learning and relearning). */
  readonly dueAt: number;
  readonly firstDay: number;
  readonly lastDay: number;
  /** Last study day on which it was reviewed as a due card: the day's review limit counts these. */
  readonly lastDueDay: number;
  readonly reps: number;
  readonly lapses: number;
  /** Id of the last review that counted, '' when there is none. */
  readonly lastReview: string;
  readonly lastRating: number;
  /** Time and id of the last event of any kind. */
  readonly lastT: number;
  readonly suspended: boolean;
  readonly flagged: boolean;
  readonly buriedDay: number;
  /** Content hash seen at the last review in each language. */
  readonly seenEn: string;
  readonly seenZh: string;
}

export const unseen: Memory = {
  phase: 'new',
  step: 0,
  stability: 0,
  difficulty: 0,
  intervalDays: 0,
  dueDay: never,
  dueAt: 0,
  firstDay: never,
  lastDay: never,
  lastDueDay: never,
  reps: 0,
  lapses: 0,
  lastReview: '',
  lastRating: 0,
  lastT: Number.NEGATIVE_INFINITY,
  suspended: false,
  flagged: false,
  buriedDay: never,
  seenEn: '',
  seenZh: '',
};

export interface ReplayRules {
  readonly scheduler: Scheduler;
  readonly rolloverHour: number;
}

export function isLearning(memory: Memory): boolean {
  return memory.phase === 'learning' || memory.phase === 'relearning';
}

/** Whether the card asks to be reviewed at this moment of this study day. A new card is not due. */
export function isDue(memory: Memory, t: number, studyDay: number): boolean {
  if (isLearning(memory)) return memory.dueAt <= t;
  return memory.phase === 'review' && memory.dueDay <= studyDay;
}

export function isLeech(memory: Memory): boolean {
  return memory.lapses >= leechAt && (memory.lapses - leechAt) % leechEvery === 0;
}

/** The card's text differs from what was seen at the last review in this language. */
export function isChanged(memory: Memory, lang: string, hash: string): boolean {
  const seen = lang === 'zh' ? memory.seenZh : memory.seenEn;
  return seen !== '' && seen !== hash;
}

/** The memory after one more event of this card, in log order. Events that do not concern a card leave it as it is. */
export function withEvent(memory: Memory, event: StoredEvent, rules: ReplayRules): Memory {
  if (isReview(event)) return withReview(memory, event, rules);
  return isMark(event) ? withMark(memory, event, rules) : memory;
}

function withReview(memory: Memory, review: ReviewEvent, rules: ReplayRules): Memory {
  const day = studyDayOf(review, rules.rolloverHour);
  const due = isDue(memory, review.t, day);
  if (review.mode === 'page' && memory.phase !== 'new' && !due) return { ...memory, lastT: review.t };
  const elapsed = elapsedDays(memory.lastDay, day);
  const outcome = transitionOf(memory, elapsed, review.rating, rules.scheduler);
  const intervalDays = intervalOf(memory, review, outcome, elapsed, rules);
  const isNew = memory.phase === 'new';
  return {
    phase: outcome.phase,
    step: outcome.step,
    stability: outcome.stability,
    difficulty: outcome.difficulty,
    intervalDays,
    dueDay: intervalDays < 1 ? day : day + intervalDays,
    dueAt: intervalDays < 1 ? review.t + minutesOf(intervalDays) * 60_000 : 0,
    firstDay: isNew ? day : memory.firstDay,
    lastDay: isNew ? day : Math.max(day, memory.lastDay),
    lastDueDay: memory.phase === 'review' ? day : memory.lastDueDay,
    reps: memory.reps + 1,
    lapses: memory.lapses + (memory.phase === 'review' && review.rating === again ? 1 : 0),
    lastReview: review.id,
    lastRating: review.rating,
    lastT: review.t,
    suspended: memory.suspended,
    flagged: memory.flagged,
    buriedDay: memory.buriedDay,
    seenEn: review.lang === 'en' ? review.contentHash : memory.seenEn,
    seenZh: review.lang === 'zh' ? review.contentHash : memory.seenZh,
  };
}

/**
 * The interval the reader was shown stands if the writer knew the same history; after a merge that put another review in between,
 * it is computed anew.
 */
function intervalOf(memory: Memory, review: ReviewEvent, after: Transition, elapsed: number, rules: ReplayRules): number {
  const knew = (review.previous ?? '') === memory.lastReview;
  const given = review.intervalDays;
  const fits = after.stepDays === null ? Number.isInteger(given) && given >= 1 : given < 1;
  return knew && fits ? given : intervalAfter(memory, after, elapsed, review.rating, rules.scheduler);
}

function withMark(memory: Memory, mark: MarkEvent, rules: ReplayRules): Memory {
  const lastT = mark.t;
  if (mark.kind === 'suspend') return { ...memory, suspended: mark.on, lastT };
  if (mark.kind === 'flag') return { ...memory, flagged: mark.on, lastT };
  return { ...memory, buriedDay: mark.on ? studyDayOf(mark, rules.rolloverHour) : never, lastT };
}
