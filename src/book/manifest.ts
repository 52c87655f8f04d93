// A manifest as it stands on a page: every key that the API knows leads to the explanation of its field.
import { isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { type FoundField, fieldAt } from './fields.ts';
import { escapeHtml } from './text.ts';

export interface ManifestKey {
  readonly start: number;
  readonly end: number;
  readonly field: FoundField;
}

function keysUnder(
  node: unknown,
  path: readonly string[],
  of: (path: readonly string[]) => FoundField | undefined,
): ManifestKey[] {
  if (isSeq(node)) return node.items.flatMap((item) => keysUnder(item, path, of));
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => {
    if (!isPair(pair) || !isScalar(pair.key)) return [];
    const here = [...path, String(pair.key.value)];
    const field = of(here);
    const range = pair.key.range;
    const own = field && range ? [{ start: range[0], end: range[1], field }] : [];
    return [...own, ...keysUnder(pair.value, here, of)];
  });
}

/** The keys of a manifest that upstream documents, in the order of the text. */
export function keysOf(text: string): ManifestKey[] {
  return parseAllDocuments(text, { lineCounter: new LineCounter() }).flatMap((parsed) => {
    const { apiVersion, kind } = (parsed.toJS() ?? {}) as { apiVersion?: string; kind?: string };
    if (!apiVersion || !kind) return [];
    return keysUnder(parsed.contents, [], (path) => fieldAt(apiVersion, kind, path));
  });
}

/**
 * Where the value of a field stands in a manifest, and the field. The path is as upstream writes it (`spec.template.spec.containers[0].image`);
 * in a file of several documents, the first that has it. Undefined when there is none, or when the value is no single word.
 */
export function valueAt(text: string, path: string): { start: number; end: number; field: FoundField | undefined } | undefined {
  const keys = path.split(/[.[\]]+/).filter(Boolean);
  for (const parsed of parseAllDocuments(text)) {
    const node = parsed.getIn(
      keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
      true,
    );
    if (!isScalar(node) || !node.range) continue;
    const { apiVersion = '', kind = '' } = (parsed.toJS() ?? {}) as { apiVersion?: string; kind?: string };
    const names = keys.filter((key) => !/^\d+$/.test(key));
    return { start: node.range[0], end: node.range[1], field: fieldAt(apiVersion, kind, names) };
  }
  return undefined;
}

/** The text with its keys as links: `<a class="yk" href="#<anchor>">replicas</a>`. Comments are marked. */
export function manifestHtml(text: string, keys: readonly ManifestKey[], anchor: (field: FoundField) => string): string {
  let html = '';
  let at = 0;
  for (const key of keys) {
    html += markComments(text.slice(at, key.start));
    html += `<a class="yk" href="#${anchor(key.field)}">${escapeHtml(text.slice(key.start, key.end))}</a>`;
    at = key.end;
  }
  return html + markComments(text.slice(at));
}

const markComments = (text: string): string => escapeHtml(text).replace(/(^|\s)(#[^\n]*)/g, '$1<span class="yc">$2</span>');
