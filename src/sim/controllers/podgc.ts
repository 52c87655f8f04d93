// Clears away Pods that nobody else will: on nodes that are gone or declared dead, never placed, or ended long ago.
// Models pkg/controller/podgc/gc_controller.go gc, gcTerminated, gcTerminating, gcOrphaned, gcUnscheduledTerminating (v1.36),
// rules NODE-10, NODE-16, RS-04.

import type { Actor, Reader, SyncContext } from '../actor.ts';
import { isReason } from '../api/status.ts';
import type { Node, Pod } from '../types.ts';
import { conditionOf, isTerminal } from './pods.ts';

const PASS_MS = 20_000;
const QUARANTINE_MS = 40_000;
const TERMINATED_KEPT = 12_500;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

export interface GcPlan {
  /** Nodes named by Pods that do not exist, to be looked at again after the quarantine. */
  readonly missing: readonly string[];
  readonly remove: readonly { readonly pod: Pod; readonly isOrphan: boolean; readonly why: string }[];
}

const isOutOfService = (node: Node) =>
  conditionOf(node, 'Ready')?.status !== 'True' && (node.spec.taints ?? []).some((taint) => taint.key === OUT_OF_SERVICE);

/** NODE-10, NODE-16: decides one pass. `quarantined` holds nodes that have been missing for long enough. */
export function planPodGc(pods: readonly Pod[], nodes: readonly Node[], quarantined: ReadonlySet<string>): GcPlan {
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  const ended = pods.filter(isTerminal).sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1));
  const remove: { pod: Pod; isOrphan: boolean; why: string }[] = [];
  const add = (pod: Pod, why: string, isOrphan = false) => {
    if (!remove.some((other) => other.pod === pod)) remove.push({ pod, isOrphan, why });
  };
  for (const pod of ended.slice(0, Math.max(0, ended.length - TERMINATED_KEPT))) add(pod, 'NODE-16');
  const missing = new Set<string>();
  for (const pod of pods) {
    const { nodeName } = pod.spec;
    const node = nodeName === undefined ? undefined : byName.get(nodeName);
    const isGoing = pod.metadata.deletionTimestamp !== undefined;
    if (node && isGoing && isOutOfService(node)) add(pod, 'NODE-10');
    else if (nodeName && !node && quarantined.has(nodeName)) add(pod, 'NODE-10', true);
    else if (nodeName && !node) missing.add(nodeName);
    else if (!nodeName && isGoing) add(pod, 'NODE-16');
  }
  return { missing: [...missing], remove };
}

/** Phase Failed first, so that a Job counts it; then the object. */
function failAndDelete(pod: Pod, isOrphan: boolean, why: string, ctx: SyncContext): void {
  const { name, namespace = '' } = pod.metadata;
  const facts = { pod: name, node: pod.spec.nodeName ?? '' };
  try {
    if (!isTerminal(pod)) {
      const others = (pod.status.conditions ?? []).filter((condition) => condition.type !== 'DisruptionTarget');
      const target = {
        type: 'DisruptionTarget',
        status: 'True' as const,
        reason: 'DeletionByPodGC',
        message: 'PodGC: node no longer exists',

        lastTransitionTime: ctx.now,
      };
      const conditions = isOrphan ? [...others, target] : (pod.status.conditions ?? []);
      ctx.api.updateStatus('pods', { ...pod, status: { ...pod.status, phase: 'Failed', conditions } }, why, facts);
    }
    ctx.api.delete('pods', namespace, name, { gracePeriodSeconds: 0 }, why, facts);
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}

/** Nodes whose quarantine is over; starts it for those newly missing. */
function quarantinedNodes(read: Reader, ctx: SyncContext): ReadonlySet<string> {
  const over = new Set<string>();
  for (const [name, since] of [...ctx.memory.entries()]) {
    if (name === 'nextPass') continue;
    if (read.get('nodes', '', name)) ctx.memory.delete(name);
    else if (ctx.nowMs - (since as number) >= QUARANTINE_MS) over.add(name);
  }
  return over;
}

function sync(key: string, ctx: SyncContext): void {
  const nextMs = (ctx.memory.get('nextPass') as number | undefined) ?? ctx.nowMs;
  if (ctx.nowMs >= nextMs) {
    const quarantined = quarantinedNodes(ctx.read, ctx);
    const plan = planPodGc(ctx.read.list('pods'), ctx.read.list('nodes'), quarantined);
    for (const name of quarantined) ctx.memory.delete(name);
    for (const name of plan.missing) if (ctx.memory.get(name) === undefined) ctx.memory.set(name, ctx.nowMs);
    for (const { pod, isOrphan, why } of plan.remove) failAndDelete(pod, isOrphan, why, ctx);
    ctx.memory.set('nextPass', ctx.nowMs + PASS_MS);
  }
  ctx.after(((ctx.memory.get('nextPass') as number | undefined) ?? 0) - ctx.nowMs, key);
}

export const podGarbageCollector: Actor = {
  name: 'pod-garbage-collector',
  latencyMs: [5, 20],
  startKeys: ['pass'],
  watches: {},
  sync,
};
