// Which writes a reader means by "something changed": heartbeats, Leases, Events and notes of programs are not among them.

import { isSame } from '../base/json.ts';
import type { LogEntry } from '../sim/types.ts';

const BACKGROUND = new Set(['leases', 'events']);

function isHeartbeat(entry: LogEntry): boolean {
  if (entry.object?.resource !== 'nodes' || !entry.before || !entry.after) return false;
  const still = ({ status, metadata, ...rest }: NonNullable<LogEntry['after']>) => ({
    ...rest,
    metadata: { ...metadata, resourceVersion: '' },
    conditions: (status?.conditions ?? []).map((c: { type: string; status: string }) => [c.type, c.status]),
  });
  return isSame(still(entry.before), still(entry.after));
}

/** Whether an entry is a write to an object that a reader looks at. */
export const isVisible = (entry: LogEntry): boolean =>
  entry.object !== undefined &&
  entry.resourceVersion !== undefined &&
  !BACKGROUND.has(entry.object.resource) &&
  !isHeartbeat(entry);
