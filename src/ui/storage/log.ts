// What every storage of the review log promises. One contract suite (tests/contract/storage.test.ts) runs against each of them.
// The log only grows: nothing here changes or removes an event.

import type { StoredEvent } from '../../review/event.ts';
import type { Snapshot } from '../../review/snapshot.ts';

/** How far a reader has read: `pack` does nothing when the log has grown since. */
export interface LogMark {
  /** Events that are not packed yet. */
  readonly tail: readonly StoredEvent[];
  /** How many packed parts the log has besides the tail. */
  readonly packed: number;
}

export interface LogHead extends LogMark {
  /** A replay of all packed parts, if one is stored and fits. Null while there are parts means: read everything. */
  readonly snapshot: Snapshot | null;
}

export interface WholeLog extends LogMark {
  /** The whole log in log order, packed parts and tail. */
  readonly events: readonly StoredEvent[];
  /** Packed parts that could not be read. Their bytes are left where they are. */
  readonly damaged: number;
}

/** What the listener hears about writes of other tabs: the events, or that the log is to be read again. */
export type LogNews = readonly StoredEvent[] | 'read-again';

export interface ReviewLog {
  /** False when events live only as long as the page. */
  readonly isKept: boolean;
  readonly readHead: () => Promise<LogHead>;
  readonly readAll: () => Promise<WholeLog>;
  /** Resolves when the events are safe. An id that is there already is left as it is. */
  readonly append: (events: readonly StoredEvent[]) => Promise<void>;
  /** Packs the tail and stores a snapshot of all that was read. False, and nothing changed, when the log has grown since. */
  readonly pack: (read: LogMark, snapshot: Snapshot) => Promise<boolean>;
  readonly subscribe: (listener: (news: LogNews) => void) => () => void;
  readonly close: () => void;
}
