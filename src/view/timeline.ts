// The log as lanes: for you, for machines, for controllers, for Pods. A lane has bars (how something stood, from when to when)
// and deeds (what somebody decided). Folded entry by entry, so a growing log costs only what is new.

import type { KubeObject, LogEntry } from '../sim/types.ts';
import { addressesOf } from './cluster.ts';
import { deedOf } from './deed.ts';
import type { DeedKey, Message } from './message.ts';
import { isReady, ordinalOf, type PodState, podStateOf, podWordOf } from './pod.ts';
import { controllerOf, shortNameOf } from './scene.ts';

/** How a bar is drawn: a Pod's states, and for others `up`, `down`, `off` (no power), `cut` (no network), `held`. */
export type BarLook = PodState | 'up' | 'down' | 'off' | 'cut' | 'held';

export interface Bar {
  readonly fromMs: number;
  /** null while it goes on. */
  toMs: number | null;
  readonly look: BarLook;
  readonly word: string;
  /** The entry that began it. */
  readonly entry: number;
}

export interface DeedMark {
  readonly entry: number;
  readonly atMs: number;
  label: Message<DeedKey>;
  /** Entries drawn as this one diamond. */
  readonly entries: number[];
}

export type LaneKind = 'you' | 'node' | 'actor' | 'workload' | 'pod' | 'service' | 'lease' | 'crowd';

export interface Lane {
  readonly key: string;
  readonly kind: LaneKind;
  readonly uid: string | null;
  readonly name: string;
  /** `ReplicaSet` for a workload's lane, '' elsewhere. */
  readonly of: string;
  readonly ordinal: number | null;
  readonly round: boolean;
  readonly owner: string | null;
  readonly bornMs: number;
  goneMs: number | null;
  readonly bars: Bar[];
  /** What really is, whatever the bars say: times without power or network. */
  readonly truth: Bar[];
  readonly deeds: DeedMark[];
  /** What a program did, as ticks on its Pod's lane. */
  readonly ticks: Tick[];
}

/** What a program did at one moment; bad when it was refused or answered with an error. */
export interface Tick {
  readonly atMs: number;
  readonly entry: number;
  readonly bad: boolean;
}

/** Where an entry stands: as a deed, and where its effect shows. */
export interface Anchor {
  readonly deed?: string;
  readonly effect?: string;
}

export interface TimelineFold {
  count: number;
  last: LogEntry | undefined;
  readonly lanes: Map<string, Lane>;
  readonly anchors: Map<number, Anchor>;
  /** Ready addresses by lane of a Service and uid of the slice: a Service has several slices. */
  readonly addresses: Map<string, Map<string, number>>;
}

/** Deeds of one kind this close together on one lane are one diamond with a count. */
const MERGE_MS = 80;

const newFold = (): TimelineFold => ({ count: 0, last: undefined, lanes: new Map(), anchors: new Map(), addresses: new Map() });

/** The lanes of a log. Give the former fold back and only new entries are read; one of another history is thrown away. */
export function foldTimeline(former: TimelineFold | null, log: readonly LogEntry[]): TimelineFold {
  const goesOn = former !== null && former.count <= log.length && (former.count === 0 || log[former.count - 1] === former.last);
  const fold = goesOn ? former : newFold();
  for (; fold.count < log.length; fold.count++) {
    fold.last = log[fold.count] as LogEntry;
    readEntry(fold, fold.last);
  }
  return fold;
}

function readEntry(fold: TimelineFold, entry: LogEntry): void {
  const effect = readEffect(fold, entry);
  // What stood there before time 0 was set up, not done.
  const deed = entry.atMs < 0 ? undefined : deedOf(entry);
  const lane = deed && addDeed(fold, entry, deed.lane, deed.label);
  if (lane || effect) fold.anchors.set(entry.id, { ...(lane && { deed: lane }), ...(effect && { effect }) });
}

/** Puts a diamond on a lane and returns the lane's key: the one asked for, or the actor's own when the owner was never seen. */
function addDeed(fold: TimelineFold, entry: LogEntry, wanted: string, label: Message<DeedKey>): string {
  const key = wanted.startsWith('object ') && !fold.lanes.has(wanted) ? `actor ${entry.actor}` : wanted;
  const lane =
    fold.lanes.get(key) ??
    openLane(fold, { key, kind: key === 'you' ? 'you' : 'actor', name: entry.actor, bornMs: entry.atMs });
  const last = lane.deeds.at(-1);
  const merges =
    last &&
    key !== 'you' &&
    last.label.key === label.key &&
    entry.atMs - last.atMs <= MERGE_MS &&
    last.label.facts['kind'] === label.facts['kind'];
  if (merges) {
    last.entries.push(entry.id);
    last.label = { key: label.key, facts: { ...last.label.facts, count: last.entries.length } };
  } else lane.deeds.push({ entry: entry.id, atMs: entry.atMs, label, entries: [entry.id] });
  return key;
}

type LaneStart = Pick<Lane, 'key' | 'kind' | 'name' | 'bornMs'> &
  Partial<Pick<Lane, 'uid' | 'of' | 'ordinal' | 'round' | 'owner'>>;

function openLane(fold: TimelineFold, start: LaneStart): Lane {
  const lane: Lane = {
    uid: null,
    of: '',
    ordinal: null,
    round: false,
    owner: null,
    goneMs: null,
    bars: [],
    truth: [],
    deeds: [],
    ticks: [],
    ...start,
  };
  fold.lanes.set(lane.key, lane);
  return lane;
}

/** Notes how the entry changed what stands; returns the key of the lane where that shows. */
function readEffect(fold: TimelineFold, entry: LogEntry): string | undefined {
  const object = entry.after ?? entry.before;
  if (entry.verb === 'fault') return readFault(fold, entry);
  if (entry.verb === 'observe') return readTick(fold, entry);
  if (!object || !entry.object) return undefined;
  switch (entry.object.resource) {
    case 'pods':
      return readPod(fold, entry, object);
    case 'nodes':
      return readNode(fold, entry, object);
    case 'deployments':
    case 'replicasets':
    case 'statefulsets':
    case 'daemonsets':
    case 'jobs':
    case 'cronjobs':
      return readWorkload(fold, entry, object);
    case 'endpointslices':
      return readSlice(fold, entry, object);
    case 'leases':
      return object.metadata.namespace === 'kube-node-lease' ? undefined : readLease(fold, entry, object);
    default:
      return undefined;
  }
}

/** Ends the running bar and begins another, when the new one looks different. */
function turn(bars: Bar[], entry: LogEntry, look: BarLook | null, word: string): boolean {
  const last = bars.at(-1);
  if (last && last.toMs === null) {
    if (last.look === look && last.word === word) return false;
    last.toMs = entry.atMs;
  } else if (look === null) return false;
  if (look !== null) bars.push({ fromMs: entry.atMs, toMs: null, look, word, entry: entry.id });
  return true;
}

function readPod(fold: TimelineFold, entry: LogEntry, pod: KubeObject): string | undefined {
  const key = `object ${pod.metadata.uid}`;
  const lane =
    fold.lanes.get(key) ??
    openLane(fold, {
      key,
      kind: 'pod',
      uid: pod.metadata.uid,
      name: shortNameOf(pod.metadata.name),
      ordinal: ordinalOf(pod),
      round: controllerOf(pod) !== undefined && ordinalOf(pod) === null,
      owner: controllerOf(pod)?.uid ?? null,
      bornMs: entry.atMs,
    });
  if (entry.after) return turn(lane.bars, entry, podStateOf(pod), podWordOf(pod)) ? key : undefined;
  lane.goneMs = entry.atMs;
  turn(lane.bars, entry, null, '');
  return key;
}

function readNode(fold: TimelineFold, entry: LogEntry, node: KubeObject): string | undefined {
  const lane = nodeLane(fold, node.metadata.name, entry.atMs, node.metadata.uid);
  if (!entry.after) {
    lane.goneMs = entry.atMs;
    turn(lane.bars, entry, null, '');
    return lane.key;
  }
  const word = (isReady(node) ? 'Ready' : 'NotReady') + (node.spec?.unschedulable ? ',SchedulingDisabled' : '');
  return turn(lane.bars, entry, isReady(node) ? 'up' : 'down', word) ? lane.key : undefined;
}

function nodeLane(fold: TimelineFold, name: string, bornMs: number, uid: string | null): Lane {
  const key = `node ${name}`;
  return fold.lanes.get(key) ?? openLane(fold, { key, kind: 'node', uid, name, bornMs });
}

function readFault(fold: TimelineFold, entry: LogEntry): string | undefined {
  const { node, power, network } = (entry.facts ?? {}) as { node?: string; power?: string; network?: string };
  if (node === undefined) return entry.object?.resource === 'pods' ? readTick(fold, entry) : undefined;
  const lane = nodeLane(fold, node, entry.atMs, null);
  if (power !== undefined) turn(lane.truth, entry, power === 'off' ? 'off' : null, '');
  else if (network !== undefined) turn(lane.truth, entry, network === 'off' ? 'cut' : null, '');
  return lane.key;
}

/** APP-03 and APP-09 are refusals; an answer that is not 200 is an error (APP-04). */
function isBad({ why, facts }: LogEntry): boolean {
  const answer = facts?.['answer'];
  return why === 'APP-03' || why === 'APP-09' || (typeof answer === 'string' && !answer.startsWith('200'));
}

function readTick(fold: TimelineFold, entry: LogEntry): string | undefined {
  const lane = fold.lanes.get(`object ${entry.object?.uid}`);
  if (lane?.kind !== 'pod') return undefined;
  lane.ticks.push({ atMs: entry.atMs, entry: entry.id, bad: isBad(entry) });
  return lane.key;
}

function readWorkload(fold: TimelineFold, entry: LogEntry, object: KubeObject): string | undefined {
  const key = `object ${object.metadata.uid}`;
  const lane =
    fold.lanes.get(key) ??
    openLane(fold, {
      key,
      kind: 'workload',
      uid: object.metadata.uid,
      name: object.metadata.name,
      of: object.kind,
      round: object.kind !== 'StatefulSet',
      owner: controllerOf(object)?.uid ?? null,
      bornMs: entry.atMs,
    });
  if (!entry.after) lane.goneMs = entry.atMs;
  return undefined;
}

function readSlice(fold: TimelineFold, entry: LogEntry, slice: KubeObject): string | undefined {
  const service = slice.metadata.labels?.['kubernetes.io/service-name'];
  if (service === undefined || service === 'kubernetes') return undefined;
  const key = `service ${slice.metadata.namespace}/${service}`;
  const lane =
    fold.lanes.get(key) ??
    openLane(fold, {
      key,
      kind: 'service',
      name: service,
      of: 'Service',
      bornMs: entry.atMs,
      uid: controllerOf(slice)?.uid ?? null,
    });
  const slices = fold.addresses.get(key) ?? new Map<string, number>();
  fold.addresses.set(key, slices.set(slice.metadata.uid, entry.after ? addressesOf([entry.after]).ready : 0));
  const ready = [...slices.values()].reduce((sum, count) => sum + count, 0);
  return turn(lane.bars, entry, ready > 0 ? 'up' : 'down', String(ready)) ? key : undefined;
}

function readLease(fold: TimelineFold, entry: LogEntry, lease: KubeObject): string | undefined {
  const key = `object ${lease.metadata.uid}`;
  const lane =
    fold.lanes.get(key) ??
    openLane(fold, { key, kind: 'lease', name: lease.metadata.name, of: 'Lease', bornMs: entry.atMs, uid: lease.metadata.uid });
  const holder = entry.after?.spec?.holderIdentity;
  return turn(lane.bars, entry, holder ? 'held' : null, holder ? shortNameOf(holder.replace(/_.*$/, '')) : '')
    ? key
    : undefined;
}
