// What can go wrong from outside: a machine loses power or network, a container freezes, crashes, falls sick.
// Faults change machines only; what the API says follows from what kubelets then do or do not report.

import type { SyncContext } from './actor.ts';
import { meets, parseLabelSelector } from './api/selectors.ts';
import type { Cluster } from './cluster.ts';
import { keysOn, kubeletKey } from './kubelet/kubelet.ts';
import { type LocalContainer, localPodOf, type MachineReader, machineOf, setLocalPod, setMachine } from './kubelet/machine.ts';
import { parseDuration } from './programs/program.ts';
import type { Json, Pod } from './types.ts';

export type NodeFault =
  | { readonly node: string; readonly power: 'on' | 'off' }
  | { readonly node: string; readonly network: 'on' | 'off' }
  | { readonly node: string; readonly clockMs: number };
export type ContainerDeed = 'freeze' | 'thaw' | 'crash' | 'sick' | 'well';

/** Actor in whose name faults must be done: they wake its keys. */
export const FAULT_ACTOR = 'kubelet';
const CRASHED = 137;

/** Switches a machine or its network; what is bound to it is looked at anew. */
export function applyNodeFault(fault: NodeFault, ctx: SyncContext): void {
  const before = machineOf(ctx.machines, fault.node);
  if ('power' in fault) {
    const isNewBoot = fault.power === 'on' && !before.power;
    setMachine(ctx.machines, fault.node, { ...before, power: fault.power === 'on', boots: before.boots + (isNewBoot ? 1 : 0) });
  } else if ('clockMs' in fault) setMachine(ctx.machines, fault.node, { ...before, clockMs: fault.clockMs });
  else setMachine(ctx.machines, fault.node, { ...before, network: fault.network === 'on' });
  for (const key of keysOn(fault.node, ctx)) ctx.after(1, key);
  ctx.as('kubelet-heartbeat').after(1, fault.node);
}

function withDeed(container: LocalContainer, deed: ContainerDeed, nowMs: number): LocalContainer {
  switch (deed) {
    case 'freeze':
      return { ...container, isFrozen: true, changedAtMs: nowMs };
    case 'thaw':
      return { ...container, isFrozen: false, changedAtMs: nowMs };
    case 'sick':
      return { ...container, isSick: true, changedAtMs: nowMs };
    case 'well':
      return { ...container, isSick: false, changedAtMs: nowMs };
    default:
      return { ...container, isFrozen: false, exitAtMs: nowMs, exitWith: CRASHED };
  }
}

/** Does something to the running containers of a Pod, or to one of them. Returns how many it concerned. */
export function applyContainerFault(pod: Pod, container: string | null, deed: ContainerDeed, ctx: SyncContext): number {
  const node = pod.spec.nodeName ?? '';
  const local = localPodOf(ctx.machines, node, pod.metadata.uid);
  if (!local || !machineOf(ctx.machines, node).power) return 0;
  const containers = { ...local.containers };
  let count = 0;
  for (const [name, state] of Object.entries(local.containers)) {
    if (state.state !== 'running' || (container !== null && name !== container)) continue;
    containers[name] = withDeed(state, deed, ctx.nowMs);
    count++;
  }
  if (count > 0) setLocalPod(ctx.machines, node, pod.metadata.uid, { ...local, containers });
  ctx.after(1, kubeletKey(node, pod));
  return count;
}

export type PodPick = 'first' | 'last' | 'all' | 'leader' | 'frozen';

/** The Pods meant by `pick` among those that a selector found, oldest first. */
export function pickPods(
  pods: readonly Pod[],
  pick: PodPick,
  ctx: { readonly read: SyncContext['read']; readonly machines: MachineReader },
): readonly Pod[] {
  const sorted = [...pods].sort((a, b) => {
    const [left, right] = [a.metadata, b.metadata];
    if (left.creationTimestamp !== right.creationTimestamp) return left.creationTimestamp < right.creationTimestamp ? -1 : 1;
    return left.name < right.name ? -1 : 1;
  });
  if (pick === 'all') return sorted;
  if (pick === 'last') return sorted.slice(-1);
  if (pick === 'first') return sorted.slice(0, 1);
  if (pick === 'leader') {
    const holders = ctx.read.list('leases').map((lease) => lease.spec.holderIdentity?.replace(/_[^_]*$/, ''));
    return sorted.filter((pod) => holders.includes(pod.metadata.name));
  }
  return sorted.filter((pod) => {
    const local = localPodOf(ctx.machines, pod.spec.nodeName ?? '', pod.metadata.uid);
    return Object.values(local?.containers ?? {}).some((container) => container.isFrozen);
  });
}

/** A fault as scenario files and the lab write it (programs.md). */
export interface Fault {
  readonly node?: string;
  readonly power?: string;
  readonly network?: string;
  /** How far its clock is ahead: `+20s`, `-1h`, `0s`. */
  readonly clock?: string;
  readonly container?: string;
  readonly pod?: string;
  readonly of?: string;
  readonly pick?: string;
  readonly namespace?: string;
}

/** Milliseconds of `+20s` or `-1h`; NaN for anything else. */
export const offsetOf = (text: string): number => parseDuration(text.replace(/^[+-]/, '')) * (text.startsWith('-') ? -1 : 1);

const DEEDS: readonly string[] = ['freeze', 'thaw', 'crash', 'sick', 'well'];
const PICKS: readonly string[] = ['first', 'last', 'all', 'leader', 'frozen'];

function nodeFault(fault: Fault, cluster: Cluster): NodeFault | string {
  const { node = '', power, network, clock } = fault;
  const word = power ?? network ?? '';
  if (!cluster.read.get('nodes', '', node)) return `there is no node "${node}"`;
  if (clock !== undefined) {
    const clockMs = offsetOf(clock);
    return Number.isNaN(clockMs) ? `clock is an offset such as +20s or -1h, not ${JSON.stringify(clock)}` : { node, clockMs };
  }
  if (word !== 'on' && word !== 'off') return `power and network are 'on' or 'off', not ${JSON.stringify(word)}`;
  return power === undefined ? { node, network: word } : { node, power: word };
}

function meantPods(fault: Fault, cluster: Cluster, deed: ContainerDeed): readonly Pod[] | string {
  const { namespace = 'default', pod, of = '', pick = deed === 'thaw' ? 'frozen' : 'first' } = fault;
  if (!PICKS.includes(pick)) return `pick is one of ${PICKS.join(', ')}, not "${pick}"`;
  const all = cluster.read.list('pods', namespace).filter((other) => other.spec.nodeName && other.status.phase === 'Running');
  const selector = pod === undefined ? parseLabelSelector(of) : [];
  const meant = all.filter((other) =>
    pod === undefined ? meets(selector, other.metadata.labels) : other.metadata.name === pod,
  );
  const picked =
    pod === undefined ? pickPods(meant, pick as PodPick, { read: cluster.read, machines: cluster.state.machines }) : meant;
  return picked.length > 0 ? picked : `no running Pod is meant by ${pod ?? `${of} (${pick})`}`;
}

/** Carries a fault out and logs it. Returns null, or what was wrong with it: then nothing happened. */
export function performFault(cluster: Cluster, fault: Fault): string | null {
  const log = () => cluster.input('fault', 'reader', fault as Readonly<Record<string, Json>>);
  if (fault.node !== undefined) {
    const change = nodeFault(fault, cluster);
    if (typeof change === 'string') return change;
    cluster.act(FAULT_ACTOR, log(), (ctx) => applyNodeFault(change, ctx));
    return null;
  }
  const deed = fault.container ?? '';
  if (!DEEDS.includes(deed)) return `container is one of ${DEEDS.join(', ')}, not "${deed}"`;
  const pods = meantPods(fault, cluster, deed as ContainerDeed);
  if (typeof pods === 'string') return pods;
  cluster.act(FAULT_ACTOR, log(), (ctx) => {
    for (const pod of pods) applyContainerFault(pod, null, deed as ContainerDeed, ctx);
  });
  return null;
}
