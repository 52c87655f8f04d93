// The Recreate strategy: all old Pods go, then all new ones come.
// Models pkg/controller/deployment/recreate.go (v1.36), rule DEP-09.

import type { Deployment, Pod, ReplicaSet } from '../../types.ts';
import { isTerminal } from '../pods.ts';
import type { Resize } from './rolling.ts';

/** DEP-09: whether a Pod of an old ReplicaSet may still run; a terminating one does, an ended one does not. */
export function hasOldPodsRunning(old: readonly ReplicaSet[], oldPods: readonly Pod[]): boolean {
  return old.some((rs) => rs.status.replicas > 0) || oldPods.some((pod) => !isTerminal(pod));
}

export type RecreatePlan =
  | { readonly step: 'shrink'; readonly resizes: readonly Resize[] }
  | { readonly step: 'wait' }
  | { readonly step: 'grow' };

/** DEP-09: decides the step. `oldPods` are the Pods of all ReplicaSets but the new one. */
export function planRecreate(_deployment: Deployment, old: readonly ReplicaSet[], oldPods: readonly Pod[]): RecreatePlan {
  const active = old.filter((rs) => rs.spec.replicas > 0);
  if (active.length > 0)
    return { step: 'shrink', resizes: active.map((rs) => ({ name: rs.metadata.name, to: 0, why: 'DEP-09' })) };
  return { step: hasOldPodsRunning(old, oldPods) ? 'wait' : 'grow' };
}
