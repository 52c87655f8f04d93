// Which nodes can take a Pod, and why the others cannot.
// Models pkg/scheduler/framework/plugins (NodeUnschedulable, NodeName, TaintToleration, NodeAffinity, NodePorts, NodeResourcesFit,
// PodTopologySpread, InterPodAffinity; in this order, the first that refuses speaks) and types.go FitError (v1.36), rules SCH-01, SCH-04.

import type { Node, Pod, Taint, Toleration } from '../types.ts';
import { matchesNodeSelection, podAffinityFault, spreadFault } from './affinity.ts';
import { type NodeInfo, requestsOf } from './node.ts';

/** Reasons a node is turned down for; `isHopeless` when removing other Pods would not help. */
export interface Refusal {
  readonly reasons: readonly string[];
  readonly isHopeless: boolean;
}

/** Whether a toleration covers a taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (!toleration.key && toleration.operator !== 'Exists') return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}

const isTolerated = (pod: Pod, taint: Taint) => (pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint));

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const hopeless = (reason: string): Refusal => ({ reasons: [reason], isHopeless: true });
const BAD_SPREAD = "node(s) didn't match pod topology spread constraints";
const full = (reason: string): Refusal => ({ reasons: [reason], isHopeless: false });

function resourceRefusal(pod: Pod, { allocatable, requested, pods }: NodeInfo): Refusal | null {
  const [asked] = requestsOf(pod);
  const reasons: string[] = [];
  let isHopeless = false;
  if (pods.length + 1 > allocatable.pods) reasons.push('Too many pods');
  for (const name of ['cpu', 'memory'] as const) {
    if (asked[name] === 0 || asked[name] <= allocatable[name] - requested[name]) continue;
    reasons.push(`Insufficient ${name}`);
    isHopeless ||= asked[name] > allocatable[name];
  }
  return reasons.length > 0 ? { reasons, isHopeless } : null;
}

function hostPortsOf(pod: Pod): readonly string[] {
  return pod.spec.containers.flatMap(({ ports = [] }) =>
    ports.filter((port) => port.hostPort).map((port) => `${port.protocol}/${port.hostPort}`),
  );
}

/** SCH-01: why this node cannot take the Pod; null when it can. `volumes` speaks for the Pod's claims. */
export function refusalOf(
  pod: Pod,
  info: NodeInfo,
  nodes: readonly NodeInfo[],
  volumes: (node: Node) => Refusal | null = () => null,
): Refusal | null {
  const { spec, metadata } = info.node;
  if (spec.unschedulable && !isTolerated(pod, UNSCHEDULABLE)) return hopeless('node(s) were unschedulable');
  if (pod.spec.nodeName && pod.spec.nodeName !== metadata.name) return hopeless("node(s) didn't match the requested node name");
  const hard = (spec.taints ?? []).filter((taint) => taint.effect !== 'PreferNoSchedule');
  if (hard.some((taint) => !isTolerated(pod, taint))) return hopeless('node(s) had untolerated taint(s)');
  if (!matchesNodeSelection(pod, info.node)) return hopeless("node(s) didn't match Pod's node affinity/selector");
  const wanted = hostPortsOf(pod);
  if (wanted.length > 0 && info.pods.some((other) => hostPortsOf(other).some((port) => wanted.includes(port)))) {
    return full("node(s) didn't have free ports for the requested pod ports");
  }
  const resources = resourceRefusal(pod, info) ?? volumes(info.node);
  if (resources) return resources;
  const spread = spreadFault(pod, info, nodes);
  if (spread === 'no domain') return hopeless(`${BAD_SPREAD} (missing required label)`);
  if (spread) return full(BAD_SPREAD);
  const fault = podAffinityFault(pod, info.node, nodes);
  if (fault === 'affinity') return hopeless("node(s) didn't match pod affinity rules");
  if (fault === 'anti-affinity') return full("node(s) didn't match pod anti-affinity rules");
  return fault ? full("node(s) didn't satisfy existing pods anti-affinity rules") : null;
}

function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}

/** SCH-04: the message when no node can take the Pod. */
export function unschedulableMessage(refusals: readonly Refusal[]): string {
  const count = refusals.length;
  if (count === 0) return 'no nodes available to schedule pods';
  const head = `0/${count} nodes are available: ${histogram(refusals.flatMap((refusal) => refusal.reasons))}.`;
  const preemption = refusals.map(({ isHopeless }) =>
    isHopeless ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
  );
  return `${head} no new claims to deallocate, preemption: 0/${count} nodes are available: ${histogram(preemption)}.`;
}
