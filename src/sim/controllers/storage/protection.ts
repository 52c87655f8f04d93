// Keeps claims that Pods use and volumes that claims use, until nobody does.
// Models pkg/controller/volume/{pvcprotection,pvprotection} (v1.36), rules VOL-09, VOL-10.

import type { Actor, SyncContext, Watch } from '../../actor.ts';
import type { KubeObject, Pod } from '../../types.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

const claimNames = (pod: Pod) => (pod.spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);

/** VOL-09: whether a placed Pod refers to the claim, even one that has ended. */
export function isClaimUsed(claim: KubeObject, pods: readonly Pod[]): boolean {
  return pods.some(
    (pod) =>
      pod.spec.nodeName && pod.metadata.namespace === claim.metadata.namespace && claimNames(pod).includes(claim.metadata.name),
  );
}

function releaseFinalizer(resource: string, object: KubeObject, finalizer: string, ctx: SyncContext): void {
  const present = object.metadata.finalizers ?? [];
  if (object.metadata.deletionTimestamp === undefined || !present.includes(finalizer)) return;
  const rest = present.filter((other) => other !== finalizer);
  const { name, namespace = '' } = object.metadata;
  const patch = { metadata: { finalizers: rest.length > 0 ? rest : null } };
  ctx.api.patch(resource, namespace, name, patch, 'merge', 'VOL-09', { facts: { name } });
}

function sync(key: string, ctx: SyncContext): void {
  const [kind, namespace = '', name = ''] = key.split('/');
  if (kind === 'volume') {
    const volume = ctx.read.get('persistentvolumes', '', name) as KubeObject | undefined;
    if (volume && volume.status?.phase !== 'Bound') releaseFinalizer('persistentvolumes', volume, VOLUME_FINALIZER, ctx);
    return;
  }
  const claim = ctx.read.get('persistentvolumeclaims', namespace, name) as KubeObject | undefined;
  if (claim && !isClaimUsed(claim, ctx.read.list('pods', namespace)))
    releaseFinalizer('persistentvolumeclaims', claim, CLAIM_FINALIZER, ctx);
}

const podWatch: Watch = (object, _before, _read, gone) =>
  gone ? claimNames(object as Pod).map((name) => `claim/${object.metadata.namespace}/${name}`) : [];

export const protectionController: Actor = {
  name: 'pvc-protection-controller',
  latencyMs: [5, 20],
  watches: {
    pods: podWatch,
    persistentvolumeclaims: (claim) =>
      claim.metadata.deletionTimestamp ? [`claim/${claim.metadata.namespace}/${claim.metadata.name}`] : [],
    persistentvolumes: (volume) => (volume.metadata.deletionTimestamp ? [`volume//${volume.metadata.name}`] : []),
  },
  sync,
};
