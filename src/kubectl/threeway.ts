// The patch that client-side apply sends: what the manifest says now, less what it said last time, against what is there.
// Models apimachinery/pkg/util/strategicpatch (CreateThreeWayMergePatch) and jsonmergepatch for kinds without a schema.

import { isRecord, isSame, setOwn } from '../base/json.ts';
import { elementType, fieldType, type SchemaField } from '../sim/api/schema.ts';

type Data = Readonly<Record<string, unknown>>;

const asRecord = (value: unknown): Data => (isRecord(value) ? value : {});
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What differs between the manifest before and now, as a strategic merge patch on what is there; `type` null means a plain merge patch. */
export function threeWayPatch(before: unknown, wanted: unknown, present: unknown, type: string | null): Data {
  return mapPatch(asRecord(before), asRecord(wanted), asRecord(present), type, false);
}

function mapPatch(before: Data, wanted: Data, present: Data, type: string | null, retainKeys: boolean): Data {
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wanted)) {
    const field = type === null ? undefined : fieldType(type, key);
    const change = valuePatch(before[key], value, present[key], field);
    if (change !== undefined) setOwn(patch, key, change);
  }
  for (const key of Object.keys(before))
    if (!Object.hasOwn(wanted, key) && Object.hasOwn(present, key)) setOwn(patch, key, null);
  if (retainKeys && Object.keys(patch).length) patch['$retainKeys'] = Object.keys(wanted).sort();
  return patch;
}

/** The patch for one field; undefined when nothing has to be said. */
function valuePatch(before: unknown, wanted: unknown, present: unknown, field: SchemaField | undefined): unknown {
  if (wanted === null) return present === undefined || present === null ? undefined : null;
  if (isRecord(wanted) && isRecord(present)) {
    const type = field && field.shape === 'one' ? elementType(field) : null;
    const patch = mapPatch(asRecord(before), wanted, present, type, field?.retainKeys === true);
    return Object.keys(patch).length ? patch : undefined;
  }
  if (Array.isArray(wanted) && Array.isArray(present) && field?.merges)
    return field.mergeKey ? keyedPatch(asList(before), wanted, present, field) : setPatch(wanted, present);
  return isSame(wanted, present) ? undefined : wanted;
}

const setPatch = (wanted: readonly unknown[], present: readonly unknown[]) => {
  const missing = wanted.filter((item) => !present.some((other) => isSame(item, other)));
  return missing.length ? missing : undefined;
};

/** A list whose elements have a key: elements that changed, and `$patch: delete` for those the manifest no longer has. */
function keyedPatch(
  before: readonly unknown[],
  wanted: readonly unknown[],
  present: readonly unknown[],
  field: SchemaField,
): unknown {
  const key = field.mergeKey as string;
  const type = elementType(field);
  const byKey = (list: readonly unknown[], value: unknown) => list.find((item) => asRecord(item)[key] === value);
  const patch: Data[] = [];
  for (const item of wanted) {
    const id = asRecord(item)[key];
    const there = byKey(present, id);
    if (!there) patch.push(asRecord(item));
    else {
      const change = mapPatch(asRecord(byKey(before, id)), asRecord(item), asRecord(there), type, false);
      if (Object.keys(change).length) patch.push({ [key]: id, ...change });
    }
  }
  for (const item of before) {
    const id = asRecord(item)[key];
    if (!byKey(wanted, id) && byKey(present, id)) patch.push({ $patch: 'delete', [key]: id });
  }
  return patch.length ? patch : undefined;
}
