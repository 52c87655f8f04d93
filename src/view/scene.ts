// What pictures are made from: the objects of one moment, the log up to it, and what really happens on the machines.
// Reads only; a scene never changes while it is looked at.

import type { KubeObject, LogEntry, ObjectRef, OwnerReference, Resource } from '../sim/types.ts';

/** A wake-up that somebody has set: it runs at `atMs` for the object its key names. */
export interface Timer {
  readonly atMs: number;
  readonly actor: string;
  /** As the actor queues it: `namespace/name`, or `name`. */
  readonly key: string;
  /** The log entry that made it be set. */
  readonly cause: number | null;
}

/** Whether a machine is on and can be reached; the control plane knows neither. */
export interface Machine {
  readonly power: boolean;
  readonly network: boolean;
}

/** A Pod as a machine holds it: what really runs, whether or not the API still knows it. */
export interface Process {
  readonly node: string;
  readonly uid: string;
  readonly name: string;
  /** Containers that run. */
  readonly running: number;
  readonly frozen: boolean;
  /** A program in it believes that it leads. */
  readonly leads: boolean;
}

export interface Scene {
  readonly nowMs: number;
  readonly list: (resource: Resource) => readonly KubeObject[];
  /** Entries up to now, in order; an entry's id is its index. */
  readonly log: readonly LogEntry[];
  readonly machineOf: (node: string) => Machine;
  readonly timers: readonly Timer[];
  readonly processes: readonly Process[];
}

/** The owner that controls an object, if any. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

const SHORT: Readonly<Record<string, string>> = {
  Pod: 'pod',
  Deployment: 'deploy',
  ReplicaSet: 'rs',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
  Job: 'job',
  CronJob: 'cj',
  Service: 'svc',
  EndpointSlice: 'endpointslice',
  Node: 'node',
  Lease: 'lease',
  PodDisruptionBudget: 'pdb',
  PersistentVolumeClaim: 'pvc',
  PersistentVolume: 'pv',
};

/** `deploy/web`: kind in kubectl's short form, and the name. */
export function shortRefOf(kind: string, name: string): string {
  return `${SHORT[kind] ?? kind.toLowerCase()}/${name}`;
}

/** A long generated name cut in its middle, `web-…7nb2l`; short ones stay. */
export function shortNameOf(name: string): string {
  const match = /^(.+?)-[0-9a-f]{6,10}-([a-z0-9]{5})$/.exec(name);
  return match ? `${match[1]}-…${match[2]}` : name;
}

/** Index of the first entry later than a time; the log is sorted by time. */
export function countUpTo(log: readonly LogEntry[], ms: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log[middle] as LogEntry).atMs <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `pod/web-1` of a log entry's object. */
export function refTextOf(ref: ObjectRef): string {
  return shortRefOf(ref.kind, ref.name);
}
