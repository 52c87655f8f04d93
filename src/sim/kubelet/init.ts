// Init containers: one after another, each to its end, before the others start.
// Models pkg/kubelet/kuberuntime/kuberuntime_container.go (computeInitContainerActions) (v1.36).
// Differs: one whose program is not told to end ends once it would be ready (`readyAfter: never`: it waits for ever); it prints nothing
// and does no work; restartPolicy Always (sidecars) is not followed; a machine that comes back does not run them again.

import type { Program } from '../programs/program.ts';
import type { Pod } from '../types.ts';
import { type Host, newContainer, nextStep } from './advance.ts';
import type { LocalContainer, LocalPod } from './machine.ts';

/** Later than anything: it waits for another container. */
const HELD = Number.MAX_SAFE_INTEGER;

const held = (container: LocalContainer): LocalContainer => ({ ...container, reason: 'PodInitializing', startAtMs: HELD });

export const isDone = ({ state, exitCode }: LocalContainer): boolean => state === 'exited' && exitCode === 0;

/** Whether all init containers have ended well. */
export const isInitialized = ({ inits }: LocalPod): boolean => Object.values(inits ?? {}).every(isDone);

/** Whether one failed that is not started again: the Pod has failed. */
export const hasInitFailed = ({ inits, pod, stopping }: LocalPod): boolean =>
  !stopping &&
  pod.spec.restartPolicy === 'Never' &&
  Object.values(inits ?? {}).some((one) => one.state === 'exited' && one.exitCode !== 0);

/** A new Pod with its init containers, of which the first may start; everything else waits. */
export function withInits(local: LocalPod, nowMs: number, program: (image: string) => Program): LocalPod {
  const specs = local.pod.spec.initContainers ?? [];
  if (specs.length === 0) return local;
  const inits = specs.map(({ name, image }, i) => {
    const container = newContainer(image, program(image), nowMs);
    return [name, i === 0 ? { ...container, reason: 'PodInitializing' } : held(container)] as const;
  });
  const containers = Object.entries(local.containers).map(([name, container]) => [name, held(container)] as const);
  return { ...local, inits: Object.fromEntries(inits), containers: Object.fromEntries(containers) };
}

/** Starts what follows the init container that ended last. */
function release(local: LocalPod, index: number, atMs: number, host: Host): LocalPod {
  const next = local.pod.spec.initContainers?.[index + 1];
  const start = (container: LocalContainer): LocalContainer => ({
    ...container,
    startAtMs: atMs + host.program(container.image).startAfterMs,
  });
  if (next) return { ...local, inits: { ...local.inits, [next.name]: start(local.inits?.[next.name] as LocalContainer) } };
  const containers = Object.entries(local.containers).map(([name, container]) => [name, start(container)] as const);
  return { ...local, containers: Object.fromEntries(containers) };
}

/** Everything that is due of the init containers by now; and when the next thing is. */
export function advanceInits(start: LocalPod, host: Host): { readonly local: LocalPod; readonly nextMs: number | null } {
  if (isInitialized(start)) return { local: start, nextMs: null };
  let local = start;
  const pod: Pod = { ...start.pod, spec: { ...start.pod.spec, restartPolicy: restartOf(start.pod) } };
  const ending = (image: string): Program => {
    const program = host.program(image);
    return program.exitAfterMs === undefined && program.readyAfterMs !== null
      ? { ...program, exitAfterMs: program.readyAfterMs }
      : program;
  };
  for (const [i, spec] of (start.pod.spec.initContainers ?? []).entries()) {
    const { name } = spec;
    let container = local.inits?.[name] as LocalContainer;
    if (isDone(container)) continue;
    const next = () => nextStep(container, spec, { ...local, pod }, { ...host, program: ending });
    let step = next();
    while (step && step.atMs <= host.nowMs) {
      container = step.apply();
      step = next();
    }
    if (container !== local.inits?.[name]) local = { ...local, inits: { ...local.inits, [name]: container } };
    if (!isDone(container) || local.stopping) return { local, nextMs: step?.atMs ?? null };
    local = release(local, i, container.finishedAtMs ?? host.nowMs, host);
  }
  return { local, nextMs: null };
}

/** An init container that ended well is never started again. */
const restartOf = ({ spec }: Pod): Pod['spec']['restartPolicy'] => (spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure');
