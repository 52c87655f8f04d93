// Keeps the status of PodDisruptionBudgets: how many Pods may be evicted now.
// Models pkg/controller/disruption/disruption.go trySync, getExpectedPodCount, countHealthyPods, updatePdbStatus (v1.36), rules PDB-01 … PDB-07.
// Differs: a controller other than ReplicaSet, Deployment and StatefulSet is taken as one without a scale.

import { isSame } from '../../base/json.ts';
import { parseTime } from '../../base/time.ts';
import type { Actor, Reader, SyncContext, Watch } from '../actor.ts';
import { matchesSelector } from '../api/selectors.ts';
import type { Condition, IntOrString, KubeObject, Pod, PodDisruptionBudget } from '../types.ts';
import { itself, keyFor, splitKey } from './keys.ts';
import { controllerOf } from './ownership.ts';
import { isReady, isTerminal } from './pods.ts';

/** PDB-01: how long an accepted eviction counts before its Pod is being deleted. */
const DISRUPTED_MS = 120_000;

type Status = PodDisruptionBudget['status'];
type Scale = { readonly uid: string; readonly replicas: number };

/** PDB-03: the workload whose size counts for a Pod: 'none' for a bare one, 'unknown' for a controller without a scale. */
export function scaleOfPod(pod: Pod, read: Reader): Scale | 'none' | 'unknown' {
  const namespace = pod.metadata.namespace ?? '';
  const owner = controllerOf(pod);
  if (!owner) return 'none';
  const find = (kind: string, name: string, uid: string): KubeObject | undefined => {
    const resource = { ReplicaSet: 'replicasets', Deployment: 'deployments', StatefulSet: 'statefulsets' }[kind];
    const object = resource === undefined ? undefined : (read.get(resource, namespace, name) as KubeObject | undefined);
    return object?.metadata.uid === uid ? object : undefined;
  };
  const workload = find(owner.kind, owner.name, owner.uid);
  if (!workload) return 'unknown';
  const above = controllerOf(workload);
  const top = (above && find(above.kind, above.name, above.uid)) ?? workload;
  return { uid: top.metadata.uid, replicas: (top.spec?.replicas as number | undefined) ?? 1 };
}

const scaledUp = (value: IntOrString, total: number) =>
  typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * total) / 100);

export interface BudgetNumbers {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
  readonly currentHealthy: number;
  readonly disruptionsAllowed: number;
}

/** PDB-01, PDB-02. `scaleTotal` is the sum of the workloads' sizes; `healthy` counts Ready Pods that nobody is removing. */
export function budgetNumbers(
  spec: PodDisruptionBudget['spec'],
  podCount: number,
  scaleTotal: number,
  healthy: number,
): BudgetNumbers {
  const { minAvailable, maxUnavailable } = spec;
  const isBySize = maxUnavailable !== undefined || typeof minAvailable === 'string';
  const expectedPods = isBySize ? scaleTotal : podCount;
  const desiredHealthy =
    maxUnavailable !== undefined
      ? Math.max(0, expectedPods - scaledUp(maxUnavailable, expectedPods))
      : scaledUp(minAvailable ?? 0, expectedPods);
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, healthy - desiredHealthy);
  return { expectedPods, desiredHealthy, currentHealthy: healthy, disruptionsAllowed };
}

/** PDB-01: evictions that were accepted and whose Pods are not yet being deleted. */
export function stillDisrupted(budget: PodDisruptionBudget, pods: readonly Pod[], epochMs: number): Record<string, string> {
  const waiting = Object.entries(budget.status?.disruptedPods ?? {}).filter(([name, time]) => {
    const pod = pods.find((other) => other.metadata.name === name);
    return pod && !pod.metadata.deletionTimestamp && parseTime(time) + DISRUPTED_MS > epochMs;
  });
  return Object.fromEntries(waiting);
}

/** PDB-04. */
function allowedCondition(allowed: number, present: readonly Condition[], generation: number, now: string): Condition {
  const status = allowed > 0 ? 'True' : 'False';
  const before = present.find((condition) => condition.type === 'DisruptionAllowed');
  return {
    type: 'DisruptionAllowed',
    status,
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: generation,
    lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now,
  };
}

function fail(budget: PodDisruptionBudget, message: string, ctx: SyncContext): void {
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'SyncFailed',
    message,
    observedGeneration: budget.metadata.generation ?? 1,
    lastTransitionTime: ctx.now,
  };
  const before = budget.status?.conditions?.find((other) => other.type === 'DisruptionAllowed');
  if (before?.reason === 'SyncFailed' && before.message === message && budget.status.disruptionsAllowed === 0) return;
  const status = { ...budget.status, disruptionsAllowed: 0, conditions: [condition] };
  ctx.api.updateStatus('poddisruptionbudgets', { ...budget, status }, 'PDB-03', { budget: budget.metadata.name });
}

/** PDB-02, PDB-03: the sum of the sizes of the Pods' workloads; null when one has no scale. */
function scaleTotalOf(pods: readonly Pod[], budget: PodDisruptionBudget, ctx: SyncContext): number | null {
  const sizes = new Map<string, number>();
  const bare: string[] = [];
  for (const pod of pods) {
    const scale = scaleOfPod(pod, ctx.read);
    if (scale === 'unknown') return null;
    if (scale === 'none') bare.push(pod.metadata.name);
    else sizes.set(scale.uid, scale.replicas);
  }
  if (bare.length > 0) {
    const message = `Pods selected by this PodDisruptionBudget (selector: &LabelSelector{}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
    ctx.as('controllermanager').event(budget, 'Warning', 'UnmanagedPods', message);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const budget = ctx.read.get('poddisruptionbudgets', namespace, name);
  if (!budget || budget.metadata.deletionTimestamp) return;
  const epochMs = ctx.settings.epochMs + ctx.nowMs;
  const pods = ctx.read.list('pods', namespace).filter((pod) => matchesSelector(budget.spec.selector, pod.metadata.labels));
  if (pods.length === 0) ctx.as('controllermanager').event(budget, 'Normal', 'NoPods', 'No matching pods found');
  const needsScale = budget.spec.maxUnavailable !== undefined || typeof budget.spec.minAvailable === 'string';
  const scaleTotal = needsScale ? scaleTotalOf(pods, budget, ctx) : 0;
  if (scaleTotal === null) {
    fail(budget, 'found no controllers for pod', ctx);
    return;
  }
  const disrupted = stillDisrupted(budget, pods, epochMs);
  const isHealthy = (pod: Pod) =>
    isReady(pod) && !isTerminal(pod) && !pod.metadata.deletionTimestamp && !(pod.metadata.name in disrupted);
  const numbers = budgetNumbers(budget.spec, pods.length, scaleTotal, pods.filter(isHealthy).length);
  const generation = budget.metadata.generation ?? 1;
  const status: Status = {
    ...numbers,
    observedGeneration: generation,
    ...(Object.keys(disrupted).length > 0 && { disruptedPods: disrupted }),
    conditions: [allowedCondition(numbers.disruptionsAllowed, budget.status?.conditions ?? [], generation, ctx.now)],
  };
  if (!isSame(status, budget.status)) {
    ctx.api.updateStatus('poddisruptionbudgets', { ...budget, status }, 'PDB-01', { budget: name, ...numbers });
  }
  const ends = Object.values(disrupted).map((time) => parseTime(time) + DISRUPTED_MS - epochMs);
  if (ends.length > 0) ctx.after(Math.max(1, Math.min(...ends)), key);
}

const podWatch: Watch = (object, before, read) => {
  const states = before ? [object, before] : [object];
  return read
    .list('poddisruptionbudgets', object.metadata.namespace)
    .filter((budget) => states.some((pod) => matchesSelector(budget.spec.selector, pod.metadata.labels)))
    .map(keyFor);
};

/** A workload that changes its size changes what is expected, before its Pods follow. */
const scaleWatch: Watch = (object, before, read) =>
  before && before.spec?.replicas === object.spec?.replicas
    ? []
    : read.list('poddisruptionbudgets', object.metadata.namespace).map(keyFor);

export const disruptionController: Actor = {
  name: 'disruption-controller',
  latencyMs: [5, 20],
  watches: {
    poddisruptionbudgets: itself,
    pods: podWatch,
    replicasets: scaleWatch,
    deployments: scaleWatch,
    statefulsets: scaleWatch,
  },
  sync,
};
