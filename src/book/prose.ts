// Every sentence of the book with its place: running text of pages, questions and captions, and the words in YAML. Code is not prose.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lang } from '../review/card.ts';
import type { Book } from './book.ts';
import type { Page } from './page.ts';
import { childrenOf, isElement, isJsx, lineOf, type Node } from './tree.ts';

export interface Prose {
  readonly file: string;
  readonly line: number;
  readonly lang: Lang;
  readonly text: string;
  /** Words of the notes, which are quoted and may use other terms. */
  readonly isQuoted: boolean;
}

function textsOf(node: Node): { text: string; line: number }[] {
  if (node.type === 'text') return [{ text: node.value, line: lineOf(node) }];
  if (isElement(node, 'code') || isElement(node, 'pre')) return [];
  // Neighbours in a paragraph are one sentence; code between them keeps its place.
  if (isElement(node, 'p') || isElement(node, 'li') || isElement(node, 'td') || isElement(node, 'th')) {
    const joined = (part: Node): string =>
      part.type === 'text' ? part.value : isElement(part, 'code') ? '`…`' : childrenOf(part).map(joined).join('');
    return [{ text: joined(node), line: lineOf(node) }];
  }
  return childrenOf(node).flatMap(textsOf);
}

function proseOfPage({ file, lang, front, sections, blocks }: Page): Prose[] {
  const at = (line: number, text: string): Prose => ({ file, lang, line, text, isQuoted: false });
  return [
    ...[front.title, front.question, front.summary].map((text) => at(2, text)),
    ...sections.flatMap(({ heading, line, nodes }) => [
      ...(heading ? [at(line, heading)] : []),
      ...nodes.flatMap(textsOf).map((each) => at(each.line, each.text)),
    ]),
    ...blocks.flatMap(({ attributes: { question = '', caption = '' }, line, node }) =>
      isJsx(node) && (question || caption) ? [at(line, question || caption)] : [],
    ),
  ];
}

/** Every `en` and `zh` under a value. */
function pairsUnder(value: unknown, file: string, line: number, isQuoted = false): Prose[] {
  if (Array.isArray(value)) return value.flatMap((each) => pairsUnder(each, file, line, isQuoted));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    (key === 'en' || key === 'zh') && typeof child === 'string'
      ? [{ file, line, lang: key, text: child, isQuoted }]
      : key === 'aliases' || key === 'avoid'
        ? []
        : pairsUnder(child, file, line, isQuoted || key === 'said'),
  );
}

/** The line on which a text begins; 0 when YAML writes it in another way. */
function lineIn(source: string, text: string): number {
  const at = source.indexOf(text.slice(0, 60));
  return at < 0 ? 0 : source.slice(0, at).split('\n').length;
}

/** The words of the YAML lists and of the labs. */
export function proseOfLists(book: Book): Prose[] {
  const { glossary, errata, fields, sources } = book;
  return [
    ...Object.entries({ glossary, errata, fields, sources }).flatMap(([name, { entries, lines }]) =>
      [...entries].flatMap(([id, entry]) => pairsUnder(entry, `content/${name}.yaml`, lines.get(id) ?? 0)),
    ),
    ...pairsUnder(book.entrances, 'content/entrances.yaml', 0),
    ...[...book.scenarios].flatMap(([name, { lab }]) => {
      const file = `content/scenarios/${name}.yaml`;
      const source = readFileSync(join(book.root, file), 'utf8');
      return pairsUnder(lab, file, 0).map((prose) => ({ ...prose, line: lineIn(source, prose.text) }));
    }),
  ];
}

/** All of it. */
export const proseOf = (book: Book): Prose[] => [
  ...book.concepts.flatMap(({ pages }) => [pages.en, pages.zh].flatMap((page) => (page ? proseOfPage(page) : []))),
  ...proseOfLists(book),
];
