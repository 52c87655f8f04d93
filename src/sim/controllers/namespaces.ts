// Empties a namespace that is being deleted, Pods first, and lets it go when nothing is left.
// Models pkg/controller/namespace/deletion/namespaced_resources_deleter.go (v1.36, OrderedNamespaceDeletion).
// Differs: no conditions on what is left; it looks again after half a second.

import type { Actor, SyncContext } from '../actor.ts';
import { RESOURCES } from '../api/discovery.ts';
import type { KubeObject, Resource } from '../types.ts';

const AGAIN_MS = 500;
/** Objects that are deleted in one go. */
const BATCH = 200;
const BUILT_IN = RESOURCES.filter(
  (info) => info.namespaced && info.verbs.includes('delete') && info.resource !== 'endpoints',
).map(({ resource }) => resource);

/** Everything there can be in a namespace; Pods go before the rest. */
function resourcesIn(ctx: SyncContext): readonly Resource[] {
  const customs = (ctx.read.list('customresourcedefinitions') as readonly KubeObject[])
    .filter(({ spec }) => spec.scope === 'Namespaced')
    .map(({ spec }): Resource => spec.names.plural);
  return [...BUILT_IN.filter((resource) => resource !== 'pods'), ...customs];
}

/** NS-01: asks for the deletion of what is still there; how many objects are left. */
function empty(resource: Resource, namespace: string, ctx: SyncContext): number {
  const objects = ctx.read.list(resource, namespace) as readonly KubeObject[];
  for (const { metadata } of objects.filter((object) => !object.metadata.deletionTimestamp).slice(0, BATCH))
    ctx.api.delete(resource, namespace, metadata.name, { propagationPolicy: 'Background' }, 'NS-01', {
      namespace,
      object: metadata.name,
    });
  return (ctx.read.list(resource, namespace) as readonly KubeObject[]).length;
}

function sync(name: string, ctx: SyncContext): void {
  const namespace = ctx.read.get('namespaces', '', name) as KubeObject | undefined;
  if (!namespace?.metadata.deletionTimestamp) return;
  let left = empty('pods', name, ctx);
  if (left === 0) for (const resource of resourcesIn(ctx)) left += empty(resource, name, ctx);
  if (left > 0) ctx.after(AGAIN_MS, name);
  else
    ctx.api.patch('namespaces', '', name, { spec: { finalizers: null } }, 'merge', 'NS-02', {
      subresource: 'finalize',
      facts: { namespace: name },
    });
}

export const namespaceController: Actor = {
  name: 'namespace-controller',
  latencyMs: [10, 35],
  watches: { namespaces: ({ metadata }) => [metadata.name] },
  sync,
};
