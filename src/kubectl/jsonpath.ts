// JSONPath templates as kubectl has them: text with {…} parts, range/end, filters, slices, recursive descent.
// Models staging/src/k8s.io/client-go/util/jsonpath (parser.go, jsonpath.go); missing keys print nothing.

import { isRecord, sortedJson } from '../base/json.ts';

type Compare = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'exists';

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly names: readonly string[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'deep' }
  | {
      readonly kind: 'slice';
      readonly from: number | null;
      readonly to: number | null;
      readonly step: number | null;
      readonly one: boolean;
    }
  | { readonly kind: 'root' }
  | { readonly kind: 'filter'; readonly left: readonly Node[]; readonly op: Compare; readonly right: readonly Node[] }
  | { readonly kind: 'value'; readonly value: unknown };

/** A part of a template: literal text, a path whose results are printed, or the borders of a range. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly nodes: readonly Node[] }
  | { readonly kind: 'range'; readonly nodes: readonly Node[]; readonly parts: readonly Part[] };

export type Template = readonly Part[];

/** Thrown for a template that cannot be read or carried out; the message is client-go's. */
export class JsonPathError extends Error {}

const UNQUOTE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

const unquoted = (text: string) => text.replace(/\\(.)/g, (_, c: string) => UNQUOTE[c] ?? c);

/** Finds the end of a quoted text that starts at `from`. */
function endOfQuote(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[from]) return at;
  }
  throw new JsonPathError('unterminated quoted string');
}

/** Finds the bracket that closes the one at `from`. */
function endOfBracket(text: string, from: number, close: string, message: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const c = text[at] as string;
    if (c === '"' || c === "'") at = endOfQuote(text, at);
    else if (c === text[from]) depth++;
    else if (c === close && --depth === 0) return at;
  }
  throw new JsonPathError(message);
}

const FILTER = /(==|!=|<=|>=|<|>)/;

function literalOrPath(text: string): readonly Node[] {
  const trimmed = text.trim();
  if (/^["']/.test(trimmed)) return [{ kind: 'value', value: unquoted(trimmed.slice(1, endOfQuote(trimmed, 0))) }];
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return [{ kind: 'value', value: Number(trimmed) }];
  if (trimmed === 'true' || trimmed === 'false') return [{ kind: 'value', value: trimmed === 'true' }];
  return parsePath(trimmed);
}

function parseFilter(text: string): Node {
  let at = 0;
  while (at < text.length && !FILTER.test(text.slice(at, at + 2)) && !/[<>]/.test(text[at] as string)) {
    if (text[at] === '"' || text[at] === "'") at = endOfQuote(text, at);
    at++;
  }
  const op = FILTER.exec(text.slice(at));
  if (!op) return { kind: 'filter', left: literalOrPath(text), op: 'exists', right: [] };
  const cut = at + op.index;
  return {
    kind: 'filter',
    left: literalOrPath(text.slice(0, cut)),
    op: op[0] as Compare,
    right: literalOrPath(text.slice(cut + op[0].length)),
  };
}

function parseBracket(inner: string): Node {
  const text = inner.trim();
  if (text === '*') return { kind: 'all' };
  if (text.startsWith('?(')) {
    if (!text.endsWith(')')) throw new JsonPathError('unterminated filter');
    return parseFilter(text.slice(2, -1));
  }
  if (/^["']/.test(text)) {
    const names = [...text.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)].map((m) => unquoted(m[1] ?? m[2] ?? ''));
    return { kind: 'field', names };
  }
  const number = (part: string | undefined) => (part ? Number(part) : null);
  if (/^-?\d+$/.test(text)) return { kind: 'slice', from: Number(text), to: null, step: null, one: true };
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d*))?$/.exec(text);
  if (slice) return { kind: 'slice', from: number(slice[1]), to: number(slice[2]), step: number(slice[3]), one: false };
  throw new JsonPathError(`invalid array index ${text}`);
}

/** Reads one path: `.a.b[0]`, `$..name`, `@.x`. */
export function parsePath(text: string): readonly Node[] {
  const nodes: Node[] = [];
  for (let at = 0; at < text.length; ) {
    const c = text[at] as string;
    if (c === '$' || c === '@') {
      if (c === '$') nodes.push({ kind: 'root' });
      at++;
    } else if (c === '[') {
      const end = endOfBracket(text, at, ']', 'unterminated array');
      nodes.push(parseBracket(text.slice(at + 1, end)));
      at = end + 1;
    } else if (text.startsWith('..', at)) {
      nodes.push({ kind: 'deep' });
      at += text[at + 2] === '[' ? 2 : 1;
    } else if (c === '.') {
      const name = /^(?:\\.|[^.[\]{}\s|'"])*/.exec(text.slice(at + 1))?.[0] ?? '';
      if (name === '*') nodes.push({ kind: 'all' });
      else if (name) nodes.push({ kind: 'field', names: [name.replace(/\\(.)/g, '$1')] });
      at += 1 + name.length;
      if (name === '' && at < text.length && text[at] !== '[') throw new JsonPathError(`unexpected char '${text[at]}'`);
    } else if (/\s/.test(c)) at++;
    else if (nodes.length === 0 && /^[\w-]/.test(c))
      throw new JsonPathError(`unrecognized identifier ${/^[\w-]+/.exec(text)?.[0]}`);
    else
      throw new JsonPathError(
        `unrecognized character in action: U+${c.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')} '${c}'`,
      );
  }
  return nodes;
}

/** Reads a whole template. */
export function parseTemplate(text: string): Template {
  const stack: { nodes: readonly Node[]; parts: Part[] }[] = [{ nodes: [], parts: [] }];
  const top = () => stack.at(-1) as { nodes: readonly Node[]; parts: Part[] };
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('{', at);
    if (open !== at) top().parts.push({ kind: 'text', text: text.slice(at, open < 0 ? text.length : open) });
    if (open < 0) break;
    const close = endOfBracket(text, open, '}', 'unclosed action');
    const action = text.slice(open + 1, close).trim();
    at = close + 1;
    if (/^range(\s|$)/.test(action)) stack.push({ nodes: parsePath(action.slice(5).trim()), parts: [] });
    else if (action === 'end') {
      const done = stack.length > 1 ? stack.pop() : undefined;
      if (!done) throw new JsonPathError('not in range, nothing to end');
      top().parts.push({ kind: 'range', nodes: done.nodes, parts: done.parts });
    } else if (/^["']/.test(action)) top().parts.push({ kind: 'text', text: unquoted(action.slice(1, endOfQuote(action, 0))) });
    else top().parts.push({ kind: 'path', nodes: parsePath(action) });
  }
  if (stack.length > 1) throw new JsonPathError('unclosed range: a {range …} needs its {end}');
  return stack[0]?.parts ?? [];
}

const childrenOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];

function descendants(value: unknown): unknown[] {
  return [value, ...childrenOf(value).flatMap(descendants)];
}

function sliceOf(value: unknown, node: Extract<Node, { kind: 'slice' }>): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  const length = value.length;
  const at = (index: number) => (index < 0 ? index + length : index);
  const from = at(node.from ?? 0);
  if (node.one) {
    if (from < 0 || from >= length) throw new JsonPathError(`array index out of bounds: index ${node.from}, length ${length}`);
    return [value[from]];
  }
  const part = value.slice(Math.max(0, from), node.to === null ? length : at(node.to));
  const step = node.step ?? 1;
  return step > 1 ? part.filter((_, i) => i % step === 0) : part;
}

function compares(left: unknown, op: Compare, right: unknown): boolean {
  if (typeof left !== typeof right) return op === '!=';
  const [a, b] = [left as number, right as number];
  if (op === '==') return a === b;
  if (op === '!=') return a !== b;
  return op === '<' ? a < b : op === '>' ? a > b : op === '<=' ? a <= b : a >= b;
}

function filtered(value: unknown, node: Extract<Node, { kind: 'filter' }>, root: unknown): readonly unknown[] {
  const items = Array.isArray(value) ? value : [];
  return items.filter((item) => {
    const left = walk([item], node.left, root);
    if (node.op === 'exists') return left.length > 0;
    const right = walk([item], node.right, root);
    return left.length > 0 && right.length > 0 && compares(left[0], node.op, right[0]);
  });
}

function stepInto(value: unknown, node: Node, root: unknown): readonly unknown[] {
  switch (node.kind) {
    case 'field':
      return node.names.flatMap((name) => (isRecord(value) && Object.hasOwn(value, name) ? [value[name]] : []));
    case 'all':
      return childrenOf(value);
    case 'deep':
      return descendants(value);
    case 'slice':
      return sliceOf(value, node);
    case 'filter':
      return filtered(value, node, root);
    case 'root':
      return [root];
    case 'value':
      return [node.value];
    case 'text':
      return [node.text];
  }
}

function walk(values: readonly unknown[], nodes: readonly Node[], root: unknown): readonly unknown[] {
  return nodes.reduce<readonly unknown[]>(
    (now, node) => now.flatMap((value) => stepInto(value, node, root)).filter((v) => v !== undefined),
    values,
  );
}

/** The values a path finds in data. */
export const findAll = (nodes: readonly Node[], data: unknown): readonly unknown[] => walk([data], nodes, data);

const GO_ESCAPES: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };

/** A value as a template prints it: text bare, structures as Go's JSON (keys sorted, <, > and & escaped). */
export const printed = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? sortedJson(value).replace(/[<>&]/g, (c) => GO_ESCAPES[c] as string)
    : value === null
      ? '<nil>'
      : String(value);

function fill(parts: Template, values: readonly unknown[], root: unknown): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const found = walk(values, part.nodes, root);
      return part.kind === 'path' ? found.map(printed).join(' ') : found.map((item) => fill(part.parts, [item], root)).join('');
    })
    .join('');
}

/** Prints data through a template. */
export const fillTemplate = (template: Template, data: unknown): string => fill(template, [data], data);

/** `.a.b`, `a.b`, `{.a.b}` alike, as --sort-by and custom-columns take them (get/customcolumn.go RelaxedJSONPathExpression). */
export function parseRelaxed(text: string): readonly Node[] {
  const m = /^\{?\.?([^{}]*)\}?$/.exec(text.trim());
  if (!m || text.trim() === '')
    throw new JsonPathError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  const inner = m[1] as string;
  return parsePath(inner.startsWith('[') || inner.startsWith('$') ? inner : `.${inner}`);
}
