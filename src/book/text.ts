// A piece of a page as plain text (for search and reading time) and as HTML (for the faces of cards).
// Terms print the glossary's word, blanks their content; no attribute but `class` and `href` is written.
import { attributesOf, childrenOf, isElement, isJsx, type Node } from './tree.ts';

/** How a `<Term>` without content and a `<Blank>` are written; the caller knows language and glossary. */
export interface Wording {
  term(id: string): string;
  /** Undefined: write the blank's content. */
  blank?(id: string): string | undefined;
}

const blockTags = new Set(['p', 'li', 'pre', 'tr', 'h2', 'h3', 'ul', 'ol', 'table', 'blockquote']);
const keptTags = new Set(['p', 'code', 'pre', 'em', 'strong', 'ul', 'ol', 'li', 'br', 'del', 'sup', 'sub']);

export const escapeHtml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** `a `b` c` with backticks as the only markup, as in the question of a recall card. */
export const inlineHtml = (text: string): string =>
  text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 0 ? escapeHtml(part) : `<code>${escapeHtml(part)}</code>`))
    .join('');

function jsxText(node: Node & { name?: string | null }, wording: Wording, inner: string): string {
  if (!isJsx(node)) return inner;
  const id = attributesOf(node)['id'] ?? '';
  if (node.name === 'Term' && inner === '') return wording.term(id);
  if (node.name === 'Blank') return wording.blank?.(id) ?? inner;
  return inner;
}

// db-0, node-2, data-db-1: a browser would end a line after the hyphen. Longer ones may need the break on a phone.
const numberedName = /(?<![\w-])(?=[\w-]{3,24}(?![\w-]))([a-z][a-z\d]*(?:-[a-z][a-z\d]*)*-\d+)(?![\w-])/;

/** Text cut at names that end in a hyphen and a number: every second piece is such a name. */
export const piecesAtNames = (text: string): string[] => text.split(numberedName);

/** HTML without attributes, with such names held on one line. */
export const withWholeNames = (html: string): string =>
  piecesAtNames(html)
    .map((piece, index) => (index % 2 === 0 ? piece : `<span class="nb">${piece}</span>`))
    .join('');

/** Plain text; blocks end with a line break. */
export function textOf(node: Node, wording: Wording): string {
  if (node.type === 'text') return node.value;
  const inner = childrenOf(node)
    .map((child) => textOf(child, wording))
    .join('');
  if (isJsx(node)) return jsxText(node, wording, inner);
  if (isElement(node) && (node.tagName === 'td' || node.tagName === 'th')) return `${inner} `;
  return isElement(node) && blockTags.has(node.tagName) ? `${inner.trimEnd()}\n` : inner;
}

/** HTML of what a card may show: paragraphs, code, lists, emphasis. Anything else gives its content only. */
export function htmlOf(node: Node, wording: Wording): string {
  if (node.type === 'text') return /^\s*\n\s*$/.test(node.value) ? '' : escapeHtml(node.value);
  const inner = childrenOf(node)
    .map((child) => htmlOf(child, wording))
    .join('');
  if (isJsx(node)) {
    const id = attributesOf(node)['id'] ?? '';
    if (node.name === 'Term' && inner === '') return escapeHtml(wording.term(id));
    if (node.name === 'Blank') return wording.blank?.(id) ?? `<mark>${inner}</mark>`;
    return inner;
  }
  return isElement(node) && keptTags.has(node.tagName) ? `<${node.tagName}>${inner}</${node.tagName}>` : inner;
}
