// What a kubelet reports of a Pod: phase, conditions, states of containers.
// Models pkg/kubelet/status/generate.go and kubelet_pods.go getPhase, generateAPIPodStatus (v1.36), rules POD-02 … POD-04, POD-16.

import { hashText } from '../../base/random.ts';
import { formatTime } from '../../base/time.ts';
import type { Condition, ConditionStatus, ContainerState, ContainerStatus, Pod, PodPhase, PodStatus } from '../types.ts';
import { KILLED } from './advance.ts';
import { hasInitFailed, isDone, isInitialized } from './init.ts';
import type { LocalContainer, LocalPod } from './machine.ts';
import { hasEnded } from './pod.ts';

/** Facts about the node that go into each status. */
export interface StatusHost {
  readonly epochMs: number;
  /** RFC 3339 now, for conditions that change. */
  readonly now: string;
  readonly hostIP: string;
}

/** POD-03. */
export function phaseOf(local: LocalPod): PodPhase {
  if (hasInitFailed(local)) return 'Failed';
  const all = Object.values(local.containers);
  if (hasEnded(local))
    return all.every((container) => container.startedAtMs !== undefined && container.exitCode === 0) ? 'Succeeded' : 'Failed';
  const neverStarted = (container: LocalContainer) => container.state === 'waiting' && container.last === undefined;
  return all.some(neverStarted) ? 'Pending' : 'Running';
}

function terminatedState(
  run: { exitCode: number; startedAtMs?: number; finishedAtMs: number },
  epochMs: number,
): ContainerState {
  const { exitCode, startedAtMs, finishedAtMs } = run;
  if (startedAtMs === undefined) {
    const message = 'The container could not be located when the pod was terminated';
    return { terminated: { exitCode: KILLED, reason: 'ContainerStatusUnknown', message } };
  }
  return {
    terminated: {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      startedAt: formatTime(epochMs + startedAtMs),
      finishedAt: formatTime(epochMs + finishedAtMs),
    },
  };
}

function waitingMessage(container: LocalContainer, name: string, pod: Pod): string | undefined {
  const { metadata } = pod;
  if (container.reason === 'ImagePullBackOff') return `Back-off pulling image "${container.image}"`;
  if (container.reason !== 'CrashLoopBackOff') return undefined;
  const seconds = Math.max(0, ((container.startAtMs ?? 0) - (container.last?.finishedAtMs ?? 0)) / 1000);
  const length = seconds >= 60 ? `${Math.floor(seconds / 60)}m${seconds % 60}s` : `${seconds}s`;
  return `back-off ${length} restarting failed container=${name} pod=${metadata.name}_${metadata.namespace}(${metadata.uid})`;
}

function stateOf(container: LocalContainer, name: string, pod: Pod, epochMs: number): ContainerState {
  if (container.state === 'running') return { running: { startedAt: formatTime(epochMs + (container.startedAtMs ?? 0)) } };
  if (container.state === 'exited') return terminatedState(container as Parameters<typeof terminatedState>[0], epochMs);
  const message = waitingMessage(container, name, pod);
  return { waiting: { reason: container.reason ?? 'ContainerCreating', ...(message ? { message } : {}) } };
}

const hasStartupProbe = (local: LocalPod, name: string) =>
  local.pod.spec.containers.find((container) => container.name === name)?.startupProbe !== undefined;

function containerStatus(name: string, local: LocalPod, epochMs: number): ContainerStatus {
  const init = local.inits?.[name];
  const container = init ?? (local.containers[name] as LocalContainer);
  const id = hashText(`${local.pod.metadata.uid}/${name}/${container.restarts}`).toString(16).padStart(8, '0');
  const hasRun = container.startedAtMs !== undefined || container.last !== undefined;
  return {
    name,
    image: container.image,
    imageID: hasRun ? container.image : '',
    ...(hasRun ? { containerID: `containerd://${id.repeat(8)}` } : {}),
    ready: init ? isDone(init) : container.isReady,
    started: !init && container.state === 'running' && (container.hasStarted === true || !hasStartupProbe(local, name)),
    restartCount: container.restarts,
    state: stateOf(container, name, local.pod, epochMs),
    lastState: container.last ? terminatedState(container.last, epochMs) : {},
  } as ContainerStatus;
}

type Readiness = Pick<Condition, 'status' | 'reason' | 'message'>;

/** POD-02: whether all containers are ready, and who is not. */
function containersReady(local: LocalPod, phase: PodPhase): Readiness {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = local.pod.spec.containers.map(({ name }) => name).filter((name) => !local.containers[name]?.isReady);
  if (unready.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
}

/** POD-02: whether the init containers have done their work, and which have not. */
function initialized(local: LocalPod): Readiness {
  if (isInitialized(local)) return { status: 'True' };
  const open = Object.entries(local.inits ?? {}).flatMap(([name, container]) => (isDone(container) ? [] : [name]));
  const message = `containers with incomplete status: [${open.join(' ')}]`;
  return { status: 'False', reason: 'ContainersNotInitialized', message };
}

/** A condition that keeps its time while its status stays. */
function condition(present: readonly Condition[], type: string, next: Readiness, now: string): Condition {
  const before = present.find((other) => other.type === type);
  const lastTransitionTime = before?.status === next.status ? (before.lastTransitionTime ?? now) : now;
  return { type, ...next, lastTransitionTime };
}

/** The status of a Pod as its node sees it; `present` is what the API shows now and keeps what others wrote. */
export function statusOf(local: LocalPod, present: PodStatus, host: StatusHost): PodStatus {
  const { pod } = local;
  const phase = phaseOf(local);
  const known = present.conditions ?? [];
  const ready = containersReady(local, phase);
  const truth = (holds: boolean): Readiness => ({ status: (holds ? 'True' : 'False') as ConditionStatus });
  const own: readonly (readonly [string, Readiness])[] = [
    ['PodReadyToStartContainers', truth(phase !== 'Succeeded' && phase !== 'Failed')],
    ['Initialized', initialized(local)],
    ['Ready', ready],
    ['ContainersReady', ready],
  ];
  const hasSandbox =
    phase !== 'Pending' || Object.values({ ...local.containers, ...local.inits }).some(({ startAtMs }) => startAtMs === null);
  const ip = hasSandbox ? local.ip : present.podIP;
  return {
    ...present,
    phase,
    conditions: [
      ...own.map(([type, next]) => condition(known, type, next, host.now)),
      ...known.filter((other) => !own.some(([type]) => type === other.type)),
    ],
    hostIP: host.hostIP,
    hostIPs: [{ ip: host.hostIP }],
    ...(ip ? { podIP: ip, podIPs: [{ ip }] } : {}),
    startTime: present.startTime ?? formatTime(host.epochMs + local.seenAtMs),
    ...(pod.spec.initContainers?.length && local.inits
      ? { initContainerStatuses: pod.spec.initContainers.map(({ name }) => containerStatus(name, local, host.epochMs)) }
      : {}),
    containerStatuses: pod.spec.containers.map(({ name }) => containerStatus(name, local, host.epochMs)),
  };
}
