// Binds claims to volumes, makes volumes for classes, takes them back.
// Models pkg/controller/volume/persistentvolume/pv_controller.go with the in-tree host-path provisioner (v1.36), rules VOL-01 … VOL-16.
// Differs: every provisioner but kubernetes.io/no-provisioner works like the in-tree one; a recycled volume is kept as Released.

import type { Actor, SyncContext } from '../../actor.ts';
import { defaultClassOf } from '../../api/rules-storage.ts';
import { isReason } from '../../api/status.ts';
import type { KubeObject } from '../../types.ts';
import { BOUND, BY_CONTROLLER, planClaim, planVolume } from './match.ts';

const RESYNC_MS = 15_000;
const PROVISION_MS = 25;
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const OLD_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';

/** VOL-05: volume first, then claim; each spec before its status. */
function bind(claim: KubeObject, volume: KubeObject, isOurChoice: boolean, ctx: SyncContext): void {
  const { name, namespace = '', uid, resourceVersion } = claim.metadata;
  const facts = { claim: name, volume: volume.metadata.name };
  let target = volume;
  if (volume.spec.claimRef?.uid !== uid) {
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion };
    const annotations = { ...volume.metadata.annotations, ...(isOurChoice ? { [BY_CONTROLLER]: 'yes' } : {}) };
    target = ctx.api.update(
      'persistentvolumes',
      { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } },
      'VOL-05',
      facts,
    );
  }
  if (target.status?.phase !== 'Bound')
    ctx.api.updateStatus('persistentvolumes', { ...target, status: { phase: 'Bound' } }, 'VOL-05', facts);
  let held = claim;
  if (claim.spec.volumeName !== volume.metadata.name || !claim.metadata.annotations?.[BOUND]) {
    const annotations = {
      ...claim.metadata.annotations,
      [BOUND]: 'yes',
      ...(claim.spec.volumeName ? {} : { [BY_CONTROLLER]: 'yes' }),
    };
    const spec = { ...claim.spec, volumeName: volume.metadata.name };
    held = ctx.api.update(
      'persistentvolumeclaims',
      { ...claim, metadata: { ...claim.metadata, annotations }, spec },
      'VOL-05',
      facts,
    );
  }
  const status = { phase: 'Bound', accessModes: volume.spec.accessModes, capacity: volume.spec.capacity };
  ctx.api.updateStatus('persistentvolumeclaims', { ...held, status }, 'VOL-05', facts);
}

/** VOL-06, VOL-16: marks the claim, then makes a volume of its own for it. */
function provision(claim: KubeObject, storageClass: KubeObject, key: string, ctx: SyncContext): void {
  const provisioner: string = storageClass['provisioner'];
  if (claim.metadata.annotations?.[PROVISIONER] !== provisioner) {
    const annotations = { ...claim.metadata.annotations, [PROVISIONER]: provisioner, [OLD_PROVISIONER]: provisioner };
    ctx.api.update('persistentvolumeclaims', { ...claim, metadata: { ...claim.metadata, annotations } }, 'VOL-06', {
      claim: claim.metadata.name,
    });
    ctx.memory.set(`due/${claim.metadata.uid}`, ctx.nowMs + PROVISION_MS);
    ctx.after(PROVISION_MS, key);
    return;
  }
  const waitMs = ((ctx.memory.get(`due/${claim.metadata.uid}`) as number | undefined) ?? 0) - ctx.nowMs;
  if (waitMs > 0) {
    ctx.after(waitMs, key);
    return;
  }
  ctx.memory.delete(`due/${claim.metadata.uid}`);
  const name = `pvc-${claim.metadata.uid}`;
  const { namespace = '', uid } = claim.metadata;
  const body = {
    metadata: { name, annotations: { [BY_CONTROLLER]: 'yes', 'pv.kubernetes.io/provisioned-by': provisioner } },
    spec: {
      capacity: { storage: claim.spec.resources?.requests?.storage },
      accessModes: claim.spec.accessModes,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: claim.metadata.name, namespace, uid },
      persistentVolumeReclaimPolicy: storageClass['reclaimPolicy'] ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      hostPath: { path: `/tmp/hostpath_pv/${uid}` },
    },
  };
  const volume = ctx.api.create('persistentvolumes', body, 'VOL-06', { claim: claim.metadata.name, volume: name });
  ctx.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name} using ${provisioner}`);
  bind(ctx.read.get('persistentvolumeclaims', namespace, claim.metadata.name) as KubeObject, volume, true, ctx);
}

/** VOL-02: a claim without any word on its class gets the default one when there is one. */
function withLateClass(claim: KubeObject, ctx: SyncContext): KubeObject {
  const chosen =
    claim.spec.storageClassName === undefined && !claim.spec.volumeName
      ? defaultClassOf(ctx.read.list('storageclasses'))
      : undefined;
  if (!chosen) return claim;
  const spec = { ...claim.spec, storageClassName: chosen.metadata.name };
  return ctx.api.update('persistentvolumeclaims', { ...claim, spec }, 'VOL-02', { claim: claim.metadata.name });
}

function syncClaim(namespace: string, name: string, key: string, ctx: SyncContext): void {
  const stored = ctx.read.get('persistentvolumeclaims', namespace, name) as KubeObject | undefined;
  if (!stored || stored.metadata.deletionTimestamp) return;
  const claim = withLateClass(stored, ctx);
  const storageClass = ctx.read.get('storageclasses', '', claim.spec.storageClassName ?? '') as KubeObject | undefined;
  const plan = planClaim(claim, ctx.read.list('persistentvolumes'), storageClass);
  if (plan.act === 'bind') bind(claim, plan.volume, plan.isOurChoice, ctx);
  else if (plan.act === 'provision' && storageClass) provision(claim, storageClass, key, ctx);
  else if (plan.act === 'tell') ctx.event(claim, plan.type, plan.reason, plan.message);
  else if (plan.act === 'lose') {
    ctx.api.updateStatus('persistentvolumeclaims', { ...claim, status: { ...claim.status, phase: 'Lost' } }, 'VOL-11', {
      claim: name,
    });
    ctx.event(claim, 'Warning', 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  }
}

function syncVolume(name: string, ctx: SyncContext): void {
  const volume = ctx.read.get('persistentvolumes', '', name) as KubeObject | undefined;
  if (!volume) return;
  const { claimRef } = volume.spec;
  const claim =
    claimRef && (ctx.read.get('persistentvolumeclaims', claimRef.namespace, claimRef.name) as KubeObject | undefined);
  const plan = planVolume(volume, claim);
  const facts = { volume: name };
  if (plan.act === 'phase')
    ctx.api.updateStatus('persistentvolumes', { ...volume, status: { ...volume.status, phase: plan.phase } }, 'VOL-10', facts);
  if (plan.act !== 'delete') return;
  try {
    ctx.api.delete('persistentvolumes', '', name, {}, 'VOL-10', facts);
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}

function sync(key: string, ctx: SyncContext): void {
  const [kind, namespace = '', name = ''] = key.split('/');
  if (kind === 'claim') syncClaim(namespace, name, key, ctx);
  else if (kind === 'volume') syncVolume(name, ctx);
  else {
    // VOL-15: a volume that comes later is only noticed by the resync.
    for (const { metadata, status } of ctx.read.list('persistentvolumeclaims')) {
      if (status?.phase === 'Pending') ctx.after(1, `claim/${metadata.namespace}/${metadata.name}`);
    }
    ctx.after(RESYNC_MS, key);
  }
}

export const volumeController: Actor = {
  name: 'persistentvolume-controller',
  latencyMs: [4, 15],
  startKeys: ['resync'],
  watches: {
    persistentvolumeclaims: (claim, before, _read, gone) => {
      const own = `claim/${claim.metadata.namespace}/${claim.metadata.name}`;
      const volume = claim.spec?.volumeName ? [`volume//${claim.spec.volumeName}`] : [];
      if (gone) return volume;
      const isNews = !before || before.spec !== claim.spec || before.metadata.annotations !== claim.metadata.annotations;
      return isNews ? [own, ...volume] : volume;
    },
    persistentvolumes: (volume, _before, _read, gone) => {
      const { claimRef } = volume.spec ?? {};
      return gone ? (claimRef ? [`claim/${claimRef.namespace}/${claimRef.name}`] : []) : [`volume//${volume.metadata.name}`];
    },
  },
  sync,
};
