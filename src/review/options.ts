// The options that matter, each with its bounds. An option is changed by a `set` event; the latest write of each key counts.

import { compareEvents, type SetEvent, type StoredEvent } from './event.ts';

export interface Options {
  /** Share of due cards the reader wants to remember. */
  readonly desiredRetention: number;
  readonly newPerDay: number;
  readonly reviewsPerDay: number;
  /** Hour of the reader's clock at which a study day starts. */
  readonly rolloverHour: number;
  /** FSRS-6 weights (21) fitted to this reader; null means the published defaults. */
  readonly weights: readonly number[] | null;
}

export const defaultOptions: Options = {
  desiredRetention: 0.9,
  newPerDay: 10,
  reviewsPerDay: 200,
  rolloverHour: 4,
  weights: null,
};

export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export type NumberOption = 'desiredRetention' | 'newPerDay' | 'reviewsPerDay' | 'rolloverHour';

export const numberBounds: Readonly<Record<NumberOption, NumberBounds>> = {
  desiredRetention: { min: 0.7, max: 0.97, whole: false },
  newPerDay: { min: 0, max: 999, whole: true },
  reviewsPerDay: { min: 1, max: 9999, whole: true },
  rolloverHour: { min: 0, max: 23, whole: true },
};

export function isWithin(value: unknown, bounds: NumberBounds): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return value >= bounds.min && value <= bounds.max && (!bounds.whole || Number.isInteger(value));
}

const isWeights = (value: unknown): value is readonly number[] | null =>
  value === null || (Array.isArray(value) && value.length === 21 && value.every((weight) => Number.isFinite(weight)));

/** The `set` events in force: the last of each key. Kept as events, so that a later one from another device can still be compared. */
export type OptionWrites = ReadonlyMap<string, SetEvent>;

export function withWrites(writes: OptionWrites, events: readonly SetEvent[]): OptionWrites {
  if (events.length === 0) return writes;
  const merged = new Map<string, SetEvent>(writes);
  for (const event of events) {
    const held = merged.get(event.key);
    if (held === undefined || compareEvents(held as StoredEvent, event) < 0) merged.set(event.key, event);
  }
  return merged;
}

/** A value that is out of bounds (a later version, a damaged file) leaves the default in force. */
export function optionsOf(writes: OptionWrites): Options {
  const numberOf = (key: NumberOption): number => {
    const value = writes.get(key)?.value;
    return isWithin(value, numberBounds[key]) ? value : defaultOptions[key];
  };
  const weights = writes.get('weights')?.value;
  return {
    desiredRetention: numberOf('desiredRetention'),
    newPerDay: numberOf('newPerDay'),
    reviewsPerDay: numberOf('reviewsPerDay'),
    rolloverHour: numberOf('rolloverHour'),
    weights: weights !== undefined && isWeights(weights) ? weights : null,
  };
}

/** The part of the options on which replayed memory depends: a snapshot made under another basis is of no use. */
export function basisOf(options: Options): string {
  return JSON.stringify([options.desiredRetention, options.rolloverHour, options.weights]);
}
