// Status and conditions of a Deployment: how far it is, and whether it still moves.
// Models pkg/controller/deployment/progress.go, sync.go calculateStatus and du.DeploymentComplete/Progressing/TimedOut (v1.36),
// rules DEP-13 … DEP-17.

import { parseTime } from '../../../base/time.ts';
import type { Condition, Deployment, ReplicaSet } from '../../types.ts';
import { minAvailableOf } from './fenceposts.ts';
import { availableTotal, specTotal } from './rolling.ts';

type Status = Deployment['status'];
type Conditions = readonly Condition[];

const NO_DEADLINE = 2_147_483_647;

/** DEP-15: whether a progress deadline is set at all. */
export function hasDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== NO_DEADLINE;
}

const find = (conditions: Conditions | undefined, type: string) => conditions?.find((condition) => condition.type === type);
const without = (conditions: Conditions, type: string) => conditions.filter((condition) => condition.type !== type);

/** Sets a condition as upstream's SetDeploymentCondition: unchanged status and reason keep the old one, a changed one goes to the end. */
export function withCondition(conditions: Conditions, next: Condition): Conditions {
  const current = find(conditions, next.type);
  if (current && current.status === next.status && current.reason === next.reason) return conditions;
  const kept = current?.status === next.status ? current.lastTransitionTime : next.lastTransitionTime;
  return [...without(conditions, next.type), { ...next, ...(kept === undefined ? {} : { lastTransitionTime: kept }) }];
}

/** A condition that changes now. */
export function conditionNow(
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
  now: string,
): Condition {
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/** DEP-16, DEP-17: counters and the Available condition. */
export function deploymentStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newRS: ReplicaSet | undefined,
  now: string,
): Status {
  const sum = (value: (rs: ReplicaSet) => number | undefined) => all.reduce((total, rs) => total + (value(rs) ?? 0), 0);
  const available = availableTotal(all);
  const isAvailable = available >= minAvailableOf(deployment);
  const condition = isAvailable
    ? conditionNow('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : conditionNow('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now);
  const counters = {
    replicas: sum((rs) => rs.status.replicas),
    updatedReplicas: newRS?.status.replicas ?? 0,
    readyReplicas: sum((rs) => rs.status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, specTotal(all) - available),
  };
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(counters).filter(([, count]) => count > 0)),
    terminatingReplicas: sum((rs) => rs.status.terminatingReplicas),
    ...(deployment.status.collisionCount !== undefined && { collisionCount: deployment.status.collisionCount }),
    conditions: withCondition(deployment.status.conditions ?? [], condition),
  };
}

/** DEP-15: everything updated, available and observed. */
export function isComplete(deployment: Deployment, status: Status): boolean {
  const wanted = deployment.spec.replicas;
  const counts = [status.updatedReplicas, status.replicas, status.availableReplicas];
  return (
    counts.every((count) => (count ?? 0) === wanted) &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function isProgressing(before: Status, after: Status): boolean {
  const oldOnes = (status: Status) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  const grew = (key: 'updatedReplicas' | 'readyReplicas' | 'availableReplicas') => (after[key] ?? 0) > (before[key] ?? 0);
  return grew('updatedReplicas') || oldOnes(after) < oldOnes(before) || grew('readyReplicas') || grew('availableReplicas');
}

const deadlineMs = (deployment: Deployment, condition: Condition) =>
  parseTime(condition.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds * 1000;

function isTimedOut(deployment: Deployment, condition: Condition | undefined, epochMs: number): boolean {
  if (!condition || condition.reason === 'NewReplicaSetAvailable') return false;
  return condition.reason === 'ProgressDeadlineExceeded' || deadlineMs(deployment, condition) < epochMs;
}

/** DEP-14, DEP-15: the status with its Progressing condition brought up to date. `counted` comes from deploymentStatus. */
export function withProgress(
  deployment: Deployment,
  counted: Status,
  newRS: ReplicaSet | undefined,
  epochMs: number,
  now: string,
): Status {
  const conditions = counted.conditions ?? [];
  if (!hasDeadline(deployment)) return { ...counted, conditions: without(conditions, 'Progressing') };
  const current = find(deployment.status.conditions, 'Progressing');
  const isDone = (counted.replicas ?? 0) === (counted.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (isDone) return counted;
  const what = newRS ? `ReplicaSet "${newRS.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const next = (status: Condition['status'], reason: string, tail: string) =>
    conditionNow('Progressing', status, reason, `${what} ${tail}`, now);
  if (isComplete(deployment, counted)) {
    return {
      ...counted,
      conditions: withCondition(conditions, next('True', 'NewReplicaSetAvailable', 'has successfully progressed.')),
    };
  }
  if (isProgressing(deployment.status, counted)) {
    const updated = next('True', 'ReplicaSetUpdated', 'is progressing.');
    const kept =
      current?.status === 'True' && current.lastTransitionTime ? { lastTransitionTime: current.lastTransitionTime } : {};
    return { ...counted, conditions: [...without(conditions, 'Progressing'), { ...updated, ...kept }] };
  }
  if (isTimedOut(deployment, current, epochMs)) {
    return {
      ...counted,
      conditions: withCondition(conditions, next('False', 'ProgressDeadlineExceeded', 'has timed out progressing.')),
    };
  }
  return counted;
}

/** The failure of one of the ReplicaSets, the new one's first, as condition of the Deployment. */
export function withReplicaFailure(status: Status, all: readonly ReplicaSet[], newRS: ReplicaSet | undefined): Status {
  const failure = [...(newRS ? [newRS] : []), ...all].map((rs) => find(rs.status.conditions, 'ReplicaFailure')).find(Boolean);
  const conditions = status.conditions ?? [];
  return { ...status, conditions: failure ? withCondition(conditions, failure) : without(conditions, 'ReplicaFailure') };
}

/** DEP-13: the condition that tells of pausing and resuming; null when nothing changed. */
export function pauseCondition(deployment: Deployment, now: string): Condition | null {
  const current = find(deployment.status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return null;
  const isMarked = current?.reason === 'DeploymentPaused';
  if (deployment.spec.paused && !isMarked)
    return conditionNow('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', now);
  if (!deployment.spec.paused && isMarked)
    return conditionNow('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', now);
  return null;
}

/** Milliseconds until the deadline has to be looked at again; null when it has not. */
export function stuckCheckMs(deployment: Deployment, status: Status, epochMs: number): number | null {
  const current = find(deployment.status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || !current || current.reason === 'ProgressDeadlineExceeded' || isComplete(deployment, status))
    return null;
  return Math.max(0, deadlineMs(deployment, current) - epochMs) + 1000;
}
