// Signs of life: each reachable node renews its Lease, and says Ready again after a silence.
// Models pkg/kubelet/kubelet.go (nodeLeaseController) and component-helpers/apimachinery/lease (v1.36), rules NODE-01, NODE-12.
// Differs: renews every 3 s, as the nodes of the recordings did, not every 10 s.

import type { Actor, SyncContext } from '../actor.ts';
import type { Condition } from '../types.ts';
import { isReachable } from './machine.ts';

const RENEW_MS = 3000;
const LEASE_SECONDS = 40;
const NAMESPACE = 'kube-node-lease';
const HEALTHY: Readonly<Record<string, readonly [string, string, string]>> = {
  MemoryPressure: ['False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  DiskPressure: ['False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  PIDPressure: ['False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  Ready: ['True', 'KubeletReady', 'kubelet is posting ready status'],
};

/** NODE-12: conditions of a node that can speak for itself; null when they say so already. */
export function healthyConditions(present: readonly Condition[], now: string): readonly Condition[] | null {
  if (present.every(({ type, status }) => HEALTHY[type] === undefined || HEALTHY[type][0] === status)) return null;
  return present.map((condition) => {
    const [status, reason, message] = HEALTHY[condition.type] ?? [];
    if (status === undefined || condition.status === status) return condition;
    const fresh = { status: status as Condition['status'], reason: reason as string, message: message as string };
    return { ...condition, ...fresh, lastHeartbeatTime: now, lastTransitionTime: now };
  });
}

function renew(name: string, ctx: SyncContext): void {
  const lease = ctx.read.get('leases', NAMESPACE, name);
  const spec = { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime: ctx.nowMicro };
  if (lease) ctx.api.update('leases', { ...lease, spec: { ...lease.spec, ...spec } }, 'NODE-01', { node: name });
  else ctx.api.create('leases', { metadata: { name, namespace: NAMESPACE }, spec }, 'NODE-01', { node: name });
  ctx.memory.set(name, ctx.nowMs);
}

function sync(name: string, ctx: SyncContext): void {
  const node = ctx.read.get('nodes', '', name);
  if (!node) {
    ctx.memory.delete(name);
    return;
  }
  const renewedMs = ctx.memory.get(name) as number | undefined;
  const dueMs = renewedMs === undefined ? ctx.nowMs : renewedMs + RENEW_MS;
  if (!isReachable(ctx.machines, name)) {
    ctx.after(RENEW_MS, name);
    return;
  }
  const conditions = healthyConditions(node.status.conditions ?? [], ctx.now);
  if (conditions) {
    ctx.api.updateStatus('nodes', { ...node, status: { ...node.status, conditions } }, 'NODE-12', { node: name });
    ctx.event(node, 'Normal', 'NodeReady', `Node ${name} status is now: NodeReady`);
  }
  if (ctx.nowMs >= dueMs) renew(name, ctx);
  ctx.after(Math.max(1, Math.max(dueMs, ctx.nowMs + 1) - ctx.nowMs) + (ctx.nowMs >= dueMs ? RENEW_MS - 1 : 0), name);
}

export const heartbeat: Actor = {
  name: 'kubelet-heartbeat',
  latencyMs: [1, 3],
  watches: { nodes: (node) => [node.metadata.name] },
  sync,
};
