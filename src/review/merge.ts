// Two logs become one: the union by id. Commutative, associative, idempotent, whatever the events are.

import type { StoredEvent } from './event.ts';
import { inLogOrder } from './replay.ts';

export function mergeLogs(left: readonly StoredEvent[], right: readonly StoredEvent[]): StoredEvent[] {
  return inLogOrder([...left, ...right]);
}

/** Events of `incoming` that `held` does not have: what an import has to append. */
export function missingIn(held: readonly StoredEvent[], incoming: readonly StoredEvent[]): StoredEvent[] {
  const ids = new Set(held.map((event) => event.id));
  return inLogOrder(incoming).filter((event) => !ids.has(event.id));
}
