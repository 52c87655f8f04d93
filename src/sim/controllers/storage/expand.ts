// Grows volumes whose claim asks for more than it has: first the disk, then, while a Pod uses it, what lies on the disk.
// Models pkg/controller/volume/expand/expand_controller.go and kubernetes-csi/external-resizer's controller, with their Events (VOL-17).
// Differs: the resizer is played when a CSIDriver of that name is installed; it never fails, and the node's part is done here too.

import { isSame } from '../../../base/json.ts';
import type { Actor, SyncContext } from '../../actor.ts';
import { quantityOf } from '../../api/quantity.ts';
import type { Condition, KubeObject, Pod } from '../../types.ts';
import { splitKey } from '../keys.ts';
import { hasDriver } from './attach.ts';

const CLAIMS = 'persistentvolumeclaims';
/** How long a disk takes to grow. */
const GROW_MS = 1000;
const PENDING = 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.';

const sizeOf = (resources: { readonly storage?: string } | undefined) => quantityOf(resources?.storage);
const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;
const claimsOf = ({ spec }: Pod) => (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);

/** The claim's status with one condition, or with none. */
function mark(
  claim: KubeObject,
  change: Readonly<Record<string, unknown>>,
  type: string | null,
  ctx: SyncContext,
  message = '',
): void {
  const { conditions: old = [], ...rest } = claim.status as { readonly conditions?: readonly Condition[] };
  const others = old.filter((one) => one.type !== 'Resizing' && one.type !== 'FileSystemResizePending');
  const kept = old.find((one) => one.type === type);
  const mine = type
    ? [kept ?? { type, status: 'True', lastProbeTime: null, lastTransitionTime: ctx.now, ...(message ? { message } : {}) }]
    : [];
  const conditions = [...others, ...mine];
  const status = { ...rest, ...change, ...(conditions.length ? { conditions } : {}) };
  if (!isSame(status, claim.status))
    ctx.api.updateStatus(CLAIMS, { ...claim, status }, 'VOL-17', { claim: claim.metadata.name });
}

/** The disk: asked for at once, grown after a while. */
function growDisk(claim: KubeObject, volume: KubeObject, key: string, ctx: SyncContext): void {
  const driver: string | undefined = volume.spec.csi?.driver;
  const known = `grow/${claim.metadata.uid}`;
  const dueMs = ctx.memory.get(known) as number | undefined;
  if (!hasDriver(driver, ctx.read)) {
    if (dueMs === undefined)
      ctx.event(
        claim,
        'Normal',
        'ExternalExpanding',
        "didn't find a plugin capable of expanding the volume; waiting for an external controller to process this PVC",
      );
    ctx.memory.set(known, ctx.nowMs);
    return;
  }
  if (dueMs === undefined) {
    ctx
      .as(`external-resizer ${driver}`)
      .event(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${volume.metadata.name}`);
    mark(claim, {}, 'Resizing', ctx);
  }
  const untilMs = dueMs ?? ctx.nowMs + GROW_MS;
  ctx.memory.set(known, untilMs);
  if (ctx.nowMs < untilMs) {
    ctx.after(untilMs - ctx.nowMs, key);
    return;
  }
  ctx.memory.delete(known);
  const storage = claim.spec.resources.requests.storage;
  const facts = { claim: claim.metadata.name, volume: volume.metadata.name };
  ctx.api.update(
    'persistentvolumes',
    { ...volume, spec: { ...volume.spec, capacity: { ...volume.spec.capacity, storage } } },
    'VOL-17',
    facts,
  );
  ctx.after(1, key);
}

/** What lies on the disk: grown by the node of a Pod that uses it. */
function growFiles(claim: KubeObject, volume: KubeObject, ctx: SyncContext): void {
  const { name, namespace = '' } = claim.metadata;
  const user = ctx.read
    .list('pods', namespace)
    .find((pod) => pod.status.phase === 'Running' && !pod.metadata.deletionTimestamp && claimsOf(pod).includes(name));
  if (!user) {
    mark(claim, {}, 'FileSystemResizePending', ctx, PENDING);
    return;
  }
  mark(claim, { capacity: volume.spec.capacity }, null, ctx);
  const said = `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}" ${user.spec.nodeName}`;
  for (const object of [user, claim]) ctx.as('kubelet').event(object, 'Normal', 'FileSystemResizeSuccessful', said);
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const claim = ctx.read.get(CLAIMS, namespace, name) as KubeObject | undefined;
  const volume = ctx.read.get('persistentvolumes', '', claim?.spec.volumeName ?? '') as KubeObject | undefined;
  if (claim?.status?.phase !== 'Bound' || !volume) return;
  if (sizeOf(claim.spec.resources?.requests) > sizeOf(volume.spec.capacity)) growDisk(claim, volume, key, ctx);
  else if (sizeOf(volume.spec.capacity) > sizeOf(claim.status.capacity) && claim.status.conditions?.length)
    growFiles(claim, volume, ctx);
}

export const expandController: Actor = {
  name: 'volume_expand',
  latencyMs: [10, 35],
  watches: {
    [CLAIMS]: (claim) => [keyOf(claim)],
    pods: (pod) =>
      pod.status?.phase === 'Running' ? claimsOf(pod as Pod).map((name) => `${pod.metadata.namespace}/${name}`) : [],
  },
  sync,
};
