// kubectl get: server-side tables, other outputs, and -w.
// Models kubectl/pkg/cmd/get/get.go, table_printer.go and cli-runtime/pkg/printers/tableprinter.go.

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import type { Json, KubeObject } from '../../sim/types.ts';
import { ALL_NAMESPACES, boolFlag, FIELD_SELECTOR, FILENAME, OUTPUT, SELECTOR, textFlag } from '../common.ts';
import { type Context, kindName, type Outcome, type Verb } from '../context.ts';
import { report } from '../errors.ts';
import { type Args, flagOf, isOn, isSet, listOf, Refusal } from '../flags.ts';
import { manifestsOf } from '../manifest.ts';
import { outputForm, printObjects, sortedBy } from '../output.ts';
import { pathOf, type Selection, selectionOf, type Target } from '../resources.ts';
import { send } from '../send.ts';
import { alignRows } from '../tabs.ts';

/** A server-side table (meta/v1 Table). */
export interface Table {
  readonly columns: readonly { readonly name: string; readonly priority?: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: KubeObject }[];
}

const NO_RESOURCE = `You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.

error: Required resource not specified.
Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).
See 'kubectl get -h' for help and examples`;

function queryOf(selection: Selection): Record<string, string> {
  const { labelSelector, fieldSelector } = selection;
  return { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
}

/** Asks the server for what a target means, as a table or as objects. */
function ask(ctx: Context, { info, name }: Target, selection: Selection, accept: 'table' | 'json'): KubeObject {
  const path = pathOf(info, selection.namespace, name);
  return send(ctx, {
    verb: name === undefined ? 'list' : 'get',
    path,
    accept,
    ...(name === undefined ? { query: queryOf(selection) } : {}),
  });
}

interface Shape {
  readonly wide: boolean;
  readonly prefix: string;
  readonly namespace: boolean;
  readonly labelColumns: readonly string[];
  readonly showLabels: boolean;
}

function shapeOf(args: Args, info: ResourceInfo, mixed: boolean): Shape {
  return {
    wide: flagOf(args, 'output') === 'wide',
    prefix: mixed || isOn(args, 'show-kind') ? `${kindName(info)}/` : '',
    namespace: isOn(args, 'all-namespaces') && info.namespaced,
    labelColumns: listOf(args, 'label-columns'),
    showLabels: isOn(args, 'show-labels'),
  };
}

const labelText = (labels: Readonly<Record<string, string>> = {}): string =>
  Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`)
    .join(',') || '<none>';

const visibleColumns = (table: Table, shape: Shape) =>
  table.columns.map((column, i) => ({ ...column, i })).filter((column) => shape.wide || !column.priority);

function headerOf(table: Table, shape: Shape): readonly string[] {
  return [
    ...(shape.namespace ? ['NAMESPACE'] : []),
    ...visibleColumns(table, shape).map((column) => column.name.toUpperCase()),
    ...shape.labelColumns.map((label) => label.split('/').at(-1)?.toUpperCase() as string),
    ...(shape.showLabels ? ['LABELS'] : []),
  ];
}

function rowOf(table: Table, row: Table['rows'][number], shape: Shape): readonly string[] {
  const { metadata } = row.object;
  return [
    ...(shape.namespace ? [metadata.namespace ?? ''] : []),
    ...visibleColumns(table, shape).map(({ i }) => (i === 0 ? `${shape.prefix}${row.cells[i]}` : String(row.cells[i] ?? ''))),
    ...shape.labelColumns.map((label) => metadata.labels?.[label] ?? ''),
    ...(shape.showLabels ? [labelText(metadata.labels)] : []),
  ];
}

/** Lines of a table; `widths` as in alignRows. */
function linesOf(table: Table, shape: Shape, headers: boolean, widths?: number[], event?: string): string {
  const first = (cell: string) => (event === undefined ? [] : [cell]);
  const rows = table.rows.map((row) => [...first(event ?? ''), ...rowOf(table, row, shape)]);
  return alignRows(headers ? [[...first('EVENT'), ...headerOf(table, shape)], ...rows] : rows, widths);
}

function printTables(args: Args, selection: Selection, ctx: Context): number {
  const errors: unknown[] = [];
  const found: { info: ResourceInfo; table: Table }[] = [];
  const grouped = new Map<ResourceInfo, Target[]>();
  for (const target of selection.targets) grouped.set(target.info, [...(grouped.get(target.info) ?? []), target]);
  for (const [info, targets] of grouped) {
    const tables: Table[] = [];
    for (const target of targets) {
      try {
        tables.push(ask(ctx, target, selection, 'table') as unknown as Table);
      } catch (error) {
        errors.push(error);
      }
    }
    const rows = tables.flatMap((table) => table.rows);
    if (tables[0] && rows.length) found.push({ info, table: { ...tables[0], rows } });
  }
  const sortPath = flagOf(args, 'sort-by');
  found.forEach(({ info, table }, i) => {
    const rows = sortPath ? sortedBy(sortPath, table.rows, (row) => fullObject(ctx, info, row.object)) : table.rows;
    ctx.out((i > 0 ? '\n' : '') + linesOf({ ...table, rows }, shapeOf(args, info, selection.mixed), !isOn(args, 'no-headers')));
  });
  if (found.length === 0 && errors.length === 0 && !isOn(args, 'ignore-not-found')) sayNothingFound(selection, ctx);
  return report(withoutMissing(args, errors), ctx);
}

/** Rows carry metadata only, as the server sends them; sorting looks at the whole object. */
const fullObject = (ctx: Context, info: ResourceInfo, object: KubeObject): KubeObject =>
  ctx.api.get(info.resource, object.metadata.namespace ?? '', object.metadata.name);

const withoutMissing = (args: Args, errors: readonly unknown[]): readonly unknown[] =>
  isOn(args, 'ignore-not-found')
    ? errors.filter(
        (error) =>
          !(error instanceof Error && 'status' in error && (error.status as { reason?: string }).reason === 'NotFound'),
      )
    : errors;

function sayNothingFound(selection: Selection, ctx: Context): void {
  const inNamespace = selection.namespace && selection.targets.some((target) => target.info.namespaced);
  ctx.err(inNamespace ? `No resources found in ${selection.namespace} namespace.\n` : 'No resources found\n');
}

function printOthers(args: Args, selection: Selection, ctx: Context): number {
  const errors: unknown[] = [];
  const objects: KubeObject[] = [];
  for (const target of selection.targets) {
    try {
      const answer = ask(ctx, target, selection, 'json');
      objects.push(...(target.name === undefined ? (answer['items'] as KubeObject[]) : [answer]));
    } catch (error) {
      errors.push(error);
    }
  }
  const sortPath = flagOf(args, 'sort-by');
  const sorted = sortPath ? sortedBy(sortPath, objects, (object) => object) : objects;
  const single = selection.targets.length === 1 && selection.targets[0]?.name !== undefined;
  if (sorted.length || (errors.length === 0 && !(single && isOn(args, 'ignore-not-found'))))
    printObjects(outputForm(args), args, sorted, single, ctx);
  return report(withoutMissing(args, errors), ctx);
}

// ---- -w -------------------------------------------------------------------------------------------------------------------------

interface WatchState {
  readonly args: Args;
  readonly revision: number;
  readonly widths: readonly number[];
  readonly headers: boolean;
}

function watched(args: Args, ctx: Context): { readonly selection: Selection; readonly target: Target } {
  const selection = selectionOf(args, args.words, ctx);
  const [target] = selection.targets;
  if (!target || selection.targets.length > 1) throw new Refusal('error: you may only specify a single resource type');
  return { selection, target };
}

/** Prints one batch of rows, with the header if none was printed yet. */
function printBatch(state: WatchState, table: Table, info: ResourceInfo, ctx: Context, event: string): WatchState {
  if (table.rows.length === 0) return state;
  const widths = [...state.widths];
  const shape = shapeOf(state.args, info, false);
  ctx.out(linesOf(table, shape, state.headers, widths, isOn(state.args, 'output-watch-events') ? event : undefined));
  return { ...state, widths, headers: false };
}

function startWatch(args: Args, ctx: Context): Outcome {
  const { selection, target } = watched(args, ctx);
  const state: WatchState = { args, revision: ctx.revision, widths: [], headers: !isOn(args, 'no-headers') };
  const table = isOn(args, 'watch-only') ? null : (ask(ctx, target, selection, 'table') as unknown as Table);
  return { state: asJson(table ? printBatch(state, table, target.info, ctx, 'ADDED') : state), watch: [target.info.resource] };
}

const asJson = (state: WatchState): Json => state as unknown as Json;

function resumeWatch(data: Json, ctx: Context): Outcome {
  let state = data as unknown as WatchState;
  const { selection, target } = watched(state.args, ctx);
  const { form } = outputForm(state.args);
  const asTable = form === '' || form === 'wide';
  const events = send(ctx, {
    verb: 'watch',
    path: pathOf(target.info, selection.namespace, target.name),
    query: { ...queryOf(selection), resourceVersion: String(state.revision) },
    accept: asTable ? 'table' : 'json',
  }) as unknown as readonly { readonly type: string; readonly object: KubeObject }[];
  for (const { type, object } of events) {
    if (asTable) state = printBatch(state, object as unknown as Table, target.info, ctx, type);
    else printObjects(outputForm(state.args), state.args, [object], true, ctx);
  }
  return { state: asJson({ ...state, revision: ctx.revision }), watch: [target.info.resource] };
}

// ---------------------------------------------------------------------------------------------------------------------------------

/** --raw: the answer to one GET as it comes: text of a program or a log, or an object as JSON. */
function printRaw(path: string, args: Args, ctx: Context): number {
  if (args.words.length > 0) throw new Refusal('error: arguments may not be passed when --raw is specified');
  if (!path.startsWith('/')) throw new Refusal(`error: invalid path "${path}": it begins with a slash, like /api/v1/nodes`);
  const [address = '', search = ''] = path.split('?');
  const query = Object.fromEntries(search.split('&').flatMap((pair) => (pair ? [pair.split('=') as [string, string]] : [])));
  const parts = address.replace(/^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/?/, '').split('/');
  const isList = parts.filter(Boolean).length === (parts[0] === 'namespaces' && parts.length > 2 ? 3 : 1);
  const answer: unknown = send(ctx, { verb: isList ? 'list' : 'get', path: address, query });
  ctx.out(typeof answer === 'string' ? answer : `${JSON.stringify(answer)}\n`);
  return 0;
}

function run(args: Args, ctx: Context): Outcome {
  const raw = flagOf(args, 'raw');
  if (raw !== undefined) return printRaw(raw, args, ctx);
  const { form } = outputForm(args);
  if (args.words.length === 0 && !isSet(args, 'filename')) throw new Refusal(NO_RESOURCE);
  if (isOn(args, 'watch') || isOn(args, 'watch-only')) return startWatch(args, ctx);
  const errors: unknown[] = [];
  const files = isSet(args, 'filename') ? manifestsOf(args, ctx, (error) => errors.push(error)) : [];
  const chosen = selectionOf(args, args.words, ctx);
  const fromFiles: Target[] = files.map((manifest) => ({ info: manifest.info, name: manifest.name }));
  const targets = [...fromFiles, ...chosen.targets];
  const selection = { ...chosen, targets, mixed: new Set(targets.map((target) => target.info)).size > 1 };
  const code = form === '' || form === 'wide' ? printTables(args, selection, ctx) : printOthers(args, selection, ctx);
  return report(errors, ctx) || code;
}

export const get: Verb = {
  use: '(TYPE[.GROUP] [NAME | -l label] | TYPE[.GROUP]/NAME ...)',
  short: 'Display one or many resources',
  examples: [
    'kubectl get pods -o wide',
    'kubectl get deploy,rs,pods',
    "kubectl get pod web-0 -o jsonpath='{.status.phase}'",
    'kubectl get pods -w',
  ],
  flags: {
    ...FILENAME,
    ...SELECTOR,
    ...FIELD_SELECTOR,
    ...ALL_NAMESPACES,
    ...OUTPUT,
    watch: boolFlag('Go on and print each change', 'w'),
    'watch-only': boolFlag('Print changes, without listing first'),
    'output-watch-events': boolFlag('Say with -w whether a row was added, modified or deleted'),
    'no-headers': boolFlag('Leave out the header'),
    'show-labels': boolFlag('Print all labels as the last column'),
    'show-kind': boolFlag('Print the kind before each name'),
    'label-columns': { type: 'list', short: 'L', help: 'Labels to print as columns' },
    'sort-by': textFlag('JSONPath of the field to sort by'),
    'ignore-not-found': boolFlag('Say nothing about objects that do not exist'),
    raw: textFlag('Path on the API server to GET, such as /api/v1/namespaces/default/pods/web-0/proxy/'),
    chunk: textFlag('Accepted and not used'),
  },
  run,
  resume: resumeWatch,
};
