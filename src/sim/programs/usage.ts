// How much CPU a Pod uses: what its programs use always, and what each request costs them.
// Takes the place of cAdvisor and the metrics server; nothing is modelled after them but the window of 15 s.

import type { SyncContext } from '../actor.ts';
import type { Json, Pod } from '../types.ts';
import { programOf } from './program.ts';

const WINDOW_MS = 15_000;

type World = Pick<SyncContext, 'machines' | 'nowMs'>;

interface Meter {
  /** Number of the window, counted from virtual time 0. */
  readonly window: number;
  readonly count: number;
  /** Requests in the window before. */
  readonly previous: number;
}

function meterOf(uid: string, { machines, nowMs }: World): Meter {
  const window = Math.floor(nowMs / WINDOW_MS);
  const known = machines.get(`usage/${uid}`) as unknown as Meter | undefined;
  if (!known || known.window < window - 1) return { window, count: 0, previous: 0 };
  return known.window === window ? known : { window, count: 0, previous: known.count };
}

/** Notes that a Pod answered a request. */
export function meter(uid: string, world: World): void {
  const present = meterOf(uid, world);
  world.machines.set(`usage/${uid}`, { ...present, count: present.count + 1 } as unknown as Json);
}

/** Thousandths of a core that a Pod used, averaged over the last full window of 15 s. */
export function cpuUsageOf(pod: Pod, ctx: World & Pick<SyncContext, 'settings'>): number {
  const { previous } = meterOf(pod.metadata.uid, ctx);
  return pod.spec.containers.reduce((sum, { image }) => {
    const { cpuMilli, cpuPerRequestMs } = programOf(ctx.settings.programs, image);
    return sum + cpuMilli + (previous * cpuPerRequestMs * 1000) / WINDOW_MS;
  }, 0);
}
