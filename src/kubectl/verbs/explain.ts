// kubectl explain: the fields of a kind, from the server's schema or from a definition's. Models kubectl/pkg/explain/v2.
// Differs: there are no descriptions but those that a CustomResourceDefinition brings.

import type { OpenApi } from '../../sim/api/custom.ts';
import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { elementType, fieldsOf, type SchemaField, typeOf } from '../../sim/api/schema.ts';
import { boolFlag, textFlag } from '../common.ts';
import type { Context, Verb } from '../context.ts';
import { isOn, Refusal } from '../flags.ts';
import { infoOf } from '../resources.ts';

const SCALARS: Readonly<Record<string, string>> = {
  '': 'string',
  i: 'integer',
  l: 'integer',
  b: 'boolean',
  d: 'number',
  y: 'string',
  q: 'Quantity',
  o: 'IntOrString',
  t: 'Time',
  u: 'MicroTime',
  x: 'Object',
};

const shortType = (type: string) => SCALARS[type] ?? type.split('.').at(-1) ?? type;

function shownType(field: SchemaField): string {
  const type = shortType(field.type);
  return field.shape === 'list' ? `[]${type}` : field.shape === 'map' ? `map[string]${type}` : type;
}

function fieldLines(type: string, depth: number, recursive: boolean): readonly string[] {
  const pad = '  '.repeat(depth);
  return [...fieldsOf(type).values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((field) => {
      const line = `${pad}${field.name}\t<${shownType(field)}>${field.required ? ' -required-' : ''}`;
      const values = field.values.length ? [`${pad}enum: ${field.values.join(', ')}`] : [];
      const inner = recursive && depth < 8 ? elementType(field) : null;
      return [line, ...values, ...(inner ? fieldLines(inner, depth + 1, true) : [])];
    });
}

/** `[]integer`, `map[string]Object` of a definition's schema. */
function typeText({ type, items, additionalProperties }: OpenApi): string {
  if (type === 'array') return `[]${items ? typeText(items) : 'Object'}`;
  if (type !== 'object') return type ?? 'Object';
  return typeof additionalProperties === 'object' ? `map[string]${typeText(additionalProperties)}` : 'Object';
}

const innerOf = (schema: OpenApi): OpenApi =>
  schema.items ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : schema);

/** Fields that every object has, and a definition need not list. */
const COMMON: Readonly<Record<string, OpenApi>> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { type: 'object' },
};

function openLines(
  schema: OpenApi,
  depth: number,
  recursive: boolean,
  more: Readonly<Record<string, OpenApi>> = {},
): readonly string[] {
  const pad = '  '.repeat(depth);
  return Object.entries({ ...more, ...schema.properties })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, field]) => [
      `${pad}${name}\t<${typeText(field)}>${schema.required?.includes(name) ? ' -required-' : ''}`,
      ...(field.enum ? [`${pad}enum: ${field.enum.join(', ')}`] : []),
      ...(field.description && !recursive ? [`${pad}  ${field.description}`, ''] : []),
      ...(recursive && depth < 8 ? openLines(innerOf(field), depth + 1, true) : []),
    ]);
}

function explainCustom({ schema = {} }: ResourceInfo, fields: readonly string[], recursive: boolean, ctx: Context): void {
  let at: OpenApi = schema;
  let shown: OpenApi | undefined;
  for (const name of fields) {
    const next = innerOf(at).properties?.[name] ?? (at === schema ? COMMON[name] : undefined);
    if (!next) throw new Refusal(`error: field "${name}" does not exist`);
    at = next;
    shown = next;
  }
  const last = fields.at(-1);
  if (shown)
    ctx.out(
      `FIELD: ${last} <${typeText(shown)}>\n${shown.enum ? `ENUM:\n${shown.enum.map((value) => `    ${value}\n`).join('')}` : ''}\n`,
    );
  ctx.out(`DESCRIPTION:\n    ${at.description ?? '<empty>'}\n`);
  const lines = openLines(innerOf(at), 1, recursive, shown ? {} : COMMON);
  if (lines.length) ctx.out(`FIELDS:\n${lines.join('\n')}\n\n`);
}

export const explain: Verb = {
  use: 'TYPE[.FIELD...]',
  short: 'Get the fields of a resource, with their types',
  examples: ['kubectl explain pods', 'kubectl explain statefulset.spec.updateStrategy', 'kubectl explain deploy --recursive'],
  flags: { recursive: boolFlag('Print the fields of fields too'), 'api-version': textFlag('Accepted and not used') },
  run: (args, ctx) => {
    const [path] = args.words;
    if (path === undefined)
      throw new Refusal(
        'error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
      );
    const [word = '', ...fields] = path.split('.');
    const info = infoOf(word, ctx);
    const head = `${info.group ? `GROUP:      ${info.group}\n` : ''}KIND:       ${info.kind}\nVERSION:    ${info.version}\n\n`;
    if (info.isCustom) {
      ctx.out(head);
      explainCustom(info, fields, isOn(args, 'recursive'), ctx);
      return 0;
    }
    let type = typeOf(info.groupVersion, info.kind);
    if (type === null) throw new Refusal(`error: couldn't find resource for "${info.groupVersion}, Kind=${info.kind}"`);
    let last: SchemaField | undefined;
    for (const name of fields) {
      last = type === null ? undefined : fieldsOf(type).get(name);
      if (!last) throw new Refusal(`error: field "${name}" does not exist`);
      type = elementType(last);
    }
    ctx.out(head);
    if (last)
      ctx.out(
        `FIELD: ${last.name} <${shownType(last)}>\n${last.values.length ? `ENUM:\n${last.values.map((value) => `    ${value}\n`).join('')}` : ''}\n`,
      );
    if (type) ctx.out(`FIELDS:\n${fieldLines(type, 1, isOn(args, 'recursive')).join('\n')}\n\n`);
    return 0;
  },
};
