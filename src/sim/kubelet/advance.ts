// How the containers of a Pod get on with time: start, become ready, end, start again, stop.
// Models pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions, doBackOff) and prober/worker.go (v1.36),
// rules POD-03, POD-07 … POD-16. Times are those of the kubelet that was played for the recordings.
// Differs: of hooks only preStop is followed, and of that sleep (or exec of a sleep); a probe's results are worked out instead of being run one by one; the first
// restart is immediate; image pulls that fail stay in ImagePullBackOff.

import type { Probe } from '../pod-parts.ts';
import { exitCodeOf, type Program } from '../programs/program.ts';
import type { Container, Pod } from '../types.ts';
import type { LocalContainer, LocalPod } from './machine.ts';

const MAX_BACKOFF_MS = 300_000;
const FIRST_BACKOFF_MS = 10_000;
const FORGET_MS = 600_000;
const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
export const KILLED = 137;
const TERMINATED = 143;
const LEAST_GRACE_MS = 2000;

export interface Host {
  readonly nowMs: number;
  program(image: string): Program;
  /** Counts the starts of an image in the whole scenario, from 0. */
  nextStart(image: string): number;
}

/** A container that was just asked for. */
export function newContainer(image: string, program: Program, nowMs: number): LocalContainer {
  return {
    state: 'waiting',
    image,
    reason: 'ContainerCreating',
    startAtMs: nowMs + program.startAfterMs,
    restarts: 0,
    backoffMs: 0,
    isReady: false,
    isFrozen: false,
    isSick: false,
    changedAtMs: null,
  };
}

/** POD-10: when the n-th probe in a row after `sinceMs` has run, for a probe that first runs at `baseMs`. */
export function probedAtMs(probe: Probe, startedAtMs: number, sinceMs: number, threshold: number): number {
  const periodMs = Math.max(1, probe.periodSeconds ?? 10) * 1000;
  const baseMs = startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000;
  const first = Math.max(0, Math.ceil((sinceMs - baseMs) / periodMs));
  return baseMs + (first + threshold - 1) * periodMs;
}

function start(container: LocalContainer, pod: Pod, host: Host): LocalContainer {
  const program = host.program(container.image);
  if (!program.canPull) return { ...container, reason: 'ImagePullBackOff', startAtMs: null };
  const startedAtMs = container.startAtMs as number;
  const nth = host.nextStart(container.image);
  const { reason: _, ...rest } = container;
  return {
    ...rest,
    state: 'running',
    restarts: container.restarts + (container.last ? 1 : 0),
    startAtMs: null,
    startedAtMs,
    ...(program.peers && program.peers.needs > 0 ? { isWaiting: true } : {}),
    exitAtMs: program.exitAfterMs === undefined ? null : startedAtMs + program.exitAfterMs,
    exitWith: exitCodeOf(program, nth, pod.metadata.annotations?.[COMPLETION_INDEX]),
  };
}

/** The container ended at a time; nothing is decided about starting it again. */
export function exited(container: LocalContainer, exitCode: number, finishedAtMs: number): LocalContainer {
  const { killedAtMs: _, exitAtMs: __, hasStarted: ___, ...rest } = container;
  return {
    ...rest,
    state: 'exited',
    exitCode,
    finishedAtMs,
    isReady: false,
    isFrozen: false,
    isSick: false,
    changedAtMs: null,
  };
}

/** POD-07, POD-08: what becomes of a container that ended in a Pod that lives on. */
function restarted(container: LocalContainer, pod: Pod): LocalContainer {
  const { restartPolicy } = pod.spec;
  if (restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && container.exitCode === 0)) return container;
  const { exitCode = 0, startedAtMs = 0, finishedAtMs = 0, backoffMs } = container;
  const waitMs = finishedAtMs - startedAtMs > FORGET_MS ? 0 : backoffMs;
  const { exitCode: _, startedAtMs: __, finishedAtMs: ___, exitWith: ____, ...rest } = container;
  return {
    ...rest,
    state: 'waiting',
    reason: 'CrashLoopBackOff',
    startAtMs: finishedAtMs + waitMs,
    backoffMs: waitMs === 0 ? FIRST_BACKOFF_MS : Math.min(waitMs * 2, MAX_BACKOFF_MS),
    last: { exitCode, startedAtMs, finishedAtMs },
  };
}

/** When a running container ends, and with which code; null when it goes on for now. */
function endOf(
  container: LocalContainer,
  spec: Container,
  local: LocalPod,
  program: Program,
): { readonly atMs: number; readonly code: number } | null {
  const ends: { atMs: number; code: number }[] = [];
  if (container.exitAtMs != null && !container.isFrozen) ends.push({ atMs: container.exitAtMs, code: container.exitWith ?? 0 });
  if (local.stopping) {
    const { sinceMs, killAtMs } = local.stopping;
    // POD-15: the hook comes out of the grace period, and the program has at least two seconds after it.
    const hookMs = preStopMs(spec);
    const toldAtMs = Math.min(sinceMs + hookMs, killAtMs);
    const lastAtMs = hookMs > 0 ? Math.max(killAtMs, toldAtMs + LEAST_GRACE_MS) : killAtMs;
    const stopsAtMs = toldAtMs + program.stopAfterMs;
    ends.push(container.isFrozen || stopsAtMs > lastAtMs ? { atMs: lastAtMs, code: KILLED } : { atMs: stopsAtMs, code: 0 });
  }
  if (container.killedAtMs !== undefined) {
    const graceMs = local.pod.spec.terminationGracePeriodSeconds * 1000;
    const isPatient = !container.isFrozen && program.stopAfterMs <= graceMs;
    ends.push({
      atMs: container.killedAtMs + (isPatient ? program.stopAfterMs : graceMs),
      code: isPatient ? TERMINATED : KILLED,
    });
  }
  return ends.sort((a, b) => a.atMs - b.atMs)[0] ?? null;
}

const isStarting = (container: LocalContainer, spec: Container) => spec.startupProbe !== undefined && !container.hasStarted;

/** POD-13: when the startup probe succeeds for the first time, or has failed too often; null while neither can be told. */
function startupEnd(
  container: LocalContainer,
  spec: Container,
  program: Program,
): { readonly atMs: number; readonly isPassed: boolean } | null {
  const probe = spec.startupProbe;
  if (!probe || container.hasStarted || container.killedAtMs !== undefined) return null;
  const { startedAtMs = 0, changedAtMs, isSick, isFrozen } = container;
  const failsAtMs = probedAtMs(probe, startedAtMs, startedAtMs, probe.failureThreshold ?? 3);
  const failure = { atMs: failsAtMs, isPassed: false };
  if (program.readyAfterMs === null) return failure;
  const isUnwell = isSick || isFrozen;
  const wellAtMs = Math.max(startedAtMs + program.readyAfterMs, isUnwell ? 0 : (changedAtMs ?? 0));
  const passesAtMs = probedAtMs(probe, startedAtMs, wellAtMs, 1);
  const isBeforeFault = !isUnwell || (changedAtMs !== null && passesAtMs < changedAtMs);
  return isBeforeFault && passesAtMs <= failsAtMs ? { atMs: passesAtMs, isPassed: true } : failure;
}

/** POD-11: when readiness turns, and to what; null when it stays. */
function readinessTurn(container: LocalContainer, spec: Container, program: Program): number | null {
  const { startedAtMs = 0, changedAtMs, isReady } = container;
  const probe = spec.readinessProbe;
  const isUnwell = container.isSick || container.isFrozen;
  if (isReady) {
    if (!isUnwell || !probe || changedAtMs === null) return null;
    return probedAtMs(probe, startedAtMs, changedAtMs, probe.failureThreshold ?? 3);
  }
  if ((isUnwell && probe) || container.isWaiting || program.readyAfterMs === null) return null;
  const wellAtMs = startedAtMs + program.readyAfterMs;
  if (!probe || changedAtMs === null) return wellAtMs;
  return Math.max(wellAtMs, probedAtMs(probe, startedAtMs, changedAtMs, probe.successThreshold ?? 1));
}

/** POD-12: when the liveness probe has failed often enough. */
function livenessEnd(container: LocalContainer, spec: Container): number | null {
  const probe = spec.livenessProbe;
  if (!probe || container.changedAtMs === null || !(container.isSick || container.isFrozen)) return null;
  if (container.killedAtMs !== undefined) return null;
  return probedAtMs(probe, container.startedAtMs ?? 0, container.changedAtMs, probe.failureThreshold ?? 3);
}

interface Step {
  readonly atMs: number;
  apply(): LocalContainer;
}

const earliest = (steps: readonly Step[]): Step | null => [...steps].sort((a, b) => a.atMs - b.atMs)[0] ?? null;

/** POD-15: how long a preStop hook sleeps. */
function preStopMs({ lifecycle }: Container): number {
  const { sleep, exec } = lifecycle?.preStop ?? {};
  const command = /(?:^|\s)sleep\s+(\d+(?:\.\d+)?)/.exec((exec?.command ?? []).join(' '));
  return (sleep?.seconds ?? Number(command?.[1] ?? 0)) * 1000;
}

/** The next thing that happens to a container, if anything will. */
export function nextStep(container: LocalContainer, spec: Container, local: LocalPod, host: Host): Step | null {
  const program = host.program(container.image);
  if (container.state === 'waiting') {
    if (local.stopping) {
      const atMs = Math.min(local.stopping.sinceMs + program.stopAfterMs, local.stopping.killAtMs);
      return { atMs, apply: () => exited(container, container.last ? container.last.exitCode : KILLED, atMs) };
    }
    return container.startAtMs === null ? null : { atMs: container.startAtMs, apply: () => start(container, local.pod, host) };
  }
  if (container.state === 'exited') return null;
  const steps: Step[] = [];
  const end = endOf(container, spec, local, program);
  if (end) {
    const ended = () => exited(container, end.code, end.atMs);
    steps.push({ atMs: end.atMs, apply: () => (local.stopping ? ended() : restarted(ended(), local.pod)) });
  }
  const startup = local.stopping ? null : startupEnd(container, spec, program);
  if (startup) {
    const next = startup.isPassed ? { hasStarted: true } : { killedAtMs: startup.atMs };
    steps.push({ atMs: startup.atMs, apply: () => ({ ...container, ...next }) });
  }
  if (isStarting(container, spec)) return earliest(steps);
  const turnsAtMs = readinessTurn(container, spec, program);
  if (turnsAtMs !== null) steps.push({ atMs: turnsAtMs, apply: () => ({ ...container, isReady: !container.isReady }) });
  const killAtMs = local.stopping ? null : livenessEnd(container, spec);
  if (killAtMs !== null) steps.push({ atMs: killAtMs, apply: () => ({ ...container, killedAtMs: killAtMs }) });
  return earliest(steps);
}
