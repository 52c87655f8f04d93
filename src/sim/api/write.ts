// Creating and changing objects: the path that every write goes.
// Models apiserver/pkg/registry/generic/registry/store.go (Create, Update) and registry/rest/{create,update}.go.

import { isSame } from '../../base/json.ts';
import { nextText, nextUint32 } from '../../base/random.ts';
import type { Json, KubeObject } from '../types.ts';
import { decode } from './decode.ts';
import type { Desk, Draft } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { FieldErrors } from './fields.ts';
import { checkLimits } from './limits.ts';
import { managersAfter, managersAtCreation } from './managed.ts';
import { validateMeta } from './metadata.ts';
import { rulesOf } from './rules.ts';
import { ApiError, alreadyExists, badRequest, conflict, forbidden, invalid, notFound, STALE } from './status.ts';

/** CTL-08: no vowels, no 0, 1, 3. */
const SUFFIX = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const BASE_LENGTH = 58;
const NAME_TRIES = 8;

/** Creates an object from a body; returns it as stored. `managers`: of its fields, when an apply has found them. */
export function createObject(
  desk: Desk,
  info: ResourceInfo,
  namespace: string,
  body: unknown,
  managers?: readonly Json[],
): KubeObject {
  const draft = draftOf(desk, info, namespace, body);
  const rules = rulesOf(info);
  rules.defaults?.(draft);
  requireNamespace(desk, info, namespace, draft.metadata.name ?? draft.metadata.generateName ?? '');
  fillMeta(desk, info, draft);
  if (desk.manager) draft.metadata.managedFields = managers ?? tracked(() => managersAtCreation(desk, info, draft));
  if (rules.generation) draft.metadata.generation = 1;
  rules.prepareCreate?.(draft, desk);
  const errors = new FieldErrors();
  validateMeta(draft, info, rules, errors);
  rules.validate?.(draft, errors);
  if (errors.causes.length) throw invalid(info, draft.metadata.name ?? '', errors.causes);
  if (desk.store.get(info.resource, namespace, draft.metadata.name)) throw alreadyExists(info, draft.metadata.name);
  checkLimits(desk, info, draft.metadata.name);
  return desk.store.put(info.resource, draft, 'create', desk.from);
}

/** Managers of what was written; a list that cannot be tracked does not stop a write that is no apply (UpdateNoErrors). */
function tracked(find: () => readonly Json[] | undefined): readonly Json[] | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** A body as a draft of the right kind: decoded, in the namespace of the path. */
function draftOf(desk: Desk, info: ResourceInfo, namespace: string, body: unknown): Draft {
  const draft = decode(info, body, desk);
  draft.metadata ??= {};
  const own = draft.metadata.namespace;
  if (own && own !== namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  if (info.namespaced) draft.metadata.namespace = namespace;
  return draft;
}

/** Admission NamespaceLifecycle. */
function requireNamespace(desk: Desk, info: ResourceInfo, namespace: string, name: string): void {
  if (!info.namespaced) return;
  const found = desk.store.get('namespaces', '', namespace);
  if (!found) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  if (found.metadata.deletionTimestamp)
    throw forbidden(info, name, `unable to create new content in namespace ${namespace} because it is being terminated`);
}

function fillMeta(desk: Desk, info: ResourceInfo, draft: Draft): void {
  const meta = draft.metadata;
  for (const field of [
    'resourceVersion',
    'selfLink',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'managedFields',
    'generation',
  ])
    delete meta[field];
  meta.uid = newUid(desk);
  meta.creationTimestamp = desk.now;
  if (meta.generateName && !meta.name) meta.name = generatedName(desk, info, meta.namespace ?? '', meta.generateName);
}

/** A version 4 UUID from the cluster's stream. */
function newUid({ state }: Desk): string {
  const hex = Array.from({ length: 4 }, () =>
    nextUint32(state.streams, state.settings.seed, 'uid').toString(16).padStart(8, '0'),
  ).join('');
  const variant = '89ab'[Number.parseInt(hex[16] as string, 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** CTL-08 */
function generatedName({ state, store }: Desk, info: ResourceInfo, namespace: string, prefix: string): string {
  let name = '';
  for (let tries = 0; tries < NAME_TRIES; tries++) {
    name = prefix.slice(0, BASE_LENGTH) + nextText(state.streams, state.settings.seed, 'names', SUFFIX_LENGTH, SUFFIX);
    if (!store.get(info.resource, namespace, name)) break;
  }
  return name;
}

/** Replaces an object (PUT); returns it as stored, or the old one when nothing changed. */
export function updateObject(desk: Desk, info: ResourceInfo, namespace: string, name: string, body: unknown): KubeObject {
  const old = stored(desk, info, namespace, name);
  const draft = draftOf(desk, info, namespace, body);
  if (draft.metadata.name && draft.metadata.name !== name)
    throw badRequest(`the name of the object (${draft.metadata.name}) does not match the name on the URL (${name})`);
  draft.metadata.name = name;
  requireFresh(info, old, draft.metadata);
  return replace(desk, info, old, draft);
}

/** Stores a draft in place of an object whose freshness was checked. */
export function replace(desk: Desk, info: ResourceInfo, old: KubeObject, draft: Draft, managers?: readonly Json[]): KubeObject {
  const rules = rulesOf(info);
  rules.defaults?.(draft);
  carryOver(info, old, draft);
  rules.prepareUpdate?.(draft, old, desk);
  if (rules.generation && !isSame(contentOf(draft), contentOf(old)))
    draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
  const errors = new FieldErrors();
  validateMeta(draft, info, rules, errors);
  if (!isSame(contentOf(draft), contentOf(old))) rules.validate?.(draft, errors);
  rules.validateUpdate?.(draft, old, errors);
  if (errors.causes.length) throw invalid(info, old.metadata.name, errors.causes);
  const managedFields = managers ?? tracked(() => managersAfter(desk, info, old, draft));
  if (managedFields?.length) draft.metadata.managedFields = managedFields;
  else delete draft.metadata.managedFields;
  return save(desk, info, old, draft);
}

/** Everything but metadata and status. */
const contentOf = ({ metadata, status, ...content }: Draft) => content;

/** System fields and status come from the stored object, whatever the body says. */
function carryOver(info: ResourceInfo, old: KubeObject, draft: Draft): void {
  for (const field of [
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'resourceVersion',
  ] as const) {
    if (old.metadata[field] === undefined) delete draft.metadata[field];
    else draft.metadata[field] = old.metadata[field];
  }
  if (info.isCustom && !info.subresources.includes('status')) return;
  if (old.status === undefined) delete draft.status;
  else draft.status = old.status;
}

/** Replaces status only (PUT …/status): the rest stays as it is stored. */
export function updateStatus(desk: Desk, info: ResourceInfo, namespace: string, name: string, body: unknown): KubeObject {
  const old = stored(desk, info, namespace, name);
  const { status, metadata = {} } = body as Draft;
  requireFresh(info, old, metadata);
  return replaceStatus(desk, info, old, decode(info, { status }));
}

/** Stores the status of a decoded draft in place of the old one. */
export function replaceStatus(desk: Desk, info: ResourceInfo, old: KubeObject, draft: Draft): KubeObject {
  return save(desk, info, old, { ...old, status: draft.status ?? {} });
}

/** The stored object, or NotFound. */
export function stored(desk: Desk, info: ResourceInfo, namespace: string, name: string): KubeObject {
  const object = desk.store.get(info.resource, namespace, name);
  if (!object) throw notFound(info, name);
  return object;
}

/** CTL-04; a body without resourceVersion means "whatever is there". */
function requireFresh(info: ResourceInfo, old: KubeObject, meta: Draft): void {
  const { uid, resourceVersion } = meta;
  if (uid && uid !== old.metadata.uid)
    throw conflict(
      info,
      old.metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
    );
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw conflict(info, old.metadata.name, STALE);
}

/** Whether finalizers keep an object from going; a namespace has one of its own. */
export const isHeld = ({ metadata, kind, spec }: KubeObject): boolean =>
  !!(metadata.finalizers?.length || (kind === 'Namespace' && spec?.finalizers?.length));

/** Writes; an object that waited for its last finalizer goes instead (CTL-06), and an unchanged one is not written. */
export function save(desk: Desk, info: ResourceInfo, old: KubeObject, next: KubeObject): KubeObject {
  const meta = next.metadata;
  if (meta.deletionTimestamp && !isHeld(next) && !meta.deletionGracePeriodSeconds && isHeld(old))
    return desk.store.remove(info.resource, next, desk.from);
  if (isSame(next, old)) return old;
  return desk.store.put(info.resource, next, 'update', desk.from);
}
