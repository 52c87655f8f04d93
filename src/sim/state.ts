// The whole cluster as one value: plain data in Maps of immutable objects. A copy of the Maps is a snapshot; nothing in here is a
// closure, a promise or a clock, so a state can be stored, rewound, forked and compared.

import { formatTime } from '../base/time.ts';
import type { Json, KubeObject, LogEntry, Resource } from './types.ts';

/** What a cluster is started with and keeps for life. Seconds and milliseconds as named. */
export interface Settings {
  readonly seed: number;
  /** Wall-clock milliseconds at virtual time 0: 2026-01-01T00:00:00Z plus the scenario's `startAtSecond`. */
  readonly epochMs: number;
  /** How long a silent node is trusted (NODE-02; upstream 50). */
  readonly nodeMonitorGraceSeconds: number;
  /** Default toleration of not-ready and unreachable (NODE-06; upstream 300). */
  readonly defaultTolerationSeconds: number;
  /** What images do, by image; read by the kubelet only. */
  readonly programs: Readonly<Record<string, Json>>;
}

/** A key of an actor that is due: the queue of CTL-01, where one key waits at most once. */
export interface Wake {
  readonly atMs: number;
  readonly seq: number;
  readonly actor: string;
  readonly key: string;
  /** Log entry that asked for it. */
  readonly cause: number | null;
}

/** What the event recorder remembers of one source (CTL-10). */
export interface RecorderState {
  /** By source and object: tokens left, and when they were counted (milliseconds). */
  readonly spam: Map<string, readonly [tokens: number, atMs: number]>;
  /** By source, object, type and reason: the different messages, and when the last came. */
  readonly similar: Map<string, readonly [messages: readonly string[], atMs: number]>;
  /** By full key: the name of the Event object that is counted up. */
  readonly seen: Map<string, string>;
}

/** The log of one line of history. Forks share the array and each knows its own length; who appends beside the end copies first. */
export interface LogState {
  entries: LogEntry[];
  length: number;
}

/** Everything there is. Cluster changes the Maps in place; `snapshotOf` copies them. */
export interface ClusterState {
  readonly settings: Settings;
  nowMs: number;
  /** Last resourceVersion given. */
  revision: number;
  /** Last sequence number given to a wake-up. */
  seq: number;
  readonly objects: Map<Resource, Map<string, KubeObject>>;
  readonly log: LogState;
  readonly heap: Wake[];
  /** The one valid wake-up by actor and key; others in the heap are leftovers. */
  readonly pending: Map<string, Wake>;
  /** Failures in a row by actor and key (CTL-02). */
  readonly failures: Map<string, number>;
  readonly streams: Map<string, number>;
  /** Actors' own memory: actor → key → value. */
  readonly memory: Map<string, Map<string, Json>>;
  /** What really runs on machines, whatever the API says. */
  readonly machines: Map<string, Json>;
  readonly recorder: RecorderState;
}

const EPOCH_MS = 1_767_225_600_000; // 2026-01-01T00:00:00Z

/** An empty cluster before its first object. */
export function emptyState(
  settings: Omit<Settings, 'epochMs'> & { readonly startAtSecond: number },
  nowMs: number,
): ClusterState {
  const { startAtSecond, ...rest } = settings;
  return {
    settings: { ...rest, epochMs: EPOCH_MS + startAtSecond * 1000 },
    nowMs,
    revision: 0,
    seq: 0,
    objects: new Map(),
    log: { entries: [], length: 0 },
    heap: [],
    pending: new Map(),
    failures: new Map(),
    streams: new Map(),
    memory: new Map(),
    machines: new Map(),
    recorder: { spam: new Map(), similar: new Map(), seen: new Map() },
  };
}

/** A copy that lives on by itself; objects and log entries are shared because nobody changes them. */
export function snapshotOf(state: ClusterState): ClusterState {
  return {
    ...state,
    objects: new Map([...state.objects].map(([resource, byKey]) => [resource, new Map(byKey)])),
    log: { ...state.log },
    heap: state.heap.slice(),
    pending: new Map(state.pending),
    failures: new Map(state.failures),
    streams: new Map(state.streams),
    memory: new Map([...state.memory].map(([actor, byKey]) => [actor, new Map(byKey)])),
    machines: new Map(state.machines),
    recorder: {
      spam: new Map(state.recorder.spam),
      similar: new Map(state.recorder.similar),
      seen: new Map(state.recorder.seen),
    },
  };
}

/** The API's clock at a virtual time: RFC 3339 in whole seconds (CTL-14). */
export function timeAt(settings: Settings, nowMs: number): string {
  return formatTime(settings.epochMs + nowMs);
}
