// Binds claims to volumes, makes volumes for classes, takes them back.
// Models pkg/controller/volume/persistentvolume/pv_controller.go with the in-tree host-path provisioner (v1.36), rules VOL-02 … VOL-16.
// Differs: an external provisioner is played when a CSIDriver of its name is installed, and has no Pods; policy Recycle leaves a
// volume Released; a volume that could not be provisioned is tried again at each resync only.

import { isSame } from '../../../base/json.ts';
import type { Actor, SyncContext, Watch } from '../../actor.ts';
import { defaultClassOf } from '../../api/rules-storage.ts';
import { eraseDisk } from '../../kubelet/files.ts';
import type { KubeObject, Pod } from '../../types.ts';
import { hasDriver } from './attach.ts';
import * as match from './match.ts';

const RESYNC_MS = 15_000;
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const OLD_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';

type Claim = KubeObject;
type Volume = KubeObject;

const withAnnotations = <T extends KubeObject>(object: T, annotations: Readonly<Record<string, string>>): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
});

function refTo({ metadata: { name, namespace, uid, resourceVersion } }: Claim) {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion };
}

/** VOL-05: a volume with its claim written into it, the way the controller or the scheduler does. */
export function volumeFor(claim: Claim, volume: Volume): Volume {
  const target = match.isReservedFor(volume, claim) ? volume : withAnnotations(volume, { [match.BY_CONTROLLER]: 'yes' });
  return volume.spec.claimRef?.uid === claim.metadata.uid
    ? volume
    : { ...target, spec: { ...volume.spec, claimRef: refTo(claim) } };
}

/** VOL-05: volume first, then claim; each spec before its status. What is written already is left alone. */
function bind(claim: Claim, volume: Volume, ctx: SyncContext): void {
  const { name } = volume.metadata;
  const facts = { claim: claim.metadata.name, volume: name };
  const wanted = volumeFor(claim, volume);
  const target = wanted === volume ? volume : ctx.api.update('persistentvolumes', wanted, 'VOL-05', facts);
  if (target.status?.phase !== 'Bound')
    ctx.api.updateStatus('persistentvolumes', { ...target, status: { phase: 'Bound' } }, 'VOL-05', facts);
  let held = claim;
  if (!match.isBound(claim)) {
    const isOurChoice = claim.spec.volumeName !== name;
    const noted = withAnnotations(claim, { [match.BOUND]: 'yes', ...(isOurChoice && { [match.BY_CONTROLLER]: 'yes' }) });
    const spec = { ...claim.spec, volumeName: name };
    held = ctx.api.update('persistentvolumeclaims', { ...noted, spec }, 'VOL-05', facts);
  }
  if (held.status?.phase === 'Bound') return;
  const status = { phase: 'Bound', accessModes: volume.spec.accessModes, capacity: volume.spec.capacity };
  ctx.api.updateStatus('persistentvolumeclaims', { ...held, status }, 'VOL-05', facts);
}

/** VOL-06, VOL-16: marks the claim, then, woken by that mark, makes a volume of its own for it. */
function provision(claim: Claim, storageClass: KubeObject, ctx: SyncContext): void {
  const { provisioner, reclaimPolicy = 'Delete' } = storageClass as { readonly provisioner?: string; reclaimPolicy?: string };
  const { name, uid } = claim.metadata;
  const by = provisioner ?? '';
  if (claim.metadata.annotations?.[PROVISIONER] !== by) {
    const marked = withAnnotations(claim, { [PROVISIONER]: by, [OLD_PROVISIONER]: by });
    ctx.api.update('persistentvolumeclaims', marked, 'VOL-06', { claim: name });
    return;
  }
  const isExternal = by !== match.HOST_PATH;
  if (isExternal) {
    const message = `Waiting for a volume to be created either by the external provisioner '${by}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    ctx.event(claim, 'Normal', 'ExternalProvisioning', message);
    if (!hasDriver(by, ctx.read)) return;
  }
  const volume = `pvc-${uid}`;
  if (ctx.read.get('persistentvolumes', '', volume)) return;
  const inTree = { 'kubernetes.io/createdby': 'hostpath-dynamic-provisioner', [match.BY_CONTROLLER]: 'yes' };
  const annotations = { ...(!isExternal && inTree), [match.PROVISIONED_BY]: by };
  const isKept = !isExternal && reclaimPolicy === 'Delete';
  const body = {
    metadata: { name: volume, annotations, ...(isKept && { finalizers: [match.KEEP] }) },
    spec: {
      capacity: { storage: claim.spec.resources?.requests?.storage },
      accessModes: claim.spec.accessModes,
      claimRef: refTo(claim),
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: storageClass.metadata.name,
      volumeMode: claim.spec.volumeMode,
      ...(isExternal ? { csi: { driver: by, volumeHandle: volume } } : { hostPath: { path: `/tmp/hostpath_pv/${uid}` } }),
    },
  };
  ctx.api.create('persistentvolumes', body, 'VOL-06', { claim: name, volume });
  const using = isExternal ? '' : ` using ${by}`;
  (isExternal ? ctx.as(by) : ctx).event(
    claim,
    'Normal',
    'ProvisioningSucceeded',
    `Successfully provisioned volume ${volume}${using}`,
  );
}

const claimNamesOf = (pod: Pod) => (pod.spec.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName);

/** Names of Pods without a node that use a claim. */
const waitingPods = (pods: readonly Pod[], name: string) =>
  pods.filter((pod) => !pod.spec.nodeName && claimNamesOf(pod).includes(name)).map((pod) => pod.metadata.name);

/** `isFirst`: no Pod used the claim when it was made, and the controller is quicker than the Pod. */
function syncClaim(namespace: string, name: string, isFirst: boolean, ctx: SyncContext): void {
  const claim: Claim | undefined = ctx.read.get('persistentvolumeclaims', namespace, name);
  if (!claim || claim.metadata.deletionTimestamp) return;
  const plan = match.planClaim(claim, {
    volumes: ctx.read.list('persistentvolumes'),
    storageClass: ctx.read.get('storageclasses', '', match.classOf(claim)),
    defaultClass: defaultClassOf(ctx.read.list('storageclasses')),
    waiting: isFirst ? [] : waitingPods(ctx.read.list('pods', namespace), name),
  });
  if (plan.act === 'bind') bind(claim, plan.volume, ctx);
  else if (plan.act === 'provision') provision(claim, plan.storageClass, ctx);
  else if (plan.act === 'default') {
    const spec = { ...claim.spec, storageClassName: plan.storageClass };
    ctx.api.update('persistentvolumeclaims', { ...claim, spec }, 'VOL-02', { claim: name, storageClass: plan.storageClass });
  } else if (plan.act === 'lose')
    ctx.api.updateStatus('persistentvolumeclaims', { ...claim, status: { phase: 'Lost' } }, 'VOL-11', { claim: name });
  if (plan.act === 'lose' || plan.act === 'tell') ctx.event(claim, plan.type, plan.reason, plan.message);
}

/** VOL-10: gives a volume that was taken for a claim back, as far as the controller took it. */
function unbound(volume: Volume): Volume {
  const { [match.BY_CONTROLLER]: mark, ...annotations } = volume.metadata.annotations ?? {};
  const { claimRef, ...spec } = volume.spec;
  if (mark) return { ...volume, metadata: { ...volume.metadata, annotations }, spec };
  const { uid: _, resourceVersion: __, ...rest } = claimRef;
  return { ...volume, spec: { ...spec, claimRef: rest } };
}

function syncVolume(name: string, ctx: SyncContext): void {
  const volume: Volume | undefined = ctx.read.get('persistentvolumes', '', name);
  if (!volume) return;
  const { claimRef } = volume.spec;
  const claim: Claim | undefined =
    claimRef && ctx.read.get('persistentvolumeclaims', claimRef.namespace ?? '', claimRef.name ?? '');
  const plan = match.planVolume(volume, claim, hasDriver(volume.spec.csi?.driver, ctx.read));
  const facts = { volume: name, claim: claimRef?.name ?? '' };
  const patch = (finalizers: readonly string[]) =>
    ctx.api.patch('persistentvolumes', '', name, { metadata: { finalizers } }, 'merge', 'VOL-10', { facts });
  const phase = (status: object) => ctx.api.updateStatus('persistentvolumes', { ...volume, status }, 'VOL-10', facts);
  if (plan.act === 'claim' && claim) syncClaim(claimRef.namespace, claimRef.name, true, ctx);
  else if (plan.act === 'phase') phase({ phase: plan.phase });
  else if (plan.act === 'unbind') ctx.api.update('persistentvolumes', unbound(volume), 'VOL-10', facts);
  else if (plan.act === 'finalizers') patch(plan.finalizers);
  else if (plan.act === 'fail') {
    phase({ phase: 'Failed', message: plan.message });
    ctx.event(volume, 'Warning', 'VolumeFailedDelete', plan.message);
  } else if (plan.act === 'delete') {
    if (volume.metadata.finalizers?.includes(match.KEEP))
      patch(volume.metadata.finalizers.filter((finalizer) => finalizer !== match.KEEP));
    eraseDisk(ctx.machines, volume);
    if (!volume.metadata.deletionTimestamp) ctx.api.delete('persistentvolumes', '', name, {}, 'VOL-10', facts);
  } else if (plan.act === 'mismatch' && claim) {
    const end = 'due to incompatible volumeMode.';
    const texts = [
      `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" ${end}`,
      `Cannot bind PersistentVolume "${name}" to requested PersistentVolumeClaim ${end}`,
    ] as const;
    ctx.event(volume, 'Warning', 'VolumeMismatch', texts[0]);
    ctx.event(claim, 'Warning', 'VolumeMismatch', texts[1]);
  }
}

function sync(key: string, ctx: SyncContext): void {
  const [kind, namespace = '', name = ''] = key.split('/');
  if (kind === 'volume') syncVolume(name, ctx);
  else if (kind === 'claim' || kind === 'first') syncClaim(namespace, name, kind === 'first', ctx);
  else {
    // VOL-15: what comes later than a claim, a volume or a default class, is only noticed by the resync.
    for (const { metadata, status } of ctx.read.list('persistentvolumeclaims'))
      if (status?.phase !== 'Bound') ctx.after(1, `claim/${metadata.namespace}/${metadata.name}`);
    for (const { metadata, status } of ctx.read.list('persistentvolumes'))
      if (status?.phase === 'Failed') ctx.after(1, `volume//${metadata.name}`);
    ctx.after(RESYNC_MS, key);
  }
}

const claimWatch: Watch = (claim, before, read, gone) => {
  const { namespace, name } = claim.metadata;
  const volume = claim.spec?.volumeName ? [`volume//${claim.spec.volumeName}`] : [];
  if (gone) return volume;
  if (!before) {
    const isAwaited = waitingPods(read.list('pods', namespace), name).length > 0;
    return [`${isAwaited ? 'claim' : 'first'}/${namespace}/${name}`];
  }
  const view = ({ spec, metadata }: Claim) => [spec, metadata.annotations];
  return isSame(view(claim), view(before)) ? [] : [`claim/${namespace}/${name}`, ...volume];
};

export const volumeController: Actor = {
  name: 'persistentvolume-controller',
  // Quicker than the scheduler: a new claim says what it waits for before its Pod is looked at.
  latencyMs: [3, 7],
  startKeys: ['resync'],
  watches: {
    persistentvolumeclaims: claimWatch,
    persistentvolumes: (volume, _before, _read, gone) => {
      const { claimRef } = volume.spec ?? {};
      if (gone) return claimRef ? [`claim/${claimRef.namespace}/${claimRef.name}`] : [];
      return [`volume//${volume.metadata.name}`];
    },
  },
  sync,
};
