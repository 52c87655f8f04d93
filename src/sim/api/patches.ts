// The three patch forms. JSON patch: RFC 6902. Merge patch: RFC 7386. Strategic merge: lists are merged by the schema's keys
// (apimachinery/pkg/util/strategicpatch/patch.go).

import { copyOf, isRecord, isSame, setOwn } from '../../base/json.ts';
import type { Draft } from './desk.ts';
import { fieldType, type SchemaField } from './schema.ts';
import { badRequest, failure } from './status.ts';

/** RFC 7386: null removes, objects merge, everything else replaces. Returns a new value. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return copyOf(patch);
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else setOwn(result, key, mergePatch(result[key], value));
  }
  return result;
}

interface JsonPatchStep {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** RFC 6902 on a copy; throws Invalid when a step does not fit. */
export function jsonPatch(target: unknown, steps: unknown): unknown {
  if (!Array.isArray(steps)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  const root = { '': copyOf(target) } as Record<string, unknown>;
  for (const step of steps as JsonPatchStep[]) applyStep(root, step);
  return root[''];
}

const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

function placeOf(root: Record<string, unknown>, pointer: string): { readonly parent: Draft; readonly key: string } {
  const parts = ['', ...pointer.split('/').slice(1).map(unescaped)];
  let parent: Draft = root;
  for (const part of parts.slice(0, -1)) {
    parent = Object.hasOwn(parent, part) ? parent[part] : undefined;
    if (typeof parent !== 'object' || parent === null) throw misfit();
  }
  return { parent, key: parts.at(-1) as string };
}

/** A step that does not fit, of which the server tells no more (NewGenericServerResponse of 422). */
const misfit = () => failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

function applyStep(root: Record<string, unknown>, step: JsonPatchStep): void {
  const { op, path } = step;
  if (typeof path !== 'string') throw misfit();
  const { parent, key } = placeOf(root, path);
  if (op === 'add') put(parent, key, copyOf(step.value));
  else if (op === 'copy' || op === 'move') transfer(root, step, parent, key);
  else {
    if (!(Array.isArray(parent) ? Number(key) < parent.length : Object.hasOwn(parent, key))) throw misfit();
    if (op === 'remove') take(parent, key);
    else if (op === 'replace') overwrite(parent, key, copyOf(step.value));
    else if (op !== 'test') throw badRequest(`Unexpected kind: ${op}`);
    else if (!isSame(parent[key], step.value)) throw misfit();
  }
}

function transfer(root: Record<string, unknown>, { op, from = '' }: JsonPatchStep, parent: Draft, key: string): void {
  const source = placeOf(root, from);
  const taken = copyOf(source.parent[source.key]);
  if (op === 'move') take(source.parent, source.key);
  put(parent, key, taken);
}

function overwrite(parent: Draft, key: string, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else setOwn(parent, key, value);
}

function put(parent: Draft, key: string, value: unknown): void {
  if (!Array.isArray(parent)) {
    setOwn(parent, key, value);
    return;
  }
  const at = key === '-' ? parent.length : Number(key);
  if (!(Number.isInteger(at) && at >= 0 && at <= parent.length)) throw misfit();
  parent.splice(at, 0, value);
}

function take(parent: Draft, key: string): void {
  if (Array.isArray(parent)) {
    if (!(Number(key) < parent.length)) throw misfit();
    parent.splice(Number(key), 1);
  } else delete parent[key];
}

const DIRECTIVE = '$patch';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';
const RETAIN_KEYS = '$retainKeys';

/** Strategic merge of a patch into a value whose type the schema names; null for an unknown type, which merges like RFC 7386. */
export function strategicPatch(target: unknown, patch: unknown, type: string | null): unknown {
  if (!isRecord(patch)) return copyOf(patch);
  if (patch[DIRECTIVE] === 'replace') return without(patch, DIRECTIVE);
  if (patch[DIRECTIVE] === 'delete') return {};
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  const retained = patch[RETAIN_KEYS];
  if (Array.isArray(retained)) for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  for (const [key, value] of Object.entries(patch)) {
    if (key === RETAIN_KEYS || key === DIRECTIVE || key.startsWith(SET_ORDER)) continue;
    if (key.startsWith(DELETE_FROM)) {
      const field = key.slice(DELETE_FROM.length);
      result[field] = ((result[field] as unknown[]) ?? []).filter((x) => !(value as unknown[]).some((y) => isSame(x, y)));
    } else if (value === null) delete result[key];
    else
      setOwn(
        result,
        key,
        mergedField(result[key], value, type === null ? undefined : fieldType(type, key), patch[SET_ORDER + key]),
      );
  }
  return result;
}

const without = (record: Record<string, unknown>, key: string) => {
  const { [key]: _, ...rest } = record;
  return copyOf(rest);
};

function mergedField(target: unknown, patch: unknown, field: SchemaField | undefined, order: unknown): unknown {
  const inner = field ? field.inner : null;
  if (!Array.isArray(patch)) return strategicPatch(target, patch, field?.shape === 'map' ? null : inner);
  if (!field?.merges) return copyOf(patch);
  const list = Array.isArray(target) ? target : [];
  const merged = field.mergeKey
    ? mergeByKey(list, patch, field.mergeKey, inner)
    : [...list, ...patch.filter((x) => !list.some((y) => isSame(x, y)))];
  return Array.isArray(order) ? inOrder(merged, order, field.mergeKey) : merged;
}

/** Elements with the same key are merged in place, new ones are put in front, as upstream does without an order. */
function mergeByKey(list: readonly unknown[], patch: readonly unknown[], key: string, type: string | null): unknown[] {
  let result = [...list] as Draft[];
  if (patch.some((element) => isRecord(element) && element[DIRECTIVE] === 'replace' && Object.keys(element).length === 1))
    return patch.filter((element) => !(isRecord(element) && element[DIRECTIVE] === 'replace')).map(copyOf);
  for (const element of patch as Draft[]) {
    const at = result.findIndex((have) => isSame(have?.[key], element?.[key]));
    if (element?.[key] === undefined)
      throw badRequest(`map: ${JSON.stringify(element)} does not contain declared merge key: ${key}`);
    if (element[DIRECTIVE] === 'delete') result = result.filter((_, i) => i !== at);
    else if (at >= 0) result[at] = strategicPatch(result[at], element, type);
    else result.push(strategicPatch({}, element, type));
  }
  return result;
}

function inOrder(list: readonly Draft[], order: readonly Draft[], key: string | undefined): unknown[] {
  const idOf = (element: Draft) => (key ? element?.[key] : element);
  const rank = (element: Draft) => order.findIndex((wanted) => isSame(idOf(wanted), idOf(element)));
  const listed = list.filter((element) => rank(element) >= 0).sort((a, b) => rank(a) - rank(b));
  return [...listed, ...list.filter((element) => rank(element) < 0)];
}
