// From what a client sent to a draft of the right kind, strictly: unknown fields and wrong types are refused in upstream's words
// (VAL-15). Models sigs.k8s.io/json and apimachinery/pkg/runtime/serializer/json with fieldValidation=Strict.

import { copyOf, isRecord, setOwn } from '../../base/json.ts';
import { parseTime } from '../../base/time.ts';
import type { Desk, Draft } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { canonicalQuantity } from './quantity.ts';
import { elementType, fieldsOf, type SchemaField, typeOf } from './schema.ts';
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
const LIMITS: Readonly<Record<string, number>> = { i: 2 ** 31, l: 2 ** 63 };

/** Zero values of these fields are left out by Go's encoder (`omitempty` on a plain number or boolean). */
const ZERO_OMITTED = new Set(
  (
    'minReadySeconds paused hostNetwork hostPID hostIPC readOnly unschedulable publishNotReadyAddresses stdin stdinOnce tty ' +
    'initialDelaySeconds hostPort nodePort DeploymentStatus.replicas readyReplicas availableReplicas updatedReplicas unavailableReplicas ' +
    'fullyLabeledReplicas currentReplicas active succeeded JobStatus.failed observedGeneration StatefulSetStatus!availableReplicas'
  ).split(' '),
);
/** Empty text that means something: these are pointers in Go. */
const EMPTY_KEPT = new Set(['storageClassName', 'holderIdentity', 'volumeAttributesClassName', 'timeZone', 'volumeMode']);

interface Decoding {
  readonly unknown: string[];
  /** The first wrong type; Go goes on and reports this one. */
  wrong: string | null;
}

/** A draft that shares nothing with the body. Throws BadRequest. */
export function decode(desk: Desk, info: ResourceInfo, body: unknown): Draft {
  const prefix = `${info.kind} in version "${info.version}" cannot be handled as a ${info.kind}: `;
  if (!isRecord(body))
    throw badRequest(`${prefix}json: cannot unmarshal ${jsonType(body)} into Go value of type ${goName(info.kind)}`);
  const type = typeOf(info.groupVersion, info.kind);
  const { apiVersion, kind, ...rest } = body;
  if (apiVersion !== undefined && apiVersion !== info.groupVersion)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${info.groupVersion})`,
    );
  if (kind !== undefined && kind !== info.kind) throw badRequest(`${prefix}the object's kind is ${kind}`);
  const state: Decoding = { unknown: [], wrong: null };
  const draft = type === null ? decodeCustom(rest, state) : decodeStruct(rest, type, '', '', state, 0);
  if (state.wrong !== null) throw badRequest(prefix + state.wrong);
  if (state.unknown.length)
    throw badRequest(
      `${prefix}strict decoding error: ${state.unknown.map((path) => `unknown field ${JSON.stringify(path)}`).join(', ')}`,
    );
  void desk;
  return Object.assign({ apiVersion: info.groupVersion, kind: info.kind }, draft);
}

/** Kinds without a schema are taken as they come, but for metadata. */
function decodeCustom(body: Record<string, unknown>, state: Decoding): Draft {
  const copy = copyOf(body);
  if (isRecord(body['metadata']))
    copy['metadata'] = decodeStruct(body['metadata'], 'ObjectMeta', 'metadata', 'metadata', state, 0);
  return copy;
}

const goName = (type: string) => `${type.startsWith('HorizontalPod') ? 'v2' : 'v1'}.${type.split('.').at(-1)}`;

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return value === null ? 'null' : typeof value;
}

/** `path` is for people (with list indexes), `goPath` for Go's error texts (without). */
function decodeStruct(
  body: Record<string, unknown>,
  type: string,
  path: string,
  goPath: string,
  state: Decoding,
  depth: number,
): Draft {
  const fields = fieldsOf(type);
  const draft: Record<string, unknown> = {};
  for (const key of Object.keys(body).sort()) {
    const value = body[key];
    const field = fields.get(key);
    const here = path ? `${path}.${key}` : key;
    if (!field) {
      const isTypeMeta = (key === 'apiVersion' || key === 'kind') && fields.get('metadata')?.type === 'ObjectMeta';
      if (isTypeMeta) draft[key] = value;
      else if (key !== 'selfLink') state.unknown.push(here);
      continue;
    }
    if (value === null || value === undefined) continue;
    const place = { type, goPath: goPath ? `${goPath}.${key}` : key };
    const decoded = decodeField(value, field, here, place, state, depth);
    if (decoded !== undefined && !isOmitted(decoded, field, type)) draft[key] = decoded;
  }
  return draft;
}

function isOmitted(value: unknown, field: SchemaField, type: string): boolean {
  if (value === '') return field.shape === 'one' && !EMPTY_KEPT.has(field.name);
  if (value === 0 || value === false)
    return (
      (ZERO_OMITTED.has(field.name) || ZERO_OMITTED.has(`${type}.${field.name}`)) && !ZERO_OMITTED.has(`${type}!${field.name}`)
    );
  if (field.shape === 'one' || field.required) return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value as object).length === 0;
}

interface Place {
  readonly type: string;
  readonly goPath: string;
}

function mismatch(value: unknown, place: Place, goType: string, state: Decoding): undefined {
  state.wrong ??= `json: cannot unmarshal ${jsonType(value)} into Go struct field ${place.type.split('.').at(-1)}.${place.goPath} of type ${goType}`;
  return undefined;
}

const goTypeOf = (field: SchemaField) =>
  GO_TYPES[field.type] ??
  (field.type === 'q' ? 'resource.Quantity' : field.type === 'o' ? 'intstr.IntOrString' : goName(field.type));

function decodeField(value: unknown, field: SchemaField, path: string, place: Place, state: Decoding, depth: number): unknown {
  if (depth > MOST_DEPTH) throw badRequest('exceeded max depth');
  if (field.shape === 'list') {
    if (!Array.isArray(value)) return mismatch(value, place, `[]${goTypeOf(field)}`, state);
    return value.map((element, i) => decodeOne(element, field, `${path}[${i}]`, place, state, depth + 1) ?? null);
  }
  if (field.shape === 'map') {
    if (!isRecord(value))
      return mismatch(
        value,
        place,
        field.name === 'limits' || field.name === 'requests' || field.type === 'q'
          ? 'v1.ResourceList'
          : `map[string]${goTypeOf(field)}`,
        state,
      );
    const map: Record<string, unknown> = {};
    for (const key of Object.keys(value).sort()) {
      const element = value[key];
      setOwn(
        map,
        key,
        element === null && field.type === '' ? '' : decodeOne(element, field, `${path}.${key}`, place, state, depth + 1),
      );
    }
    return map;
  }
  return decodeOne(value, field, path, place, state, depth + 1);
}

function decodeOne(value: unknown, field: SchemaField, path: string, place: Place, state: Decoding, depth: number): unknown {
  const inner = elementType(field);
  if (inner !== null) {
    if (!isRecord(value)) return value === null ? {} : mismatch(value, place, goName(inner), state);
    return decodeStruct(value, inner, path, place.goPath, state, depth);
  }
  switch (field.type) {
    case '':
    case 'y':
      return typeof value === 'string' ? value : mismatch(value, place, 'string', state);
    case 'b':
      return typeof value === 'boolean' ? value : mismatch(value, place, 'bool', state);
    case 'i':
    case 'l':
      return decodeInteger(value, field.type, place, state);
    case 'q':
      return decodeQuantity(value, state);
    case 'o':
      return decodeIntOrString(value, state);
    case 't':
    case 'u':
      return decodeTime(value, place, field.type, state);
    default:
      return copyOf(value);
  }
}

function decodeInteger(value: unknown, type: string, place: Place, state: Decoding): unknown {
  const limit = LIMITS[type] as number;
  if (typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit) return value;
  if (typeof value !== 'number') return mismatch(value, place, GO_TYPES[type] as string, state);
  state.wrong ??= `json: cannot unmarshal number ${value} into Go struct field ${place.type.split('.').at(-1)}.${place.goPath} of type ${GO_TYPES[type]}`;
  return undefined;
}

function decodeQuantity(value: unknown, state: Decoding): unknown {
  const text = typeof value === 'number' ? String(value) : value;
  const canonical = typeof text === 'string' ? canonicalQuantity(text) : null;
  if (canonical === null) state.wrong ??= QUANTITY_FAULT;
  return canonical ?? undefined;
}

function decodeIntOrString(value: unknown, state: Decoding): unknown {
  if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return value;
  state.wrong ??= `json: cannot unmarshal ${jsonType(value)} into Go value of type int32`;
  return undefined;
}

function decodeTime(value: unknown, place: Place, type: string, state: Decoding): unknown {
  if (typeof value !== 'string') return mismatch(value, place, GO_TYPES[type] as string, state);
  if (Number.isNaN(parseTime(value)))
    state.wrong ??= `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`;
  return value;
}
