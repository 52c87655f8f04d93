// Attaches disks to the nodes of their Pods, one node at a time, and takes them off again.
// Models pkg/controller/volume/attachdetach/reconciler (v1.36) with a played external-attacher for each installed CSIDriver, NODE-14.
// Differs: volumes of other kinds need no attaching; a node that is Ready lets go at once; attachments have short names.

import { hashText } from '../../../base/random.ts';
import type { Actor, Reader, SyncContext, Watch } from '../../actor.ts';
import type { KubeObject, Node, Pod } from '../../types.ts';
import { conditionOf, isTerminal } from '../pods.ts';

/** From the wish to attach until the disk is there. */
const ATTACH_MS = 500;
/** How long a disk stays on a node that does not answer, once nobody wants it there. */
const FORCE_DETACH_MS = 360_000;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Whether a CSI driver is installed: then someone plays its parts. */
export const hasDriver = (name: string | undefined, read: Reader) =>
  name !== undefined && read.get('csidrivers', '', name) !== undefined;

/** Names of the Pod's volumes that have to be attached to its node. */
export function disksOf(pod: Pod, read: Reader): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => {
    const name = persistentVolumeClaim?.claimName;
    const claim = name === undefined ? undefined : read.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name);
    const volume = claim?.spec.volumeName ? read.get('persistentvolumes', '', claim.spec.volumeName) : undefined;
    const driver = volume?.spec.csi && read.get('csidrivers', '', volume.spec.csi.driver);
    return volume && driver && driver.spec?.attachRequired !== false ? [volume.metadata.name] : [];
  });
}

const diskOf = ({ spec }: KubeObject): string => spec.source?.persistentVolumeName ?? '';

/** NODE-14: whether the containers of a Pod have to wait for a disk. */
export function waitsForDisks(pod: Pod, node: string, read: Reader): boolean {
  const disks = disksOf(pod, read);
  if (disks.length === 0) return false;
  const attached = read
    .list('volumeattachments')
    .filter(({ spec, status }) => spec.nodeName === node && status?.attached === true)
    .map(diskOf);
  return !disks.every((disk) => attached.includes(disk));
}

export interface AttachPlan {
  /** Nodes to attach the disk to. */
  readonly attach: readonly string[];
  readonly detach: readonly KubeObject[];
  /** Pods that cannot have it, and the Pods that do (none: they are gone, the disk is not). */
  readonly refused: readonly (readonly [pod: Pod, holders: readonly Pod[]])[];
}

/** NODE-14: decides what is attached and detached. `users` are the Pods with a node that want the disk and have not ended. */
export function planAttachment(
  isShared: boolean,
  users: readonly Pod[],
  attachments: readonly KubeObject[],
  mayDetach: (attachment: KubeObject) => boolean,
): AttachPlan {
  const nodeOf = (pod: Pod) => pod.spec.nodeName ?? '';
  const unused = attachments.filter(({ spec }) => !users.some((pod) => nodeOf(pod) === spec.nodeName));
  const detach = unused.filter(mayDetach);
  const held = attachments.filter((attachment) => !detach.includes(attachment)).map(({ spec }) => spec.nodeName as string);
  const attach: string[] = [];
  const refused: (readonly [Pod, readonly Pod[]])[] = [];
  for (const pod of users) {
    const node = nodeOf(pod);
    if (held.includes(node) || attach.includes(node)) continue;
    if (isShared || held.length + attach.length === 0) attach.push(node);
    else refused.push([pod, users.filter((other) => nodeOf(other) !== node && [...held, ...attach].includes(nodeOf(other)))]);
  }
  return { attach, detach, refused };
}

/** A node that answers has let go already; one that does not is given time, unless someone vouches that it is off. */
function mayDetach(attachment: KubeObject, ctx: SyncContext, key: string): boolean {
  const node: Node | undefined = ctx.read.get('nodes', '', attachment.spec.nodeName);
  const isAnswering = node && conditionOf(node, 'Ready')?.status === 'True';
  if (!node || isAnswering || node.spec.taints?.some((taint) => taint.key === OUT_OF_SERVICE)) return true;
  const wish = `wish/${attachment.metadata.uid}`;
  const sinceMs = (ctx.memory.get(wish) as number | undefined) ?? ctx.nowMs;
  ctx.memory.set(wish, sinceMs);
  const leftMs = sinceMs + FORCE_DETACH_MS - ctx.nowMs;
  if (leftMs > 0) ctx.after(leftMs, key);
  return leftMs <= 0;
}

function tellRefusal(disk: string, pod: Pod, holders: readonly Pod[], ctx: SyncContext): void {
  const told = `told/${pod.metadata.uid}/${disk}`;
  if (ctx.memory.get(told)) return;
  ctx.memory.set(told, true);
  const names = holders.map(({ metadata }) => metadata.name).join(', ');
  const why = names
    ? `Volume is already used by pod(s) ${names}`
    : "Volume is already exclusively attached to one node and can't be attached to another";
  ctx.event(pod, 'Warning', 'FailedAttachVolume', `Multi-Attach error for volume "${disk}" ${why}`);
}

/** The played external-attacher: after a while the disk is there. */
function finish(attachment: KubeObject, users: readonly Pod[], key: string, ctx: SyncContext): void {
  if (attachment.status?.attached) return;
  const due = `due/${attachment.metadata.uid}`;
  const dueMs = (ctx.memory.get(due) as number | undefined) ?? ctx.nowMs + ATTACH_MS;
  ctx.memory.set(due, dueMs);
  if (dueMs > ctx.nowMs) {
    ctx.after(dueMs - ctx.nowMs, key);
    return;
  }
  ctx.memory.delete(due);
  const facts = { volume: key, node: attachment.spec.nodeName };
  ctx.api.updateStatus('volumeattachments', { ...attachment, status: { attached: true } }, 'NODE-14', facts);
  const message = `AttachVolume.Attach succeeded for volume "${key}" `;
  for (const pod of users)
    if (pod.spec.nodeName === attachment.spec.nodeName) ctx.event(pod, 'Normal', 'SuccessfulAttachVolume', message);
}

/** Keys are names of volumes. */
function sync(key: string, ctx: SyncContext): void {
  const attachments = ctx.read.list('volumeattachments').filter((attachment) => diskOf(attachment) === key);
  const volume: KubeObject | undefined = ctx.read.get('persistentvolumes', '', key);
  const users = ctx.read
    .list('pods')
    .filter((pod) => pod.spec.nodeName && !isTerminal(pod) && disksOf(pod, ctx.read).includes(key));
  const isShared = volume?.spec.accessModes?.some((mode: string) => mode.endsWith('Many')) === true;
  const plan = planAttachment(isShared, users, attachments, (attachment) => mayDetach(attachment, ctx, key));
  for (const { metadata, spec } of plan.detach) {
    ctx.memory.delete(`wish/${metadata.uid}`);
    ctx.api.delete('volumeattachments', '', metadata.name, {}, 'NODE-14', { volume: key, node: spec.nodeName });
  }
  for (const attachment of attachments) if (!plan.detach.includes(attachment)) finish(attachment, users, key, ctx);
  for (const node of plan.attach) {
    const attacher: string = volume?.spec.csi?.driver;
    const metadata = { name: `csi-${hashText(`${key}/${attacher}/${node}`).toString(16).padStart(8, '0')}` };
    const spec = { attacher, nodeName: node, source: { persistentVolumeName: key } };
    ctx.api.create('volumeattachments', { metadata, spec }, 'NODE-14', { volume: key, node });
  }
  for (const [pod, holders] of plan.refused) tellRefusal(key, pod, holders, ctx);
}

const podWatch: Watch = (pod, _before, read) => ((pod as Pod).spec.nodeName ? disksOf(pod as Pod, read) : []);

export const attachDetachController: Actor = {
  name: 'attachdetach-controller',
  latencyMs: [20, 100],
  watches: {
    pods: podWatch,
    volumeattachments: (attachment) => [diskOf(attachment)],
    nodes: (node, before, read) =>
      before?.spec === node.spec && before?.status === node.status
        ? []
        : read
            .list('volumeattachments')
            .flatMap((other) => (other.spec.nodeName === node.metadata.name ? [diskOf(other)] : [])),
  },
  sync,
};
