// What controllers want to know of a Pod.
// Models pkg/controller/controller_utils.go IsPodActive, IsPodTerminating and pkg/api/v1/pod/util.go (v1.36).

import { parseTime } from '../../base/time.ts';
import type { Condition, KubeObject, Pod } from '../types.ts';

/** Whether the Pod has ended for good: phase Succeeded or Failed. */
export function isTerminal({ status: { phase } }: Pod): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** CTL-12: not ended and not asked to go. */
export function isActive(pod: Pod): boolean {
  return !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** CTL-12: asked to go, and not ended yet. */
export function isTerminating(pod: Pod): boolean {
  return !isTerminal(pod) && pod.metadata.deletionTimestamp !== undefined;
}

const NONE: readonly Condition[] = [];

/** The condition of that type, if the object has one. */
export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  for (const condition of (object.status?.conditions ?? NONE) as readonly Condition[])
    if (condition.type === type) return condition;
  return undefined;
}

/** Condition Ready is True. */
export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True';
}

/** CTL-11: epoch ms from which the Pod counts as available; null while it is not Ready. Times are whole seconds (CTL-14). */
export function availableFromMs(pod: Pod, minReadySeconds: number): number | null {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return null;
  if (minReadySeconds === 0) return 0;
  return parseTime(ready.lastTransitionTime ?? pod.metadata.creationTimestamp) + minReadySeconds * 1000;
}

/** CTL-11: Ready for at least minReadySeconds. */
export function isAvailable(pod: Pod, minReadySeconds: number, epochMs: number): boolean {
  const from = availableFromMs(pod, minReadySeconds);
  return from !== null && from <= epochMs;
}

/** CTL-11: ms until the next Ready Pod becomes available; null when none is waiting. */
export function nextAvailabilityMs(pods: readonly Pod[], minReadySeconds: number, epochMs: number): number | null {
  if (minReadySeconds === 0) return null;
  const waits = pods
    .map((pod) => availableFromMs(pod, minReadySeconds))
    .filter((from): from is number => from !== null && from > epochMs)
    .map((from) => from - epochMs);
  return waits.length > 0 ? Math.min(...waits) : null;
}

/** How often the container that restarted most has restarted. */
export function maxRestarts(pod: Pod): number {
  const counts = (pod.status.containerStatuses ?? []).map((status) => status.restartCount);
  return Math.max(0, ...counts);
}
