// The cluster: one state, the actors that work on it, and the loop that wakes them. Time moves only when a caller says so.
// Models the queue of client-go/util/workqueue (CTL-01, CTL-02); latency after a watch event is drawn (CTL-15).

import { nextBetween, nextFraction } from '../base/random.ts';
import { formatMicroTime } from '../base/time.ts';
import type { Actor, Memory, Reader, SyncContext } from './actor.ts';
import { DoorClient } from './api/calls.ts';
import type { Client, ListOptions } from './api/client.ts';
import { type Discovery, isBuiltIn } from './api/discovery.ts';
import { type ApiRequest, type ApiResponse, Door } from './api/door.ts';
import { type WatchEvent, watchEventsOf } from './api/read.ts';
import { ApiError, isReason, noSuchResource } from './api/status.ts';
import { bootstrap, type NodeSpec, nodesNamed, STANDARD_CLASS, type StorageClassSpec } from './bootstrap.ts';
import { popDue, pushDue } from './heap.ts';
import { entryOf, LOG_LIMIT, writesSince } from './log.ts';
import { countedUp, planEvent, rememberEvent } from './recorder.ts';
import { type ClusterState, emptyState, type Settings, snapshotOf, timeAt, type Wake } from './state.ts';
import { type From, refOf, Store } from './store.ts';
import type { Json, KubeObject, LogEntry, Resource } from './types.ts';

export interface ClusterOptions {
  /** A number (named node-1 …) or each by itself; 1 when absent. */
  readonly nodes?: number | readonly NodeSpec[];
  /** Absent: one default class that provisions at once; empty: none. */
  readonly storageClasses?: readonly StorageClassSpec[];
  readonly seed?: number;
  /** Second of the wall clock's minute at virtual time 0. */
  readonly startAtSecond?: number;
  readonly nodeMonitorGraceSeconds?: number;
  readonly defaultTolerationSeconds?: number;
  readonly programs?: Readonly<Record<string, Json>>;
  readonly actors: readonly Actor[];
}

/** A wake-up that was carried out. */
export interface Step {
  readonly atMs: number;
  readonly actor: string;
  readonly key: string;
  readonly cause: number | null;
}

/** The cluster is set up so long before virtual time 0. */
const SETUP_MS = 3000;
const RETRY_FIRST_MS = 5;
const RETRY_MOST_MS = 1_000_000;

export class Cluster {
  readonly #state: ClusterState;
  readonly #actors: ReadonlyMap<string, Actor>;
  readonly #watchers = new Map<Resource, Actor[]>();
  readonly #store: Store;
  readonly #door: Door;

  private constructor(state: ClusterState, actors: readonly Actor[]) {
    this.#state = state;
    this.#actors = new Map(actors.map((actor) => [actor.name, actor]));
    for (const actor of actors)
      for (const resource of Object.keys(actor.watches))
        this.#watchers.set(resource, [...(this.#watchers.get(resource) ?? []), actor]);
    this.#store = new Store(state, (entry) => this.#announce(entry));
    this.#door = new Door({
      state,
      store: this.#store,
      runtime: actors.find((actor) => actor.runtime)?.runtime,
      contextFor: (from) => this.#context(from.actor, from.cause),
    });
  }

  /** A new cluster at virtual time 0, set up some seconds before. */
  static create(options: ClusterOptions): Cluster {
    const { nodes = 1, storageClasses = [STANDARD_CLASS], seed = 1, startAtSecond = 0, programs = {}, actors } = options;
    const { nodeMonitorGraceSeconds = 50, defaultTolerationSeconds = 300 } = options;
    const state = emptyState({ seed, startAtSecond, nodeMonitorGraceSeconds, defaultTolerationSeconds, programs }, -SETUP_MS);
    const cluster = new Cluster(state, actors);
    const premises = { nodes: typeof nodes === 'number' ? nodesNamed(nodes) : nodes, storageClasses };
    bootstrap(cluster.client('bootstrap', null), premises, timeAt(state.settings, state.nowMs));
    for (const actor of actors) for (const key of actor.startKeys ?? []) cluster.#wake(actor, key, 0, null);
    cluster.advanceTo(0);
    return cluster;
  }

  /** Goes on from a snapshot, which stays as it is. */
  static from(snapshot: ClusterState, actors: readonly Actor[]): Cluster {
    return new Cluster(snapshotOf(snapshot), actors);
  }

  /** The state itself, to look at; never to change. */
  get state(): Readonly<ClusterState> {
    return this.#state;
  }
  get nowMs(): number {
    return this.#state.nowMs;
  }
  /** The API's clock now: RFC 3339. */
  get now(): string {
    return timeAt(this.#state.settings, this.#state.nowMs);
  }
  get settings(): Settings {
    return this.#state.settings;
  }
  /** Last resourceVersion given. */
  get revision(): number {
    return this.#state.revision;
  }
  get read(): Reader {
    return this.#store;
  }
  get discovery(): Discovery {
    return this.#door.discovery;
  }
  /** Length of the log: the id that the next entry will have. */
  get logLength(): number {
    return this.#state.log.length;
  }
  /** What happened from an entry on, oldest first. */
  log(from = 0, to = this.#state.log.length): readonly LogEntry[] {
    return this.#state.log.entries.slice(from, Math.min(to, this.#state.log.length));
  }
  entry(id: number): LogEntry | undefined {
    return entryOf(this.#state.log, id);
  }
  /** Why the cluster stands still for good, or null: a log that is full. */
  get halt(): string | null {
    return this.#state.log.length < LOG_LIMIT ? null : `The log is full: ${LOG_LIMIT} entries. Start the scenario again.`;
  }

  /** A copy of everything, to go on from later (`Cluster.from`). */
  snapshot(): ClusterState {
    return snapshotOf(this.#state);
  }

  /** Time of the next wake-up; null when nobody waits for anything. */
  nextAtMs(): number | null {
    const { heap, pending } = this.#state;
    while (heap[0] && pending.get(pendingKey(heap[0].actor, heap[0].key)) !== heap[0]) popDue(heap);
    return heap[0]?.atMs ?? null;
  }

  /** Carries out the next wake-up and moves the clock to it; null when there is none, or when it is later than `limitMs`. */
  nextEvent(limitMs = Number.POSITIVE_INFINITY): Step | null {
    const atMs = this.nextAtMs();
    if (atMs === null || atMs > limitMs || this.halt !== null) return null;
    const wake = popDue(this.#state.heap) as Wake;
    this.#state.pending.delete(pendingKey(wake.actor, wake.key));
    this.#state.nowMs = Math.max(this.#state.nowMs, wake.atMs);
    this.#sync(wake);
    return { atMs: this.#state.nowMs, actor: wake.actor, key: wake.key, cause: wake.cause };
  }

  /** Lets everything happen up to a time (virtual milliseconds), and moves the clock there. */
  advanceTo(ms: number): void {
    while (this.nextEvent(ms));
    if (this.halt === null) this.#state.nowMs = Math.max(this.#state.nowMs, ms);
  }

  /** A request through the door. */
  request(request: ApiRequest, from: From): ApiResponse {
    return request.query?.['dryRun'] === undefined ? this.#door.request(request, from) : this.#tryOut(request, from);
  }

  /** A dry run: the request is carried out on a copy. What it would have stored keeps the version it has, or none. */
  #tryOut(request: ApiRequest, from: From): ApiResponse {
    const { dryRun: _, ...query } = request.query ?? {};
    const copy = Cluster.from(this.#state, [...this.#actors.values()]);
    const answer = copy.request({ ...request, query }, from);
    const [entry] = copy.log(this.logLength);
    const { metadata } = answer.body as Partial<KubeObject>;
    if (!entry || !metadata?.resourceVersion) return answer;
    const { resourceVersion: __, ...rest } = metadata;
    const version = entry.before?.metadata.resourceVersion;
    return {
      ...answer,
      body: { ...(answer.body as KubeObject), metadata: version ? { ...rest, resourceVersion: version } : rest },
    };
  }

  /** A typed client in someone's name. */
  client(actor: string, cause: number | null): Client {
    return new DoorClient(this.#door, { actor, cause });
  }

  /** What a watch of a resource would have sent since a resourceVersion. */
  changes(sinceRevision: number, resource: Resource, options: ListOptions = {}): readonly WatchEvent[] {
    const info = this.#door.discovery.named(resource);
    if (!info) throw new ApiError(noSuchResource().status);
    return watchEventsOf(writesSince(this.#state.log, sinceRevision), info, options);
  }

  /** Logs what comes from outside (a command, a fault) and returns its id, the cause of what follows. */
  input(verb: 'input' | 'fault', actor: string, facts: Readonly<Record<string, Json>>): number {
    return this.#store.note(verb, { actor, cause: null, why: 'input', facts }).id;
  }

  /** Does something in an actor's name because of a log entry: how faults reach machines. */
  act(actor: string, cause: number | null, deed: (ctx: SyncContext) => void): void {
    deed(this.#context(actor, cause));
  }

  #announce(entry: LogEntry): void {
    const object = (entry.after ?? entry.before) as KubeObject;
    const before = entry.after ? (entry.before ?? null) : null;
    const { resource } = entry.object as { resource: Resource };
    for (const actor of this.#watchersOf(resource))
      for (const key of (actor.watches[resource] ?? actor.watches['*'])?.(
        object,
        before,
        this.#store,
        !entry.after,
        resource,
      ) ?? [])
        this.#wake(actor, key, this.#latency(actor), entry.id);
  }

  /** Who watches a resource; a custom one is also watched by those who watch `*`. */
  #watchersOf(resource: Resource): readonly Actor[] {
    const own = this.#watchers.get(resource) ?? [];
    return isBuiltIn(resource) ? own : [...own, ...(this.#watchers.get('*') ?? [])];
  }

  #latency(actor: Actor): number {
    const { streams, settings } = this.#state;
    return nextBetween(streams, settings.seed, `latency ${actor.name}`, actor.latencyMs[0], actor.latencyMs[1]);
  }

  /** Queues a key; a key that waits already keeps the earlier time (CTL-01). */
  #wake(actor: Actor, key: string, delayMs: number, cause: number | null): void {
    const state = this.#state;
    const atMs = state.nowMs + Math.max(1, Math.round(delayMs));
    const id = pendingKey(actor.name, key);
    const waiting = state.pending.get(id);
    if (waiting && waiting.atMs <= atMs) return;
    const wake: Wake = { atMs, seq: ++state.seq, actor: actor.name, key, cause };
    state.pending.set(id, wake);
    pushDue(state.heap, wake);
  }

  #sync({ actor: name, key, cause }: Wake): void {
    const actor = this.#actors.get(name);
    if (!actor) return;
    const { failures } = this.#state;
    const id = pendingKey(name, key);
    try {
      actor.sync(key, this.#context(name, cause));
      failures.delete(id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const count = failures.get(id) ?? 0;
      failures.set(id, count + 1);
      this.#wake(actor, key, Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(count, 30)), cause);
    }
  }

  #context(name: string, cause: number | null): SyncContext {
    const state = this.#state;
    const actor = this.#actors.get(name);
    const epochMs = state.settings.epochMs + state.nowMs;
    return {
      nowMs: state.nowMs,
      now: timeAt(state.settings, state.nowMs),
      get nowMicro() {
        return formatMicroTime(epochMs);
      },
      settings: state.settings,
      cause,
      read: this.#store,
      api: this.client(name, cause),
      after: (delayMs, wanted) => actor && this.#wake(actor, wanted, delayMs, this.#lastWriteOf(name, cause)),
      event: (involved, type, reason, message) =>
        this.#event({ actor: name, cause, why: 'CTL-10' }, involved, type, reason, message),
      observe: (why, facts, involved) =>
        this.#store.note('observe', { actor: name, cause, why, facts }, involved && refOf(this.#resourceOf(involved), involved))
          .id,
      random: () => nextFraction(state.streams, state.settings.seed, `actor ${name}`),
      as: (other) => this.#context(other, cause),
      memory: memoryOf(state, name),
      machines: mapMemory(state.machines),
    };
  }

  /** A timer is caused by what its actor wrote last in this sync, else by what woke it. */
  #lastWriteOf(actor: string, cause: number | null): number | null {
    const last = this.#state.log.length - 1;
    const entry = entryOf(this.#state.log, last);
    return entry && entry.actor === actor && entry.cause === cause ? entry.id : cause;
  }

  #resourceOf(object: KubeObject): Resource {
    return this.#door.discovery.kinded(object.apiVersion, object.kind)?.resource ?? `${object.kind.toLowerCase()}s`;
  }

  #event(from: From, involved: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const byVersion = this.#actors.get(from.actor)?.eventsByVersion === true;
    const planned = planEvent(this.#state, { component: from.actor, involved, type, reason, message, byVersion });
    if (!planned) return;
    const client = new DoorClient(this.#door, from);
    const namespace = planned.create.metadata.namespace as string;
    const known = 'count' in planned ? this.#store.get('events', namespace, planned.count) : undefined;
    if (known && 'count' in planned) {
      const epochMs = this.#state.settings.epochMs + this.#state.nowMs;
      client.update('events', countedUp(known, planned.message, epochMs), from.why);
      return;
    }
    try {
      client.create('events', planned.create, from.why);
      rememberEvent(this.#state, planned.key, planned.create.metadata.name);
    } catch (error) {
      // Nothing new may be made in a namespace that is being deleted: the Event is lost, as a recorder loses it.
      if (!isReason(error, 'Forbidden')) throw error;
    }
  }
}

const pendingKey = (actor: string, key: string) => `${actor}\n${key}`;

function mapMemory(map: Map<string, Json>): Memory {
  return {
    get: (key) => map.get(key),
    set: (key, value) => void map.set(key, value),
    delete: (key) => void map.delete(key),
    entries: () => map,
  };
}

function memoryOf(state: ClusterState, actor: string): Memory {
  const map = state.memory.get(actor) ?? new Map<string, Json>();
  state.memory.set(actor, map);
  return mapMemory(map);
}
