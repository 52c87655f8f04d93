// What a Pod's claims have to say about where it goes.
// Models pkg/scheduler/framework/plugins/volumebinding (v1.36), rules VOL-07, VOL-08, VOL-14.
// Differs: a claim that waits for its Pod is provisioned for the node that scores best; capacity of nodes is not looked at.

import type { Reader, SyncContext } from '../actor.ts';
import { BOUND, findVolume, NO_PROVISIONER, SELECTED_NODE } from '../controllers/storage/match.ts';
import type { KubeObject, Node, Pod } from '../types.ts';
import { matchesNodeTerm } from './affinity.ts';
import type { Refusal } from './filter.ts';

function claimsOfPod(pod: Pod, read: Reader): readonly (readonly [name: string, claim: KubeObject | undefined])[] {
  const namespace = pod.metadata.namespace ?? '';
  return (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => {
    if (!persistentVolumeClaim) return [];
    const name = persistentVolumeClaim.claimName;
    return [[name, read.get('persistentvolumeclaims', namespace, name) as KubeObject | undefined] as const];
  });
}

const isBound = (claim: KubeObject) => Boolean(claim.spec.volumeName && claim.metadata.annotations?.[BOUND]);
const classOf = (claim: KubeObject, read: Reader): KubeObject | undefined =>
  read.get('storageclasses', '', claim.spec.storageClassName ?? '');
const waitsForPod = (claim: KubeObject, read: Reader) => classOf(claim, read)?.['volumeBindingMode'] === 'WaitForFirstConsumer';

/** VOL-08: what is wrong with the Pod's claims before any node is looked at; null when nothing is. */
export function claimFault(pod: Pod, read: Reader): string | null {
  for (const [name, claim] of claimsOfPod(pod, read)) {
    if (!claim) return `persistentvolumeclaim "${name}" not found`;
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
    if (claim.status?.phase === 'Lost')
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
    if (!isBound(claim) && !waitsForPod(claim, read)) return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return null;
}

function isNear(volume: KubeObject, node: Node): boolean {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms;
  return !terms || terms.some((term: Parameters<typeof matchesNodeTerm>[0]) => matchesNodeTerm(term, node));
}

/** VOL-14: why a node is turned down for the sake of volumes; null when it is not. */
export function volumeRefusal(pod: Pod, node: Node, read: Reader): Refusal | null {
  for (const [, claim] of claimsOfPod(pod, read)) {
    if (!claim) continue;
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    const volume = read.get('persistentvolumes', '', claim.spec.volumeName ?? '') as KubeObject | undefined;
    if (isBound(claim)) {
      if (volume && !isNear(volume, node))
        return { reasons: ["node(s) didn't match PersistentVolume's node affinity"], isHopeless: true };
      continue;
    }
    if (selected && selected !== node.metadata.name)
      return { reasons: ["node(s) didn't match PersistentVolume's node affinity"], isHopeless: true };
    const near = read.list('persistentvolumes').filter((other) => isNear(other, node));
    if (classOf(claim, read)?.['provisioner'] === NO_PROVISIONER && !findVolume(claim, near)) {
      return { reasons: ["node(s) didn't find available persistent volumes to bind"], isHopeless: true };
    }
  }
  return null;
}

/** VOL-07: claims that wait for this Pod to be placed. */
export function claimsToPlace(pod: Pod, read: Reader): readonly KubeObject[] {
  return claimsOfPod(pod, read).flatMap(([, claim]) => (claim && !isBound(claim) ? [claim] : []));
}

/** VOL-07: tells the volume controller which node was chosen; the Pod follows when its claims are bound. */
export function placeClaims(pod: Pod, node: string, ctx: SyncContext): void {
  for (const claim of claimsToPlace(pod, ctx.read)) {
    if (claim.metadata.annotations?.[SELECTED_NODE] === node) continue;
    const { name, namespace = '' } = claim.metadata;
    const patch = { metadata: { annotations: { [SELECTED_NODE]: node } } };
    ctx.api.patch('persistentvolumeclaims', namespace, name, patch, 'merge', 'VOL-07', { facts: { claim: name, node } });
  }
}
