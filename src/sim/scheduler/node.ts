// What the scheduler knows of a node: room, and who is there.
// Models pkg/scheduler/framework/types.go NodeInfo (v1.36).

import { quantityOf } from '../api/quantity.ts';
import type { Container, Node, Pod } from '../types.ts';

/** CPU in thousandths, memory in bytes. */
export interface Amount {
  readonly cpu: number;
  readonly memory: number;
}

export interface NodeInfo {
  readonly node: Node;
  readonly pods: readonly Pod[];
  readonly allocatable: Amount & { readonly pods: number };
  readonly requested: Amount;
  /** Pods that turn others down (required anti-affinity); few, so that all others need not be asked. */
  readonly rejecting: readonly Pod[];
  /** Like requested, with 100m and 200MB for containers that ask for nothing (SCH-02). */
  readonly scored: Amount;
}

/** What a container without requests is scored as. */
const UNASKED: Amount = { cpu: 100, memory: 200 * 2 ** 20 };
const NOTHING: Amount = { cpu: 0, memory: 0 };

const milliOf = (text: string | number | undefined) => Math.ceil(Number((quantityOf(text) * 1000).toPrecision(15)));
const plus = (a: Amount, b: Amount): Amount => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory });
const most = (a: Amount, b: Amount): Amount => ({ cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory) });

function requestOf(container: Container, missing: Amount): Amount {
  const { requests = {} } = container.resources ?? {};
  return {
    cpu: requests['cpu'] === undefined ? missing.cpu : milliOf(requests['cpu']),
    memory: requests['memory'] === undefined ? missing.memory : quantityOf(requests['memory']),
  };
}

/** A Pod's spec never changes its requests, so they are worked out once; a cache, not state. */
const cache = new WeakMap<readonly Container[], readonly [Amount, Amount]>();

/** What a Pod asks for, and what it is scored as. */
export function requestsOf(pod: Pod): readonly [requested: Amount, scored: Amount] {
  const { containers, initContainers = [] } = pod.spec;
  let known = cache.get(containers);
  if (!known) {
    const total = (missing: Amount) => {
      const sum = containers.map((container) => requestOf(container, missing)).reduce(plus, NOTHING);
      return initContainers.map((container) => requestOf(container, missing)).reduce(most, sum);
    };
    known = [total(NOTHING), total(UNASKED)];
    cache.set(containers, known);
  }
  return known;
}

/** What was worked out for a node the last time, and from which list of Pods; a cache, not state. */
const infos = new WeakMap<Node, readonly [pods: readonly Pod[], info: NodeInfo]>();

/** A node with the Pods that take room on it. `pods` may hold ended ones; they are left out. The same list gives the same answer. */
export function nodeInfoOf(node: Node, pods: readonly Pod[]): NodeInfo {
  const known = infos.get(node);
  if (known?.[0] === pods) return known[1];
  const info = newNodeInfo(node, pods);
  infos.set(node, [pods, info]);
  return info;
}

function newNodeInfo(node: Node, pods: readonly Pod[]): NodeInfo {
  const present = pods.filter((pod) => pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed');
  const allocatable = node.status.allocatable ?? {};
  let requested = NOTHING;
  let scored = NOTHING;
  for (const pod of present) {
    const [asked, counted] = requestsOf(pod);
    requested = plus(requested, asked);
    scored = plus(scored, counted);
  }
  const room = {
    cpu: milliOf(allocatable['cpu'] ?? '0'),
    memory: quantityOf(allocatable['memory'] ?? '0'),
    pods: quantityOf(allocatable['pods'] ?? '0'),
  };
  const rejecting = present.filter(
    (pod) => pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined,
  );
  return { node, pods: present, rejecting, allocatable: room, requested, scored };
}
