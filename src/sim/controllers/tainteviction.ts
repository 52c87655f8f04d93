// Deletes Pods from nodes with NoExecute taints, after the time that they tolerate.
// Models pkg/controller/tainteviction/taint_eviction.go processPodOnNode and timed_workers.go (v1.36), rule NODE-07.

import { isSame } from '../../base/json.ts';
import type { Actor, SyncContext, Watch } from '../actor.ts';
import { isReason } from '../api/status.ts';
import { tolerates } from '../scheduler/filter.ts';
import type { Node, Pod, Taint } from '../types.ts';
import { keyFor, splitKey } from './keys.ts';

const noExecute = (node: { readonly spec: Node['spec'] } | undefined): readonly Taint[] =>
  (node?.spec.taints ?? []).filter((taint) => taint.effect === 'NoExecute');

/** NODE-07: milliseconds for which a Pod stays beside these taints: 0 when it tolerates one of them not at all, null when for ever. */
export function toleratedMs(pod: Pod, taints: readonly Taint[]): number | null {
  const used = taints.map((taint) => (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint)));
  if (used.some((tolerations) => tolerations.length === 0)) return 0;
  const seconds = used.flat().flatMap((toleration) => toleration.tolerationSeconds ?? []);
  return seconds.length === 0 ? null : Math.max(0, Math.min(...seconds)) * 1000;
}

/** What is remembered of a Pod: since when and until when it is tolerated, and beside which taints. */
interface Work {
  readonly uid: string;
  readonly createdMs: number;
  readonly fireMs: number;
  readonly isDone: boolean;
  readonly beside: string;
}

function evict(pod: Pod, ctx: SyncContext): void {
  const { name, namespace = '', uid } = pod.metadata;
  ctx.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`);
  const others = (pod.status.conditions ?? []).filter((condition) => condition.type !== 'DisruptionTarget');
  const target = {
    type: 'DisruptionTarget',
    status: 'True' as const,
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',

    lastTransitionTime: ctx.now,
  };
  try {
    ctx.api.updateStatus('pods', { ...pod, status: { ...pod.status, conditions: [...others, target] } }, 'NODE-07');
    ctx.api.delete('pods', namespace, name, { preconditions: { uid } }, 'NODE-07', {
      pod: name,
      node: pod.spec.nodeName ?? '',
    });
  } catch (error) {
    if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error;
  }
}

function cancel(pod: Pod, work: Work | undefined, key: string, ctx: SyncContext): void {
  if (!work) return;
  ctx.memory.delete(key);
  const { name, namespace } = pod.metadata;
  if (!work.isDone) ctx.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${namespace}/${name}`);
}

/** Brings the remembered deadline in line with taints and tolerations; null when there is none. */
function planWork(pod: Pod, taints: readonly Taint[], known: Work | undefined, nowMs: number): Work | null {
  const allowedMs = taints.length === 0 ? null : toleratedMs(pod, taints);
  if (allowedMs === null) return null;
  const beside = taints.map(({ key, value }) => `${key}=${value ?? ''}`).join();
  const fresh = { uid: pod.metadata.uid, createdMs: nowMs, fireMs: nowMs + allowedMs, isDone: false, beside };
  if (!known) return fresh;
  if (known.isDone) return allowedMs === 0 && known.beside !== beside ? fresh : known;
  return known.createdMs + allowedMs < known.fireMs
    ? { ...fresh, createdMs: known.createdMs, fireMs: known.createdMs + allowedMs }
    : known;
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const pod = ctx.read.get('pods', namespace, name);
  const stored = ctx.memory.get(key) as unknown as Work | undefined;
  const known = stored?.uid === pod?.metadata.uid ? stored : undefined;
  if (!pod?.spec.nodeName) {
    ctx.memory.delete(key);
    return;
  }
  const work = planWork(pod, noExecute(ctx.read.get('nodes', '', pod.spec.nodeName)), known, ctx.nowMs);
  if (!work) {
    cancel(pod, known, key, ctx);
    return;
  }
  const isDue = !work.isDone && work.fireMs <= ctx.nowMs;
  if (isDue) evict(pod, ctx);
  ctx.memory.set(key, { ...work, isDone: work.isDone || isDue });
  if (!work.isDone && !isDue) ctx.after(work.fireMs - ctx.nowMs, key);
}

const podWatch: Watch = (object, before, _read, gone) => {
  const pod = object as Pod;
  const isNews =
    gone || !before || before.spec?.nodeName !== pod.spec.nodeName || !isSame(before.spec?.tolerations, pod.spec.tolerations);
  return isNews ? [keyFor(pod)] : [];
};

const nodeWatch: Watch = (object, before, read) =>
  before && isSame(noExecute(object as Node), noExecute(before as Node)) ? [] : read.podsOn(object.metadata.name).map(keyFor);

export const taintEvictionController: Actor = {
  name: 'taint-eviction-controller',
  latencyMs: [10, 60],
  watches: { pods: podWatch, nodes: nodeWatch },
  sync,
};
