// One page in one language: frontmatter, sections, blocks, console blocks. Positions are lines of the file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mdxToHast } from 'satteri';
import type { Lang } from '../review/card.ts';
import { placeOf } from './place.ts';
import type { Problem } from './problem.ts';
import { check, parseYaml } from './read.ts';
import { type Frontmatter, frontmatter } from './schema.ts';
import { attributesOf, childrenOf, fenceOf, isElement, isJsx, type Jsx, lineOf, type Node, walk } from './tree.ts';

export const blockNames = ['Term', 'Recall', 'Cloze', 'Blank', 'Lab', 'Predict', 'Manifest', 'Erratum', 'Compare'] as const;
export type BlockName = (typeof blockNames)[number];

/** The part of a page under one H2 or H3; the opening has id '' and no heading. */
export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly depth: 2 | 3;
  /** Position among the H2 of the page, from 0; the ordinal on the rail. -1 for the opening. */
  readonly ordinal: number;
  readonly line: number;
  readonly nodes: readonly Node[];
}

export interface Block {
  readonly name: BlockName;
  readonly attributes: Readonly<Record<string, string>>;
  /** Id of the H2 above; '' in the opening. */
  readonly section: string;
  readonly line: number;
  readonly node: Jsx;
}

/** A fence ` ```console scenario=… `: a transcript that must be what the scenario prints. */
export interface ConsoleBlock {
  readonly file: string;
  readonly line: number;
  readonly scenario: string;
  readonly code: string;
}

export interface Page {
  readonly slug: string;
  readonly lang: Lang;
  readonly file: string;
  readonly front: Frontmatter;
  readonly source: string;
  readonly sections: readonly Section[];
  readonly blocks: readonly Block[];
  readonly consoles: readonly ConsoleBlock[];
}

const isBlockName = (name: string | null): name is BlockName => blockNames.includes(name as BlockName);

/** A file starts with `---`, YAML, `---`. The text between, and the line on which it begins. */
function splitFrontmatter(source: string): string | undefined {
  return /^---\n([\s\S]*?)\n---\n/.exec(source)?.[1];
}

function headingText(node: Node): string {
  return [...walk(node)]
    .map((part) => (part.type === 'text' ? part.value : ''))
    .join('')
    .trim();
}

function sectionsOfTree(tree: Node): Section[] {
  const sections: { id: string; heading: string; depth: 2 | 3; ordinal: number; line: number; nodes: Node[] }[] = [
    { id: '', heading: '', depth: 2, ordinal: -1, line: 0, nodes: [] },
  ];
  let ordinal = -1;
  for (const node of childrenOf(tree)) {
    if (isElement(node, 'h2') || isElement(node, 'h3')) {
      const depth = node.tagName === 'h2' ? 2 : 3;
      if (depth === 2) ordinal += 1;
      sections.push({
        id: String(node.properties['id'] ?? ''),
        heading: headingText(node),
        depth,
        ordinal,
        line: lineOf(node),
        nodes: [],
      });
    } else {
      sections.at(-1)?.nodes.push(node);
    }
  }
  return sections;
}

function blocksOf(sections: readonly Section[]): Block[] {
  const blocks: Block[] = [];
  for (const section of sections) {
    for (const node of section.nodes.flatMap((top) => [...walk(top)])) {
      if (isJsx(node) && isBlockName(node.name)) {
        blocks.push({ name: node.name, attributes: attributesOf(node), section: section.id, line: lineOf(node), node });
      }
    }
  }
  return blocks;
}

function consolesOf(tree: Node, file: string): ConsoleBlock[] {
  const blocks: ConsoleBlock[] = [];
  for (const node of walk(tree)) {
    const fence = fenceOf(node);
    if (fence?.language !== 'console') continue;
    blocks.push({ file, line: lineOf(node), scenario: /\bscenario=(\S+)/.exec(fence.meta)?.[1] ?? '', code: fence.code });
  }
  return blocks;
}

/** Reads one page. A page whose frontmatter is wrong is not a page yet: `page` is undefined and `problems` say why. */
export function readPage(root: string, file: string): { page: Page | undefined; problems: readonly Problem[] } {
  const source = readFileSync(join(root, file), 'utf8').replace(/\r\n/g, '\n');
  const place = placeOf(file);
  const head = splitFrontmatter(source);
  if (!place || head === undefined) {
    return {
      page: undefined,
      problems: [
        {
          file,
          line: 1,
          fact: 'the page has no frontmatter',
          mend: 'Begin with ---, the keys of src/book/schema.ts, and --- again.',
        },
      ],
    };
  }
  const front = check(parseYaml(head, file, 2), frontmatter, file);
  let tree: Node;
  try {
    tree = mdxToHast(source, { features: { headingAttributes: true } });
  } catch (error) {
    return { page: undefined, problems: [...front.problems, unreadable(file, error)] };
  }
  if (!front.value) return { page: undefined, problems: front.problems };
  const sections = sectionsOfTree(tree);
  const page = {
    ...place,
    file,
    front: front.value,
    source,
    sections,
    blocks: blocksOf(sections),
    consoles: consolesOf(tree, file),
  };
  return { page, problems: [] };
}

function unreadable(file: string, error: unknown): Problem {
  const message = String((error as Error).message ?? error);
  const line = Number(/(\d+):\d+/.exec(message)?.[1] ?? 0);
  return {
    file,
    line,
    fact: `this is not MDX: ${message.split('\n')[0]}`,
    mend: 'Close the tag, or write { and < of running text as code.',
  };
}
