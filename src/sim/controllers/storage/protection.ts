// Keeps claims that Pods use and volumes that claims use, until nobody does.
// Models pkg/controller/volume/{pvcprotection,pvprotection} (v1.36), rules VOL-09, VOL-10.
// Differs: one actor for both.

import type { Actor, SyncContext } from '../../actor.ts';
import type { KubeObject, Pod } from '../../types.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

const claimNames = (pod: Pod) => (pod.spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);

/** VOL-09: whether a placed Pod refers to the claim, even one that has ended. */
export function isClaimUsed({ metadata }: KubeObject, pods: readonly Pod[]): boolean {
  return pods.some(
    (pod) => pod.spec.nodeName && pod.metadata.namespace === metadata.namespace && claimNames(pod).includes(metadata.name),
  );
}

/** The patch that lets an object go; null when it is not going, or is not held by this finalizer. */
export function releasePatch({ metadata }: KubeObject, finalizer: string) {
  const present = metadata.finalizers ?? [];
  if (metadata.deletionTimestamp === undefined || !present.includes(finalizer)) return null;
  const rest = present.filter((other) => other !== finalizer);
  return { metadata: { finalizers: rest.length > 0 ? rest : null } };
}

function sync(key: string, ctx: SyncContext): void {
  const [resource = '', namespace = '', name = ''] = key.split('/');
  const object: KubeObject | undefined = ctx.read.get(resource, namespace, name);
  const isVolume = resource === 'persistentvolumes';
  const patch = object && releasePatch(object, isVolume ? VOLUME_FINALIZER : CLAIM_FINALIZER);
  if (!object || !patch) return;
  const isUsed = isVolume ? object.status?.phase === 'Bound' : isClaimUsed(object, ctx.read.list('pods', namespace));
  if (isUsed) return;
  const facts = isVolume ? { volume: name } : { claim: name };
  ctx.api.patch(resource, namespace, name, patch, 'merge', isVolume ? 'VOL-10' : 'VOL-09', { facts });
}

export const protectionController: Actor = {
  name: 'pvc-protection-controller',
  latencyMs: [5, 20],
  watches: {
    pods: (pod, _before, _read, gone) =>
      gone ? claimNames(pod as Pod).map((name) => `persistentvolumeclaims/${pod.metadata.namespace}/${name}`) : [],
    persistentvolumeclaims: ({ metadata }) =>
      metadata.deletionTimestamp ? [`persistentvolumeclaims/${metadata.namespace}/${metadata.name}`] : [],
    persistentvolumes: ({ metadata }) => (metadata.deletionTimestamp ? [`persistentvolumes//${metadata.name}`] : []),
  },
  sync,
};
