// What takes part in the loop: controllers, scheduler, kubelets, programs. An actor watches, its keys are queued, `sync` brings one key
// up to date from what it reads now (level driven): dropping or repeating a watch event changes nothing in the end.

import type { Client } from './api/client.ts';
import type { Settings } from './state.ts';
import type { Json, KubeObject, ObjectOf, Resource } from './types.ts';

/** Read access to the store, without copies. Never change what it returns. */
export interface Reader {
  get<R extends Resource>(resource: R, namespace: string, name: string): ObjectOf<R> | undefined;
  /** All objects, or those of one namespace, in the order of creation. */
  list<R extends Resource>(resource: R, namespace?: string): readonly ObjectOf<R>[];
  /** Objects whose controller owner reference carries this uid, in the order of creation. */
  controlledBy<R extends Resource>(resource: R, ownerUid: string): readonly ObjectOf<R>[];
  /** Objects of a namespace without a controller owner, in the order of creation (adoption, CTL-07). */
  orphans<R extends Resource>(resource: R, namespace: string): readonly ObjectOf<R>[];
  /** All objects of any resource with an owner reference to this uid (GC-01 …). */
  dependents(ownerUid: string): readonly { readonly resource: Resource; readonly object: KubeObject }[];
  /** Pods bound to a node, in the order of creation. */
  podsOn(node: string): readonly ObjectOf<'pods'>[];
  /** Whether an object with this uid exists. */
  has(uid: string): boolean;
}

/** Plain-data memory by key. */
export interface Memory {
  get(key: string): Json | undefined;
  set(key: string, value: Json): void;
  delete(key: string): void;
  entries(): Iterable<readonly [string, Json]>;
}

export interface SyncContext {
  readonly nowMs: number;
  /** RFC 3339, whole seconds (CTL-14). */
  readonly now: string;
  /** RFC 3339 with microseconds, for Leases and the like. */
  readonly nowMicro: string;
  readonly settings: Settings;
  /** The log entry that woke this key. */
  readonly cause: number | null;
  readonly read: Reader;
  /** Writes through the door in this actor's name, caused by `cause`. */
  readonly api: Client;
  /** Wakes this key after a delay (milliseconds, at least 1). Only the earliest wake-up of a key is kept, so ask again in each sync. */
  after(delayMs: number, key: string): void;
  /** Records an Event (CTL-10: counting, combining, spam limit). */
  event(involved: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Notes something that is not an API write (a program's step, a decision) in the log; returns the entry's id. */
  observe(why: string, facts: Readonly<Record<string, Json>>, involved?: KubeObject): number;
  /** The next number in [0, 1) of this actor's stream. */
  random(): number;
  /** The same moment and cause in another name: a program that a kubelet runs writes as itself. */
  as(actor: string): SyncContext;
  readonly memory: Memory;
  /** What really runs on machines; for the kubelet, programs and faults only. */
  readonly machines: Memory;
}

/** Names the keys that a changed object concerns. `before` is null on creation; `gone` means `object` is the last state of what was removed. */
export type Watch = (
  object: KubeObject,
  before: KubeObject | null,
  read: Reader,
  gone: boolean,
  resource: Resource,
) => readonly string[];

export interface Actor {
  /** Component name, as in Events' source: `replicaset-controller`. */
  readonly name: string;
  /** Least and most milliseconds from a watch event to the sync (CTL-15), drawn from the actor's stream. */
  readonly latencyMs: readonly [number, number];
  /** By resource; `*` means the resources of custom definitions. */
  readonly watches: Readonly<Partial<Record<Resource, Watch>>>;
  /** Keys to sync when the cluster starts. */
  readonly startKeys?: readonly string[];
  /** Events are counted per version of the object and keep the first text (SCH-07), as client-go's newer recorder does. */
  readonly eventsByVersion?: true;
  /** Answers `logs`, `exec` and `ask` (the kubelet). The first actor that has one is asked. */
  readonly runtime?: PodRuntime;
  /** Brings one key up to date. Throwing ApiError makes the key come back after a growing delay (CTL-02). */
  sync(key: string, ctx: SyncContext): void;
}

export interface LogOptions {
  readonly previous: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly timestamps: boolean;
}

export interface ExecResult {
  readonly out: string;
  readonly err: string;
  readonly exit: number;
}

/** What a node answers when the API server asks it about a container. logs and exec throw ApiError. */
export interface PodRuntime {
  logs(pod: ObjectOf<'pods'>, container: string, options: LogOptions, ctx: SyncContext): string;
  exec(pod: ObjectOf<'pods'>, container: string, command: readonly string[], ctx: SyncContext): ExecResult;
  /** GET of a path at a port, from the control plane; a text when nobody is reached. */
  ask(
    pod: ObjectOf<'pods'>,
    port: number,
    path: string,
    ctx: SyncContext,
  ): { readonly status: number; readonly text: string } | string;
}
