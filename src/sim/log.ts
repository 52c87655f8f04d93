// The log of writes: append only, shared by forks up to the point where they part.

import type { LogState } from './state.ts';
import type { LogEntry } from './types.ts';

/** At most so many entries; then the cluster stands still and says so. */
export const LOG_LIMIT = 1_000_000;

/** Appends an entry; its id is its index. A fork whose array was continued by another history copies its part first. */
export function appendEntry(log: LogState, entry: Omit<LogEntry, 'id'>): LogEntry {
  if (log.entries.length !== log.length) log.entries = log.entries.slice(0, log.length);
  const written = { id: log.length, ...entry };
  log.entries.push(written);
  log.length++;
  return written;
}

/** The entry of an id; undefined when this history has none. */
export function entryOf(log: LogState, id: number): LogEntry | undefined {
  return id < log.length ? log.entries[id] : undefined;
}

/** Entries written after a resourceVersion, oldest first. Costs only what it returns. */
export function writesSince(log: LogState, revision: number): readonly LogEntry[] {
  let from = log.length;
  for (let at = log.length - 1; at >= 0; at--) {
    const written = log.entries[at]?.resourceVersion;
    if (written === undefined) continue;
    if (written <= revision) break;
    from = at;
  }
  return log.entries.slice(from, log.length).filter((entry) => entry.resourceVersion !== undefined);
}
