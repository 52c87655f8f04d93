// The node agents: run the Pods that are bound to a node, report them, stop them, confirm that they are gone.
// Models pkg/kubelet/kubelet.go syncPod and status/status_manager.go (v1.36), rules POD-03 … POD-18, NODE-12, NODE-13.
// Differs: one actor plays all kubelets, with the timing of the one played for the recordings: ContainerCreating after 20 ms, writes of a
// node at least 20 ms apart. No Events but those of restarts and probes. A node switched on again reports its Pods as it left them.

import { isSame } from '../../base/json.ts';
import type { Actor, SyncContext, Watch } from '../actor.ts';
import { splitKey } from '../controllers/keys.ts';
import { disksOf, waitsForDisks } from '../controllers/storage/attach.ts';
import { programOf } from '../programs/program.ts';
import { runPrograms } from '../programs/run.ts';
import type { Pod } from '../types.ts';
import { exited, newContainer } from './advance.ts';
import { withInits } from './init.ts';
import { countUp, dropLocalPod, isReachable, type LocalPod, localPodOf, localPods, machineOf, setLocalPod } from './machine.ts';
import { advance, hasEnded } from './pod.ts';
import { runtime } from './runtime.ts';
import { statusOf } from './status.ts';

/** From binding to the first report. */
const FIRST_REPORT_MS = 20;
/** Between two writes of one node. */
const WRITE_GAP_MS = 20;
/** POD-18: patience with containers of a Pod that is no longer in the API. */
const ORPHAN_GRACE_MS = 2000;

/** Key of a Pod on a node: `<node>/<uid>/<namespace>/<name>`. */
export function kubeletKey(node: string, { metadata }: Pod): string {
  return `${node}/${metadata.uid}/${metadata.namespace}/${metadata.name}`;
}

const podWatch: Watch = (object) => {
  const pod = object as Pod;
  return pod.spec.nodeName ? [kubeletKey(pod.spec.nodeName, pod)] : [];
};

function ipOn(node: string, ctx: SyncContext): string {
  const range = ctx.read.get('nodes', '', node)?.spec.podCIDR ?? '10.244.0.0/24';
  const [a = '10', b = '244', c = '0'] = range.split('.');
  const number = countUp(ctx.machines, `ip/${node}`) + 2;
  return `${a}.${b}.${(Number(c) + Math.floor(number / 254)) % 256}.${(number % 254) + 1}`;
}

/** A Pod that this node sees for the first time. */
function welcome(pod: Pod, node: string, ctx: SyncContext): LocalPod {
  const { programs } = ctx.settings;
  const containers = pod.spec.containers.map(
    ({ name, image }) => [name, newContainer(image, programOf(programs, image), ctx.nowMs)] as const,
  );
  const local = { pod, seenAtMs: ctx.nowMs, ip: ipOn(node, ctx), containers: Object.fromEntries(containers) };
  return withInits(local, ctx.nowMs, (image) => programOf(programs, image));
}

/** NODE-14: a Pod that is new here starts nothing before its disks are attached. */
function withDisks(local: LocalPod, isNew: boolean, node: string, ctx: SyncContext): LocalPod {
  if (!isNew && !local.waitsForDisks) return local;
  const waits = waitsForDisks(local.pod, node, ctx.read);
  if (waits === (local.waitsForDisks ?? false)) return local;
  const startAt = (image: string) =>
    waits ? Number.MAX_SAFE_INTEGER : ctx.nowMs + programOf(ctx.settings.programs, image).startAfterMs;
  // Init containers come first, so it is the first of them that waits for the disks.
  const first = Object.entries(local.inits ?? local.containers).slice(0, local.inits ? 1 : undefined);
  const held = Object.fromEntries(first.map(([name, c]) => [name, { ...c, startAtMs: startAt(c.image) }] as const));
  const changed = local.inits ? { inits: { ...local.inits, ...held } } : { containers: held };
  return { ...local, waitsForDisks: waits, ...changed };
}

/** POD-15, POD-17, POD-18: starts stopping when deletion was asked for or the object is gone; a second wish can only shorten the wait. */
export function withStopping(local: LocalPod, pod: Pod | undefined, nowMs: number): LocalPod {
  if (pod && pod.metadata.deletionTimestamp === undefined) return local;
  const sinceMs = local.stopping?.sinceMs ?? nowMs;
  const graceMs = pod ? Math.max(1, pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000 : ORPHAN_GRACE_MS;
  const killAtMs = Math.min(local.stopping?.killAtMs ?? Number.POSITIVE_INFINITY, (pod ? sinceMs : nowMs) + graceMs);
  return local.stopping?.killAtMs === killAtMs ? local : { ...local, stopping: { sinceMs, killAtMs } };
}

/** A changed image restarts the container (POD-20). */
function withImages(local: LocalPod, pod: Pod, ctx: SyncContext): LocalPod {
  const changed = pod.spec.containers.filter(
    ({ name, image }) => local.containers[name] && local.containers[name].image !== image,
  );
  if (changed.length === 0) return local.pod === pod ? local : { ...local, pod };
  const containers = { ...local.containers };
  for (const { name, image } of changed) {
    const old = exited(containers[name] as NonNullable<(typeof containers)[string]>, 137, ctx.nowMs);
    const fresh = newContainer(image, programOf(ctx.settings.programs, image), ctx.nowMs);
    const last = { exitCode: 137, startedAtMs: old.startedAtMs ?? ctx.nowMs, finishedAtMs: ctx.nowMs };
    containers[name] = old.startedAtMs === undefined ? fresh : { ...fresh, restarts: old.restarts, last };
  }
  return { ...local, pod, containers };
}

/** Takes the node's next free slot for a write, or the one taken before; returns milliseconds until it comes. */
function slotDelayMs(node: string, uid: string, ctx: SyncContext): number {
  const taken = ctx.memory.get(`slot/${uid}`) as number | undefined;
  if (taken !== undefined) return Math.max(0, taken - ctx.nowMs);
  const slotMs = Math.max(ctx.nowMs, (ctx.memory.get(`writer/${node}`) as number | undefined) ?? 0);
  ctx.memory.set(`writer/${node}`, slotMs + WRITE_GAP_MS);
  ctx.memory.set(`slot/${uid}`, slotMs);
  return slotMs - ctx.nowMs;
}

/** Reports what changed, and removes a Pod that has ended and was asked to go. Returns when to come back, or null. */
function report(local: LocalPod, pod: Pod, node: string, ctx: SyncContext): number | null {
  const earliest = pod.status.startTime === undefined ? local.seenAtMs + FIRST_REPORT_MS - ctx.nowMs : 0;
  const hostIP = ctx.read.get('nodes', '', node)?.status.addresses?.[0]?.address ?? '';
  const status = statusOf(local, pod.status, { epochMs: ctx.settings.epochMs, now: ctx.now, hostIP });
  const isReported = isSame(status, pod.status);
  const isLeaving = hasEnded(local) && pod.metadata.deletionTimestamp !== undefined;
  if (isReported && !isLeaving) return null;
  const { name, namespace = '', uid } = pod.metadata;
  const waitMs = earliest > 0 ? earliest : slotDelayMs(node, uid, ctx);
  if (waitMs > 0) return waitMs;
  ctx.memory.delete(`slot/${uid}`);
  if (!isReported) {
    const written = ctx.api.updateStatus('pods', { ...pod, status }, 'POD-03', { pod: name, node, phase: status.phase });
    // The server may store a status in fewer words than it was sent; then there was nothing new to say.
    if (written.metadata.resourceVersion !== pod.metadata.resourceVersion) return isLeaving ? WRITE_GAP_MS : null;
  }
  if (!isLeaving) return null;
  ctx.api.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } }, 'POD-16', { pod: name, node });
  ctx.memory.delete(`slot/${uid}`);
  dropLocalPod(ctx.machines, node, local);
  return null;
}

/** POD-07, POD-12, POD-13: Events of restarts and of failed liveness and startup probes. */
function tell(before: LocalPod | undefined, after: LocalPod, ctx: SyncContext): void {
  const { pod } = after;
  for (const [name, container] of Object.entries(after.containers)) {
    const old = before?.containers[name];
    if (!old || old === container) continue;
    if (container.killedAtMs !== undefined && old.killedAtMs === undefined) {
      const isStartup = !container.hasStarted && pod.spec.containers.some((spec) => spec.name === name && spec.startupProbe);
      const probe = isStartup ? 'Startup' : 'Liveness';
      ctx.event(pod, 'Warning', 'Unhealthy', `${probe} probe failed: HTTP probe failed with statuscode: 500`);
      ctx.event(pod, 'Normal', 'Killing', `Container ${name} failed ${probe.toLowerCase()} probe, will be restarted`);
    }
    if (container.reason === 'CrashLoopBackOff' && old.state !== 'waiting') {
      const { metadata } = pod;
      const where = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
      ctx.event(pod, 'Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${where}`);
    }
  }
}

function sync(key: string, ctx: SyncContext): void {
  const [node, rest] = splitKey(key);
  const [uid, path] = splitKey(rest);
  const [namespace, name] = splitKey(path);
  if (!machineOf(ctx.machines, node).power) return;
  const isConnected = isReachable(ctx.machines, node);
  const known = localPodOf(ctx.machines, node, uid);
  const stored = ctx.read.get('pods', namespace, name);
  const pod = stored?.metadata.uid === uid ? stored : undefined;
  if (!known && (!isConnected || !pod || isFinished(pod) || !ctx.read.get('nodes', '', node))) return;
  let local = known ?? welcome(pod as Pod, node, ctx);
  local = withDisks(local, known === undefined, node, ctx);
  if (isConnected) local = withStopping(pod ? withImages(local, pod, ctx) : local, pod, ctx.nowMs);
  const host = {
    nowMs: ctx.nowMs,
    program: (image: string) => programOf(ctx.settings.programs, image),
    nextStart: (image: string) => countUp(ctx.machines, `start/${image}`),
  };
  const first = advance(local, host);
  const ran = runPrograms(first.local, node, ctx);
  const moved = ran.local === first.local ? first : advance(ran.local, host);
  tell(known, moved.local, ctx);
  if (moved.local !== known) setLocalPod(ctx.machines, node, uid, moved.local);
  const waits = [moved.nextMs, ran.nextMs]
    .filter((atMs): atMs is number => atMs !== null && atMs < Number.MAX_SAFE_INTEGER)
    .map((atMs) => atMs - ctx.nowMs);
  if (isConnected && pod) {
    const waitMs = report(moved.local, pod, node, ctx);
    if (waitMs !== null) waits.push(waitMs);
  } else if (isConnected && hasEnded(moved.local)) dropLocalPod(ctx.machines, node, moved.local);
  if (waits.length > 0) ctx.after(Math.max(1, Math.min(...waits)), key);
}

/** A Pod that had ended before this node knew it needs nothing but, when deleted, a last word: POD-16. */
function isFinished(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

export const kubelet: Actor = {
  name: 'kubelet',
  latencyMs: [1, 3],
  watches: {
    pods: podWatch,
    volumeattachments: ({ spec }, _before, read) =>
      read
        .podsOn(spec.nodeName)
        .filter((pod) => disksOf(pod, read).length > 0)
        .map((pod) => kubeletKey(spec.nodeName, pod)),
  },
  runtime,
  sync,
};

/** Keys of everything on a node, known to the machine or only to the API: to be woken when a fault ends. */
export function keysOn(node: string, ctx: Pick<SyncContext, 'read' | 'machines'>): readonly string[] {
  const local = localPods(ctx.machines).filter((entry) => entry.node === node);
  return [...new Set([...ctx.read.podsOn(node), ...local.map((entry) => entry.local.pod)].map((pod) => kubeletKey(node, pod)))];
}
