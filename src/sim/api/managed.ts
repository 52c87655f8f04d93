// Who manages which fields of an object, and server-side apply.
// Models apimachinery/pkg/util/managedfields and sigs.k8s.io/structured-merge-diff (merge/update.go, typed/merge.go), with their sentences.
// Differs: only objects made or applied by a command that names its field manager are tracked, and writes of status are not; controllers
// that change a tracked object count as kube-controller-manager. A struct that is set as a whole is not itself listed (no `.` in it).

import { isRecord, isSame } from '../../base/json.ts';
import type { Json, KubeObject } from '../types.ts';
import { decode } from './decode.ts';
import type { Desk, Draft } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { fieldType, type SchemaField, typeOf } from './schema.ts';
import { type ApiError, applyConflict, badRequest, isReason, typedPatchFault } from './status.ts';

/** A path as its elements in FieldsV1 (`f:spec`, `k:{"name":"web"}`, `v:"x"`), joined by line breaks: neither names nor JSON have any. */
type Path = string;
/** What stands at each path: a value, or MARK for an element or container whose fields have paths of their own. */
type Leaves = Map<Path, unknown>;

export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly time: string;
  readonly paths: ReadonlySet<Path>;
}

const MARK = Symbol('has fields');
const BREAK = '\n';
/** Structures and maps that have one manager as a whole (x-kubernetes-map-type: atomic). */
const ATOMIC_TYPES = new Set(
  'LabelSelector ObjectFieldSelector ResourceFieldSelector ConfigMapKeySelector SecretKeySelector LocalObjectReference ObjectReference TypedLocalObjectReference NodeSelector NodeSelectorTerm'.split(
    ' ',
  ),
);
const ATOMIC_FIELDS = new Set(['ServiceSpec.selector', 'PodSpec.nodeSelector']);

// ---- structure ------------------------------------------------------------------------------------------------------------------

/** Where a value stands: what the schema says of it. Without a schema, objects are granular and lists are one value. */
interface Place {
  readonly type: string | null;
  readonly field?: SchemaField | undefined;
  readonly isAtomic?: boolean;
}

interface Part {
  readonly element: string;
  readonly value: unknown;
  readonly place: Place;
}

const placeOf = (type: string | null, key: string): Place => {
  const field = type === null ? undefined : fieldType(type, key);
  const isAtomic = ATOMIC_TYPES.has(field?.type ?? '') || ATOMIC_FIELDS.has(`${type}.${key}`);
  return { type: field?.inner ?? null, field, isAtomic };
};

/** The keys of a list's element, as its path has them; a port's protocol is TCP when nothing is said. */
function keyOf(element: Draft, keys: readonly string[]): string {
  const values = keys.map((key) => {
    const value = element?.[key] ?? (key === 'protocol' ? 'TCP' : undefined);
    if (value === undefined)
      throw badRequest(
        `associative list with keys has an element that omits key field "${key}" (and doesn't have default value)`,
      );
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  return `k:{${values.join(',')}}`;
}

/** The parts of a value that have managers of their own; null for a single value. */
function partsOf(value: unknown, { type, field, isAtomic }: Place): readonly Part[] | null {
  if (typeof value !== 'object' || value === null || isAtomic) return null;
  const inner: Place = { type };
  if (Array.isArray(value)) {
    if (field?.shape !== 'list') return null;
    const { listKeys, merges } = field;
    if (listKeys.length)
      return value.map((element) => ({ element: keyOf(element, [...listKeys].sort()), value: element, place: inner }));
    return merges ? value.map((element) => ({ element: `v:${JSON.stringify(element)}`, value: element, place: inner })) : null;
  }
  const isMap = field?.shape === 'map';
  return Object.entries(value).map(([key, part]) => ({
    element: `f:${key}`,
    value: part,
    place: isMap ? inner : placeOf(type, key),
  }));
}

const below = (path: Path, element: string) => (path ? path + BREAK + element : element);

/** Everything that can be managed, by path. `containers`: lists and maps themselves too, as writes that are no applies have them. */
function leavesOf(object: Draft, type: string | null, containers: boolean): Leaves {
  const leaves: Leaves = new Map();
  const visit = (path: Path, value: unknown, place: Place, isElement: boolean) => {
    const parts = partsOf(value, place);
    if (!parts?.length) leaves.set(path, value);
    else if (isElement || (containers && place.field && place.field.shape !== 'one' && !place.field.required))
      leaves.set(path, MARK);
    for (const part of parts ?? []) visit(below(path, part.element), part.value, part.place, part.element.startsWith('k:'));
  };
  const { apiVersion: _, kind: __, status: ___, metadata, ...content } = object;
  for (const [key, value] of Object.entries(content)) visit(`f:${key}`, value, placeOf(type, key), false);
  for (const key of ['labels', 'annotations', 'finalizers', 'ownerReferences'])
    if (metadata?.[key] !== undefined) visit(`f:metadata${BREAK}f:${key}`, metadata[key], placeOf('ObjectMeta', key), false);
  return leaves;
}

interface Difference {
  readonly changed: readonly Path[];
  readonly removed: readonly Path[];
}

function differenceOf(before: Leaves, after: Leaves): Difference {
  return {
    changed: [...after].filter(([path, value]) => !before.has(path) || !isSame(before.get(path), value)).map(([path]) => path),
    removed: [...before.keys()].filter((path) => !after.has(path)),
  };
}

// ---- metadata.managedFields -------------------------------------------------------------------------------------------------------

function pathsFrom(fields: Draft, at: Path = '', into = new Set<Path>()): Set<Path> {
  for (const [element, inner] of Object.entries(fields ?? {})) {
    if (element === '.') into.add(at);
    else if (Object.keys(inner as object).length === 0) into.add(below(at, element));
    else pathsFrom(inner, below(at, element), into);
  }
  return into;
}

function fieldsFrom(paths: ReadonlySet<Path>): Json {
  const root: Record<string, Draft> = {};
  for (const path of [...paths].sort()) {
    let node = root;
    for (const element of path.split(BREAK)) node = node[element] ??= {};
  }
  for (const path of paths) {
    let node = root;
    for (const element of path.split(BREAK)) node = node[element];
    if (Object.keys(node).length) node['.'] = {};
  }
  return root;
}

/** The managers of an object's fields. */
export const ownersOf = ({ metadata }: Draft): readonly Owner[] =>
  (metadata?.managedFields ?? []).map(({ fieldsV1, fieldsType: _, ...entry }: Draft) => ({
    ...entry,
    paths: pathsFrom(fieldsV1),
  }));

/** metadata.managedFields of managers: appliers first, then by time. */
export const managedFieldsOf = (owners: readonly Owner[]): readonly Json[] =>
  owners
    .filter(({ paths }) => paths.size > 0)
    .sort((a, b) => {
      const [x, y] = [a, b].map((o) => [o.operation, o.time, o.manager, o.apiVersion, o.subresource ?? ''].join(BREAK));
      return (x as string) < (y as string) ? -1 : 1;
    })
    .map(({ paths, ...entry }) => ({ ...entry, fieldsType: 'FieldsV1', fieldsV1: fieldsFrom(paths) }));

const without = (paths: ReadonlySet<Path>, ...lists: readonly (readonly Path[])[]): ReadonlySet<Path> => {
  const drop = new Set(lists.flat());
  return new Set([...paths].filter((path) => !drop.has(path)));
};

const isSameSet = (a: ReadonlySet<Path>, b: ReadonlySet<Path>) => a.size === b.size && [...a].every((path) => b.has(path));

/** Managers as they are stored: one whose fields did not change keeps its time; the same list when none did. */
function settled(before: readonly Owner[], after: readonly Owner[], old: readonly Json[] | undefined): readonly Json[] {
  const kept = after
    .filter(({ paths }) => paths.size > 0)
    .map((owner) => before.find((one) => isSameOwner(one, owner) && isSameSet(one.paths, owner.paths)) ?? owner);
  return old && kept.length === before.length && kept.every((owner) => before.includes(owner)) ? old : managedFieldsOf(kept);
}

const isSameOwner = (a: Owner, b: Owner) =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

function ownerNow(desk: Desk, info: ResourceInfo, operation: Owner['operation'], paths: ReadonlySet<Path>): Owner {
  return {
    manager: desk.manager ?? 'kube-controller-manager',
    operation,
    apiVersion: info.groupVersion,
    ...(desk.subresource ? { subresource: desk.subresource } : {}),
    time: desk.now,
    paths,
  };
}

/** managedFields of an object that a command creates. */
export function managersAtCreation(desk: Desk, info: ResourceInfo, draft: Draft): readonly Json[] {
  const leaves = leavesOf(draft, typeOf(info.groupVersion, info.kind), true);
  return managedFieldsOf([ownerNow(desk, info, 'Update', new Set(leaves.keys()))]);
}

/** managedFields after a write that is no apply: the writer takes over what it changed. */
export function managersAfter(desk: Desk, info: ResourceInfo, old: KubeObject, next: Draft): readonly Json[] | undefined {
  const own = old.metadata.managedFields;
  const given = desk.manager && next.metadata.managedFields ? next.metadata.managedFields : own;
  if (!given?.length) return given;
  const type = typeOf(info.groupVersion, info.kind);
  const { changed, removed } = differenceOf(leavesOf(old, type, true), leavesOf(next, type, true));
  if (changed.length + removed.length === 0) return given;
  const owners = ownersOf({ metadata: { managedFields: given } });
  const me = ownerNow(desk, info, 'Update', new Set());
  const mine = owners.find((owner) => isSameOwner(owner, me))?.paths ?? me.paths;
  const others = owners
    .filter((owner) => !isSameOwner(owner, me))
    .map((owner) => ({ ...owner, paths: without(owner.paths, changed, removed) }));
  return settled(owners, [...others, { ...me, paths: without(new Set([...mine, ...changed]), removed) }], given);
}

// ---- apply ----------------------------------------------------------------------------------------------------------------------

/** What is there with what is applied on it; elements of lists keep their places and new ones follow. */
function merged(live: unknown, applied: unknown, place: Place): unknown {
  const parts = partsOf(applied, place);
  const there = parts && partsOf(live, place);
  if (!parts || !there || Array.isArray(applied) !== Array.isArray(live)) return applied;
  const byElement = new Map(parts.map((part) => [part.element, part]));
  const result = new Map(
    there.map(({ element, value }) => {
      const part = byElement.get(element);
      return [element, part ? merged(value, part.value, part.place) : value];
    }),
  );
  for (const { element, value } of parts) if (!result.has(element)) result.set(element, value);
  if (Array.isArray(applied)) return [...result.values()];
  return Object.fromEntries([...result].map(([element, value]) => [element.slice(2), value]));
}

/** The object without what stands at a path. */
function withoutPath(value: unknown, place: Place, [element, ...rest]: readonly string[]): unknown {
  const parts = partsOf(value, place);
  if (!parts || element === undefined) return value;
  const kept = parts.flatMap((part) => {
    if (part.element !== element) return [part];
    return rest.length ? [{ ...part, value: withoutPath(part.value, part.place, rest) }] : [];
  });
  if (Array.isArray(value)) return kept.map((part) => part.value);
  return Object.fromEntries(kept.map((part) => [part.element.slice(2), part.value]));
}

/** Paths and the fields that lead to them: whoever sets the last field of a structure sets the structure. */
function withParents(paths: ReadonlySet<Path>): Set<Path> {
  const all = new Set(paths);
  for (const path of paths) {
    const elements = path.split(BREAK);
    while (elements.pop() && elements.length > 1) all.add(elements.join(BREAK));
  }
  return all;
}

/** Removes what this manager applied before, does not apply now, and nobody else manages. */
function pruned(
  object: Draft,
  root: Place,
  before: ReadonlySet<Path>,
  now: ReadonlySet<Path>,
  others: readonly Owner[],
): Draft {
  const wanted = withParents(now);
  const foreign = others.flatMap(({ paths }) => [...paths]);
  const gone = [...withParents(before)].filter(
    (path) => !wanted.has(path) && !foreign.some((other) => other === path || other.startsWith(path + BREAK)),
  );
  // Whole elements first: their keys are what they are found by.
  return gone.sort((a, b) => a.length - b.length).reduce((left, path) => withoutPath(left, root, path.split(BREAK)), object);
}

/** `.spec.template.spec.containers[name="web"].image` */
function shownPath(path: Path): string {
  return path
    .split(BREAK)
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const keys = Object.entries(JSON.parse(element.slice(2)) as object);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}

const shownOwner = ({ manager, operation, apiVersion, subresource }: Owner) =>
  `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;

function conflictOf(clashes: readonly { readonly owner: Owner; readonly paths: readonly Path[] }[]): ApiError {
  const all = clashes
    .map(({ owner, paths }) => ({ owner: shownOwner(owner), paths: paths.map(shownPath).sort() }))
    .sort((a, b) => (a.owner < b.owner ? -1 : 1));
  const causes = all.flatMap(({ owner, paths }) => paths.map((field) => ({ owner, field })));
  const [first] = causes;
  const list =
    first && causes.length === 1
      ? `1 conflict: conflict with ${first.owner}: ${first.field}`
      : `${causes.length} conflicts: ${all.map(({ owner, paths }) => [`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`)].join('\n')).join('\n')}`;
  return applyConflict(
    `Apply failed with ${list}`,
    causes.map(({ owner, field }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })),
  );
}

/** A manifest read for an apply: unknown fields are told in the words of the typed patch. */
export function decodeApplied(info: ResourceInfo, body: unknown): Draft {
  if (isRecord(body) && isRecord(body['metadata']) && body['metadata']['managedFields'])
    throw badRequest('metadata.managedFields must be nil');
  try {
    return decode(info, body);
  } catch (error) {
    const field = isReason(error, 'BadRequest') ? /unknown field "([^"]+)"/.exec(error.message)?.[1] : undefined;
    const { namespace = '', name = '' } = (body as Draft)?.metadata ?? {};
    if (!field) throw error;
    throw typedPatchFault(
      `(${namespace}/${name}; ${info.groupVersion}, Kind=${info.kind}): .${field}: field not declared in schema`,
    );
  }
}

/** managedFields of an object that an apply creates. */
export function managersOfApplied(desk: Desk, info: ResourceInfo, applied: Draft): readonly Json[] {
  const leaves = leavesOf(applied, typeOf(info.groupVersion, info.kind), false);
  return managedFieldsOf([ownerNow(desk, info, 'Apply', new Set(leaves.keys()))]);
}

/** What an apply makes of a stored object, and who manages what then. Throws Conflict unless forced. */
export function applied(desk: Desk, info: ResourceInfo, old: KubeObject, config: Draft, force: boolean) {
  const type = typeOf(info.groupVersion, info.kind);
  const root: Place = { type };
  const before = leavesOf(old, type, true);
  const given = old.metadata.managedFields;
  const owners = given?.length
    ? ownersOf(old)
    : [{ ...ownerNow(desk, info, 'Update', new Set(before.keys())), manager: 'before-first-apply' }];
  const me = ownerNow(desk, info, 'Apply', new Set(leavesOf(config, type, false).keys()));
  const others = owners.filter((owner) => !isSameOwner(owner, me));
  const last = owners.find((owner) => isSameOwner(owner, me))?.paths ?? new Set<Path>();
  const whole = merged(old, { ...config, metadata: { ...config.metadata } }, root);
  const draft = pruned(whole, root, last, me.paths, others);
  const { changed, removed } = differenceOf(before, leavesOf(draft, type, true));
  const clashes = others
    .map((owner) => ({ owner, paths: changed.filter((path) => owner.paths.has(path)) }))
    .filter(({ paths }) => paths.length > 0);
  if (clashes.length && !force) throw conflictOf(clashes);
  const left = others.map((owner) => ({ ...owner, paths: without(owner.paths, changed, removed) }));
  return { draft, managedFields: settled(owners, [...left, me], given) };
}
