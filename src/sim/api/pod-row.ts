// READY, STATUS and RESTARTS of a Pod (K-03). Models pkg/printers/internalversion/printers.go printPod.

import type { Container, ContainerStatus, Pod } from '../types.ts';
import type { AgeOf } from './printer.ts';

export interface PodRow {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
  /** When a container last ended before it was started again; '' for never. */
  readonly lastRestart: string;
}

const isSidecar = (container: Container | undefined) => container?.restartPolicy === 'Always';

function terminatedReason(terminated: {
  readonly reason?: string;
  readonly signal?: number;
  readonly exitCode: number;
}): string {
  return terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`);
}

/** What the init containers say: the first that is not through decides. Null when all are. */
function initReason(status: ContainerStatus, index: number, total: number): string {
  const { terminated, waiting } = status.state;
  if (terminated) return `Init:${terminatedReason(terminated)}`;
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${index}/${total}`;
}

const conditionIs = (pod: Pod, type: string) =>
  (pod.status.conditions ?? []).some((c) => c.type === type && c.status === 'True');

interface Count {
  restarts: number;
  lastRestart: string;
}

function addRestarts(count: Count, status: ContainerStatus): void {
  const finishedAt = status.lastState?.terminated?.finishedAt ?? '';
  count.restarts += status.restartCount;
  if (finishedAt > count.lastRestart) count.lastRestart = finishedAt;
}

/** The Pod as one row of a table says it. */
export function podRowOf(pod: Pod): PodRow {
  const inits = pod.spec.initContainers ?? [];
  const gate = (pod.status.conditions ?? []).find((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated');
  let reason: string = gate?.reason ?? (pod.status.reason || pod.status.phase || '');
  let ready = 0;
  let isInitializing = false;
  let count: Count = { restarts: 0, lastRestart: '' };
  const sidecars: Count = { restarts: 0, lastRestart: '' };
  for (const [i, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    const isRestartable = isSidecar(inits.find((container) => container.name === status.name));
    addRestarts(count, status);
    if (isRestartable) addRestarts(sidecars, status);
    if (status.state.terminated?.exitCode === 0) continue;
    if (isRestartable && status.started) {
      if (status.ready) ready++;
      continue;
    }
    reason = initReason(status, i, inits.length);
    isInitializing = true;
    break;
  }
  if (!isInitializing || conditionIs(pod, 'Initialized')) {
    count = sidecars;
    const main = mainReason(pod, reason, count);
    reason = main.reason;
    ready += main.ready;
  }
  return {
    ready,
    total: pod.spec.containers.length + inits.filter(isSidecar).length,
    status: deletedReason(pod, reason),
    ...count,
  };
}

/** Containers from last to first: the first container's trouble is what is shown. */
function mainReason(pod: Pod, initial: string, count: Count): { readonly reason: string; readonly ready: number } {
  let reason = initial;
  let ready = 0;
  let failure = '';
  for (const status of [...(pod.status.containerStatuses ?? [])].reverse()) {
    addRestarts(count, status);
    const { waiting, terminated, running } = status.state;
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated) {
      reason = terminatedReason(terminated);
      if (terminated.exitCode !== 0) failure = reason;
    } else if (status.ready && running) ready++;
  }
  if (reason === 'Completed' && ready > 0) reason = conditionIs(pod, 'Ready') ? 'Running' : failure || 'NotReady';
  return { reason, ready };
}

function deletedReason(pod: Pod, reason: string): string {
  if (!pod.metadata.deletionTimestamp) return reason;
  if (pod.status.reason === 'NodeLost') return 'Unknown';
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed' ? reason : 'Terminating';
}

/** RESTARTS: `3 (15s ago)`. */
export const restartsText = ({ restarts, lastRestart }: PodRow, age: AgeOf) =>
  restarts > 0 && lastRestart ? `${restarts} (${age(lastRestart)} ago)` : String(restarts);
