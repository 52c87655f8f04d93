// Which volume a claim gets, and what is to be done for a claim or a volume.
// Models pkg/controller/volume/persistentvolume/{index,pv_controller}.go and component-helpers/storage/volume/pv_helpers.go (v1.36),
// rules VOL-03 … VOL-12.

import { quantityOf } from '../../api/quantity.ts';
import { matchesSelector } from '../../api/selectors.ts';
import type { KubeObject } from '../../types.ts';

export const BOUND = 'pv.kubernetes.io/bind-completed';
export const BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

const requestOf = (claim: KubeObject) => quantityOf(claim.spec.resources?.requests?.storage);
const capacityOf = (volume: KubeObject) => quantityOf(volume.spec.capacity?.storage);
const classOf = (object: KubeObject): string => object.spec.storageClassName ?? '';
const modesOf = (object: KubeObject): readonly string[] => object.spec.accessModes ?? [];

/** Whether a volume is promised to a claim by name (and by uid, once it was written). */
export function isReservedFor(volume: KubeObject, claim: KubeObject): boolean {
  const { claimRef } = volume.spec;
  const { name, namespace, uid } = claim.metadata;
  return (
    claimRef !== undefined &&
    claimRef.name === name &&
    claimRef.namespace === namespace &&
    (!claimRef.uid || claimRef.uid === uid)
  );
}

/** VOL-12: why a volume cannot serve a claim; null when it can. */
export function mismatchOf(claim: KubeObject, volume: KubeObject): string | null {
  if (capacityOf(volume) < requestOf(claim)) return 'requested PV is too small';
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return 'incompatible volumeMode';
  if (!modesOf(claim).every((mode) => modesOf(volume).includes(mode))) return 'incompatible accessMode';
  return null;
}

/** VOL-04: the volume for a claim: one reserved for it, else the fewest access modes, then the smallest. */
export function findVolume(claim: KubeObject, volumes: readonly KubeObject[], reservedOnly = false): KubeObject | undefined {
  const usable = volumes.filter(
    (volume) => volume.metadata.deletionTimestamp === undefined && mismatchOf(claim, volume) === null,
  );
  const reserved = usable.find((volume) => isReservedFor(volume, claim));
  if (reserved || reservedOnly) return reserved;
  const free = usable.filter(
    (volume) =>
      volume.spec.claimRef === undefined &&
      volume.status?.phase === 'Available' &&
      (!claim.spec.selector || matchesSelector(claim.spec.selector, volume.metadata.labels)),
  );
  const order = (a: KubeObject, b: KubeObject) =>
    modesOf(a).length - modesOf(b).length || capacityOf(a) - capacityOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
  return [...free].sort(order)[0];
}

export type ClaimPlan =
  | { readonly act: 'none' }
  | { readonly act: 'bind'; readonly volume: KubeObject; readonly isOurChoice: boolean }
  | { readonly act: 'provision' }
  | { readonly act: 'lose' }
  | { readonly act: 'tell'; readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };

/** VOL-03, VOL-11, VOL-12: decides what is done for a claim. `storageClass` is its class, if it has one that exists. */
export function planClaim(claim: KubeObject, volumes: readonly KubeObject[], storageClass: KubeObject | undefined): ClaimPlan {
  const wanted: string | undefined = claim.spec.volumeName;
  const named = volumes.find(({ metadata }) => metadata.name === wanted);
  if (claim.metadata.annotations?.[BOUND]) {
    if (wanted && named && isReservedFor(named, claim))
      return claim.status?.phase === 'Bound' ? { act: 'none' } : { act: 'bind', volume: named, isOurChoice: false };
    return claim.status?.phase === 'Lost' ? { act: 'none' } : { act: 'lose' };
  }
  if (wanted) {
    if (!named) return { act: 'none' };
    if (named.spec.claimRef && !isReservedFor(named, claim))
      return {
        act: 'tell',
        type: 'Warning',
        reason: 'FailedBinding',
        message: `volume "${wanted}" already bound to a different claim.`,
      };
    const mismatch = mismatchOf(claim, named);
    if (mismatch)
      return {
        act: 'tell',
        type: 'Warning',
        reason: 'VolumeMismatch',
        message: `Cannot bind to requested volume "${wanted}": ${mismatch}`,
      };
    return { act: 'bind', volume: named, isOurChoice: false };
  }
  const waits = storageClass?.['volumeBindingMode'] === 'WaitForFirstConsumer' && !claim.metadata.annotations?.[SELECTED_NODE];
  const volume = findVolume(claim, volumes, waits);
  if (volume) return { act: 'bind', volume, isOurChoice: true };
  if (waits)
    return {
      act: 'tell',
      type: 'Normal',
      reason: 'WaitForFirstConsumer',
      message: 'waiting for first consumer to be created before binding',
    };
  if (classOf(claim) === '')
    return {
      act: 'tell',
      type: 'Normal',
      reason: 'FailedBinding',
      message: 'no persistent volumes available for this claim and no storage class is set',
    };
  if (!storageClass)
    return {
      act: 'tell',
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message: `storageclass.storage.k8s.io "${classOf(claim)}" not found`,
    };
  return storageClass['provisioner'] === NO_PROVISIONER ? { act: 'none' } : { act: 'provision' };
}

export type VolumePlan =
  | { readonly act: 'none' }
  | { readonly act: 'phase'; readonly phase: string }
  | { readonly act: 'delete' };

/** VOL-10: decides what is done for a volume, given the claim of the name in its claimRef. */
export function planVolume(volume: KubeObject, claim: KubeObject | undefined): VolumePlan {
  const { claimRef } = volume.spec;
  const phase = (wanted: string): VolumePlan =>
    volume.status?.phase === wanted ? { act: 'none' } : { act: 'phase', phase: wanted };
  if (!claimRef || !claimRef.uid) return phase('Available');
  if (claim?.metadata.uid === claimRef.uid)
    return claim?.spec.volumeName === volume.metadata.name ? phase('Bound') : { act: 'none' };
  if (volume.status?.phase !== 'Released') return phase('Released');
  const isOurs = volume.spec.persistentVolumeReclaimPolicy === 'Delete' && volume.metadata.deletionTimestamp === undefined;
  return isOurs ? { act: 'delete' } : { act: 'none' };
}
