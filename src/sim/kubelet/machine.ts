// What really is on machines, whatever the API says: power, network, containers, their output. Plain JSON under these keys:
//   node/<node>              Machine            local/<node>/<uid>   LocalPod
//   log/<uid>/<container>    lines of output    process/<uid>/<container>   memory of the program (src/sim/programs)
//   files/<uid>/…            files that live no longer than the Pod, and disk/… those that do (files.ts)
//   values/<uid>/<container> what a store keeps in memory (src/sim/programs/store.ts)
//   affinity/<node>/<service>/<pod>  which endpoint a caller keeps (src/sim/network.ts)
//   count/<what>             counters           queue/<name>         items of a work queue (src/sim/programs/queue.ts)

import type { Memory } from '../actor.ts';
import type { Json, Pod } from '../types.ts';

export interface Machine {
  readonly power: boolean;
  readonly network: boolean;
  /** How often it was switched on again: processes do not survive that. */
  readonly boots: number;
  /** How far its clock is ahead of the others (behind: negative), in milliseconds. */
  readonly clockMs?: number;
}

export interface LocalContainer {
  readonly state: 'waiting' | 'running' | 'exited';
  readonly image: string;
  /** Why it waits: ContainerCreating, ImagePullBackOff, CrashLoopBackOff. */
  readonly reason?: string;
  /** When a waiting container starts (or its image fails to arrive); null when never. */
  readonly startAtMs: number | null;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly exitCode?: number;
  /** When a running one ends by itself, and with which code. */
  readonly exitAtMs?: number | null;
  readonly exitWith?: number;
  /** When it was told to stop while its Pod lives on (liveness, changed image). */
  readonly killedAtMs?: number;
  readonly restarts: number;
  readonly backoffMs: number;
  readonly isReady: boolean;
  /** POD-13: its startup probe has succeeded. */
  readonly hasStarted?: boolean;
  readonly isFrozen: boolean;
  readonly isSick: boolean;
  /** APP-10: its program has not found enough peers to call itself ready. */
  readonly isWaiting?: boolean;
  /** Since when a fault changed how probes go; null when none ever did. */
  readonly changedAtMs: number | null;
  readonly last?: { readonly exitCode: number; readonly startedAtMs: number; readonly finishedAtMs: number };
}

export interface LocalPod {
  /** The Pod as this node last saw it. */
  readonly pod: Pod;
  readonly seenAtMs: number;
  readonly ip: string;
  readonly containers: Readonly<Record<string, LocalContainer>>;
  /** Init containers, in the order of the Pod; absent when it has none. */
  readonly inits?: Readonly<Record<string, LocalContainer>>;
  /** Its disks are not attached yet, so nothing has started. */
  readonly waitsForDisks?: boolean;
  /** Since when it is being stopped, and when patience ends. */
  readonly stopping?: { readonly sinceMs: number; readonly killAtMs: number };
}

export interface LogLine {
  readonly atMs: number;
  readonly text: string;
  /** Restarts of the container when it was written. */
  readonly run: number;
}

/** A container keeps so many lines. */
export const LINES_KEPT = 500;

/** Read access to machines: an actor's view, or the Map of a state. */
export interface MachineReader {
  get(key: string): Json | undefined;
  entries(): Iterable<readonly [string, Json]>;
}

const ON: Machine = { power: true, network: true, boots: 0 };
const json = <T>(value: T) => value as unknown as Json;

/** A machine by its node's name; on and connected unless a fault said otherwise. */
export function machineOf(machines: MachineReader, node: string): Machine {
  return (machines.get(`node/${node}`) as unknown as Machine | undefined) ?? ON;
}

export function setMachine(machines: Memory, node: string, machine: Machine): void {
  machines.set(`node/${node}`, json(machine));
}

/** Wall-clock milliseconds at virtual time 0, as a machine's own clock has them. */
export function epochOn(machines: MachineReader, node: string, epochMs: number): number {
  return epochMs + (machineOf(machines, node).clockMs ?? 0);
}

/** Whether a node can be reached, and reaches others. */
export function isReachable(machines: MachineReader, node: string): boolean {
  const { power, network } = machineOf(machines, node);
  return power && network;
}

export function localPodOf(machines: MachineReader, node: string, uid: string): LocalPod | undefined {
  return machines.get(`local/${node}/${uid}`) as unknown as LocalPod | undefined;
}

export function setLocalPod(machines: Memory, node: string, uid: string, local: LocalPod): void {
  machines.set(`local/${node}/${uid}`, json(local));
}

export function dropLocalPod(machines: Memory, node: string, local: LocalPod): void {
  const { uid } = local.pod.metadata;
  machines.delete(`local/${node}/${uid}`);
  for (const name of Object.keys({ ...local.containers, ...local.inits })) {
    machines.delete(`log/${uid}/${name}`);
    machines.delete(`process/${uid}/${name}`);
    machines.delete(`values/${uid}/${name}`);
    machines.delete(`files/${uid}/container/${name}`);
  }
  for (const { name } of local.pod.spec.volumes ?? []) machines.delete(`files/${uid}/volume/${name}`);
}

/** All Pods on machines, with the node each is on. */
export function localPods(machines: MachineReader): readonly { readonly node: string; readonly local: LocalPod }[] {
  const found: { node: string; local: LocalPod }[] = [];
  for (const [key, value] of machines.entries()) {
    const [kind, node] = key.split('/');
    if (kind === 'local') found.push({ node: node as string, local: value as unknown as LocalPod });
  }
  return found;
}

/** Counts up and returns the number before. */
export function countUp(machines: Memory, what: string): number {
  const count = (machines.get(`count/${what}`) as number | undefined) ?? 0;
  machines.set(`count/${what}`, count + 1);
  return count;
}

export function linesOf(machines: MachineReader, uid: string, container: string): readonly LogLine[] {
  return (machines.get(`log/${uid}/${container}`) as unknown as readonly LogLine[] | undefined) ?? [];
}

/** Adds a line of output; the oldest of too many go. */
export function addLine(machines: Memory, uid: string, container: string, line: LogLine): void {
  machines.set(`log/${uid}/${container}`, json([...linesOf(machines, uid, container).slice(1 - LINES_KEPT), line]));
}
