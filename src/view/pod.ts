// How one Pod looks: shape by identity, fill by state, and the word that kubectl prints.
// Models pkg/printers/internalversion/printers.go printPod (v1.36) for the word.
// Differs: init containers are read for waiting and failing only.

import type { KubeObject } from '../sim/types.ts';
import { controllerOf, shortNameOf } from './scene.ts';

export type PodState = 'pending' | 'starting' | 'ready' | 'leaving' | 'failed' | 'done';

export interface PodPicture {
  readonly key: string;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly shortName: string;
  /** The number a StatefulSet's Pod keeps; null for the interchangeable. */
  readonly ordinal: number | null;
  /** Square has an identity, round is interchangeable. */
  readonly round: boolean;
  readonly state: PodState;
  readonly word: string;
  readonly node: string | null;
  readonly owner: string | null;
}

interface ContainerStatus {
  readonly ready?: boolean;
  readonly state?: {
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number; readonly signal?: number };
    readonly running?: object;
  };
}

/** The STATUS column of `kubectl get pods`. */
export function statusWordOf(pod: KubeObject): string {
  const status = pod.status ?? {};
  let word: string = status.reason ?? status.phase ?? 'Pending';
  if ((pod.spec?.schedulingGates ?? []).length > 0 && word === 'Pending') word = 'SchedulingGated';
  word = containersWordOf(status.containerStatuses ?? [], status.phase, word);
  if (pod.metadata.deletionTimestamp === undefined) return word;
  if (status.reason === 'NodeLost') return 'Unknown';
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? word : 'Terminating';
}

function containersWordOf(statuses: readonly ContainerStatus[], phase: string | undefined, start: string): string {
  let word = start;
  let hasRunning = false;
  for (const { state, ready } of [...statuses].reverse()) {
    if (state?.waiting?.reason) word = state.waiting.reason;
    else if (state?.terminated?.reason) word = state.terminated.reason;
    else if (state?.terminated)
      word = state.terminated.signal ? `Signal:${state.terminated.signal}` : `ExitCode:${state.terminated.exitCode}`;
    else if (ready && state?.running) hasRunning = true;
  }
  if (word === 'Completed' && hasRunning) return phase === 'Running' ? 'Running' : 'NotReady';
  return word;
}

/** `Running 0/1`; other states are the word alone. */
export function podWordOf(pod: KubeObject): string {
  const word = statusWordOf(pod);
  if (word !== 'Running') return word;
  const statuses: readonly ContainerStatus[] = pod.status?.containerStatuses ?? [];
  const total = (pod.spec?.containers ?? []).length;
  return `Running ${statuses.filter((status) => status.ready).length}/${total}`;
}

/** Whether the Ready condition is True. */
export function isReady(object: KubeObject): boolean {
  const conditions: readonly { type: string; status: string }[] = object.status?.conditions ?? [];
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

const BROKEN =
  /^(CrashLoopBackOff|Error|ImagePullBackOff|ErrImagePull|OOMKilled|Evicted|ExitCode:.*|Signal:.*|CreateContainerConfigError)$/;

export function podStateOf(pod: KubeObject): PodState {
  const phase: string = pod.status?.phase ?? 'Pending';
  if (pod.metadata.deletionTimestamp !== undefined) return 'leaving';
  if (phase === 'Failed' || BROKEN.test(statusWordOf(pod))) return 'failed';
  if (phase === 'Succeeded') return 'done';
  if (phase !== 'Running') return 'pending';
  return isReady(pod) ? 'ready' : 'starting';
}

/** The number at the end of a StatefulSet Pod's name; null for everybody else's. */
export function ordinalOf(pod: KubeObject): number | null {
  if (controllerOf(pod)?.kind !== 'StatefulSet') return null;
  const match = /-(\d+)$/.exec(pod.metadata.name);
  return match ? Number(match[1]) : null;
}

export function podPictureOf(pod: KubeObject): PodPicture {
  const owner = controllerOf(pod);
  const ordinal = ordinalOf(pod);
  return {
    key: pod.metadata.uid,
    uid: pod.metadata.uid,
    name: pod.metadata.name,
    namespace: pod.metadata.namespace ?? '',
    shortName: shortNameOf(pod.metadata.name),
    ordinal,
    // A bare Pod has a name somebody chose, which nobody else can wear: it has an identity.
    round: owner !== undefined && ordinal === null,
    state: podStateOf(pod),
    word: podWordOf(pod),
    node: pod.spec?.nodeName ?? null,
    owner: owner ? owner.uid : null,
  };
}
