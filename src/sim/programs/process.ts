// What a running program remembers, and what it may do to the world around it.

import type { SyncContext } from '../actor.ts';
import type { OwnHome } from '../kubelet/files.ts';
import { addLine, isReachable, type LocalContainer, localPodOf, type MachineReader, machineOf } from '../kubelet/machine.ts';
import { call } from '../network.ts';
import type { Json, Pod } from '../types.ts';
import { programOf } from './program.ts';

/** Election state of one process (LE-02 … LE-08). */
export interface ElectionMemory {
  /** What the process is called in the Lease. */
  readonly id: string;
  readonly isLeading: boolean;
  readonly nextAtMs: number;
  /** The record seen last, and when (LE-03). */
  readonly holder: string;
  readonly renewTime: string;
  readonly transitions: number;
  readonly durationMs: number;
  readonly resourceVersion: string;
  readonly observedAtMs: number;
  /** Start of the present round of renewals (LE-06). */
  readonly roundAtMs: number;
  /** Transitions of the Lease when it became leader: what it shows as its number. */
  readonly token: number;
  readonly reported: string;
}

/** Memory of one process; a restarted container has a new one. */
export interface ProcessMemory {
  /** Restarts of the container and starts of the machine: which process this is. */
  readonly run: string;
  readonly taskAtMs: number | null;
  readonly ticks: number;
  readonly requestAtMs: number | null;
  /** Requests made so far. */
  readonly requests?: number;
  readonly election: ElectionMemory | null;
  /** When a member of a replicated store looks for the others again, and what it said it waits for. */
  readonly lookAtMs?: number | null;
  readonly said?: string;
  /** The highest token that a fencing receiver has seen. */
  readonly highestToken: number;
  readonly hasReleased: boolean;
  /** APP-10: when it looks for its peers next, and what it saw last. */
  readonly peersAtMs?: number | null;
  readonly peersSeen?: string;
  readonly hasPeers?: boolean;
}

/** One running program and its surroundings. */
export interface Process {
  readonly ctx: SyncContext;
  readonly node: string;
  readonly pod: Pod;
  readonly container: string;
  readonly state: LocalContainer;
}

/** Which process of a container runs now: its restarts, and starts of its machine. */
export function runOf({
  ctx,
  node,
  state,
}: Pick<Process, 'node' | 'state'> & { readonly ctx: { readonly machines: MachineReader } }): string {
  const { boots } = machineOf(ctx.machines, node);
  return boots === 0 ? String(state.restarts) : `${state.restarts}.${boots}`;
}

/** The files that a process sees. */
export function homeOf({ ctx, node, pod, container, state }: Process): OwnHome {
  const run = runOf({ ctx, node, state });
  return { read: ctx.read, machines: ctx.machines, node, pod, container, run };
}

const keyOf = (uid: string, container: string) => `process/${uid}/${container}`;

export function memoryOf(ctx: { readonly machines: MachineReader }, uid: string, container: string): ProcessMemory | undefined {
  return ctx.machines.get(keyOf(uid, container)) as unknown as ProcessMemory | undefined;
}

export function remember(ctx: Pick<SyncContext, 'machines'>, uid: string, container: string, memory: ProcessMemory): void {
  ctx.machines.set(keyOf(uid, container), memory as unknown as Json);
}

export function newMemory(run: string): ProcessMemory {
  return { run, taskAtMs: null, ticks: 0, requestAtMs: null, election: null, highestToken: -1, hasReleased: false };
}

/** A line of output, as `kubectl logs` shows it. */
export function print(process: Process, text: string): void {
  const { ctx, pod, container, state } = process;
  addLine(ctx.machines, pod.metadata.uid, container, { atMs: ctx.nowMs, text, run: state.restarts });
}

/** Whether the process can talk to the API server. */
export function isConnected({ ctx, node }: Process): boolean {
  return isReachable(ctx.machines, node);
}

export type Delivery = 'received' | 'refused' | 'failed';

/** Sends a message to a Service. A receiver that fences refuses a token lower than one it has seen (LE-10). */
export function send(
  process: Process,
  service: string,
  message: string,
  token: number | null,
): { readonly result: Delivery; readonly by: string } {
  const { ctx, pod } = process;
  const namespace = pod.metadata.namespace ?? '';
  const answer = call(namespace, service, process, ctx);
  if (answer.kind !== 'reached') return { result: 'failed', by: answer.kind === 'timeout' ? 'timeout' : 'connection refused' };
  if (answer.isSick) return { result: 'failed', by: '500' };
  const local = localPodOf(ctx.machines, answer.node, answer.uid);
  const state = local?.containers[answer.container];
  if (!local || !state) return { result: 'failed', by: 'connection refused' };
  const receiver: Process = { ctx, node: answer.node, pod: local.pod, container: answer.container, state };
  const { receive } = programOf(ctx.settings.programs, state.image);
  const run = runOf(receiver);
  const known = memoryOf(ctx, answer.uid, answer.container);
  const memory = known?.run === run ? known : newMemory(run);
  const facts = { from: pod.metadata.name, to: answer.pod, service, message };
  if (receive?.isFencing && token !== null && token < memory.highestToken) {
    print(receiver, `refused ${message} from ${pod.metadata.name}: token ${token} is older than ${memory.highestToken}`);
    ctx.as(answer.pod).observe('APP-03', { ...facts, token, highest: memory.highestToken }, local.pod);
    return { result: 'refused', by: service };
  }
  remember(ctx, answer.uid, answer.container, { ...memory, highestToken: Math.max(memory.highestToken, token ?? -1) });
  if (receive) print(receiver, `${message} from ${pod.metadata.name}`);
  ctx.as(answer.pod).observe('APP-02', facts, local.pod);
  return { result: 'received', by: answer.pod };
}
