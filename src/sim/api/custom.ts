// Custom resources: what a CustomResourceDefinition must say, and what its schema asks of objects.
// Models apiextensions-apiserver/pkg/apis/apiextensions/validation and pkg/apiserver/schema (pruning, defaulting), kube-openapi's sentences.
// Differs: of a schema type, properties, items, additionalProperties, required, enum, bounds, lengths, pattern and default are used, and
// no CEL rule; one version is enough, and none is converted.

import { copyOf, isRecord, isSame } from '../../base/json.ts';
import type { Draft, KindRules } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import type { FieldErrors } from './fields.ts';

/** An openAPIV3Schema, as far as it is used. */
export interface OpenApi {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, OpenApi>>;
  readonly items?: OpenApi;
  readonly additionalProperties?: OpenApi | boolean;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly [bound: string]: unknown;
}

/** The schema of a part, null when anything goes there, undefined when there is no such part. */
function partOf(schema: OpenApi, key: string | number): OpenApi | null | undefined {
  if (typeof key === 'number') return schema.items ?? null;
  const own = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
  if (own) return own;
  if (isRecord(schema.additionalProperties)) return schema.additionalProperties as OpenApi;
  const isOpen =
    schema.additionalProperties === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema['x-kubernetes-embedded-resource'] === true;
  return isOpen ? null : undefined;
}

const partsOf = (value: unknown): readonly (readonly [key: string | number, part: unknown])[] =>
  Array.isArray(value) ? value.map((part, i) => [i, part]) : isRecord(value) ? Object.entries(value) : [];

const under = (path: string, key: string | number) =>
  typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${key}` : key;

const META = new Set(['apiVersion', 'kind', 'metadata']);

/** Paths of fields that the schema does not have. */
export function unknownIn(schema: OpenApi, value: unknown, path = ''): readonly string[] {
  return partsOf(value).flatMap(([key, part]) => {
    if (path === '' && META.has(String(key))) return [];
    const inner = partOf(schema, key);
    if (inner === undefined) return [under(path, key)];
    return inner === null ? [] : unknownIn(inner, part, under(path, key));
  });
}

/** Fills in the schema's defaults, in place. */
function fillDefaults(schema: OpenApi, value: Draft): void {
  if (isRecord(value))
    for (const [key, inner] of Object.entries(schema.properties ?? {}))
      if (value[key] === undefined && inner.default !== undefined) value[key] = copyOf(inner.default);
  for (const [key, part] of partsOf(value)) {
    const inner = partOf(schema, key);
    if (inner) fillDefaults(inner, part);
  }
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

const BOUNDS: readonly (readonly [word: string, isOver: (value: Draft, bound: number) => boolean, said: string])[] = [
  ['minimum', (value, bound) => typeof value === 'number' && value < bound, 'should be greater than or equal to #'],
  ['maximum', (value, bound) => typeof value === 'number' && value > bound, 'should be less than or equal to #'],
  ['minLength', (value, bound) => typeof value === 'string' && value.length < bound, 'should be at least # chars long'],
  ['minItems', (value, bound) => Array.isArray(value) && value.length < bound, 'should have at least # items'],
];

/** What is wrong with a value by its schema. */
function check(schema: OpenApi, value: unknown, path: string, errors: FieldErrors): void {
  if (value === null && schema.nullable) return;
  const type = jsonType(value);
  const wanted = schema['x-kubernetes-int-or-string'] ? type : (schema.type ?? type);
  if (wanted !== type && !(wanted === 'number' && type === 'integer')) {
    errors.invalid(path, type, `${path} in body must be of type ${wanted}: ${JSON.stringify(type)}`);
    return;
  }
  for (const name of schema.required ?? [])
    if (isRecord(value) && value[name] === undefined) errors.required(under(path, name));
  if (schema.enum && !schema.enum.some((one) => isSame(one, value))) errors.unsupported(path, value, schema.enum.map(String));
  for (const [word, isOver, said] of BOUNDS) {
    const bound = schema[word];
    if (typeof bound === 'number' && isOver(value, bound))
      errors.invalid(path, Array.isArray(value) ? value.length : value, `${path} in body ${said.replace('#', String(bound))}`);
  }
  const { pattern, maxLength, maxItems } = schema;
  if (typeof maxLength === 'number' && typeof value === 'string' && value.length > maxLength) errors.tooLong(path, maxLength);
  if (typeof maxItems === 'number' && Array.isArray(value) && value.length > maxItems)
    errors.tooMany(path, value.length, maxItems);
  if (pattern !== undefined && typeof value === 'string' && !matches(pattern, value))
    errors.invalid(path, value, `${path} in body should match '${pattern}'`);
  for (const [key, part] of partsOf(value)) {
    const inner = path === '' && META.has(String(key)) ? null : partOf(schema, key);
    if (inner) check(inner, part, under(path, key), errors);
  }
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return true;
  }
}

/** The rules of objects of a custom kind. */
export function customRules({ schema, subresources }: ResourceInfo): KindRules {
  return {
    generation: true,
    defaults: (draft) => schema && fillDefaults(schema, draft),
    prepareCreate(draft) {
      if (subresources.includes('status')) delete draft.status;
    },
    validate: (object, errors) => schema && check(schema, object, '', errors),
  };
}

// ---- definitions ------------------------------------------------------------------------------------------------------------------

function validateVersion(version: Draft, path: string, errors: FieldErrors): void {
  if (typeof version?.name !== 'string' || !version.name) errors.required(`${path}.name`);
  const root = version?.schema?.openAPIV3Schema;
  const at = `${path}.schema.openAPIV3Schema`;
  if (!isRecord(root)) errors.required(at, 'schemas are required');
  else if (root['type'] !== 'object') errors.invalid(`${at}.type`, root['type'] ?? '', 'must be object at the root');
}

function validateDefinition({ metadata, spec }: Draft, errors: FieldErrors): void {
  const { group, names, versions, scope } = spec ?? {};
  if (typeof group !== 'string' || !group) errors.required('spec.group');
  for (const field of ['plural', 'kind'])
    if (typeof names?.[field] !== 'string' || !names[field]) errors.required(`spec.names.${field}`);
  if (scope !== 'Namespaced' && scope !== 'Cluster') errors.unsupported('spec.scope', scope ?? '', ['Cluster', 'Namespaced']);
  if (!Array.isArray(versions) || versions.length === 0) errors.required('spec.versions');
  else {
    for (const [i, version] of versions.entries()) validateVersion(version, `spec.versions[${i}]`, errors);
    if (versions.filter((version: Draft) => version?.storage === true).length !== 1)
      errors.invalid('spec.versions', versions, 'must have exactly one version marked as storage version');
  }
  const wanted = `${names?.plural}.${group}`;
  if (metadata.name !== wanted) errors.invalid('metadata.name', metadata.name, `must be spec.names.plural+"."+spec.group`);
}

export const customresourcedefinitions: KindRules = {
  generation: true,
  defaults({ spec }) {
    if (!isRecord(spec?.names)) return;
    const { kind } = spec.names;
    spec.names.singular ??= String(kind).toLowerCase();
    spec.names.listKind ??= `${kind}List`;
    spec.conversion ??= { strategy: 'None' };
  },
  prepareCreate(draft) {
    draft.status = { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: [] };
  },
  validate: validateDefinition,
  validateUpdate(next, old, errors) {
    for (const field of ['group', 'scope'])
      if (next.spec?.[field] !== old.spec[field]) errors.invalid(`spec.${field}`, next.spec?.[field], 'field is immutable');
    if (next.spec?.names?.kind !== old.spec.names.kind)
      errors.invalid('spec.names.kind', next.spec?.names?.kind, 'field is immutable');
  },
};
