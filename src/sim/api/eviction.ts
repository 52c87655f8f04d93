// POST pods/eviction: a deletion that asks the PodDisruptionBudget first (PDB-05 … PDB-07).
// Models pkg/registry/core/pod/storage/eviction.go (EvictionREST.Create, checkAndDecrement).

import type { Pod, PodDisruptionBudget } from '../types.ts';
import type { DeleteOptions } from './client.ts';
import type { Desk } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { deleteObject } from './remove.ts';
import { matchesSelector } from './selectors.ts';
import { internalError, tooManyRequests } from './status.ts';
import { save, stored } from './write.ts';

const REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget.";
const RETRY_SECONDS = 10;

const isReady = (pod: Pod) => (pod.status.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True');

/** What an eviction is allowed to do, decided from the Pod and the budgets that select it. */
export type EvictionPlan =
  | { readonly act: 'delete' }
  | { readonly act: 'spend'; readonly budget: PodDisruptionBudget }
  | { readonly act: 'refuse'; readonly cause: string; readonly retryAfterSeconds: number }
  | { readonly act: 'fail' };

/** PDB-05, PDB-06: deletes freely, spends one disruption, or refuses. */
export function planEviction(pod: Pod, budgets: readonly PodDisruptionBudget[]): EvictionPlan {
  const phase = pod.status.phase;
  if (phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed' || pod.metadata.deletionTimestamp)
    return { act: 'delete' };
  if (budgets.length > 1) return { act: 'fail' };
  const budget = budgets[0];
  if (!budget) return { act: 'delete' };
  const { currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0, observedGeneration = 0 } = budget.status ?? {};
  const name = budget.metadata.name;
  if (!isReady(pod)) {
    if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return { act: 'delete' };
    if (currentHealthy >= desiredHealthy && desiredHealthy > 0) return { act: 'delete' };
  }
  if (observedGeneration < (budget.metadata.generation ?? 0))
    return {
      act: 'refuse',
      cause: `The disruption budget ${name} is still being processed by the server.`,
      retryAfterSeconds: RETRY_SECONDS,
    };
  if (disruptionsAllowed <= 0)
    return {
      act: 'refuse',
      cause: `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
      retryAfterSeconds: 0,
    };
  return { act: 'spend', budget };
}

/** Evicts or throws: 429 with the budget's cause, 500 for two budgets. */
export function evictPod(desk: Desk, info: ResourceInfo, namespace: string, name: string, options: DeleteOptions): void {
  const pod = stored(desk, info, namespace, name) as Pod;
  const budgets = desk.store
    .list('poddisruptionbudgets', namespace)
    .filter((budget) => matchesSelector(budget.spec.selector, pod.metadata.labels));
  const plan = planEviction(pod, budgets);
  if (plan.act === 'fail')
    throw internalError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  if (plan.act === 'refuse')
    throw tooManyRequests(REFUSAL, plan.retryAfterSeconds, [{ reason: 'DisruptionBudget', message: plan.cause }]);
  if (plan.act === 'spend') spend(desk, plan.budget, name);
  if (!pod.metadata.deletionTimestamp) markTarget(desk, info, pod);
  deleteObject(desk, info, namespace, name, options);
}

/** Written at once, so that a second eviction in the same instant sees the lower number (PDB-06). */
function spend(desk: Desk, budget: PodDisruptionBudget, pod: string): void {
  const info = desk.discovery.named('poddisruptionbudgets') as ResourceInfo;
  const { status } = budget;
  save(desk, info, budget, {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: status.disruptionsAllowed - 1,
      disruptedPods: { ...status.disruptedPods, [pod]: desk.now },
    },
  });
}

/** PDB-07 */
function markTarget(desk: Desk, info: ResourceInfo, pod: Pod): void {
  const conditions = [
    ...(pod.status.conditions ?? []).filter((condition) => condition.type !== 'DisruptionTarget'),
    {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
      lastProbeTime: null,
      lastTransitionTime: desk.now,
    },
  ];
  save(desk, info, pod, { ...pod, status: { ...pod.status, conditions } });
}
