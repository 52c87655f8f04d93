// Notices silent nodes: marks them and their Pods as not ready, taints them, and holds evictions back when too many are silent.
// Models pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.36), rules NODE-02 … NODE-05, DRAIN-04.
// Differs: all nodes are one zone; a Ready condition that is False is treated like an unknown one but for its taint.

import { isSame } from '../../base/json.ts';
import type { Actor, SyncContext } from '../actor.ts';
import type { Condition, Node, Pod, Taint } from '../types.ts';
import { conditionOf } from './pods.ts';

const MONITOR_MS = 5000;
/** NODE-04: one node in ten seconds gets NoExecute. */
const EVICTION_GAP_MS = 10_000;
const LARGE_ZONE = 50;
const REDUCED_GAP_MS = 100_000;
const EVICTION_TICK_MS = 100;
// A node cannot have these names: they hold a character that is not allowed.
const MONITOR = '(monitor)';
const EVICTIONS = '(evictions)';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const PRESSURES: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
};
const OWN = [UNREACHABLE, NOT_READY, UNSCHEDULABLE, ...Object.values(PRESSURES)];

/** The taint key for a node's readiness; null when it is ready. */
function readinessTaint(node: Node): string | null {
  const status = conditionOf(node, 'Ready')?.status;
  return status === 'True' ? null : status === 'False' ? NOT_READY : UNREACHABLE;
}

/** NODE-04, DRAIN-04: the NoSchedule taints a node must have, in this order. */
export function noScheduleTaints(node: Node): readonly string[] {
  const readiness = readinessTaint(node);
  const pressures = Object.entries(PRESSURES).filter(([type]) => conditionOf(node, type)?.status === 'True');
  return [
    ...(readiness ? [readiness] : []),
    ...pressures.map(([, key]) => key),
    ...(node.spec.unschedulable ? [UNSCHEDULABLE] : []),
  ];
}

/** The taints of a node with those of this controller and effect replaced. */
export function withTaints(
  present: readonly Taint[],
  effect: Taint['effect'],
  keys: readonly string[],
  now: string,
): readonly Taint[] {
  const isOwn = (taint: Taint) => taint.effect === effect && OWN.includes(taint.key);
  const kept = present.filter((taint) => !isOwn(taint) || keys.includes(taint.key));
  const missing = keys.filter((key) => !kept.some((taint) => taint.key === key && taint.effect === effect));
  return [...kept, ...missing.map((key) => ({ key, effect, timeAdded: now }))];
}

function writeTaints(node: Node, taints: readonly Taint[], why: string, ctx: SyncContext): Node {
  if (isSame(taints, node.spec.taints ?? [])) return node;
  const patch = { spec: { taints: taints.length > 0 ? taints : null } };
  return ctx.api.patch('nodes', '', node.metadata.name, patch, 'merge', why, { facts: { node: node.metadata.name } });
}

/** NODE-02: notes with the own clock when a sign of life changed; returns for how long (ms) there has been none. */
function silenceMs(node: Node, ctx: SyncContext): number {
  const { name } = node.metadata;
  const sign = ctx.read.get('leases', 'kube-node-lease', name)?.spec.renewTime ?? '';
  const known = ctx.memory.get(`seen/${name}`) as { sign: string; atMs: number } | undefined;
  if (known && known.sign === sign) return ctx.nowMs - known.atMs;
  ctx.memory.set(`seen/${name}`, { sign, atMs: ctx.nowMs });
  return 0;
}

const WATCHED_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** NODE-02: the conditions of a node of which nothing is known any more. */
export function unknownConditions(present: readonly Condition[], now: string): readonly Condition[] {
  const unknown = { status: 'Unknown' as const, reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
  return present.map((condition) =>
    WATCHED_CONDITIONS.includes(condition.type) && condition.status !== 'Unknown'
      ? { ...condition, ...unknown, lastTransitionTime: now }
      : condition,
  );
}

/** NODE-03: only a condition changes; containers and phase are left as last reported. */
function markPodsNotReady(name: string, ctx: SyncContext): void {
  for (const pod of ctx.read.podsOn(name)) {
    if (conditionOf(pod, 'Ready')?.status === 'True') {
      const conditions = (pod.status.conditions ?? []).map((condition) =>
        condition.type === 'Ready' ? { ...condition, status: 'False' as const, lastTransitionTime: ctx.now } : condition,
      );
      const facts = { pod: pod.metadata.name, node: name };
      ctx.api.updateStatus('pods', { ...pod, status: { ...pod.status, conditions } } as Pod, 'NODE-03', facts);
    }
    ctx.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  }
}

function monitorNode(node: Node, ctx: SyncContext): void {
  const { name } = node.metadata;
  const graceMs = ctx.settings.nodeMonitorGraceSeconds * 1000;
  if (silenceMs(node, ctx) <= graceMs || conditionOf(node, 'Ready')?.status === 'Unknown') return;
  const wasReady = conditionOf(node, 'Ready')?.status === 'True';
  const conditions = unknownConditions(node.status.conditions ?? [], ctx.now);
  ctx.api.updateStatus('nodes', { ...node, status: { ...node.status, conditions } }, 'NODE-02', {
    node: name,
    graceMs,
  });
  if (wasReady) {
    ctx.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    markPodsNotReady(name, ctx);
  }
}

/** NODE-05: milliseconds between two nodes that get NoExecute; null when none may get it. */
export function evictionGapMs(ready: number, notReady: number): number | null {
  if (ready === 0 && notReady > 0) return null;
  if (notReady <= 2 || notReady / (ready + notReady) < 0.55) return EVICTION_GAP_MS;
  return ready + notReady > LARGE_ZONE ? REDUCED_GAP_MS : null;
}

/** NODE-04, NODE-05: gives and takes NoExecute taints, as fast as is allowed. */
function taintNodes(nodes: readonly Node[], ctx: SyncContext): void {
  const silent = nodes.filter(readinessTaint);
  const gapMs = evictionGapMs(nodes.length - silent.length, silent.length);
  const isAllSilent = silent.length === nodes.length;
  for (const node of nodes) {
    const wanted = readinessTaint(node);
    const present = node.spec.taints ?? [];
    const has = present.find((taint) => taint.effect === 'NoExecute' && (taint.key === UNREACHABLE || taint.key === NOT_READY));
    if (!wanted || isAllSilent) {
      if (has) writeTaints(node, withTaints(present, 'NoExecute', [], ctx.now), 'NODE-05', ctx);
      continue;
    }
    if (has?.key === wanted) continue;
    const allowedMs = (ctx.memory.get('nextEviction') as number | undefined) ?? Number.NEGATIVE_INFINITY;
    if (!has && (gapMs === null || ctx.nowMs < allowedMs)) continue;
    if (!has) ctx.memory.set('nextEviction', ctx.nowMs + (gapMs ?? 0));
    writeTaints(node, withTaints(present, 'NoExecute', [wanted], ctx.now), 'NODE-04', ctx);
  }
}

/** How long to wait for the next node that may be tainted; null when none waits. */
function nextTaintMs(ctx: SyncContext): number | null {
  const hasNoExecute = (node: Node) => (node.spec.taints ?? []).some(({ effect }) => effect === 'NoExecute');
  const isWaiting = ctx.read.list('nodes').some((node) => readinessTaint(node) && !hasNoExecute(node));
  const allowedMs = (ctx.memory.get('nextEviction') as number | undefined) ?? 0;
  return isWaiting && allowedMs > ctx.nowMs ? allowedMs - ctx.nowMs : null;
}

function sync(key: string, ctx: SyncContext): void {
  if (key === EVICTIONS) {
    taintNodes(ctx.read.list('nodes'), ctx);
    const waitMs = nextTaintMs(ctx);
    if (waitMs !== null) ctx.after(waitMs, EVICTIONS);
  } else if (key === MONITOR) {
    for (const node of ctx.read.list('nodes')) monitorNode(node, ctx);
    // NODE-04: NoExecute follows the NoSchedule taint, which answers the changed condition at once.
    ctx.after(EVICTION_TICK_MS, EVICTIONS);
    ctx.after(MONITOR_MS, MONITOR);
  } else {
    const node = ctx.read.get('nodes', '', key);
    if (!node) ctx.memory.delete(`seen/${key}`);
    else writeTaints(node, withTaints(node.spec.taints ?? [], 'NoSchedule', noScheduleTaints(node), ctx.now), 'NODE-04', ctx);
  }
}

export const nodeLifecycleController: Actor = {
  name: 'node-controller',
  latencyMs: [5, 20],
  startKeys: [MONITOR],
  watches: { nodes: (node) => [node.metadata.name] },
  sync,
};
