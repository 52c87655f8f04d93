// How a Pod as a whole gets on with time: its init containers first, then its containers.

import { type Host, nextStep } from './advance.ts';
import { advanceInits, hasInitFailed } from './init.ts';
import type { LocalContainer, LocalPod } from './machine.ts';

/** Everything that is due by now, in its order; and when the next thing is due (null: nothing is). */
export function advance(start: LocalPod, host: Host): { readonly local: LocalPod; readonly nextMs: number | null } {
  const begun = start.inits ? advanceInits(start, host) : { local: start, nextMs: null };
  const { local } = begun;
  if (hasInitFailed(local)) return { local, nextMs: null };
  const containers: Record<string, LocalContainer> = { ...local.containers };
  let { nextMs } = begun;
  for (const spec of local.pod.spec.containers) {
    let container = containers[spec.name];
    if (!container) continue;
    let step = nextStep(container, spec, local, host);
    while (step && step.atMs <= host.nowMs) {
      container = step.apply();
      step = nextStep(container, spec, local, host);
    }
    containers[spec.name] = container;
    if (step && (nextMs === null || step.atMs < nextMs)) nextMs = step.atMs;
  }
  const isSame = Object.keys(containers).every((name) => containers[name] === local.containers[name]);
  return { local: isSame ? local : { ...local, containers }, nextMs };
}

/** Whether no container runs or will run again. */
export function hasEnded(local: LocalPod): boolean {
  if (local.inits && (hasInitFailed(local) || Object.values(local.inits).some(({ state }) => state === 'running')))
    return hasInitFailed(local);
  return Object.values(local.containers).every((container) => container.state === 'exited');
}
