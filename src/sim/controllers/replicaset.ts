// Keeps the number of active Pods of a ReplicaSet equal to spec.replicas.
// Models pkg/controller/replicaset/replica_set.go syncReplicaSet, manageReplicas and replica_set_utils.go calculateStatus (v1.36).
// Differs: reads the store, so there is no stale cache and no expectations (CTL-03); a batch of creates is sent one after the other.

import { isSame } from '../../base/json.ts';
import type { Actor, SyncContext } from '../actor.ts';
import { matcherOf, matchesSelector } from '../api/selectors.ts';
import { ApiError } from '../api/status.ts';
import type { Condition, Pod, ReplicaSet } from '../types.ts';
import { itself, ownersOf, splitKey } from './keys.ts';
import { adoptionPatch, controllerOf, planClaims, podFromTemplate, releasePatch } from './ownership.ts';
import { isActive, isAvailable, isReady, isTerminal, isTerminating, nextAvailabilityMs } from './pods.ts';
import { rankForDeletion } from './ranking.ts';

/** RS-01: at most so many creates or deletes in one sync. */
const BURST_REPLICAS = 500;

export interface ReplicaSetPlan {
  readonly create: number;
  readonly remove: readonly Pod[];
}

const NOTHING: ReplicaSetPlan = { create: 0, remove: [] };

/**
 * RS-01, RS-06, RS-07: decides what to create and delete; does nothing.
 * @param pods active Pods of the ReplicaSet
 * @param family active Pods of all ReplicaSets with the same controller, for RS-06 ⑤
 */
export function planReplicaSet(rs: ReplicaSet, pods: readonly Pod[], family: readonly Pod[], epochMs: number): ReplicaSetPlan {
  const surplus = pods.length - rs.spec.replicas;
  if (surplus <= 0) return { create: Math.min(rs.spec.replicas - pods.length, BURST_REPLICAS), remove: [] };
  const ranked = surplus < pods.length ? rankForDeletion(pods, family, epochMs) : pods;
  return { create: 0, remove: ranked.slice(0, Math.min(surplus, BURST_REPLICAS)) };
}

/** RS-08: the status to be written. `failure` is the error of this sync's creates or deletes, null when all went well. */
export function replicaSetStatus(
  rs: ReplicaSet,
  active: readonly Pod[],
  terminating: number,
  failure: { readonly reason: string; readonly message: string } | null,
  epochMs: number,
  now: string,
): ReplicaSet['status'] {
  const templateLabels = rs.spec.template.metadata?.labels ?? {};
  const isLabelled = matcherOf({ matchLabels: templateLabels });
  const { minReadySeconds = 0 } = rs.spec;
  let [labelled, ready, available] = [0, 0, 0];
  for (const pod of active) {
    if (isLabelled(pod.metadata.labels)) labelled++;
    if (!isReady(pod)) continue;
    ready++;
    if (minReadySeconds === 0 || isAvailable(pod, minReadySeconds, epochMs)) available++;
  }
  const conditions = failureConditions(rs.status.conditions ?? [], failure, now);
  return {
    replicas: active.length,
    ...(labelled > 0 && { fullyLabeledReplicas: labelled }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    terminatingReplicas: terminating,
    observedGeneration: rs.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
}

function failureConditions(
  present: readonly Condition[],
  failure: { readonly reason: string; readonly message: string } | null,
  now: string,
): readonly Condition[] {
  const others = present.filter((condition) => condition.type !== 'ReplicaFailure');
  if (!failure) return others;
  const same = present.find((condition) => condition.type === 'ReplicaFailure' && condition.reason === failure.reason);
  return same ? present : [...others, { type: 'ReplicaFailure', status: 'True', ...failure, lastTransitionTime: now }];
}

/** CTL-07: adopts and releases what has not ended, and returns the Pods that are then the ReplicaSet's own. */
function claimPods(rs: ReplicaSet, ctx: SyncContext): readonly Pod[] {
  const namespace = rs.metadata.namespace ?? '';
  const candidates = [...ctx.read.controlledBy('pods', rs.metadata.uid), ...ctx.read.orphans('pods', namespace)];
  const plan = planClaims(rs, rs.spec.selector, candidates);
  const patch = (pod: Pod, body: object) =>
    ctx.api.patch('pods', namespace, pod.metadata.name, body as Readonly<Record<string, unknown>>, 'merge', 'CTL-07');
  const isAlive = (pod: Pod) => !isTerminal(pod);
  for (const pod of plan.release.filter(isAlive)) patch(pod, releasePatch(rs, pod));
  return [...plan.keep, ...plan.adopt.filter(isAlive).map((pod) => patch(pod, adoptionPatch(rs, pod)))];
}

/** RS-03: creates in batches of 1, 2, 4 …; a failing batch is the last. Returns the failure. */
function createPods(rs: ReplicaSet, count: number, ctx: SyncContext): ApiError | null {
  const facts = { replicaSet: rs.metadata.name, wanted: rs.spec.replicas, missing: count };
  let failure: ApiError | null = null;
  for (let size = 1, left = count; left > 0 && !failure; size *= 2) {
    const batch = Math.min(size, left);
    left -= batch;
    for (let i = 0; i < batch; i++) {
      try {
        const pod = ctx.api.create('pods', podFromTemplate(rs, rs.spec.template), 'RS-01', facts);
        ctx.event(rs, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failure ??= error;
        ctx.event(rs, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      }
    }
  }
  return failure;
}

function deletePods(rs: ReplicaSet, pods: readonly Pod[], ctx: SyncContext): ApiError | null {
  const namespace = rs.metadata.namespace ?? '';
  let failure: ApiError | null = null;
  for (const { metadata } of pods) {
    const facts = { replicaSet: rs.metadata.name, wanted: rs.spec.replicas, pod: metadata.name };
    try {
      ctx.api.delete('pods', namespace, metadata.name, { preconditions: { uid: metadata.uid } }, 'RS-06', facts);
      ctx.event(rs, 'Normal', 'SuccessfulDelete', `Deleted pod: ${metadata.name}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status.reason === 'NotFound') continue;
      failure ??= error;
      ctx.event(rs, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
    }
  }
  return failure;
}

/** RS-06 ⑤: active Pods of all ReplicaSets that share this one's controller. */
function familyOf(rs: ReplicaSet, own: readonly Pod[], ctx: SyncContext): readonly Pod[] {
  const owner = controllerOf(rs);
  if (!owner) return own;
  return ctx.read
    .controlledBy('replicasets', owner.uid)
    .flatMap((set) => ctx.read.controlledBy('pods', set.metadata.uid).filter(isActive));
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const rs = ctx.read.get('replicasets', namespace, name);
  if (!rs) return;
  const epochMs = ctx.settings.epochMs + ctx.nowMs;
  const active: Pod[] = [];
  let terminating = 0;
  for (const pod of claimPods(rs, ctx)) {
    if (isActive(pod)) active.push(pod);
    else if (isTerminating(pod)) terminating++;
  }
  // Only a surplus is ranked, so only then is the family looked up.
  const isShrinking = active.length > rs.spec.replicas;
  const plan = rs.metadata.deletionTimestamp
    ? NOTHING
    : planReplicaSet(rs, active, isShrinking ? familyOf(rs, active, ctx) : [], epochMs);
  const failure = createPods(rs, plan.create, ctx) ?? deletePods(rs, plan.remove, ctx);
  const problem = failure && { reason: plan.create > 0 ? 'FailedCreate' : 'FailedDelete', message: failure.message };
  const status = replicaSetStatus(rs, active, terminating, problem, epochMs, ctx.now);
  if (!isSame(status, rs.status)) ctx.api.updateStatus('replicasets', { ...rs, status }, 'RS-08', { replicaSet: name });
  if (failure) throw failure;
  const waitMs = nextAvailabilityMs(active, rs.spec.minReadySeconds ?? 0, epochMs);
  if (waitMs !== null) ctx.after(waitMs, key);
}

export const replicaSetController: Actor = {
  name: 'replicaset-controller',
  latencyMs: [3, 12],
  watches: {
    replicasets: itself,
    pods: ownersOf('ReplicaSet', 'replicasets', (rs, pod) => matchesSelector(rs.spec.selector, pod.metadata.labels)),
  },
  sync,
};
