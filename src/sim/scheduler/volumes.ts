// What a Pod's claims have to say about where it goes.
// Models pkg/scheduler/framework/plugins/{volumebinding,volumerestrictions} (v1.36), rules VOL-07, VOL-08, VOL-13, VOL-14.
// Differs: capacity of nodes and allowedTopologies are not looked at; a Pod waits for its claims without a time limit.

import type { Reader, SyncContext } from '../actor.ts';
import { quantityOf } from '../api/quantity.ts';
import { classOf, findVolume, isBound, isNear, SELECTED_NODE } from '../controllers/storage/match.ts';
import { volumeFor } from '../controllers/storage/volumes.ts';
import type { KubeObject, Node, Pod } from '../types.ts';
import type { Refusal } from './filter.ts';

type Claim = KubeObject;

const namesOf = (pod: Pod) =>
  (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);

const claimsOf = (pod: Pod, read: Reader): readonly Claim[] =>
  namesOf(pod).flatMap((name) => read.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name) ?? []);

const classFor = (claim: Claim, read: Reader): KubeObject | undefined => read.get('storageclasses', '', classOf(claim));
const waitsForPod = (claim: Claim, read: Reader) =>
  !claim.spec.volumeName && classFor(claim, read)?.['volumeBindingMode'] === 'WaitForFirstConsumer';

/** VOL-08: what is wrong with the Pod's claims before any node is looked at; null when nothing is. */
export function claimFault(pod: Pod, read: Reader): string | null {
  for (const name of namesOf(pod)) {
    const claim: Claim | undefined = read.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name);
    if (!claim) return `persistentvolumeclaim "${name}" not found`;
    if (claim.status?.phase === 'Lost')
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
  }
  return claimsOf(pod, read).every((claim) => isBound(claim) || waitsForPod(claim, read))
    ? null
    : 'pod has unbound immediate PersistentVolumeClaims';
}

/** Volumes that a node offers for claims that wait for this Pod: those there are, and claims to make one for. */
export interface VolumePlan {
  readonly found: readonly (readonly [claim: Claim, volume: KubeObject])[];
  readonly provision: readonly Claim[];
}

/** VOL-07: finds volumes for the unbound claims on a node, the smallest claim first; null when one has none. */
export function planVolumes(claims: readonly Claim[], node: Node, read: Reader): VolumePlan | null {
  const found: (readonly [Claim, KubeObject])[] = [];
  const provision: Claim[] = [];
  const taken = new Set<string>();
  const volumes = read.list('persistentvolumes');
  const size = ({ spec }: Claim) => quantityOf(spec.resources?.requests?.storage);
  for (const claim of [...claims].sort((a, b) => size(a) - size(b))) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected && selected !== node.metadata.name) return null;
    const volume = selected ? undefined : findVolume(claim, volumes, { node, taken });
    if (volume) {
      taken.add(volume.metadata.name);
      found.push([claim, volume]);
    } else if (classFor(claim, read)?.['provisioner'] === 'kubernetes.io/no-provisioner') return null;
    else provision.push(claim);
  }
  return { found, provision };
}

const unbound = (pod: Pod, read: Reader) => claimsOf(pod, read).filter((claim) => !isBound(claim));
const hopeless = (...reasons: string[]): Refusal => ({ reasons, isHopeless: true });

/** Host names that a volume's node affinity lists; null when it is not tied to hosts. */
function hostsOf(volume: KubeObject): readonly string[] | null {
  const terms: readonly { readonly matchExpressions?: readonly { key: string; operator: string; values?: string[] }[] }[] =
    volume.spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const hosts = terms.flatMap((term) =>
    (term.matchExpressions ?? []).flatMap(({ key, operator, values = [] }) =>
      key === 'kubernetes.io/hostname' && operator === 'In' ? values : [],
    ),
  );
  return hosts.length > 0 ? hosts : null;
}

/** VOL-14: nodes that volumes tied to a host leave out are not even looked at; null when this one is not. */
export function hostRefusal(pod: Pod, node: Node, read: Reader): Refusal | null {
  const isElsewhere = claimsOf(pod, read).some((claim) => {
    const volume = isBound(claim) && read.get('persistentvolumes', '', claim.spec.volumeName);
    return volume && hostsOf(volume)?.includes(node.metadata.name) === false;
  });
  return isElsewhere ? hopeless("node(s) didn't satisfy plugin(s) [VolumeBinding]") : null;
}

/** VOL-13: a claim of mode ReadWriteOncePod that a placed Pod uses is nobody else's. */
function isTaken(pod: Pod, read: Reader): boolean {
  const names = claimsOf(pod, read)
    .filter(({ spec }) => spec.accessModes?.includes('ReadWriteOncePod'))
    .map(({ metadata }) => metadata.name);
  if (names.length === 0) return false;
  return read
    .list('pods', pod.metadata.namespace)
    .some(
      ({ spec, status, metadata }) =>
        spec.nodeName &&
        metadata.uid !== pod.metadata.uid &&
        status.phase !== 'Succeeded' &&
        status.phase !== 'Failed' &&
        (spec.volumes ?? []).some((volume) => names.includes(volume.persistentVolumeClaim?.claimName ?? '')),
    );
}

/** VOL-08, VOL-13, VOL-14: why a node is turned down for the sake of volumes; null when it is not. */
export function volumeRefusal(pod: Pod, node: Node, read: Reader): Refusal | null {
  if (namesOf(pod).length === 0) return null;
  if (isTaken(pod, read))
    return {
      reasons: ['node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'],
      isHopeless: false,
    };
  const volumes = claimsOf(pod, read).filter(isBound);
  const bound = volumes.map(({ spec }) => read.get('persistentvolumes', '', spec.volumeName) as KubeObject | undefined);
  const reasons = [
    ...(bound.some((volume) => volume && !isNear(volume, node))
      ? ["node(s) didn't match PersistentVolume's node affinity"]
      : []),
    ...(planVolumes(unbound(pod, read), node, read) ? [] : ["node(s) didn't find available persistent volumes to bind"]),
    ...(bound.some((volume) => !volume) ? ['node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'] : []),
  ];
  return reasons.length > 0 ? hopeless(...reasons) : null;
}

/** Where a Pod stands whose node is chosen: its claims are bound, on their way, or it has to be placed anew. */
export function claimsState(pod: Pod, node: string, read: Reader): 'bound' | 'waiting' | 'lost' {
  const open = unbound(pod, read);
  if (open.length === 0) return 'bound';
  const isOnTheWay = (claim: Claim) =>
    claim.metadata.annotations?.[SELECTED_NODE] === node ||
    read.list('persistentvolumes').some(({ spec }) => spec.claimRef?.uid === claim.metadata.uid);
  return open.every(isOnTheWay) ? 'waiting' : 'lost';
}

/** VOL-07: takes volumes for the claims that wait for this Pod, or tells for which node to make them. False: nothing to wait for. */
export function placeClaims(pod: Pod, node: Node, ctx: SyncContext): boolean {
  const { found, provision } = planVolumes(unbound(pod, ctx.read), node, ctx.read) ?? { found: [], provision: [] };
  for (const [claim, volume] of found)
    ctx.api.update('persistentvolumes', volumeFor(claim, volume), 'VOL-07', {
      claim: claim.metadata.name,
      volume: volume.metadata.name,
      node: node.metadata.name,
    });
  for (const { metadata } of provision) {
    const patch = { metadata: { annotations: { [SELECTED_NODE]: node.metadata.name } } };
    const facts = { claim: metadata.name, node: node.metadata.name };
    ctx.api.patch('persistentvolumeclaims', metadata.namespace ?? '', metadata.name, patch, 'merge', 'VOL-07', { facts });
  }
  return found.length + provision.length > 0;
}
