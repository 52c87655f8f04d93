// The field structure of every kind, from a real 1.36 server's OpenAPI (schema.json, made compact). One line of text for each type:
//   name*:type[]~mergeKey!@k1,k2=A|B    * required · [] list, {} map · ~ merged by a strategic patch (by key, or as a set)
//                                       ! retainKeys · @ keys of a list map, @ alone a set · = enumeration
// Types: none string, i int32, l int64, b boolean, d double, y bytes, q Quantity, o IntOrString, t Time, u MicroTime, x anything.

import data from './schema.json' with { type: 'json' };

export interface SchemaField {
  readonly name: string;
  readonly required: boolean;
  /** A scalar's letter (`''` for a string) or the name of a type. */
  readonly type: string;
  /** The structured type inside (of the elements, for a list or map); null for a scalar. */
  readonly inner: string | null;
  readonly shape: 'one' | 'list' | 'map';
  /** A strategic patch merges this list instead of replacing it. */
  readonly merges: boolean;
  /** Key by which elements are merged; absent for a set of scalars. */
  readonly mergeKey?: string;
  readonly retainKeys: boolean;
  /** Keys that make an element unique (server-side apply). */
  readonly listKeys: readonly string[];
  readonly values: readonly string[];
}

const FIELD = /^(\w+)(\*?)(?::([\w.]*)(\[\]|\{\})?)?(?:(~)(\w*))?(!?)(?:@([\w,]*))?(?:=(.*))?$/;

function fieldFrom(token: string): SchemaField {
  const [, name = '', star, type = '', shape, merges, mergeKey, bang, keys, values] = FIELD.exec(token) as RegExpExecArray;
  return {
    name,
    required: star === '*',
    type,
    inner: Object.hasOwn(lines, type) ? type : null,
    shape: shape === '[]' ? 'list' : shape === '{}' ? 'map' : 'one',
    merges: merges === '~',
    ...(mergeKey ? { mergeKey } : {}),
    retainKeys: bang === '!',
    listKeys: keys ? keys.split(',') : mergeKey ? [mergeKey] : [],
    values: values === undefined ? [] : values.split('|'),
  };
}

const lines = data.types as Readonly<Record<string, string>>;
const roots = data.roots as Readonly<Record<string, string>>;
const parsed = new Map<string, ReadonlyMap<string, SchemaField>>();

/** The fields of a type by name, in the schema's order; empty for a scalar or an unknown type. */
export function fieldsOf(type: string): ReadonlyMap<string, SchemaField> {
  let fields = parsed.get(type);
  if (!fields) {
    const tokens = Object.hasOwn(lines, type) ? (lines[type] as string).split(' ') : [];
    fields = new Map(tokens.map(fieldFrom).map((field) => [field.name, field]));
    parsed.set(type, fields);
  }
  return fields;
}

/** The type of a kind's objects (`apps/v1`, `Deployment`); null when the schema has none: such objects are taken as they are. */
export const typeOf = (groupVersion: string, kind: string): string | null => roots[`${groupVersion}/${kind}`] ?? null;

/** A field of a type; undefined when there is none. `apiVersion` and `kind` of objects are everywhere and not in the table. */
export const fieldType = (type: string, name: string): SchemaField | undefined => fieldsOf(type).get(name);

/** The structured type inside a field; null when it is a scalar. */
export const elementType = (field: SchemaField): string | null => field.inner;
