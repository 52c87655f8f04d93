// The review log's events. The log is append-only; everything else about a reader is derived from it by replay.
// An event of a kind this version does not know is kept as it is, and exported again: a later version wrote it.

import type { Moment } from './day.ts';

export type Rating = 1 | 2 | 3 | 4;
export const again: Rating = 1;
export const hard: Rating = 2;
export const good: Rating = 3;
export const easy: Rating = 4;
export const ratings: readonly Rating[] = [again, hard, good, easy];

/** `due` and `new` come from today's queue, `page` from an exercise on a concept page: that one counts only when the card is new or due. */
export type ReviewMode = 'due' | 'new' | 'page';

/** What every event has. `id` is `<device>.<seq>`; `t` is epoch milliseconds. */
export interface StoredEvent extends Moment {
  readonly id: string;
  readonly kind: string;
}

export interface ReviewEvent extends StoredEvent {
  readonly kind: 'review';
  readonly card: string;
  readonly rating: Rating;
  readonly tookMs: number;
  /** The interval shown and given; under 1 it is a learning step (minutes / 1440). */
  readonly intervalDays: number;
  /** Id of the card's review before this one, as the writer saw it; null for the first. */
  readonly previous: string | null;
  readonly lang: string;
  readonly contentHash: string;
  readonly mode: string;
  /** Predict cards: index of the choice taken. */
  readonly choice?: number;
}

export interface UndoEvent extends StoredEvent {
  readonly kind: 'undo';
  readonly target: string;
}

/** suspend: out of the queue until resumed; bury: until the next study day; flag: a mark for the reader. `on: false` takes it back. */
export interface MarkEvent extends StoredEvent {
  readonly kind: 'suspend' | 'bury' | 'flag';
  readonly card: string;
  readonly on: boolean;
}

export interface SetEvent extends StoredEvent {
  readonly kind: 'set';
  readonly key: string;
  readonly value: unknown;
}

export type KnownEvent = ReviewEvent | UndoEvent | MarkEvent | SetEvent;

export const isReview = (event: StoredEvent): event is ReviewEvent => event.kind === 'review';
export const isUndo = (event: StoredEvent): event is UndoEvent => event.kind === 'undo';
export const isSet = (event: StoredEvent): event is SetEvent => event.kind === 'set';
export const isMark = (event: StoredEvent): event is MarkEvent =>
  event.kind === 'suspend' || event.kind === 'bury' || event.kind === 'flag';

/** `k3f9.12` → device `k3f9`, seq 12. Null when it is not an event id. */
export function parseEventId(id: string): { device: string; seq: number } | null {
  const dot = id.lastIndexOf('.');
  if (dot < 1) return null;
  const digits = id.slice(dot + 1);
  if (!/^(0|[1-9]\d{0,14})$/.test(digits)) return null;
  return { device: id.slice(0, dot), seq: Number(digits) };
}

/** The order of the log: by time, then device, then sequence. Total, so replay does not depend on the order of arrival. */
export function compareEvents(a: StoredEvent, b: StoredEvent): number {
  if (a.t !== b.t) return a.t - b.t;
  if (a.id === b.id) return 0;
  const left = parseEventId(a.id);
  const right = parseEventId(b.id);
  if (left !== null && right !== null && left.device === right.device) return left.seq - right.seq;
  return a.id < b.id ? -1 : 1;
}

/** Who writes: one page of one browser. A page takes a fresh random device name, so two tabs or a restored profile never share ids. */
export interface Writer {
  readonly device: string;
  readonly nextSeq: number;
  /** Time of the writer's last event: time never runs backwards within a device, whatever the clock does. */
  readonly lastT: number;
}

/** Gives the next event its id and time. `after` is the time of an event this one must follow (an undo follows its target). */
export function stamp(writer: Writer, now: Moment, after = Number.NEGATIVE_INFINITY): { stamped: StoredEvent; writer: Writer } {
  const t = Math.max(now.t, writer.lastT + 1, after + 1);
  const stamped = { id: `${writer.device}.${writer.nextSeq}`, kind: '', t, utcOffsetMin: now.utcOffsetMin };
  return { stamped, writer: { device: writer.device, nextSeq: writer.nextSeq + 1, lastT: t } };
}
