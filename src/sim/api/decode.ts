// From what a client sent to a draft of the right kind: wrong types are refused in upstream's words (VAL-15), and so are unknown fields,
// unless the request asks for less. Models sigs.k8s.io/json and apimachinery/pkg/runtime/serializer/json.
// Differs: strict is the default (upstream's server warns by default, and kubectl asks for strict); custom resources are always read strictly.

import { copyOf, isRecord, setOwn } from '../../base/json.ts';
import { parseTime } from '../../base/time.ts';
import { unknownIn } from './custom.ts';
import type { Desk, Draft } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { canonicalQuantity } from './quantity.ts';
import { fieldsOf, type SchemaField, typeOf } from './schema.ts';
import { badRequest } from './status.ts';

const QUANTITY_FAULT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const MOST_DEPTH = 60;
const GO_TYPES: Readonly<Record<string, string>> = {
  '': 'string',
  i: 'int32',
  l: 'int64',
  b: 'bool',
  d: 'float64',
  y: '[]uint8',
  t: 'v1.Time',
  u: 'v1.MicroTime',
};
const ZERO: Readonly<Record<string, unknown>> = { i: 0, l: 0, d: 0, b: false, q: '0', o: 0, x: null };
const LIMITS: Readonly<Record<string, number>> = { i: 2 ** 31, l: 2 ** 63 };

/** Zero values of these fields are left out by Go's encoder (`omitempty` on a plain number or boolean). */
const ZERO_OMITTED = new Set(
  (
    'minReadySeconds paused hostNetwork hostPID hostIPC readOnly unschedulable publishNotReadyAddresses stdin stdinOnce tty ' +
    'initialDelaySeconds hostPort nodePort DeploymentStatus.replicas readyReplicas availableReplicas updatedReplicas unavailableReplicas ' +
    'fullyLabeledReplicas currentReplicas active succeeded JobStatus.failed observedGeneration'
  ).split(' '),
);
/** … but for these. */
const ZERO_KEPT = new Set(['StatefulSetStatus.availableReplicas']);
/** Empty text that is kept: these are pointers in Go, and `imageID` is always written. */
const EMPTY_KEPT = new Set([
  'imageID',
  'storageClassName',
  'holderIdentity',
  'volumeAttributesClassName',
  'timeZone',
  'volumeMode',
  'failedIndexes',
]);

/** A draft that shares nothing with the body. Throws BadRequest. A desk that is not strict lets unknown fields be dropped. */
export function decode(info: ResourceInfo, body: unknown, desk?: Pick<Desk, 'unknownFields' | 'warn'>): Draft {
  const prefix = `${info.kind} in version "${info.version}" cannot be handled as a ${info.kind}: `;
  if (!isRecord(body))
    throw badRequest(`${prefix}json: cannot unmarshal ${jsonType(body)} into Go value of type ${goName(info.kind)}`);
  const { apiVersion = info.groupVersion, kind = info.kind } = body;
  if (apiVersion !== info.groupVersion)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${info.groupVersion})`,
    );
  if (kind !== info.kind) throw badRequest(`${prefix}the object's kind is ${kind}`);
  const type = typeOf(info.groupVersion, info.kind);
  const decoder = new Decoder(false);
  const draft = decoder.root(body, type);
  if (info.schema) decoder.note(unknownIn(info.schema, body));
  if (decoder.fault() === null) return Object.assign(draft, { apiVersion, kind });
  if (desk?.unknownFields && !info.schema && decoder.unknown) {
    if (desk.unknownFields === 'Warn') for (const field of decoder.unknown) desk.warn(field);
    return Object.assign(draft, { apiVersion, kind });
  }
  // Only a body with faults is read in the order of its keys, as Go does: the first wrong type is the one that is told.
  const ordered = new Decoder(true);
  ordered.root(body, type);
  if (info.schema) ordered.note(unknownIn(info.schema, body));
  throw badRequest(prefix + ordered.fault());
}

const goName = (type: string) => `${type.startsWith('HorizontalPod') ? 'v2' : 'v1'}.${type.split('.').at(-1)}`;

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return value === null ? 'null' : typeof value;
}

function goTypeOf({ type, shape }: SchemaField): string {
  const name = GO_TYPES[type] ?? goName(type);
  if (shape === 'list') return `[]${name}`;
  return shape === 'one' ? name : type === 'q' ? 'v1.ResourceList' : `map[string]${name}`;
}

/** Walks a body beside its type. It knows where it is, so that a fault can name its place. */
class Decoder {
  readonly #isOrdered: boolean;
  readonly #path: (string | number)[] = [];
  readonly #unknown: string[] = [];
  #wrong: string | null = null;
  /** The struct whose field is being read. */
  #struct = '';

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  /** What is wrong, in the decoder's words: the first wrong type, else all unknown fields. */
  fault(): string | null {
    return this.#wrong ?? (this.#unknown.length ? `strict decoding error: ${this.unknown?.join(', ')}` : null);
  }

  /** The unknown fields, each as it is told; null when something else is wrong too. */
  get unknown(): readonly string[] | null {
    return this.#wrong === null ? this.#unknown.map((path) => `unknown field ${JSON.stringify(path)}`) : null;
  }

  /** Adds fields that somebody else found to be unknown. */
  note(paths: readonly string[]): void {
    this.#unknown.push(...paths);
  }

  /** An object; kinds without a schema are taken as they come, but for metadata. */
  root(body: Record<string, unknown>, type: string | null): Draft {
    if (type !== null) return this.#decodeStruct(body, type);
    const copy = copyOf(body);
    this.#path.push('metadata');
    if (isRecord(body['metadata'])) copy['metadata'] = this.#decodeStruct(body['metadata'], 'ObjectMeta');
    return copy;
  }

  #keysOf(record: Record<string, unknown>): readonly string[] {
    return this.#isOrdered ? Object.keys(record).sort() : Object.keys(record);
  }

  #decodeStruct(body: Record<string, unknown>, type: string): Draft {
    if (this.#path.length > MOST_DEPTH) throw badRequest('exceeded max depth');
    const outer = this.#struct;
    const fields = fieldsOf(type);
    const draft: Record<string, unknown> = {};
    for (const key of this.#keysOf(body)) {
      const value = body[key];
      const field = fields.get(key);
      this.#struct = type;
      this.#path.push(key);
      if (!field) this.#noField(fields, key, value, draft);
      else if (value !== null && value !== undefined) {
        const decoded = this.#decodeField(value, field);
        if (decoded !== undefined && !isOmitted(decoded, field, type)) draft[key] = decoded;
      }
      this.#path.pop();
    }
    this.#struct = outer;
    return draft;
  }

  #noField(fields: ReadonlyMap<string, SchemaField>, key: string, value: unknown, draft: Record<string, unknown>): void {
    const isTypeMeta = (key === 'apiVersion' || key === 'kind') && fields.get('metadata')?.type === 'ObjectMeta';
    if (isTypeMeta) draft[key] = value;
    else if (key !== 'selfLink') this.#unknown.push(this.#place());
  }

  /** `spec.containers[0].image` */
  #place(): string {
    return this.#path.reduce<string>(
      (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part),
      '',
    );
  }

  #mismatch(value: unknown, goType: string): undefined {
    const place = `${this.#struct.split('.').at(-1)}.${this.#path.filter((part) => typeof part === 'string').join('.')}`;
    this.#wrong ??= `json: cannot unmarshal ${jsonType(value)} into Go struct field ${place} of type ${goType}`;
    return undefined;
  }

  #decodeField(value: unknown, field: SchemaField): unknown {
    if (field.shape === 'one') return this.#decodeOne(value, field);
    if (field.shape === 'list') {
      if (!Array.isArray(value)) return this.#mismatch(value, goTypeOf(field));
      return value.map((element, i) => this.#inside(i, element, field));
    }
    if (!isRecord(value)) return this.#mismatch(value, goTypeOf(field));
    const map: Record<string, unknown> = {};
    for (const key of this.#keysOf(value)) {
      setOwn(map, key, this.#inside(key, value[key], field));
    }
    return map;
  }

  /** An element; null is the zero value of its type. */
  #inside(part: string | number, element: unknown, field: SchemaField): unknown {
    if (element === null && field.inner === null) return ZERO[field.type] ?? '';
    this.#path.push(part);
    const decoded = this.#decodeOne(element, field);
    this.#path.pop();
    return decoded;
  }

  #decodeOne(value: unknown, field: SchemaField): unknown {
    if (field.inner !== null) {
      if (isRecord(value)) return this.#decodeStruct(value, field.inner);
      return value === null ? {} : this.#mismatch(value, goName(field.inner));
    }
    switch (field.type) {
      case '':
      case 'y':
        return typeof value === 'string' ? value : this.#mismatch(value, 'string');
      case 'b':
        return typeof value === 'boolean' ? value : this.#mismatch(value, 'bool');
      case 'i':
      case 'l':
        return this.#decodeInteger(value, field.type);
      case 'q':
        return this.#decodeQuantity(value);
      case 'o':
        return this.#decodeIntOrString(value);
      case 't':
      case 'u':
        return this.#decodeTime(value, field.type);
      default:
        return copyOf(value);
    }
  }

  #decodeInteger(value: unknown, type: string): unknown {
    const limit = LIMITS[type] as number;
    if (typeof value !== 'number') return this.#mismatch(value, GO_TYPES[type] as string);
    if (Number.isInteger(value) && value >= -limit && value < limit) return value;
    this.#mismatch(value, GO_TYPES[type] as string);
    this.#wrong = this.#wrong?.replace('unmarshal number into', `unmarshal number ${value} into`) ?? null;
    return undefined;
  }

  #decodeQuantity(value: unknown): unknown {
    const text = typeof value === 'number' ? String(value) : value;
    const canonical = typeof text === 'string' ? canonicalQuantity(text) : null;
    if (canonical === null) this.#wrong ??= QUANTITY_FAULT;
    return canonical ?? undefined;
  }

  #decodeIntOrString(value: unknown): unknown {
    if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return value;
    this.#wrong ??= `json: cannot unmarshal ${jsonType(value)} into Go value of type int32`;
    return undefined;
  }

  #decodeTime(value: unknown, type: string): unknown {
    if (typeof value !== 'string') return this.#mismatch(value, GO_TYPES[type] as string);
    const shown = JSON.stringify(value);
    if (Number.isNaN(parseTime(value)))
      this.#wrong ??= `parsing time ${shown} as "2006-01-02T15:04:05Z07:00": cannot parse ${shown} as "2006"`;
    return value;
  }
}

function isOmitted(value: unknown, field: SchemaField, type: string): boolean {
  if (value === '') return field.shape === 'one' && !EMPTY_KEPT.has(field.name);
  if (value === 0 || value === false) {
    if (ZERO_KEPT.has(`${type}.${field.name}`)) return false;
    return ZERO_OMITTED.has(field.name) || ZERO_OMITTED.has(`${type}.${field.name}`);
  }
  if (field.shape === 'one' || field.required) return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value as object) return false;
  return true;
}
