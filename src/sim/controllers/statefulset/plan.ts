// The order in which a StatefulSet creates, removes and replaces its Pods.
// Models pkg/controller/statefulset/stateful_set_control.go updateStatefulSet, processReplica, processCondemned (v1.36),
// rules STS-12 … STS-23, STS-27, STS-29, STS-31 … STS-33, STS-38, STS-49.
// Differs: no maxUnavailable (its gate is off in 1.36).

import type { Pod } from '../../types.ts';
import { isAvailable, isReady } from '../pods.ts';
import { ordinalOf, revisionOfPod, type StatefulSet, startOf } from './identity.ts';

export type SetAction =
  | { readonly act: 'create'; readonly ordinal: number; readonly why: string }
  | { readonly act: 'delete'; readonly pod: Pod; readonly why: string }
  /** The claims of a Pending Pod are made again if they are missing. */
  | { readonly act: 'claims'; readonly pod: Pod }
  /** Identity and owners of claims are looked after. */
  | { readonly act: 'tend'; readonly pod: Pod; readonly isCondemned: boolean };

const isGoing = (pod: Pod) => pod.metadata.deletionTimestamp !== undefined;
const isRunningReady = (pod: Pod) => pod.status.phase === 'Running' && isReady(pod);

/** Pods by place: those in the range of ordinals (holes are undefined), and the condemned, lowest first. */
export function placesOf(
  set: StatefulSet,
  pods: readonly Pod[],
): { readonly replicas: readonly (Pod | undefined)[]; readonly condemned: readonly Pod[] } {
  const start = startOf(set);
  const replicas: (Pod | undefined)[] = Array.from({ length: set.spec.replicas }, () => undefined);
  const condemned: Pod[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(pod);
    if (ordinal < 0) continue;
    if (ordinal >= start && ordinal < start + set.spec.replicas) replicas[ordinal - start] = pod;
    else condemned.push(pod);
  }
  return { replicas, condemned: condemned.sort((a, b) => ordinalOf(a) - ordinalOf(b)) };
}

/**
 * Decides one sync; does nothing. In OrderedReady the first step that must wait ends the list (STS-12).
 * @param updateRevision name of the revision of the present template
 */
export function planStatefulSet(
  set: StatefulSet,
  pods: readonly Pod[],
  updateRevision: string,
  epochMs: number,
): readonly SetAction[] {
  const { replicas, condemned } = placesOf(set, pods);
  const minReady = set.spec.minReadySeconds ?? 0;
  const isUp = (pod: Pod | undefined): boolean =>
    pod !== undefined && isRunningReady(pod) && isAvailable(pod, minReady, epochMs) && !isGoing(pod);
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel';
  const actions: SetAction[] = [];

  /** STS-13. Returns whether an ordered set must stop here. */
  const walk = (pod: Pod | undefined, index: number): boolean => {
    if (!pod) {
      actions.push({ act: 'create', ordinal: startOf(set) + index, why: 'STS-13' });
      return true;
    }
    if (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') {
      if (!isGoing(pod)) actions.push({ act: 'delete', pod, why: 'STS-16' });
      return true;
    }
    if (pod.status.phase === 'Pending') actions.push({ act: 'claims', pod });
    if (isOrdered && !isUp(pod)) return true;
    actions.push({ act: 'tend', pod, isCondemned: false });
    return false;
  };
  for (const [index, pod] of replicas.entries()) if (walk(pod, index) && isOrdered) return actions;

  for (const pod of condemned) actions.push({ act: 'tend', pod, isCondemned: true });
  // STS-21: an unhealthy condemned Pod may only go when it is the first unavailable one of all.
  const firstDown = replicas.some((pod) => !isUp(pod)) ? undefined : condemned.find((pod) => !isUp(pod));
  for (const pod of [...condemned].reverse()) {
    if (isGoing(pod)) {
      if (isOrdered) return actions;
      continue;
    }
    if (isOrdered && !isUp(pod) && pod !== firstDown) return actions;
    actions.push({ act: 'delete', pod, why: 'STS-19' });
    if (isOrdered) return actions;
  }

  if (set.spec.updateStrategy?.type === 'OnDelete') return actions;
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let index = replicas.length - 1; index >= partition; index--) {
    const pod = replicas[index];
    if (pod && revisionOfPod(pod) !== updateRevision && !isGoing(pod)) {
      actions.push({ act: 'delete', pod, why: 'STS-27' });
      return actions;
    }
    if (!isUp(pod)) return actions;
  }
  return actions;
}

/** STS-26, STS-38, STS-47: the status to be written. */
export function statefulSetStatus(
  set: StatefulSet,
  pods: readonly Pod[],
  currentRevision: string,
  updateRevision: string,
  epochMs: number,
): StatefulSet['status'] {
  const minReady = set.spec.minReadySeconds ?? 0;
  const ready = pods.filter(isRunningReady);
  const available = ready.filter((pod) => isAvailable(pod, minReady, epochMs)).length;
  const at = (revision: string) => pods.filter((pod) => !isGoing(pod) && revisionOfPod(pod) === revision).length;
  const updated = at(updateRevision);
  const wanted = set.spec.replicas;
  const isDone =
    set.spec.updateStrategy?.type !== 'OnDelete' && [updated, ready.length, pods.length].every((count) => count === wanted);
  const current = isDone ? updated : at(currentRevision);
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(current > 0 && { currentReplicas: current }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: isDone ? updateRevision : currentRevision,
    updateRevision,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas: available,
  };
}
