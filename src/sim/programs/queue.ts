// A queue of items that the workers of a scenario share: each takes one after the other until it finds none.
// Nothing upstream corresponds to it; it stands for the queue outside the cluster that a Job without completions needs.

import type { SyncContext } from '../actor.ts';
import { localPods, machineOf } from '../kubelet/machine.ts';
import type { Json } from '../types.ts';
import { isConnected, type Process, type ProcessMemory, print, runOf } from './process.ts';
import type { Queue } from './program.ts';

/** What is known of a queue: items handed out so far, and who holds which. */
interface QueueState {
  readonly handed: number;
  readonly held: Readonly<Record<string, number>>;
}

const stateOf = (ctx: SyncContext, { name }: Queue) =>
  (ctx.machines.get(`queue/${name}`) as unknown as QueueState | undefined) ?? { handed: 0, held: {} };
const setState = (ctx: SyncContext, { name }: Queue, state: QueueState) =>
  ctx.machines.set(`queue/${name}`, state as unknown as Json);

const workerOf = (process: Process) => `${process.pod.metadata.uid}/${process.container}/${runOf(process)}`;

/** The processes that run somewhere, named as workers. */
function workers(ctx: SyncContext): ReadonlySet<string> {
  const running = localPods(ctx.machines).filter(({ node }) => machineOf(ctx.machines, node).power);
  return new Set(
    running.flatMap(({ node, local }) =>
      Object.entries(local.containers)
        .filter(([, state]) => state.state === 'running')
        .map(([container, state]) => workerOf({ ctx, node, pod: local.pod, container, state })),
    ),
  );
}

/** APP-05: the next item: first one whose worker has died, then a new one; null when there is none. */
export function takeItem(process: Process, queue: Queue): number | null {
  const { ctx } = process;
  const { handed, held } = stateOf(ctx, queue);
  const alive = Object.keys(held).length > 0 ? workers(ctx) : new Set<string>();
  const lost = Object.keys(held).find((worker) => !alive.has(worker));
  if (lost === undefined && handed >= queue.items) return null;
  const item = lost === undefined ? handed + 1 : (held[lost] as number);
  const { [lost ?? '']: _, ...others } = held;
  setState(ctx, queue, { handed: Math.max(handed, item), held: { ...others, [workerOf(process)]: item } });
  return item;
}

/** The item in hand is done, the next is taken; null when the queue is found empty and the worker ends. */
export function workOn(process: Process, queue: Queue, memory: ProcessMemory): ProcessMemory | null {
  const { ctx, pod } = process;
  const taskAtMs = ctx.nowMs + queue.everyMs;
  if (!isConnected(process)) return { ...memory, taskAtMs };
  if (memory.ticks > 0) {
    const state = stateOf(ctx, queue);
    const { [workerOf(process)]: _, ...held } = state.held;
    setState(ctx, queue, { ...state, held });
    print(process, `item ${memory.ticks} done`);
    ctx.as(pod.metadata.name).observe('APP-05', { item: memory.ticks, worker: pod.metadata.name }, pod);
  }
  const item = takeItem(process, queue);
  if (item !== null) return { ...memory, ticks: item, taskAtMs };
  print(process, 'the queue is empty');
  return null;
}
