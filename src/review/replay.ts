// The state of the review: a function of the log. It does not depend on the order in which events arrived.
// A base is a replay already done (a cache); later events are replayed on top of it. When they reach back behind it the answer is
// 'stale', and the caller replays the whole log: a cache makes this faster, never different.

import { presentIdOf } from './card.ts';
import { compareEvents, isMark, isReview, isSet, isUndo, type StoredEvent } from './event.ts';
import { type Memory, type ReplayRules, unseen, withEvent } from './memory.ts';
import { basisOf, type Options, type OptionWrites, optionsOf, withWrites } from './options.ts';
import { schedulerOf } from './schedule.ts';

export type Aliases = Readonly<Record<string, string>>;

/** Memories by present card id. A Map, or a table over columns (snapshot.ts). */
export type MemoryTable = Pick<ReadonlyMap<string, Memory>, 'get' | 'keys'>;

export interface Base {
  readonly memories: MemoryTable;
  readonly writes: OptionWrites;
  /** Targets of undo events that have not arrived yet: they must not count when they do. */
  readonly awaited: ReadonlySet<string>;
  /** What the replay depended on besides the log: options and aliases. '' when nothing was replayed. */
  readonly basis: string;
}

export const emptyBase: Base = { memories: new Map(), writes: new Map(), awaited: new Set(), basis: '' };

export interface ReviewState {
  readonly options: Options;
  readonly rules: ReplayRules;
  readonly memoryOf: (card: string) => Memory;
  /** This state as a base for later events. */
  readonly asBase: () => Base;
}

/** Replays events on top of a base. Never 'stale' on the empty base. */
export function replay(base: Base, events: readonly StoredEvent[], aliases: Aliases): ReviewState | 'stale' {
  const sorted = inLogOrder(events);
  const counted = withoutUndone(sorted, base.awaited);
  const writes = withWrites(base.writes, counted.filter(isSet));
  const options = optionsOf(writes);
  const basis = `${basisOf(options)} ${JSON.stringify(aliases)}`;
  const isFirst = base.basis === '';
  const awaited = awaitedOf(sorted, base.awaited);
  if (!isFirst && (base.basis !== basis || awaited.size > base.awaited.size || hasUndoOf(base.awaited, sorted))) return 'stale';
  const rules: ReplayRules = { scheduler: schedulerOf(options), rolloverHour: options.rolloverHour };
  const changed = foldCards(base, counted, aliases, rules);
  if (changed === 'stale') return 'stale';
  return {
    options,
    rules,
    memoryOf: (card) => changed.get(card) ?? base.memories.get(card) ?? unseen,
    asBase: () => ({ memories: overlaid(base.memories, changed), writes, awaited, basis }),
  };
}

/** The whole log from nothing. */
export function replayAll(events: readonly StoredEvent[], aliases: Aliases): ReviewState {
  const state = replay(emptyBase, events, aliases);
  if (state === 'stale') throw new Error('A replay from nothing cannot be stale: replay() compares a basis that is empty.');
  return state;
}

/** Sorted, each id once. Of two events with one id (which no writer makes) the one with the smaller text stays, wherever it came from. */
export function inLogOrder(events: readonly StoredEvent[]): StoredEvent[] {
  const sorted = isSorted(events) ? [...events] : [...events].sort(compareEvents);
  if (new Set(sorted.map((event) => event.id)).size === sorted.length) return sorted;
  const byId = new Map<string, StoredEvent>();
  for (const event of sorted) {
    const held = byId.get(event.id);
    if (held === undefined || (held !== event && JSON.stringify(event) < JSON.stringify(held))) byId.set(event.id, event);
  }
  return [...byId.values()].sort(compareEvents);
}

/** Most logs are read in order: looking is ten times cheaper than sorting. */
function isSorted(events: readonly StoredEvent[]): boolean {
  for (let i = 1; i < events.length; i++) if (compareEvents(events[i - 1]!, events[i]!) > 0) return false;
  return true;
}

/**
 * Ids taken back. From the latest undo to the earliest, so that an undo that was itself undone does not count. An undo that stands
 * before the undo it names (which no writer makes) takes nothing back: the later one has already counted.
 */
export function undoneIds(sorted: readonly StoredEvent[]): Set<string> {
  const undone = new Set<string>();
  const later = new Set<string>();
  for (let i = sorted.length - 1; i >= 0; i--) {
    const event = sorted[i]!;
    if (!isUndo(event)) continue;
    if (!undone.has(event.id) && !later.has(event.target)) undone.add(event.target);
    later.add(event.id);
  }
  return undone;
}

function withoutUndone(sorted: readonly StoredEvent[], awaited: ReadonlySet<string>): readonly StoredEvent[] {
  const undone = new Set([...undoneIds(sorted), ...awaited]);
  return undone.size === 0 ? sorted : sorted.filter((event) => !undone.has(event.id));
}

/** Has an undo come that an undo inside the base was waiting for? Which of the two counts depends on their order. */
const hasUndoOf = (awaited: ReadonlySet<string>, events: readonly StoredEvent[]): boolean =>
  awaited.size > 0 && events.some((event) => isUndo(event) && awaited.has(event.id));

/** Targets that are neither here nor known to be missing already; on a base they may lie inside it, hence 'stale'. */
function awaitedOf(sorted: readonly StoredEvent[], before: ReadonlySet<string>): ReadonlySet<string> {
  const undone = undoneIds(sorted);
  if (undone.size === 0) return before;
  const present = new Set(sorted.map((event) => event.id));
  return new Set([...before, ...[...undone].filter((id) => !present.has(id))]);
}

function foldCards(
  base: Base,
  events: readonly StoredEvent[],
  aliases: Aliases,
  rules: ReplayRules,
): Map<string, Memory> | 'stale' {
  const changed = new Map<string, Memory>();
  for (const event of events) {
    if (!isReview(event) && !isMark(event)) continue;
    const card = presentIdOf(event.card, aliases);
    const held = changed.get(card);
    const memory = held ?? base.memories.get(card) ?? unseen;
    if (held === undefined && event.t <= memory.lastT) return 'stale';
    changed.set(card, withEvent(memory, event, rules));
  }
  return changed;
}

function overlaid(under: MemoryTable, over: ReadonlyMap<string, Memory>): MemoryTable {
  return {
    get: (card) => over.get(card) ?? under.get(card),
    *keys() {
      yield* over.keys();
      for (const card of under.keys()) if (!over.has(card)) yield card;
      return undefined;
    },
  } as MemoryTable;
}
