// FSRS: published vectors, generated vectors, and fsrs-rs itself through its native binding.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { FSRSBinding, type BindingMemoryState as NativeMemory } from '@open-spaced-repetition/binding';
import { minutesOf } from '../../src/review/day.ts';
import type { Rating } from '../../src/review/event.ts';
import { defaultOptions, type Options } from '../../src/review/options.ts';
import { type MemoryState, type Outcome, outcomeOf, type Standing, schedulerOf } from '../../src/review/schedule.ts';

interface Published {
  readonly kind: string;
  readonly ratings: Rating[];
  readonly elapsed_days: number[];
  readonly stability: number;
  readonly difficulty: number;
  readonly intervals_days: number[];
  readonly tolerance?: number;
}
interface Generated {
  readonly ratings: Rating[];
  readonly elapsed_days: number[];
  readonly steps: { stability: number; difficulty: number; interval_days_dr90: number }[];
}
const vectors = JSON.parse(readFileSync(new URL('../support/fsrs-vectors.json', import.meta.url), 'utf8')) as {
  fsrs6: { published: Record<string, unknown>[]; generated: { vectors: Generated[] } };
};
const published = (kind: string) => vectors.fsrs6.published.find((vector) => vector.kind === kind) as unknown as Published;
const scheduler = schedulerOf(defaultOptions);

function memoriesOf(ratings: readonly Rating[], elapsed: readonly number[], options: Options = defaultOptions): MemoryState[] {
  let memory: MemoryState | null = null;
  return ratings.map((rating, i) => {
    memory = schedulerOf(options).next(memory, elapsed[i]!, rating);
    return memory;
  });
}

const near = (actual: number, expected: number, relative: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${what}: ${actual}, expected ${expected}`);

test('memory state of the vector that all implementations publish', () => {
  const vector = published('memory_state');
  const last = memoriesOf(vector.ratings, vector.elapsed_days).at(-1)!;
  near(last.stability, vector.stability, 1e-5, 'stability');
  near(last.difficulty, vector.difficulty, 1e-5, 'difficulty');
});

for (const vector of vectors.fsrs6.generated.vectors) {
  test(`generated vector ${vector.ratings.join('')} at ${vector.elapsed_days.join(',')}`, () => {
    const memories = memoriesOf(vector.ratings, vector.elapsed_days);
    vector.steps.forEach((step, i) => {
      near(memories[i]!.stability, step.stability, 1e-7, `stability after review ${i}`);
      near(memories[i]!.difficulty, step.difficulty, 1e-7, `difficulty after review ${i}`);
      assert.equal(scheduler.intervalOf(memories[i]!.stability), step.interval_days_dr90, `interval after review ${i}`);
    });
  });
}

test('first review of each rating', () => {
  const vector = published('first_review') as unknown as { stability: number[]; difficulty: number[] };
  for (const rating of [1, 2, 3, 4] as const) {
    const memory = scheduler.next(null, 0, rating);
    near(memory.stability, vector.stability[rating - 1]!, 1e-7, `stability of rating ${rating}`);
    near(memory.difficulty, vector.difficulty[rating - 1]!, 1e-7, `difficulty of rating ${rating}`);
  }
});

test('retrievability follows the published forgetting curve', () => {
  const vector = published('retrievability') as unknown as { elapsed_days: number[]; stability: number[]; r: number[] };
  vector.r.forEach((r, i) => {
    near(scheduler.retrievability(vector.elapsed_days[i]!, vector.stability[i]!), r, 1e-6, `R ${i}`);
  });
});

test('intervals by desired retention, as fsrs-rs gives them', () => {
  const vector = published('next_interval') as unknown as { desired_retention: number[]; interval_days: number[] };
  vector.desired_retention.forEach((desiredRetention, i) => {
    if (desiredRetention < 0.3) return; // over the maximum interval of 36,500 days
    assert.equal(
      schedulerOf({ ...defaultOptions, desiredRetention }).intervalOf(1),
      vector.interval_days[i],
      `at ${desiredRetention}`,
    );
  });
});

test('the interval history that ts-fsrs and py-fsrs publish, each review exactly when due', () => {
  const vector = published('interval_history');
  let card: Standing = { phase: 'new', step: 0, stability: 0, difficulty: 0 };
  let elapsed = 0;
  const intervals = vector.ratings.map((rating) => {
    const outcome: Outcome = outcomeOf(card, elapsed, rating, scheduler);
    card = outcome;
    elapsed = outcome.intervalDays < 1 ? 0 : outcome.intervalDays;
    return elapsed;
  });
  assert.deepEqual(intervals, vector.intervals_days);
});

test('agrees with fsrs-rs to 1e-5 on random histories, same-day reviews included', () => {
  const native = new FSRSBinding();
  let seed = 7;
  const random = (n: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % n;
  };
  for (let history = 0; history < 300; history++) {
    let ours: MemoryState | null = null;
    let theirs: InstanceType<typeof NativeMemory> | null = null;
    for (let i = 0; i < 12; i++) {
      const elapsed = i === 0 || random(3) === 0 ? 0 : random(60);
      const rating = (1 + random(4)) as Rating;
      ours = scheduler.next(ours, elapsed, rating);
      const states = native.nextStates(theirs, 0.9, elapsed);
      theirs = [states.again, states.hard, states.good, states.easy][rating - 1]!.memory;
      near(ours.stability, theirs.stability, 1e-5, `history ${history}, stability after review ${i}`);
      near(ours.difficulty, theirs.difficulty, 1e-5, `history ${history}, difficulty after review ${i}`);
    }
  }
});

test('a trained first stability below 0.1 counts, as in fsrs-rs (ts-fsrs would raise it)', () => {
  const weights = [
    0.02, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629, 1.6483, 0.6014,
    1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
  ];
  const ours = memoriesOf([1, 3], [0, 1], { ...defaultOptions, weights });
  assert.equal(ours[0]!.stability, 0.02);
  const native = new FSRSBinding(weights);
  const first = native.nextStates(null, 0.9, 0).again.memory;
  near(ours[1]!.stability, native.nextStates(first, 0.9, 1).good.memory.stability, 1e-5, 'stability');
});

const fresh: Standing = { phase: 'new', step: 0, stability: 0, difficulty: 0 };
const learning = (step: number): Standing => ({ phase: 'learning', step, stability: 2.3, difficulty: 5 });
const relearning: Standing = { phase: 'relearning', step: 0, stability: 2.3, difficulty: 5 };
const inReview: Standing = { phase: 'review', step: 0, stability: 20, difficulty: 5 };
const stepCases: { name: string; card: Standing; rating: Rating; phase: string; step: number; minutes: number }[] = [
  { name: 'new, Again: first step', card: fresh, rating: 1, phase: 'learning', step: 0, minutes: 1 },
  { name: 'new, Hard: the mean of two steps', card: fresh, rating: 2, phase: 'learning', step: 0, minutes: 6 },
  { name: 'new, Good: second step', card: fresh, rating: 3, phase: 'learning', step: 1, minutes: 10 },
  { name: 'last step, Hard: the same step', card: learning(1), rating: 2, phase: 'learning', step: 1, minutes: 10 },
  { name: 'last step, Again: back to the first', card: learning(1), rating: 1, phase: 'learning', step: 0, minutes: 1 },
  { name: 'in review, Again: relearn', card: inReview, rating: 1, phase: 'relearning', step: 0, minutes: 10 },
  { name: 'relearning, Hard: half as long again', card: relearning, rating: 2, phase: 'relearning', step: 0, minutes: 15 },
];
for (const { name, card, rating, phase, step, minutes } of stepCases) {
  test(name, () => {
    const outcome = outcomeOf(card, 1, rating, scheduler);
    assert.deepEqual(
      { phase: outcome.phase, step: outcome.step, minutes: minutesOf(outcome.intervalDays) },
      { phase, step, minutes },
    );
  });
}

test('graduates to whole days: Good on the last step, Easy at once, Good after a lapse', () => {
  for (const [card, rating] of [
    [learning(1), 3],
    [fresh, 4],
    [relearning, 3],
  ] as const) {
    const outcome = outcomeOf(card, 0, rating, scheduler);
    assert.equal(outcome.phase, 'review');
    assert.ok(Number.isInteger(outcome.intervalDays) && outcome.intervalDays >= 1);
  }
});

test('in review Hard < Good < Easy, at least a day apart, even when the memory is weak', () => {
  const weak: Standing = { phase: 'review', step: 0, stability: 0.5, difficulty: 9 };
  const [hard, good, easy] = ([2, 3, 4] as const).map((rating) => outcomeOf(weak, 0, rating, scheduler).intervalDays);
  assert.ok(hard! < good! && good! < easy!, `${hard} ${good} ${easy}`);
});
