// The store: Maps of immutable objects with one counter of resource versions. Every write appends a log entry that names its cause.
// Lists by owner, node and namespace come from indexes that are built when first asked for; they are derived, so snapshots leave them out.

import { isSame } from '../base/json.ts';
import type { Reader } from './actor.ts';
import { appendEntry } from './log.ts';
import type { ClusterState } from './state.ts';
import type { Json, KubeObject, LogEntry, LogVerb, ObjectOf, ObjectRef, Pod, Resource } from './types.ts';

/** In whose name and why something is written. */
export interface From {
  readonly actor: string;
  readonly cause: number | null;
  /** Rule id, or `input`. */
  readonly why: string;
  readonly facts?: Readonly<Record<string, Json>>;
}

/** An object and its rank by creation, of which only the order means anything. The same entry stands in every bucket. */
interface Entry {
  readonly rank: number;
  object: KubeObject;
}

/** Entries with something in common, by rank. `list` holds their objects until one of them changes; it is replaced, never changed. */
interface Bucket {
  readonly entries: Entry[];
  list: readonly KubeObject[] | null;
}

type Buckets = Map<string, Bucket>;

interface Index {
  readonly entries: Map<string, Entry>;
  readonly controllers: Buckets;
  readonly orphans: Buckets;
  readonly owners: Buckets;
  readonly nodes: Buckets;
  last: number;
}

/** Key of an object inside its resource. */
export const keyOf = (namespace: string | undefined, name: string) => (namespace ? `${namespace}/${name}` : name);

const ownKey = (object: KubeObject) => keyOf(object.metadata.namespace, object.metadata.name);

/** Points at an object, for the log. */
export function refOf(resource: Resource, object: KubeObject): ObjectRef {
  const { namespace = '', name, uid } = object.metadata;
  return { resource, kind: object.kind, namespace, name, uid };
}

const NONE: ReadonlyMap<string, KubeObject> = new Map();
const EMPTY: readonly KubeObject[] = [];

export class Store implements Reader {
  readonly #state: ClusterState;
  readonly #written: (entry: LogEntry) => void;
  readonly #indexes = new Map<Resource, Index>();
  readonly #lists = new Map<string, readonly KubeObject[]>();
  #uids: Set<string> | null = null;

  /** `written` is told of every write, after it happened. */
  constructor(state: ClusterState, written: (entry: LogEntry) => void) {
    this.#state = state;
    this.#written = written;
  }

  get<R extends Resource>(resource: R, namespace: string, name: string): ObjectOf<R> | undefined {
    return this.#state.objects.get(resource)?.get(keyOf(namespace, name)) as ObjectOf<R> | undefined;
  }

  list<R extends Resource>(resource: R, namespace?: string): readonly ObjectOf<R>[] {
    const id = `${resource}/${namespace ?? ''}`;
    let list = this.#lists.get(id);
    if (!list) {
      list = [...(this.#state.objects.get(resource) ?? NONE).values()];
      if (namespace) list = list.filter((object) => object.metadata.namespace === namespace);
      this.#lists.set(id, list);
    }
    return list as readonly ObjectOf<R>[];
  }

  controlledBy<R extends Resource>(resource: R, ownerUid: string): readonly ObjectOf<R>[] {
    return listOf(this.#index(resource).controllers.get(ownerUid)) as readonly ObjectOf<R>[];
  }

  orphans<R extends Resource>(resource: R, namespace: string): readonly ObjectOf<R>[] {
    return listOf(this.#index(resource).orphans.get(namespace)) as readonly ObjectOf<R>[];
  }

  podsOn(node: string): readonly Pod[] {
    return listOf(this.#index('pods').nodes.get(node)) as readonly Pod[];
  }

  dependents(ownerUid: string): readonly { readonly resource: Resource; readonly object: KubeObject }[] {
    return [...this.#state.objects.keys()]
      .filter((resource) => resource !== 'events')
      .sort()
      .flatMap((resource) => listOf(this.#index(resource).owners.get(ownerUid)).map((object) => ({ resource, object })));
  }

  has(uid: string): boolean {
    if (!this.#uids) {
      this.#uids = new Set();
      for (const byKey of this.#state.objects.values())
        for (const object of byKey.values()) this.#uids.add(object.metadata.uid);
    }
    return this.#uids.has(uid);
  }

  /** How many objects of a resource there are. */
  count(resource: Resource): number {
    return this.#state.objects.get(resource)?.size ?? 0;
  }

  /** Stores a new or changed object under the next resourceVersion and returns it as stored. */
  put(resource: Resource, object: KubeObject, verb: 'create' | 'update' | 'delete', from: From): KubeObject {
    const revision = ++this.#state.revision;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    let byKey = this.#state.objects.get(resource);
    if (!byKey) {
      byKey = new Map();
      this.#state.objects.set(resource, byKey);
    }
    const key = ownKey(stored);
    const before = byKey.get(key);
    byKey.set(key, stored);
    this.#changed(resource, key, before, stored);
    this.#append(verb, resource, before, stored, revision, from);
    return stored;
  }

  /** Removes an object; its last state is logged with the next resourceVersion, as a watch would show it. */
  remove(resource: Resource, last: KubeObject, from: From): KubeObject {
    const revision = ++this.#state.revision;
    const key = ownKey(last);
    const before = this.#state.objects.get(resource)?.get(key);
    const gone = { ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } };
    this.#state.objects.get(resource)?.delete(key);
    this.#changed(resource, key, before, undefined);
    this.#append('remove', resource, gone, undefined, revision, from);
    return gone;
  }

  /** Logs something that is not a write. */
  note(verb: 'input' | 'fault' | 'observe', from: From, object?: ObjectRef): LogEntry {
    return appendEntry(this.#state.log, {
      atMs: this.#state.nowMs,
      actor: from.actor,
      verb,
      cause: from.cause,
      why: from.why,
      ...(object ? { object } : {}),
      ...(from.facts ? { facts: from.facts } : {}),
    });
  }

  #append(
    verb: LogVerb,
    resource: Resource,
    before: KubeObject | undefined,
    after: KubeObject | undefined,
    revision: number,
    from: From,
  ): void {
    const entry = appendEntry(this.#state.log, {
      atMs: this.#state.nowMs,
      actor: from.actor,
      verb,
      object: refOf(resource, (after ?? before) as KubeObject),
      resourceVersion: revision,
      cause: from.cause,
      why: from.why,
      ...(before ? { before } : {}),
      ...(after ? { after } : {}),
      ...(from.facts ? { facts: from.facts } : {}),
    });
    this.#written(entry);
  }

  #index(resource: Resource): Index {
    let index = this.#indexes.get(resource);
    if (!index) {
      index = { entries: new Map(), controllers: new Map(), orphans: new Map(), owners: new Map(), nodes: new Map(), last: 0 };
      this.#indexes.set(resource, index);
      for (const [key, object] of this.#state.objects.get(resource) ?? NONE) enter(index, key, object);
    }
    return index;
  }

  #changed(resource: Resource, key: string, before: KubeObject | undefined, after: KubeObject | undefined): void {
    this.#lists.delete(`${resource}/`);
    this.#lists.delete(`${resource}/${(after ?? before)?.metadata.namespace ?? ''}`);
    if (this.#uids && before?.metadata.uid !== after?.metadata.uid) {
      if (before) this.#uids.delete(before.metadata.uid);
      if (after) this.#uids.add(after.metadata.uid);
    }
    const index = this.#indexes.get(resource);
    if (!index) return;
    if (before && after) replaceIn(index, key, before, after);
    else if (after) enter(index, key, after);
    else if (before) leave(index, key, before);
  }
}

const nodeOf = (object: KubeObject): string => (object.kind === 'Pod' ? (object.spec?.nodeName ?? '') : '');

function samePlaces(before: KubeObject, after: KubeObject): boolean {
  const owners = before.metadata.ownerReferences;
  return (
    nodeOf(before) === nodeOf(after) &&
    (owners === after.metadata.ownerReferences || isSame(owners, after.metadata.ownerReferences))
  );
}

function placesOf(index: Index, object: KubeObject): readonly (readonly [Buckets, string])[] {
  const owners = object.metadata.ownerReferences ?? [];
  const controller = owners.find((owner) => owner.controller);
  const places: (readonly [Buckets, string])[] = owners.map((owner) => [index.owners, owner.uid]);
  places.push(controller ? [index.controllers, controller.uid] : [index.orphans, object.metadata.namespace ?? '']);
  if (nodeOf(object)) places.push([index.nodes, nodeOf(object)]);
  return places;
}

/** The objects of a bucket now: the same array as long as none of them changes. */
function listOf(bucket: Bucket | undefined): readonly KubeObject[] {
  if (!bucket) return EMPTY;
  bucket.list ??= bucket.entries.map((entry) => entry.object);
  return bucket.list;
}

/** Where a rank stands, or would stand, in a bucket; found by halving. */
function placeIn(entries: readonly Entry[], rank: number): number {
  let [from, to] = [0, entries.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((entries[middle] as Entry).rank < rank) from = middle + 1;
    else to = middle;
  }
  return from;
}

function enter(index: Index, key: string, object: KubeObject): void {
  const entry = { rank: ++index.last, object };
  index.entries.set(key, entry);
  addTo(index, entry, object);
}

function leave(index: Index, key: string, object: KubeObject): void {
  removeFrom(index, index.entries.get(key) as Entry, object);
  index.entries.delete(key);
}

function replaceIn(index: Index, key: string, before: KubeObject, after: KubeObject): void {
  const entry = index.entries.get(key) as Entry;
  entry.object = after;
  if (samePlaces(before, after)) {
    for (const [buckets, place] of placesOf(index, after)) (buckets.get(place) as Bucket).list = null;
  } else {
    removeFrom(index, entry, before);
    addTo(index, entry, after);
  }
}

function addTo(index: Index, entry: Entry, object: KubeObject): void {
  for (const [buckets, place] of placesOf(index, object)) {
    const bucket = buckets.get(place);
    if (bucket) {
      bucket.entries.splice(placeIn(bucket.entries, entry.rank), 0, entry);
      bucket.list = null;
    } else buckets.set(place, { entries: [entry], list: null });
  }
}

function removeFrom(index: Index, entry: Entry, object: KubeObject): void {
  for (const [buckets, place] of placesOf(index, object)) {
    const bucket = buckets.get(place);
    if (!bucket) continue;
    const at = placeIn(bucket.entries, entry.rank);
    if (bucket.entries[at] === entry) bucket.entries.splice(at, 1);
    bucket.list = null;
    if (bucket.entries.length === 0) buckets.delete(place);
  }
}
