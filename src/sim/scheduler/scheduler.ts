// Gives each Pod a node: filter, score, bind.
// Models pkg/scheduler/schedule_one.go and the default plugins (v1.36), rules SCH-01 … SCH-07, VOL-08.
// Differs: no preemption, priorities or volume limits; a Pod that did not fit is tried again at every change that could
// help, without back-off (an idle scheduler pops it from the back-off queue too), and each 5 minutes.

import { isSame } from '../../base/json.ts';
import type { Actor, Reader, SyncContext, Watch } from '../actor.ts';
import { matchesSelector } from '../api/selectors.ts';
import { keyFor, splitKey } from '../controllers/keys.ts';
import { controllerOf } from '../controllers/ownership.ts';
import { conditionOf, isTerminal } from '../controllers/pods.ts';
import type { KubeObject, LabelSelector, Node, Pod } from '../types.ts';
import { type Refusal, refusalOf, unschedulableMessage } from './filter.ts';
import { type NodeInfo, nodeInfoOf } from './node.ts';
import { scoresOf } from './score.ts';
import { claimFault, claimsState, hostRefusal, placeClaims, volumeRefusal } from './volumes.ts';

const FLUSH_MS = 300_000;

export type SchedulePlan =
  | { readonly node: string; readonly score: number }
  | { readonly node: null; readonly message: string };

/** SCH-01: decides where a Pod goes, or says why nowhere. Of equal nodes the first wins. */
export function planSchedule(
  pod: Pod,
  nodes: readonly NodeInfo[],
  defaultSelector: LabelSelector | null,
  read?: Reader,
): SchedulePlan {
  const refusals: Refusal[] = [];
  const feasible = nodes.filter((info) => {
    const refusal =
      (read && hostRefusal(pod, info.node, read)) ??
      refusalOf(pod, info, nodes, (node) => (read ? volumeRefusal(pod, node, read) : null));
    if (refusal) refusals.push(refusal);
    return !refusal;
  });
  if (feasible.length === 0) return { node: null, message: unschedulableMessage(refusals) };
  const scores = scoresOf(pod, feasible, nodes, defaultSelector);
  const best = scores.indexOf(Math.max(...scores));
  return { node: (feasible[best] as NodeInfo).node.metadata.name, score: scores[best] as number };
}

/** SCH-03: the labels by which a Pod of a Service or owner is spread; null when nobody selects it. */
export function defaultSelectorOf(pod: Pod, read: Reader): LabelSelector | null {
  const namespace = pod.metadata.namespace ?? '';
  const labels: Record<string, string> = {};
  const expressions: NonNullable<LabelSelector['matchExpressions']>[number][] = [];
  for (const { spec } of read.list('services', namespace)) {
    if (
      spec.selector &&
      Object.keys(spec.selector).length > 0 &&
      matchesSelector({ matchLabels: spec.selector }, pod.metadata.labels)
    ) {
      Object.assign(labels, spec.selector);
    }
  }
  const owner = controllerOf(pod);
  const resource = owner && { ReplicaSet: 'replicasets', StatefulSet: 'statefulsets' }[owner.kind];
  const selector: LabelSelector | undefined = resource ? read.get(resource, namespace, owner.name)?.spec.selector : undefined;
  Object.assign(labels, selector?.matchLabels);
  expressions.push(...(selector?.matchExpressions ?? []));
  if (Object.keys(labels).length + expressions.length === 0) return null;
  return { matchLabels: labels, matchExpressions: expressions };
}

const isMine = ({ spec }: Pod) => spec.schedulerName === 'default-scheduler' && !spec.schedulingGates?.length;
const waits = (pod: Pod) => !pod.spec.nodeName && !isTerminal(pod) && !pod.metadata.deletionTimestamp && isMine(pod);

/** Keys of all Pods that once did not fit. */
function unscheduled(read: Reader, namespace?: string): readonly string[] {
  return read
    .list('pods', namespace)
    .filter((pod) => waits(pod) && conditionOf(pod, 'PodScheduled')?.status === 'False')
    .map(keyFor);
}

/** SCH-05: a node that is new, freer or labelled otherwise can help; a heartbeat cannot. */
const nodeWatch: Watch = (object, before, read, gone) => {
  if (gone) return [];
  const view = ({ spec, metadata, status }: KubeObject) => [spec, metadata.labels, status?.allocatable];
  return before && isSame(view(object), view(before)) ? [] : unscheduled(read);
};

const podWatch: Watch = (object, _before, read, gone) => {
  const pod = object as Pod;
  if (!gone && waits(pod)) return [keyFor(pod)];
  return pod.spec.nodeName && (gone || isTerminal(pod)) ? unscheduled(read) : [];
};

/** VOL-08: a new volume or class can help a Pod whose claim found none. */
const volumeWatch: Watch = (_object, _before, read, gone) => (gone ? [] : unscheduled(read));

/** VOL-07: a claim can help those that failed for it, and those that wait for it to be bound on their node. */
const claimWatch: Watch = (object, _before, read) =>
  read
    .list('pods', object.metadata.namespace)
    .filter(
      (pod) =>
        waits(pod) &&
        (pod.spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === object.metadata.name),
    )
    .map(keyFor);

function refuse(pod: Pod, message: string, ctx: SyncContext): void {
  ctx.event(pod, 'Warning', 'FailedScheduling', message);
  const present = conditionOf(pod, 'PodScheduled');
  if (present?.status === 'False' && present.message === message) return;
  const condition = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message };
  const since = present?.status === 'False' ? (present.lastTransitionTime ?? ctx.now) : ctx.now;
  const others = (pod.status.conditions ?? []).filter((other) => other.type !== 'PodScheduled');
  const status = { ...pod.status, conditions: [...others, { ...condition, lastTransitionTime: since }] };
  ctx.api.updateStatus('pods', { ...pod, status }, 'SCH-04', { pod: pod.metadata.name });
}

/** VOL-07: Pods whose node is chosen and whose claims are not bound yet; they take room there already. */
function assumedOn(node: string, ctx: SyncContext): readonly Pod[] {
  const found: Pod[] = [];
  for (const [key, value] of ctx.memory.entries()) {
    const [uid, chosen] = value as readonly [uid: string, node: string];
    const pod = chosen === node && ctx.read.get('pods', ...splitKey(key));
    if (pod && pod.metadata.uid === uid && waits(pod)) found.push(pod);
  }
  return found;
}

function bind(pod: Pod, node: string, score: number | null, ctx: SyncContext): void {
  const { name, namespace = '' } = pod.metadata;
  ctx.memory.delete(keyFor(pod));
  ctx.api.bind(namespace, name, node, 'SCH-01', { pod: name, node, ...(score !== null && { score }) });
  ctx.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node}`);
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const pod = ctx.read.get('pods', namespace, name);
  const [uid, chosen] = (ctx.memory.get(key) as readonly [string, string] | undefined) ?? [];
  if (!pod || !waits(pod) || uid !== pod.metadata.uid) ctx.memory.delete(key);
  if (!pod || !waits(pod)) return;
  const fault = claimFault(pod, ctx.read);
  if (chosen !== undefined && uid === pod.metadata.uid && !fault) {
    const state = claimsState(pod, chosen, ctx.read);
    if (state === 'bound') bind(pod, chosen, null, ctx);
    if (state !== 'lost') return;
  }
  ctx.memory.delete(key);
  const nodes = ctx.read.list('nodes').filter((node) => !node.metadata.deletionTimestamp);
  const infos = nodes.map((node: Node) => {
    const { name: on } = node.metadata;
    const assumed = assumedOn(on, ctx);
    return nodeInfoOf(node, assumed.length > 0 ? [...ctx.read.podsOn(on), ...assumed] : ctx.read.podsOn(on));
  });
  const plan: SchedulePlan = fault
    ? { node: null, message: `0/${nodes.length} nodes are available: ${fault}. not found` }
    : planSchedule(pod, infos, defaultSelectorOf(pod, ctx.read), ctx.read);
  if (plan.node === null) {
    refuse(pod, plan.message, ctx);
    ctx.after(FLUSH_MS, key);
  } else if (placeClaims(pod, nodes.find((node) => node.metadata.name === plan.node) as Node, ctx))
    ctx.memory.set(key, [pod.metadata.uid, plan.node]);
  else bind(pod, plan.node, plan.score, ctx);
}

export const scheduler: Actor = {
  name: 'default-scheduler',
  // Equal for all, so that Pods are taken in the order in which they came.
  latencyMs: [8, 8],
  eventsByVersion: true,
  watches: {
    pods: podWatch,
    nodes: nodeWatch,
    persistentvolumeclaims: claimWatch,
    persistentvolumes: volumeWatch,
    storageclasses: volumeWatch,
  },
  sync,
};
