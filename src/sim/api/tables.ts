// Server-side tables: what `kubectl get` prints, as columns and cells (K-04).
// Models pkg/printers/internalversion/printers.go; kinds without a printer show name and creation time, as upstream's default does.

import type { KubeObject } from '../types.ts';
import type { Desk } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { ageOf } from './duration.ts';
import type { AgeOf, Printer } from './printer.ts';
import { clusterPrinters } from './tables-cluster.ts';
import { workloadPrinters } from './tables-workloads.ts';

/** `priority` 0 is always printed, 1 with -o wide. */
export interface Column {
  readonly name: string;
  readonly priority: number;
}

export interface Table {
  readonly kind: 'Table';
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly object: KubeObject }[];
}

const PRINTERS: Readonly<Record<string, Printer>> = { ...workloadPrinters, ...clusterPrinters };

const DEFAULT: Printer = { columns: 'Name|Created At', row: ({ metadata }) => [metadata.name, metadata.creationTimestamp] };

/** The table of some objects of one resource at the desk's time. */
export function tableOf(desk: Desk, info: ResourceInfo, objects: readonly KubeObject[]): Table {
  const epochMs = desk.state.settings.epochMs + desk.state.nowMs;
  const printer = PRINTERS[info.resource] ?? customPrinter(desk, info) ?? DEFAULT;
  return {
    kind: 'Table',
    columns: printer.columns
      .split('|')
      .map((name) => (name.startsWith('+') ? { name: name.slice(1), priority: 1 } : { name, priority: 0 })),
    rows: objects.map((object) => ({
      cells: printer.row(object, (time) => ageOf(time, epochMs), epochMs).map(String),
      object,
    })),
  };
}

interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
}

/** Columns that a CustomResourceDefinition asks for; Age alone when it asks for none. */
function customPrinter({ store }: Desk, info: ResourceInfo): Printer | null {
  const definition = store
    .list('customresourcedefinitions')
    .find(({ spec }) => spec?.group === info.group && spec?.names?.plural === info.resource);
  if (!definition) return null;
  const version = definition.spec.versions?.find((v: { name: string }) => v.name === info.version);
  const asked = version?.additionalPrinterColumns;
  const wanted: readonly PrinterColumn[] = Array.isArray(asked)
    ? asked
    : [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }];
  return {
    columns: ['Name', ...wanted.map((column) => (column.priority ? '+' : '') + column.name)].join('|'),
    row: (object, age) => [
      object.metadata.name,
      ...wanted.map(({ jsonPath, type }) => customCell(object, jsonPath, type, age)),
    ],
  };
}

/** What a simple JSONPath finds: `.spec.members`, `.status.conditions[?(@.type=="Ready")].status`, `.spec.hosts[0]`. */
function valueAt(object: unknown, path: string): unknown {
  let value = object as Record<string, unknown> | undefined;
  for (const [, name, index, key, wanted] of path.matchAll(
    /\.([\w-]+)|\[(\d+)\]|\[\?\(@\.(\w+)\s*==\s*["']([^"']*)["']\)\]/g,
  )) {
    const list: readonly Record<string, unknown>[] = Array.isArray(value) ? value : [];
    const next = name ? value?.[name] : index ? list[Number(index)] : list.find((one) => one[key as string] === wanted);
    value = next as Record<string, unknown> | undefined;
  }
  return value;
}

function customCell(object: KubeObject, path: string, type: string, age: AgeOf): string {
  const value = valueAt(object, String(path));
  if (type === 'date') return typeof value === 'string' ? age(value) : '<unknown>';
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
