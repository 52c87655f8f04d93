// Removes what is owned by nobody any more, in the three ways of deleting an owner.
// Models pkg/controller/garbagecollector/garbagecollector.go attemptToDeleteItem, processDeletingDependentsItem, orphanDependents (v1.36),
// rules GC-01 … GC-06.
// Differs: the graph is the store's index of owners; owners of another namespace are not told apart.

import type { Actor, Reader, SyncContext, Watch } from '../actor.ts';
import type { DeleteOptions } from '../api/client.ts';
import type { KubeObject, OwnerReference, Resource } from '../types.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** Resources whose objects own or are owned in this simulator. */
const WATCHED: readonly Resource[] = [
  'pods',
  'replicasets',
  'deployments',
  'statefulsets',
  'controllerrevisions',
  'jobs',
  'cronjobs',
  'services',
  'endpointslices',
  'persistentvolumeclaims',
  'configmaps',
  'secrets',
  'poddisruptionbudgets',
  'horizontalpodautoscalers',
];

const keyOf = (resource: Resource, { metadata }: KubeObject) => `${resource}/${metadata.namespace ?? ''}/${metadata.name}`;
const hasFinalizer = (object: KubeObject, finalizer: string) => (object.metadata.finalizers ?? []).includes(finalizer);
const isGoing = (object: KubeObject) => object.metadata.deletionTimestamp !== undefined;
const isWaiting = (object: KubeObject) => isGoing(object) && (hasFinalizer(object, FOREGROUND) || hasFinalizer(object, ORPHAN));

/** The owner behind a reference, if an object with that uid is still there (GC-04). */
function ownerOf(reference: OwnerReference, namespace: string, read: Reader): KubeObject | undefined {
  const owner: KubeObject | undefined = read.get(`${reference.kind.toLowerCase()}s`, namespace, reference.name);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

const watch: Watch = (object, _before, read, gone, resource) => {
  const keys: string[] = [];
  const namespace = object.metadata.namespace ?? '';
  const references = object.metadata.ownerReferences ?? [];
  if (gone || isWaiting(object)) {
    for (const dependent of read.dependents(object.metadata.uid)) keys.push(keyOf(dependent.resource, dependent.object));
  }
  if (!gone && (isWaiting(object) || references.some((reference) => !read.has(reference.uid))))
    keys.push(keyOf(resource, object));
  for (const reference of references) {
    const owner = ownerOf(reference, namespace, read);
    if (owner && isWaiting(owner))
      keys.push(keyOf(`${reference.kind.toLowerCase()}s`, owner), ...(gone ? [] : [keyOf(resource, object)]));
  }
  return keys;
};

export type CollectPlan =
  | { readonly act: 'keep' }
  | { readonly act: 'delete'; readonly policy: NonNullable<DeleteOptions['propagationPolicy']>; readonly why: string }
  | { readonly act: 'unlink'; readonly keep: readonly OwnerReference[] };

/** GC-01, GC-02, GC-04: what becomes of an object, given which of its owners are solid, gone, or waiting for it to go. */
export function planCollection(
  object: KubeObject,
  stateOf: (reference: OwnerReference) => 'solid' | 'gone' | 'waiting',
  hasDependents: boolean,
): CollectPlan {
  const references = object.metadata.ownerReferences ?? [];
  const by = (state: string) => references.filter((reference) => stateOf(reference) === state);
  if (references.length === 0 || isGoing(object)) return { act: 'keep' };
  const [solid, gone, waiting] = [by('solid'), by('gone'), by('waiting')];
  if (solid.length > 0) return gone.length + waiting.length > 0 ? { act: 'unlink', keep: solid } : { act: 'keep' };
  if (waiting.length > 0) return { act: 'delete', policy: hasDependents ? 'Foreground' : 'Background', why: 'GC-02' };
  return {
    act: 'delete',
    policy: hasFinalizer(object, ORPHAN) ? 'Orphan' : hasFinalizer(object, FOREGROUND) ? 'Foreground' : 'Background',
    why: 'GC-01',
  };
}

function withoutFinalizer(
  object: KubeObject,
  finalizer: string,
): { readonly metadata: { readonly finalizers: readonly string[] | null } } {
  const rest = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
  return { metadata: { finalizers: rest.length > 0 ? rest : null } };
}

/** GC-02, GC-03: an owner that waits for its dependents to go, or to be let go. Returns whether it was one. */
function settleOwner(resource: Resource, object: KubeObject, ctx: SyncContext): boolean {
  if (!isWaiting(object)) return false;
  const { name, namespace = '', uid } = object.metadata;
  const dependents = ctx.read.dependents(uid);
  const isOrphaning = hasFinalizer(object, ORPHAN);
  if (isOrphaning) {
    for (const { resource: kind, object: dependent } of dependents) {
      const rest = (dependent.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
      const patch = { metadata: { ownerReferences: rest.length > 0 ? rest : null } };
      ctx.api.patch(kind, dependent.metadata.namespace ?? '', dependent.metadata.name, patch, 'merge', 'GC-03', {
        facts: { owner: name },
      });
    }
  } else {
    const isBlocking = ({ metadata }: KubeObject) =>
      (metadata.ownerReferences ?? []).some((reference) => reference.uid === uid && reference.blockOwnerDeletion === true);
    if (dependents.some((dependent) => isBlocking(dependent.object))) return true;
  }
  const finalizer = isOrphaning ? ORPHAN : FOREGROUND;
  ctx.api.patch(resource, namespace, name, withoutFinalizer(object, finalizer), 'merge', isOrphaning ? 'GC-03' : 'GC-02');
  return true;
}

function sync(key: string, ctx: SyncContext): void {
  const [resource = '', namespace = '', name = ''] = key.split('/');
  const object = ctx.read.get(resource, namespace, name) as KubeObject | undefined;
  if (!object || settleOwner(resource, object, ctx)) return;
  const stateOf = (reference: OwnerReference) => {
    if (!ctx.read.has(reference.uid)) return 'gone' as const;
    const owner = ownerOf(reference, namespace, ctx.read);
    const isWanted = owner && isGoing(owner) && hasFinalizer(owner, FOREGROUND) && reference.blockOwnerDeletion === true;
    return isWanted ? ('waiting' as const) : ('solid' as const);
  };
  const plan = planCollection(object, stateOf, ctx.read.dependents(object.metadata.uid).length > 0);
  if (plan.act === 'unlink')
    ctx.api.patch(resource, namespace, name, { metadata: { ownerReferences: plan.keep } }, 'merge', 'GC-04');
  if (plan.act !== 'delete') return;
  const facts = { [resource === 'pods' ? 'pod' : 'object']: name, owner: object.metadata.ownerReferences?.[0]?.name ?? '' };
  const options = { propagationPolicy: plan.policy, preconditions: { uid: object.metadata.uid } };
  ctx.api.delete(resource, namespace, name, options, plan.why, facts);
}

export const garbageCollector: Actor = {
  name: 'generic-garbage-collector',
  latencyMs: [10, 35],
  watches: Object.fromEntries([...WATCHED, '*'].map((resource) => [resource, watch])),
  sync,
};
