// One step of a rolling update: grow the new ReplicaSet, or shrink the old ones.
// Models pkg/controller/deployment/rolling.go (v1.36), rules DEP-06, DEP-07, DEP-20.
// Differs: available Pods beyond what a ReplicaSet still asks for are not counted on; upstream counts them until the status catches up,
// and may then take away one too many when a Deployment is scaled in the middle of a rollout.

import type { Deployment, ReplicaSet } from '../../types.ts';
import { maxReplicasOf, minAvailableOf } from './fenceposts.ts';
import { byCreation } from './revision.ts';

/** A new size for a ReplicaSet, and the rule behind it. */
export interface Resize {
  readonly name: string;
  readonly to: number;
  readonly why: string;
}

/** Sum of the sizes asked for. */
export function specTotal(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((total, rs) => total + rs.spec.replicas, 0);
}

/** Sum of available Pods as the ReplicaSets report them. */
export function availableTotal(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((total, rs) => total + (rs.status.availableReplicas ?? 0), 0);
}

/** Sum of available Pods that are not about to be deleted. */
function stayingTotal(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((total, rs) => total + Math.min(rs.spec.replicas, rs.status.availableReplicas ?? 0), 0);
}

/** DEP-06 (a): the size of the new ReplicaSet that has `present` now, beside `total` Pods asked for by all ReplicaSets. */
export function newReplicasOf(deployment: Deployment, present: number, total: number): number {
  if (deployment.spec.strategy.type !== 'RollingUpdate') return deployment.spec.replicas;
  const room = maxReplicasOf(deployment) - total;
  return room <= 0 ? present : present + Math.min(room, deployment.spec.replicas - present);
}

/** DEP-06: decides the step. An empty plan means that there is nothing to do until something becomes available. */
export function planRollingUpdate(deployment: Deployment, newRS: ReplicaSet, old: readonly ReplicaSet[]): readonly Resize[] {
  const present = newRS.spec.replicas;
  const wanted = deployment.spec.replicas;
  const to = present > wanted ? wanted : newReplicasOf(deployment, present, specTotal([...old, newRS]));
  if (to !== present) return [{ name: newRS.metadata.name, to, why: 'DEP-06' }];
  return planOldReplicaSets(deployment, newRS, old);
}

/** DEP-06 (b): unavailable old Pods first, then available ones while enough stay. */
function planOldReplicaSets(deployment: Deployment, newRS: ReplicaSet, old: readonly ReplicaSet[]): readonly Resize[] {
  if (specTotal(old) === 0) return [];
  const newUnavailable = newRS.spec.replicas - (newRS.status.availableReplicas ?? 0);
  const allowed = specTotal([...old, newRS]) - minAvailableOf(deployment) - newUnavailable;
  if (allowed <= 0) return [];
  const oldestFirst = [...old].sort(byCreation);
  const sizes = new Map(oldestFirst.map((rs) => [rs.metadata.name, rs.spec.replicas]));
  const steps: Resize[] = [];
  const shrink = (budget: number, surplusOf: (rs: ReplicaSet, size: number) => number, why: string) => {
    let left = budget;
    for (const rs of oldestFirst) {
      const size = sizes.get(rs.metadata.name) ?? 0;
      const less = Math.min(left, surplusOf(rs, size));
      if (less <= 0) continue;
      left -= less;
      sizes.set(rs.metadata.name, size - less);
      steps.push({ name: rs.metadata.name, to: size - less, why });
    }
  };
  shrink(allowed, (rs, size) => size - (rs.status.availableReplicas ?? 0), 'DEP-06');
  shrink(stayingTotal([...old, newRS]) - minAvailableOf(deployment), (_, size) => size, 'DEP-06');
  return steps;
}
