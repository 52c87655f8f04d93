// The -o forms that print objects instead of a table: json, yaml, name, jsonpath, custom-columns; and --sort-by.
// Models cli-runtime/pkg/genericclioptions/print_flags.go, kubectl/pkg/cmd/get/customcolumn.go and sorter.go.

import { isRecord } from '../base/json.ts';
import type { KubeObject } from '../sim/types.ts';
import { type Context, objectName } from './context.ts';
import { toJson, toYaml, withoutManagers } from './emit.ts';
import { type Args, flagOf, isOn, Refusal } from './flags.ts';
import { fillTemplate, findAll, JsonPathError, parseRelaxed, parseTemplate, printed } from './jsonpath.ts';
import { alignRows } from './tabs.ts';

const FORMS = ['custom-columns', 'json', 'jsonpath', 'name', 'wide', 'yaml'];
/** Forms of the real kubectl that need a file, a Go template or another dialect. */
const ELSEWHERE = [
  'custom-columns-file',
  'go-template',
  'go-template-file',
  'jsonpath-as-json',
  'jsonpath-file',
  'kyaml',
  'template',
  'templatefile',
];

export interface OutputForm {
  readonly form: string;
  /** What stands behind `=`. */
  readonly detail: string;
}

/** Splits `-o jsonpath=…`; refuses what is not known. The form '' is the table. */
export function outputForm(args: Args, forms: readonly string[] = FORMS): OutputForm {
  const text = flagOf(args, 'output') ?? '';
  const equals = text.indexOf('=');
  const form = equals < 0 ? text : text.slice(0, equals);
  const detail = equals < 0 ? '' : text.slice(equals + 1);
  if (ELSEWHERE.includes(form)) throw new Refusal(`error: this simulator has no -o ${form}. It has ${FORMS.join(', ')}.`);
  if (form !== '' && !forms.includes(form))
    throw new Refusal(
      `error: unable to match a printer suitable for the output format "${form}", allowed formats are: ${[...FORMS, ...ELSEWHERE].sort().join(',')}`,
    );
  if (form === 'custom-columns' && !detail)
    throw new Refusal('error: custom-columns format specified but no custom columns given');
  if (form === 'jsonpath' && !detail) throw new Refusal('error: template format specified but no template given');
  return { form, detail };
}

/** Runs something that reads a JSONPath and turns its complaint into kubectl's. */
function readingPath<T>(said: (message: string) => string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof JsonPathError) throw new Refusal(said(error.message));
    throw error;
  }
}

function customColumns(detail: string, objects: readonly KubeObject[], headers: boolean): string {
  const columns = detail.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new Refusal(`error: unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    const path = part.slice(colon + 1);
    return {
      header: part.slice(0, colon),
      nodes: readingPath(
        (message) => `error: ${message}`,
        () => parseRelaxed(path),
      ),
    };
  });
  const rows = objects.map((object) =>
    columns.map(({ nodes }) => {
      const found = readingPath(
        (message) => `error: ${message}`,
        () => findAll(nodes, object),
      );
      return found.length ? found.map((value) => (value === null ? '<none>' : goPrinted(value))).join(',') : '<none>';
    }),
  );
  return alignRows(headers ? [columns.map((column) => column.header), ...rows] : rows);
}

/** Structures as Go's %v prints them: `map[app:web]`, `[a b]`. */
function goPrinted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goPrinted).join(' ')}]`;
  if (isRecord(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${goPrinted(value[key])}`)
      .join(' ')}]`;
  return printed(value);
}

const listOf = (objects: readonly unknown[]) => ({
  apiVersion: 'v1',
  items: objects,
  kind: 'List',
  metadata: { resourceVersion: '' },
});

/** Prints objects in a form other than a table. `single`: one named object, so no List around it. */
export function printObjects(o: OutputForm, args: Args, objects: readonly KubeObject[], single: boolean, ctx: Context): void {
  const bare = /json$|yaml/.test(o.form) && !isOn(args, 'show-managed-fields') ? objects.map(withoutManagers) : objects;
  const whole = single && objects.length === 1 ? bare[0] : listOf(bare);
  if (o.form === 'json') ctx.out(toJson(whole));
  else if (o.form === 'yaml') ctx.out(toYaml(whole));
  else if (o.form === 'name') {
    for (const object of objects) ctx.out(`${nameOf(object, ctx)}\n`);
  } else if (o.form === 'custom-columns') ctx.out(customColumns(o.detail, objects, !isOn(args, 'no-headers')));
  else if (o.form === 'jsonpath') {
    const template = readingPath(
      (message) => `error: error parsing jsonpath ${o.detail}, ${message}`,
      () => parseTemplate(o.detail),
    );
    ctx.out(
      readingPath(
        (message) => `error: error executing jsonpath ${JSON.stringify(o.detail)}: Error executing template: ${message}.`,
        () => fillTemplate(template, whole),
      ),
    );
  }
}

/** `deployment.apps/web` of any object. */
export function nameOf(object: KubeObject, ctx: Context): string {
  const info = ctx.discovery.kinded(object.apiVersion, object.kind);
  return info ? objectName(info, object.metadata.name) : `${object.kind.toLowerCase()}/${object.metadata.name}`;
}

const QUANTITY = /^(\d+(?:\.\d+)?)(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi)?$/;
const SCALE: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  Ki: 2 ** 10,
  M: 1e6,
  Mi: 2 ** 20,
  G: 1e9,
  Gi: 2 ** 30,
  T: 1e12,
  Ti: 2 ** 40,
  P: 1e15,
  Pi: 2 ** 50,
};

function compareValues(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [QUANTITY.exec(String(a)), QUANTITY.exec(String(b))];
  if (x && y) return Number(x[1]) * (SCALE[x[2] ?? ''] ?? 1) - Number(y[1]) * (SCALE[y[2] ?? ''] ?? 1);
  const [s, t] = [String(a), String(b)];
  return s < t ? -1 : s > t ? 1 : 0;
}

/** Sorts things by a path into their objects, stably; objects without it come first. */
export function sortedBy<T>(path: string, things: readonly T[], objectOf: (thing: T) => unknown): readonly T[] {
  const nodes = readingPath(
    (message) => `error: ${message}`,
    () => parseRelaxed(path),
  );
  const keyed = things.map((thing) => ({
    thing,
    key: readingPath(
      (m) => `error: ${m}`,
      () => findAll(nodes, objectOf(thing)),
    )[0],
  }));
  if (keyed.length && keyed.every(({ key }) => key === undefined))
    throw new Refusal(`error: couldn't find any field with path "${normalPath(path)}" in the list of objects`);
  return keyed.sort((a, b) => compareValues(a.key, b.key)).map(({ thing }) => thing);
}

const normalPath = (path: string) => `{.${path.replace(/^\{?\.?|\}$/g, '')}}`;
