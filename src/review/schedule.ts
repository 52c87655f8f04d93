// Memory and intervals: FSRS-6 through the pure functions of ts-fsrs, with our own study days.
// Its calls that take dates count UTC days and are never used (design §5.3). Where implementations differ, fsrs-rs is the oracle.
// Differs from ts-fsrs: the first stability is not raised to 0.1 (fsrs-rs clamps at 0.001), so trained weights below 0.1 count.

import { FSRSAlgorithm } from 'ts-fsrs';
import { daysOfMinutes } from './day.ts';
import { again, easy, good, hard, type Rating } from './event.ts';
import { basisOf, type Options } from './options.ts';

const minStability = 0.001;
const maxIntervalDays = 36_500;

/** Learning steps within a study day, in minutes. Anki's defaults. */
export const learningStepsMin: readonly number[] = [1, 10];
export const relearningStepsMin: readonly number[] = [10];

export interface MemoryState {
  readonly stability: number;
  readonly difficulty: number;
}

export type Phase = 'new' | 'learning' | 'review' | 'relearning';

/** What a rating would do: the memory after it, and when the card comes back (under 1 day: a step of minutes). */
export interface Outcome extends MemoryState {
  readonly phase: Phase;
  readonly step: number;
  readonly intervalDays: number;
}

/** The part of a card's memory that scheduling needs. */
export interface Standing extends MemoryState {
  readonly phase: Phase;
  readonly step: number;
}

export interface Scheduler {
  /** Memory after a rating. `elapsed` in study days, ≥ 0; 0 is FSRS's short-term case. `null` is a card never seen. */
  readonly next: (memory: MemoryState | null, elapsed: number, rating: Rating) => MemoryState;
  /** Whole days until retrievability falls to the desired retention; at least 1. */
  readonly intervalOf: (stability: number) => number;
  readonly retrievability: (elapsed: number, stability: number) => number;
}

const schedulers = new Map<string, Scheduler>();

export function schedulerOf(options: Options): Scheduler {
  const basis = basisOf(options);
  const known = schedulers.get(basis);
  if (known !== undefined) return known;
  const made = makeScheduler(options);
  if (schedulers.size > 8) schedulers.clear();
  schedulers.set(basis, made);
  return made;
}

function makeScheduler(options: Options): Scheduler {
  const algorithm = new FSRSAlgorithm({
    request_retention: options.desiredRetention,
    maximum_interval: maxIntervalDays,
    enable_fuzz: false,
    enable_short_term: true,
    ...(options.weights === null ? {} : { w: [...options.weights] }),
  });
  const weights = algorithm.parameters.w;
  const next = (memory: MemoryState | null, elapsed: number, rating: Rating): MemoryState => {
    const state = algorithm.next_state(memory, elapsed, rating);
    return memory === null ? { difficulty: state.difficulty, stability: Math.max(weights[rating - 1]!, minStability) } : state;
  };
  return {
    next,
    intervalOf: (stability) => algorithm.next_interval(stability, 0),
    retrievability: (elapsed, stability) => algorithm.forgetting_curve(elapsed, stability),
  };
}

/** Where a rating takes a card, before the interval: `stepDays` is null when it is in review and counted in days. */
export interface Transition extends MemoryState {
  readonly phase: Phase;
  readonly step: number;
  readonly stepDays: number | null;
}

/**
 * Memory and phase after one rating. `elapsed` in study days since the last review.
 * Steps as ts-fsrs BasicLearningStepsStrategy: Again goes to the first step, Hard repeats the step (on the first of several: the mean
 * of two; on a single one: half as long again), Good goes on, Easy graduates.
 */
export function transitionOf(card: Standing, elapsed: number, rating: Rating, scheduler: Scheduler): Transition {
  const { stability, difficulty } = scheduler.next(card.phase === 'new' ? null : card, elapsed, rating);
  const stepped = stepOf(card, rating);
  if (stepped === null) return { stability, difficulty, phase: 'review', step: 0, stepDays: null };
  return { stability, difficulty, phase: stepped.phase, step: stepped.step, stepDays: stepped.intervalDays };
}

/** The interval that belongs to a transition. Apart from it because replay mostly knows the interval that was given. */
export function intervalAfter(
  card: Standing,
  after: Transition,
  elapsed: number,
  rating: Rating,
  scheduler: Scheduler,
): number {
  if (after.stepDays !== null) return after.stepDays;
  return card.phase === 'review' ? orderedInterval(card, elapsed, rating, scheduler) : scheduler.intervalOf(after.stability);
}

/** What one rating does to a card, interval included. */
export function outcomeOf(card: Standing, elapsed: number, rating: Rating, scheduler: Scheduler): Outcome {
  const after = transitionOf(card, elapsed, rating, scheduler);
  const { stability, difficulty, phase, step } = after;
  return { stability, difficulty, phase, step, intervalDays: intervalAfter(card, after, elapsed, rating, scheduler) };
}

function stepOf(card: Standing, rating: Rating): Pick<Outcome, 'phase' | 'step' | 'intervalDays'> | null {
  const lapsed = card.phase === 'review' || card.phase === 'relearning';
  if (card.phase === 'review' && rating !== again) return null;
  if (rating === easy) return null;
  const steps = lapsed ? relearningStepsMin : learningStepsMin;
  const phase = lapsed ? 'relearning' : 'learning';
  const at = Math.min(card.step, steps.length - 1);
  if (rating === again) return { phase, step: 0, intervalDays: daysOfMinutes(steps[0]!) };
  if (rating === hard) return { phase, step: at, intervalDays: daysOfMinutes(hardStepMin(steps, at)) };
  const next = steps[at + 1];
  return next === undefined ? null : { phase, step: at + 1, intervalDays: daysOfMinutes(next) };
}

function hardStepMin(steps: readonly number[], at: number): number {
  if (at > 0) return steps[at]!;
  return steps.length === 1 ? Math.round(steps[0]! * 1.5) : Math.round((steps[0]! + steps[1]!) / 2);
}

/** Hard < Good < Easy, at least a day apart: ts-fsrs BasicScheduler next_interval for a card in review. */
function orderedInterval(card: MemoryState, elapsed: number, rating: Rating, scheduler: Scheduler): number {
  const of = (each: Rating) => scheduler.intervalOf(scheduler.next(card, elapsed, each).stability);
  const goodDays = of(good);
  const hardDays = Math.min(of(hard), goodDays);
  if (rating === hard) return hardDays;
  const afterHard = Math.max(goodDays, hardDays + 1);
  return rating === good ? afterHard : Math.max(of(easy), afterHard + 1);
}
