// Which Pods of a ReplicaSet go first when it shrinks.
// Models pkg/controller/controller_utils.go ActivePodsWithRanks.Less (v1.36), rule RS-06.
// Differs: restarts of sidecars are not told apart.

import { parseTime } from '../../base/time.ts';
import type { Pod } from '../types.ts';
import { conditionOf, isReady, maxRestarts } from './pods.ts';

export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** RS-06 ⑥ and ⑧: ages count in powers of two of nanoseconds, so Pods made at nearly the same time are equal. */
function ageBucket(epochMs: number, time: string | undefined): number {
  const ageMs = epochMs - parseTime(time ?? '');
  return ageMs > 0 ? Math.floor(Math.log2(ageMs * 1e6)) : -1;
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.[DELETION_COST] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

const byUid = (a: Pod, b: Pod) => (a.metadata.uid < b.metadata.uid ? -1 : a.metadata.uid > b.metadata.uid ? 1 : 0);

/**
 * RS-06: negative when `a` is to go before `b`.
 * @param epochMs now
 * @param ranks how many active Pods of the same owner's family share the Pod's node, by Pod uid (⑤)
 */
export function compareForDeletion(a: Pod, b: Pod, epochMs: number, ranks: ReadonlyMap<string, number>): number {
  const bothReady = isReady(a) && isReady(b);
  const readySince = (pod: Pod) => ageBucket(epochMs, conditionOf(pod, 'Ready')?.lastTransitionTime);
  return (
    Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
    (PHASES[a.status.phase] ?? 0) - (PHASES[b.status.phase] ?? 0) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    (ranks.get(b.metadata.uid) ?? 0) - (ranks.get(a.metadata.uid) ?? 0) ||
    (bothReady ? readySince(a) - readySince(b) : 0) ||
    (bothReady && conditionOf(a, 'Ready')?.lastTransitionTime !== conditionOf(b, 'Ready')?.lastTransitionTime
      ? byUid(a, b)
      : 0) ||
    maxRestarts(b) - maxRestarts(a) ||
    ageBucket(epochMs, a.metadata.creationTimestamp) - ageBucket(epochMs, b.metadata.creationTimestamp) ||
    byUid(a, b)
  );
}

/** RS-06 ⑤: for each Pod, how many active Pods of the family run on its node. */
export function ranksByNode(pods: readonly Pod[], family: readonly Pod[]): Map<string, number> {
  const onNode = new Map<string, number>();
  for (const pod of family) onNode.set(pod.spec.nodeName ?? '', (onNode.get(pod.spec.nodeName ?? '') ?? 0) + 1);
  return new Map(pods.map((pod) => [pod.metadata.uid, onNode.get(pod.spec.nodeName ?? '') ?? 0]));
}

/** The Pods in the order in which they would be deleted; the input is left as it is. */
export function rankForDeletion(pods: readonly Pod[], family: readonly Pod[], epochMs: number): Pod[] {
  const ranks = ranksByNode(pods, family);
  return [...pods].sort((a, b) => compareForDeletion(a, b, epochMs, ranks));
}
