// What an object waits for, read from its present state, and which timers run for it. One sentence per object, the nearest reason first.
// Upstream says the same in conditions and events; here it is one key with facts, so both languages can say it.

import type { Condition, KubeObject } from '../sim/types.ts';
import { wantedOf, workOf } from './cluster.ts';
import { type Message, messageOf, type WaitKey } from './message.ts';
import { isReady, statusWordOf } from './pod.ts';
import { controllerOf, type Scene, type Timer } from './scene.ts';

export interface Waits {
  readonly wait: Message<WaitKey>;
  /** Soonest first. */
  readonly timers: readonly Timer[];
}

export function waitsOf(scene: Scene, object: KubeObject): Waits {
  return { wait: waitOf(scene, object), timers: timersOf(scene, object) };
}

/** Actors whose keys are names of one kind each. */
const KIND_OF_ACTOR: Readonly<Record<string, string>> = {
  'deployment-controller': 'Deployment',
  'replicaset-controller': 'ReplicaSet',
  'statefulset-controller': 'StatefulSet',
  'daemonset-controller': 'DaemonSet',
  'job-controller': 'Job',
  'cronjob-controller': 'CronJob',
  'endpoint-slice-controller': 'Service',
  'endpointslice-controller': 'Service',
  'disruption-controller': 'PodDisruptionBudget',
  'taint-eviction-controller': 'Pod',
};

/** Wake-ups set for the object itself: keys are its uid among other parts, or its name as its kind's actor queues it. */
export function timersOf(scene: Scene, object: KubeObject): readonly Timer[] {
  const { namespace, name, uid } = object.metadata;
  const own = namespace ? `${namespace}/${name}` : name;
  const isMine = ({ key, actor }: Timer) =>
    key.split(/[/ ]/).includes(uid) || (key === own && (KIND_OF_ACTOR[actor] ?? object.kind) === object.kind);
  return scene.timers.filter((timer) => timer.atMs > scene.nowMs && isMine(timer)).sort((a, b) => a.atMs - b.atMs);
}

/** Waits that no passing of time ends. */
const FOR_EVER: ReadonlySet<WaitKey> = new Set(['stop-unreachable', 'paused', 'suspended', 'power', 'finalizer']);

/** Whether an object left alone stays as it is: somebody has to act, and no timer runs. */
export const isStuck = ({ wait, timers }: Waits): boolean => FOR_EVER.has(wait.key) && timers.length === 0;

function waitOf(scene: Scene, object: KubeObject): Message<WaitKey> {
  switch (object.kind) {
    case 'Pod':
      return podWaitOf(scene, object);
    case 'Deployment':
      return deploymentWaitOf(scene, object);
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return workloadWaitOf(scene, object);
    case 'Node':
      return nodeWaitOf(scene, object);
    case 'PodDisruptionBudget':
      return messageOf((object.status?.disruptionsAllowed ?? 0) > 0 ? 'nothing' : 'budget', {
        healthy: object.status?.currentHealthy ?? 0,
        desired: object.status?.desiredHealthy ?? 0,
      });
    case 'Lease':
      return object.spec?.holderIdentity
        ? messageOf('lease-held', { holder: object.spec.holderIdentity, seconds: object.spec.leaseDurationSeconds ?? 0 })
        : messageOf('lease-free');
    default:
      return messageOf(
        (object.metadata.finalizers ?? []).length > 0 && object.metadata.deletionTimestamp ? 'finalizer' : 'nothing',
      );
  }
}

function podWaitOf(scene: Scene, pod: KubeObject): Message<WaitKey> {
  const node: string | undefined = pod.spec?.nodeName;
  if (pod.metadata.deletionTimestamp !== undefined) return leavingWaitOf(scene, pod, node);
  const phase = pod.status?.phase ?? 'Pending';
  if (phase === 'Succeeded' || phase === 'Failed') return messageOf('nothing');
  if (node === undefined) {
    const scheduled = conditionOf(pod, 'PodScheduled');
    return scheduled?.message ? messageOf('unschedulable', { message: scheduled.message }) : messageOf('schedule');
  }
  const word = statusWordOf(pod);
  if (/ImagePull|ErrImage/.test(word)) return messageOf('image', { node, image: pod.spec?.containers?.[0]?.image ?? '' });
  if (word === 'CrashLoopBackOff') return messageOf('backoff', { node });
  if (phase !== 'Running') return messageOf('start', { node });
  if (!isReady(pod)) return scene.machineOf(node).power ? messageOf('ready', { node }) : messageOf('power', { node });
  return messageOf('nothing');
}

function leavingWaitOf(scene: Scene, pod: KubeObject, node: string | undefined): Message<WaitKey> {
  if ((pod.metadata.finalizers ?? []).length > 0)
    return messageOf('finalizer', { finalizers: (pod.metadata.finalizers ?? []).join(' ') });
  const machine = node === undefined ? undefined : scene.machineOf(node);
  const reachable = machine?.power === true && machine.network;
  return messageOf(reachable ? 'stop' : 'stop-unreachable', {
    node: node ?? '',
    seconds: pod.metadata.deletionGracePeriodSeconds ?? 0,
  });
}

const conditionOf = (object: KubeObject, type: string): Condition | undefined =>
  (object.status?.conditions ?? []).find((condition: Condition) => condition.type === type);

/** Pods of an owner by what they still need. */
function countPods(scene: Scene, uid: string): { pods: number; ready: number; leaving: number } {
  const counts = { pods: 0, ready: 0, leaving: 0 };
  for (const pod of scene.list('pods')) {
    if (controllerOf(pod)?.uid !== uid) continue;
    if (pod.metadata.deletionTimestamp !== undefined) counts.leaving++;
    else {
      counts.pods++;
      if (isReady(pod)) counts.ready++;
    }
  }
  return counts;
}

function workloadWaitOf(scene: Scene, object: KubeObject): Message<WaitKey> {
  if (object.kind === 'Job') return jobWaitOf(object);
  const wanted = wantedOf(object);
  const { pods, ready, leaving } = countPods(scene, object.metadata.uid);
  if (pods < wanted) return messageOf('pods', { wanted, pods });
  if (ready < wanted) return messageOf('pods-ready', { wanted, ready });
  if (leaving > 0) return messageOf('pods-gone', { leaving });
  return messageOf('nothing');
}

function jobWaitOf(job: KubeObject): Message<WaitKey> {
  const { done, wanted, end } = workOf(job);
  if (end) return messageOf('nothing');
  if (job.spec?.suspend) return messageOf('suspended');
  const pods = job.status?.active ?? 0;
  if (pods < wantedOf(job)) return messageOf('pods', { wanted: wantedOf(job), pods });
  return messageOf('successes', { wanted, done });
}

function deploymentWaitOf(scene: Scene, deployment: KubeObject): Message<WaitKey> {
  if (deployment.spec?.paused) return messageOf('paused');
  const wanted = wantedOf(deployment);
  const status = deployment.status ?? {};
  const updated = status.updatedReplicas ?? 0;
  const available = status.availableReplicas ?? 0;
  const old = scene
    .list('replicasets')
    .filter((set) => controllerOf(set)?.uid === deployment.metadata.uid)
    .reduce((sum, set) => sum + (set.status?.replicas ?? 0), 0);
  if (updated < wanted) return messageOf('rollout', { wanted, updated });
  if (old > updated) return messageOf('rollout-old', { old: old - updated, available });
  if (available < wanted) return messageOf('pods-ready', { wanted, ready: status.readyReplicas ?? 0 });
  return messageOf('nothing');
}

function nodeWaitOf(scene: Scene, node: KubeObject): Message<WaitKey> {
  const { power, network } = scene.machineOf(node.metadata.name);
  if (power && network) return messageOf('nothing');
  return messageOf(isReady(node) ? 'heartbeat' : 'power', { node: node.metadata.name });
}
