// Scaling a Deployment, also in the middle of a rollout.
// Models pkg/controller/deployment/sync.go scale, isScalingEvent and du.GetReplicaSetProportion (v1.36), rules DEP-05, DEP-10.

import type { Deployment, ReplicaSet } from '../../types.ts';
import { maxReplicasOf } from './fenceposts.ts';
import { byCreation, replicasAnnotation } from './revision.ts';
import { type Resize, specTotal } from './rolling.ts';

const isActiveSet = (rs: ReplicaSet) => rs.spec.replicas > 0;

/** DEP-05: an active ReplicaSet remembers another size of the Deployment. */
export function isScalingEvent(deployment: Deployment, replicaSets: readonly ReplicaSet[]): boolean {
  return replicaSets.filter(isActiveSet).some((rs) => {
    const desired = replicasAnnotation(rs, 'desired');
    return desired !== undefined && desired !== deployment.spec.replicas;
  });
}

function isSaturated(deployment: Deployment, rs: ReplicaSet | undefined): boolean {
  const wanted = deployment.spec.replicas;
  return (
    rs !== undefined &&
    replicasAnnotation(rs, 'desired') === wanted &&
    rs.spec.replicas === wanted &&
    rs.status.availableReplicas === wanted
  );
}

/** The only active ReplicaSet, or with none active the new or latest one; undefined when several are active. */
function activeOrLatest(newRS: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const active = [...old, ...(newRS ? [newRS] : [])].filter(isActiveSet);
  if (active.length === 0) return newRS ?? [...old].sort(byCreation).at(-1);
  return active.length === 1 ? active[0] : undefined;
}

/** How many of `left` Pods a ReplicaSet takes by its share of the Deployment's size before. */
function shareOf(deployment: Deployment, rs: ReplicaSet, left: number): number {
  if (left === 0) return 0;
  const before = replicasAnnotation(rs, 'max') || deployment.status.replicas || 1;
  const target = deployment.spec.replicas === 0 ? 0 : Math.round((rs.spec.replicas * maxReplicasOf(deployment)) / before);
  const share = target - rs.spec.replicas;
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
}

/** DEP-10: splits what is to be added or removed over the active ReplicaSets; the largest takes the rest. */
export function planProportionally(deployment: Deployment, active: readonly ReplicaSet[]): readonly Resize[] {
  const allowed = deployment.spec.replicas > 0 ? maxReplicasOf(deployment) : 0;
  const change = allowed - specTotal(active);
  const bySize = (a: ReplicaSet, b: ReplicaSet) =>
    b.spec.replicas - a.spec.replicas || (change > 0 ? byCreation(b, a) : change < 0 ? byCreation(a, b) : 0);
  const ordered = [...active].sort(bySize);
  let left = change;
  const sizes = ordered.map((rs) => {
    const share = shareOf(deployment, rs, left);
    left -= share;
    return rs.spec.replicas + share;
  });
  return ordered.map((rs, i) => ({
    name: rs.metadata.name,
    to: Math.max(0, (sizes[i] as number) + (i === 0 ? left : 0)),
    why: 'DEP-10',
  }));
}

/** DEP-10: sizes after spec.replicas has changed. Sizes that stay are listed too: their annotations need the new size. */
export function planScale(
  deployment: Deployment,
  newRS: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly Resize[] {
  const only = activeOrLatest(newRS, old);
  if (only) {
    return only.spec.replicas === deployment.spec.replicas
      ? []
      : [{ name: only.metadata.name, to: deployment.spec.replicas, why: 'DEP-10' }];
  }
  if (!newRS && old.length === 0) return [];
  if (isSaturated(deployment, newRS)) {
    return old.filter(isActiveSet).map((rs) => ({ name: rs.metadata.name, to: 0, why: 'DEP-10' }));
  }
  if (deployment.spec.strategy.type !== 'RollingUpdate') return [];
  return planProportionally(deployment, [...old, ...(newRS ? [newRS] : [])].filter(isActiveSet));
}
