// Accepts the names of a CustomResourceDefinition, so that its kind is served; when it is deleted, its objects go first.
// Models apiextensions-apiserver/pkg/controller/{status/naming_controller,establish/establishing_controller,finalizer/crd_finalizer}.go.
// Differs: names are never refused, one actor does all three jobs, and the kind is served at once when it is established.

import type { Actor, SyncContext } from '../actor.ts';
import type { KubeObject } from '../types.ts';

const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
const RESOURCE = 'customresourcedefinitions';
/** Objects that are deleted in one go. */
const BATCH = 50;
const AGAIN_MS = 100;

function condition(type: string, reason: string, message: string, now: string) {
  return { type, status: 'True', reason, message, lastTransitionTime: now };
}

/** CRD-01: names are accepted, then the kind is served. */
function establish(definition: KubeObject, ctx: SyncContext): void {
  const { listKind, ...names } = definition.spec.names;
  const { finalizers = [] } = definition.metadata;
  const status = {
    acceptedNames: { ...names, listKind },
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found', ctx.now),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', ctx.now),
    ],
    storedVersions: definition.spec.versions
      .filter((version: { storage?: boolean }) => version.storage)
      .map((version: { name: string }) => version.name),
  };
  const facts = { kind: names.kind };
  const marked = ctx.api.patch(
    RESOURCE,
    '',
    definition.metadata.name,
    { metadata: { finalizers: [...finalizers, CLEANUP] } },
    'merge',
    'CRD-01',
    { facts },
  );
  ctx.api.updateStatus(RESOURCE, { ...marked, status }, 'CRD-01', facts);
}

/** CRD-02: the objects of a definition that is being deleted go first. Returns whether any are left. */
function clear(definition: KubeObject, ctx: SyncContext): boolean {
  const { plural, kind } = definition.spec.names;
  const left = ctx.read.list(plural) as readonly KubeObject[];
  for (const { metadata } of left.filter((object) => !object.metadata.deletionTimestamp).slice(0, BATCH))
    ctx.api.delete(plural, metadata.namespace ?? '', metadata.name, {}, 'CRD-02', { kind, object: metadata.name });
  return ctx.read.list(plural).length > 0;
}

function sync(name: string, ctx: SyncContext): void {
  const definition = ctx.read.get(RESOURCE, '', name) as KubeObject | undefined;
  if (!definition) return;
  const { finalizers = [], deletionTimestamp } = definition.metadata;
  if (!deletionTimestamp) {
    if (!finalizers.includes(CLEANUP)) establish(definition, ctx);
    return;
  }
  if (!finalizers.includes(CLEANUP)) return;
  if (clear(definition, ctx)) {
    ctx.after(AGAIN_MS, name);
    return;
  }
  const rest = finalizers.filter((finalizer) => finalizer !== CLEANUP);
  const facts = { kind: definition.spec.names.kind };
  ctx.api.patch(RESOURCE, '', name, { metadata: { finalizers: rest.length ? rest : null } }, 'merge', 'CRD-02', { facts });
}

export const customResourceController: Actor = {
  name: 'apiextensions-controller',
  latencyMs: [10, 35],
  watches: { [RESOURCE]: ({ metadata }) => [metadata.name] },
  sync,
};
