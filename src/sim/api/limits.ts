// How much fits: a cluster in a browser tab must answer, not hang. Refusals have the words of a ResourceQuota.

import type { Desk } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { forbidden } from './status.ts';

/** Most objects of one resource in the cluster; Events are dropped instead, oldest first. */
const LIMITS: Readonly<Record<string, number>> = { pods: 6000, nodes: 1000 };
const LIMIT = 10_000;
const EVENT_LIMIT = 5000;

/** Throws Forbidden when the cluster is full; makes room for an Event. */
export function checkLimits(desk: Desk, info: ResourceInfo, name: string): void {
  const used = desk.store.count(info.resource);
  if (info.resource === 'events') {
    if (used >= EVENT_LIMIT) dropOldestEvent(desk);
    return;
  }
  const limit = LIMITS[info.resource] ?? LIMIT;
  if (used < limit) return;
  const what = `count/${info.resource}`;
  throw forbidden(
    info,
    name,
    `exceeded quota: simulator, requested: ${what}=1, used: ${what}=${used}, limited: ${what}=${limit}`,
  );
}

function dropOldestEvent({ store, state, from }: Desk): void {
  const oldest = state.objects.get('events')?.values().next().value;
  if (oldest) store.remove('events', oldest, { ...from, why: 'K-14' });
}
