// Which volume a claim gets, and what is to be done for a claim or a volume.
// Models pkg/controller/volume/persistentvolume/{index,pv_controller}.go and component-helpers/storage/volume/pv_helpers.go (v1.36),
// rules VOL-02 … VOL-12. Differs: no VolumeAttributesClass; of volumes of the same size the first by name is taken.

import { quantityOf } from '../../api/quantity.ts';
import { matchesSelector } from '../../api/selectors.ts';
import { matchesNodeTerm } from '../../scheduler/affinity.ts';
import type { KubeObject, Node } from '../../types.ts';

export const BOUND = 'pv.kubernetes.io/bind-completed';
export const BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
/** Keeps a provisioned volume of policy Delete until its storage is deleted. */
export const KEEP = 'kubernetes.io/pv-controller';
/** The provisioner that is played, as inside kube-controller-manager. */
export const HOST_PATH = 'kubernetes.io/host-path';

const requestOf = (claim: KubeObject) => quantityOf(claim.spec.resources?.requests?.storage);
const capacityOf = (volume: KubeObject) => quantityOf(volume.spec.capacity?.storage);
const modeOf = ({ spec }: KubeObject): string => spec.volumeMode ?? 'Filesystem';
const accessOf = ({ spec }: KubeObject): readonly string[] => spec.accessModes ?? [];
const hasAccess = (volume: KubeObject, claim: KubeObject) => accessOf(claim).every((mode) => accessOf(volume).includes(mode));
const annotation = ({ metadata }: KubeObject, key: string): string | undefined => metadata.annotations?.[key];

/** The class that is asked for or offered; none and `""` are the same here. */
export const classOf = ({ spec }: KubeObject): string => spec.storageClassName ?? '';

/** Both ends are written: the claim may be used. */
export const isBound = (claim: KubeObject) => Boolean(claim.spec.volumeName && annotation(claim, BOUND));

/** Whether a volume is promised to a claim by name (and by uid, once it was written). */
export function isReservedFor(volume: KubeObject, claim: KubeObject): boolean {
  const { claimRef } = volume.spec;
  const { name, namespace, uid } = claim.metadata;
  return claimRef?.name === name && claimRef.namespace === namespace && (!claimRef.uid || claimRef.uid === uid);
}

/** Whether a node can reach a volume: its node affinity, if it has one. */
export function isNear(volume: KubeObject, node: Node): boolean {
  const terms: readonly Parameters<typeof matchesNodeTerm>[0][] | undefined =
    volume.spec.nodeAffinity?.required?.nodeSelectorTerms;
  return !terms || terms.some((term) => matchesNodeTerm(term, node));
}

/** VOL-12: why the volume that a claim names cannot serve it; null when it can. */
export function mismatchOf(claim: KubeObject, volume: KubeObject): string | null {
  if (volume.metadata.deletionTimestamp) return `the volume is marked for deletion "${volume.metadata.name}"`;
  if (capacityOf(volume) < requestOf(claim)) return 'requested PV is too small';
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode';
  return hasAccess(volume, claim) ? null : 'incompatible accessMode';
}

export interface Search {
  /** The scheduler looks for a volume that this node can reach. */
  readonly node?: Node;
  /** The claim waits for its Pod: the controller takes only what is reserved for it. */
  readonly isDelayed?: boolean;
  /** Names of volumes that are spoken for. */
  readonly taken?: ReadonlySet<string>;
}

/** VOL-04: fewest access modes first; among those the volume reserved for the claim, else the smallest that is free. */
export function findVolume(claim: KubeObject, volumes: readonly KubeObject[], search: Search = {}): KubeObject | undefined {
  const { node, isDelayed = false, taken } = search;
  const fits = (volume: KubeObject) =>
    !taken?.has(volume.metadata.name) &&
    !volume.metadata.deletionTimestamp &&
    capacityOf(volume) >= requestOf(claim) &&
    modeOf(volume) === modeOf(claim) &&
    hasAccess(volume, claim) &&
    (!volume.spec.claimRef || isReservedFor(volume, claim));
  const isFree = (volume: KubeObject) =>
    volume.status?.phase === 'Available' &&
    classOf(volume) === classOf(claim) &&
    (!claim.spec.selector || matchesSelector(claim.spec.selector, volume.metadata.labels)) &&
    (!node || isNear(volume, node));
  const order = (a: KubeObject, b: KubeObject) => capacityOf(a) - capacityOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
  const fitting = volumes.filter(fits);
  const widths = node ? [0] : [...new Set(fitting.map((volume) => accessOf(volume).length))].sort((a, b) => a - b);
  for (const width of widths) {
    const group = node ? fitting : fitting.filter((volume) => accessOf(volume).length === width);
    const reserved = group.find((volume) => isReservedFor(volume, claim));
    if (reserved) return node && !isNear(reserved, node) ? undefined : reserved;
    const best = node || !isDelayed ? group.filter(isFree).sort(order)[0] : undefined;
    if (best) return best;
  }
  return undefined;
}

interface Told {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export type ClaimPlan =
  | { readonly act: 'none' }
  | { readonly act: 'bind'; readonly volume: KubeObject }
  | { readonly act: 'default'; readonly storageClass: string }
  | { readonly act: 'provision'; readonly storageClass: KubeObject }
  | ({ readonly act: 'lose' } & Told)
  | ({ readonly act: 'tell' } & Told);

const NONE = { act: 'none' } as const;
const warning = (reason: string, message: string) => ({ type: 'Warning', reason, message }) as const;
const normal = (reason: string, message: string) => ({ type: 'Normal', reason, message }) as const;

/** What is known around a claim when it is decided on. */
export interface ClaimView {
  readonly volumes: readonly KubeObject[];
  /** The class that the claim names, if there is one of that name. */
  readonly storageClass: KubeObject | undefined;
  readonly defaultClass: KubeObject | undefined;
  /** Names of Pods without a node that use the claim. */
  readonly waiting: readonly string[];
}

/** VOL-11: a claim that was bound once is bound for ever, or lost. */
function planBound(claim: KubeObject, volumes: readonly KubeObject[]): ClaimPlan {
  const wanted: string | undefined = claim.spec.volumeName;
  const volume = volumes.find(({ metadata }) => metadata.name === wanted);
  const lost = (reason: string, message: string): ClaimPlan =>
    claim.status?.phase === 'Lost' ? NONE : { act: 'lose', ...warning(reason, message) };
  if (!wanted) return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  if (!volume) return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  const { claimRef } = volume.spec;
  return !claimRef || claimRef.uid === claim.metadata.uid
    ? { act: 'bind', volume }
    : lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

/** VOL-12: a claim that names its volume. */
function planNamed(claim: KubeObject, volume: KubeObject | undefined): ClaimPlan {
  if (!volume) return NONE;
  const { name } = volume.metadata;
  if (isReservedFor(volume, claim)) return { act: 'bind', volume };
  if (volume.spec.claimRef)
    return { act: 'tell', ...warning('FailedBinding', `volume "${name}" already bound to a different claim.`) };
  const fault = mismatchOf(claim, volume);
  return fault
    ? { act: 'tell', ...warning('VolumeMismatch', `Cannot bind to requested volume "${name}": ${fault}`) }
    : { act: 'bind', volume };
}

function planProvisioning(claim: KubeObject, storageClass: KubeObject | undefined): ClaimPlan {
  const failed = (message: string): ClaimPlan => ({ act: 'tell', ...warning('ProvisioningFailed', message) });
  if (!storageClass) return failed(`storageclass.storage.k8s.io "${classOf(claim)}" not found`);
  const { provisioner } = storageClass as { readonly provisioner?: string };
  if (provisioner !== HOST_PATH && provisioner?.startsWith('kubernetes.io/'))
    return failed(`no volume plugin matched name: ${provisioner}`);
  if (provisioner === HOST_PATH && modeOf(claim) === 'Block')
    return failed(
      `Failed to provision volume with StorageClass "${storageClass.metadata.name}": ${HOST_PATH} does not support block volume provisioning`,
    );
  return { act: 'provision', storageClass };
}

/** VOL-07: what a claim that waits for its Pod says. */
function planWaiting(waiting: readonly string[]): ClaimPlan {
  if (waiting.length === 0)
    return { act: 'tell', ...normal('WaitForFirstConsumer', 'waiting for first consumer to be created before binding') };
  const pods = waiting.length > 1 ? `pods ${waiting.join(',')}` : `pod ${waiting[0]}`;
  return { act: 'tell', ...normal('WaitForPodScheduled', `waiting for ${pods} to be scheduled`) };
}

/** VOL-02, VOL-03, VOL-11, VOL-12: decides what is done for a claim. */
export function planClaim(claim: KubeObject, view: ClaimView): ClaimPlan {
  const { volumes, storageClass, defaultClass, waiting } = view;
  if (annotation(claim, BOUND)) return planBound(claim, volumes);
  const wanted: string | undefined = claim.spec.volumeName;
  if (wanted)
    return planNamed(
      claim,
      volumes.find(({ metadata }) => metadata.name === wanted),
    );
  const isDelayed = storageClass?.['volumeBindingMode'] === 'WaitForFirstConsumer';
  const volume = findVolume(claim, volumes, { isDelayed });
  if (volume) return { act: 'bind', volume };
  if (claim.spec.storageClassName === undefined && defaultClass)
    return { act: 'default', storageClass: defaultClass.metadata.name };
  if (isDelayed && !annotation(claim, SELECTED_NODE)) return planWaiting(waiting);
  if (classOf(claim) !== '') return planProvisioning(claim, storageClass);
  const message = 'no persistent volumes available for this claim and no storage class is set';
  return { act: 'tell', ...normal('FailedBinding', message) };
}

export type VolumePlan =
  | { readonly act: 'none' }
  | { readonly act: 'phase'; readonly phase: 'Available' | 'Bound' | 'Released' }
  /** Its claim has to look at it. */
  | { readonly act: 'claim' }
  | { readonly act: 'unbind' }
  | { readonly act: 'finalizers'; readonly finalizers: readonly string[] }
  | { readonly act: 'mismatch' }
  | { readonly act: 'fail'; readonly message: string }
  | { readonly act: 'delete' };

/** A provisioned volume of policy Delete is kept until its storage is gone; of another policy it is not. */
function finalizersOf({ metadata, spec }: KubeObject): readonly string[] | null {
  if (metadata.annotations?.[PROVISIONED_BY] !== HOST_PATH) return null;
  const present = metadata.finalizers ?? [];
  const isKept = spec.persistentVolumeReclaimPolicy === 'Delete';
  if (isKept === present.includes(KEEP)) return null;
  return isKept ? [...present, KEEP] : present.filter((finalizer) => finalizer !== KEEP);
}

/** VOL-10: what becomes of a volume that nobody claims any more. */
function planReclaim({ metadata, spec, status }: KubeObject, isPlayed: boolean): VolumePlan {
  const isFailed = status?.phase === 'Failed';
  if (status?.phase !== 'Released' && !isFailed) return { act: 'phase', phase: 'Released' };
  if (spec.persistentVolumeReclaimPolicy !== 'Delete') return NONE;
  const by = metadata.annotations?.[PROVISIONED_BY];
  if (by !== undefined && by !== HOST_PATH) return isPlayed && !metadata.deletionTimestamp ? { act: 'delete' } : NONE;
  const path: string | undefined = spec.hostPath?.path;
  const fault =
    path === undefined
      ? `error getting deleter volume plugin for volume "${metadata.name}": no deletable volume plugin matched`
      : /^\/tmp\/.+/.test(path)
        ? null
        : `host_path deleter only supports /tmp/.+ but received provided ${path}`;
  if (fault) return isFailed ? NONE : { act: 'fail', message: fault };
  return metadata.deletionTimestamp && !metadata.finalizers?.includes(KEEP) ? NONE : { act: 'delete' };
}

/** VOL-05, VOL-10: decides what is done for a volume, given the claim of the name in its claimRef. `isPlayed`: its driver is installed. */
export function planVolume(volume: KubeObject, claim: KubeObject | undefined, isPlayed = false): VolumePlan {
  const { claimRef } = volume.spec;
  const phase = (wanted: 'Available' | 'Bound'): VolumePlan =>
    volume.status?.phase === wanted ? NONE : { act: 'phase', phase: wanted };
  const isReleased = volume.status?.phase === 'Released' || volume.status?.phase === 'Failed';
  const finalizers = volume.metadata.deletionTimestamp ? null : finalizersOf(volume);
  if (finalizers) return { act: 'finalizers', finalizers };
  if (!claimRef?.uid) return phase('Available');
  if (!claim || claim.metadata.uid !== claimRef.uid) return planReclaim(volume, isPlayed);
  if (claim.spec.volumeName === volume.metadata.name) return phase('Bound');
  if (!claim.spec.volumeName) return modeOf(volume) === modeOf(claim) ? { act: 'claim' } : { act: 'mismatch' };
  const isOurs = annotation(volume, PROVISIONED_BY) && volume.spec.persistentVolumeReclaimPolicy === 'Delete';
  return isOurs || isReleased ? planReclaim(volume, isPlayed) : { act: 'unbind' };
}
