// Prints objects as kubectl does with -o json and -o yaml: keys sorted, four spaces of JSON, lists not indented in YAML.
// Models cli-runtime/pkg/printers/json.go and yaml.go over sigs.k8s.io/yaml.

import { isRecord } from '../base/json.ts';
import type { KubeObject } from '../sim/types.ts';

/** The object without the list of who manages its fields. */
export function withoutManagers(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata: metadata as KubeObject['metadata'] };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** JSON with sorted keys and four spaces, ended by a line break. */
export const toJson = (value: unknown): string => `${JSON.stringify(sorted(value), null, 4)}\n`;

const PLAIN = /^[A-Za-z0-9_./(<$^=+~;][^\n\t]*$/;
const TAKEN = /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|<<|=)$/;
const NUMBER =
  /^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|0x[\da-fA-F_]+|0o?[0-7_]+|0b[01_]+|\.inf|\.Inf|\.INF|\.nan|\.NaN)$/;
const SEXAGESIMAL = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?$/;
const DATE = /^\d{4}-\d\d?-\d\d?(?:[Tt ].*)?$/;

/** One line of text, quoted where another reading would be possible. */
function scalar(text: string): string {
  const odd = text === '' || TAKEN.test(text) || NUMBER.test(text) || SEXAGESIMAL.test(text) || DATE.test(text);
  if (odd) return `"${text}"`;
  if (PLAIN.test(text) && !/: |:$| #| $/.test(text)) return text;
  return /[^\x20-\x7e\u00a0-\ud7ff\ue000-\uffff]/.test(text) || /[\n\t]/.test(text)
    ? JSON.stringify(text)
    : `'${text.replaceAll("'", "''")}'`;
}

function block(text: string, indent: string): string {
  const chomp = text.endsWith('\n') ? (text.endsWith('\n\n') ? '+' : '') : '-';
  const lines = text.replace(/\n$/, '').split('\n');
  return `|${chomp}\n${lines.map((line) => (line ? indent + line : '')).join('\n')}`;
}

/** Lines of a value that stands behind `key:` or `-`; the first has no indentation. */
function lines(value: unknown, indent: string): string {
  if (Array.isArray(value)) return value.map((item) => `- ${lines(item, `${indent}  `)}`).join(`\n${indent}`);
  if (isRecord(value))
    return Object.entries(value)
      .map(([key, item]) => `${scalar(key)}:${behindKey(item, indent)}`)
      .join(`\n${indent}`);
  if (typeof value === 'string')
    return value.includes('\n') && !/^\s|\t/.test(value) ? block(value, `${indent}  `) : scalar(value);
  return String(value);
}

function behindKey(value: unknown, indent: string): string {
  if (Array.isArray(value)) return value.length ? `\n${indent}${lines(value, indent)}` : ' []';
  if (isRecord(value)) return Object.keys(value).length ? `\n${indent}  ${lines(value, `${indent}  `)}` : ' {}';
  return ` ${lines(value, indent)}`;
}

/** YAML with sorted keys. */
export function toYaml(value: unknown): string {
  const data = sorted(value);
  if (Array.isArray(data) && data.length === 0) return '[]\n';
  if (isRecord(data) && Object.keys(data).length === 0) return '{}\n';
  return `${lines(data, '')}\n`;
}
