// What only the whole book can show: twins that differ, ids without a home, units nobody teaches, links that lead nowhere.
// Each check is a function from the book to problems; nothing is mended and nothing is thrown.
import type { Lang } from '../review/card.ts';
import type { Book, Concept } from './book.ts';
import { checkLists, isToCome, placeExists } from './checks-lists.ts';
import { valueAt } from './manifest.ts';
import { type Block, blockNames, type Page } from './page.ts';
import { conceptOf } from './place.ts';
import type { Problem } from './problem.ts';
import { attributesOf, childrenOf, fenceOf, isElement, isJsx, lineOf, walk } from './tree.ts';
import { brokenParagraphs, proseLines, slipsOf, slipsOfLine } from './typography.ts';

const langs: readonly Lang[] = ['en', 'zh'];
const pagesOf = (book: Book): Page[] => book.concepts.flatMap((concept) => langs.flatMap((lang) => concept.pages[lang] ?? []));
const show = (value: unknown): string => JSON.stringify(value);

/** What must be equal in both languages about one block. */
function signature({ name, attributes }: Block): string {
  const { id, scenario, file, blank, refused } = attributes;
  return [name, id, scenario, file, blank, refused === '' && 'refused'].filter(Boolean).join(' ');
}

/** The first place where two lists differ, as a problem of the second file. */
function firstDifference(
  ours: { what: string; line: number }[],
  theirs: { what: string; line: number }[],
  page: Page,
  twin: Page,
): Problem[] {
  const length = Math.max(ours.length, theirs.length);
  for (let index = 0; index < length; index++) {
    const [own, other] = [ours[index], theirs[index]];
    if (own?.what === other?.what) continue;
    const fact = own
      ? `here stands ${own.what}, but ${twin.file}${other ? `:${other.line} has ${other.what}` : ' has nothing more'}`
      : `${twin.file}:${other?.line} has ${other?.what}, and nothing stands here`;
    return [
      {
        file: page.file,
        line: own?.line ?? 0,
        fact,
        mend: 'Both languages need the same, in the same order: add it on one side, or remove it from the other.',
      },
    ];
  }
  return [];
}

function checkTwins(concept: Concept): Problem[] {
  const { en, zh } = concept.pages;
  if (!en || !zh) return [];
  const sections = (page: Page) =>
    page.sections
      .filter((each) => each.line > 0)
      .map((each) => ({ what: `section “${each.id}” (h${each.depth})`, line: each.line }));
  const blocks = (page: Page) =>
    page.blocks
      .filter((each) => each.name !== 'Term' && each.name !== 'Blank')
      .map((each) => ({ what: `<${signature(each)}>`, line: each.line }));
  const blanks = (page: Page) =>
    page.blocks
      .filter((each) => each.name === 'Blank')
      .map((each) => ({ what: `<Blank ${each.attributes['id']}>`, line: each.line }))
      .sort((a, b) => a.what.localeCompare(b.what));
  const consoles = (page: Page) =>
    page.consoles.map((each) => ({
      what: `a transcript of ${each.scenario}: ${each.code.slice(0, 60).replace(/\n[\s\S]*/, '')} (${each.code.length} characters)`,
      line: each.line,
    }));
  const tables = (page: Page) =>
    page.blocks
      .filter((each) => each.name === 'Compare')
      .map((each) => ({ what: `a table of ${shapeOf(each)}`, line: each.line }));
  return [sections, blocks, blanks, consoles, tables]
    .flatMap((list) => firstDifference(list(zh), list(en), zh, en))
    .concat(checkFrontTwins(en, zh));
}

function shapeOf(block: Block): string {
  const rows = [...walk(block.node)].filter((node) => isElement(node, 'tr'));
  const cells = rows[0] ? childrenOf(rows[0]).filter((node) => isElement(node)).length : 0;
  return `${rows.length} rows and ${cells} columns`;
}

function checkFrontTwins(en: Page, zh: Page): Problem[] {
  const keys = ['number', 'part', 'patterns', 'sources', 'needs', 'related'] as const;
  const differ = keys.filter((key) => show(en.front[key]) !== show(zh.front[key]));
  return differ.map((key) => ({
    file: zh.file,
    line: 2,
    fact: `“${key}” is ${show(zh.front[key])}, but ${show(en.front[key])} in ${en.file}`,
    mend: 'Make both the same.',
  }));
}

function checkPlan(book: Book, page: Page): Problem[] {
  const planned = book.plan.find((each) => each.slug === page.slug);
  if (!planned)
    return [
      {
        file: page.file,
        line: 2,
        fact: `content/concepts.yaml does not know “${page.slug}”`,
        mend: 'Add it there with the next free number.',
      },
    ];
  const { front, lang } = page;
  const pairs = [
    ['number', front.number, planned.number],
    ['part', front.part, planned.part],
    ['title', front.title, planned.title[lang]],
    ['question', front.question, planned.question[lang]],
    ['needs', show(front.needs), show(planned.needs)],
  ] as const;
  const differ = pairs.filter(([, own, plan]) => own !== plan);
  const unknown = [...front.needs, ...front.related].filter((slug) => !book.plan.some((each) => each.slug === slug));
  return [
    ...differ.map(([key, own, plan]) => ({
      file: page.file,
      line: 2,
      fact: `${key} is ${own}, but ${plan} in content/concepts.yaml`,
      mend: 'Make both the same.',
    })),
    ...unknown.map((slug) => ({
      file: page.file,
      line: 2,
      fact: `no concept is called “${slug}”`,
      mend: 'Use a slug of content/concepts.yaml in needs and related.',
    })),
  ];
}

function checkIds(page: Page): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  const cards = page.blocks.filter(
    ({ name, attributes }) =>
      ['Recall', 'Cloze', 'Predict', 'Erratum'].includes(name) || (name === 'Manifest' && attributes['id'] !== undefined),
  );
  const anchors = [
    ...page.sections.filter((section) => section.line > 0).map(({ id, line }) => ({ id, line, what: 'a section' })),
    ...cards.map(({ attributes, line, name }) => ({ id: attributes['id'] ?? '', line, what: `<${name}>` })),
  ];
  for (const { id, line, what } of anchors) {
    const earlier = seen.get(id);
    if (id === '')
      problems.push({
        file: page.file,
        line,
        fact: `${what} has no id`,
        mend: what === 'a section' ? 'Write ## Heading {#id}.' : 'Add id="…".',
      });
    else if (earlier !== undefined)
      problems.push({
        file: page.file,
        line,
        fact: `the id “${id}” stands already at line ${earlier}`,
        mend: 'Sections and cards of a page share one set of ids: choose another.',
      });
    seen.set(id, line);
  }
  return problems;
}

/** Every id a block names must exist: term, erratum, scenario, prediction, file. */
function checkBlock(book: Book, page: Page, block: Block): Problem[] {
  const { id = '', scenario = '', file = '', question, caption, blank, refused } = block.attributes;
  const missing = (fact: string, mend: string): Problem[] => [{ file: page.file, line: block.line, fact, mend }];
  const found = scenario ? book.scenarios.get(scenario) : undefined;
  if (block.name === 'Term' && !book.glossary.entries.has(id))
    return missing(`<Term id="${id}"> is in no glossary`, 'Add it to content/glossary.yaml.');
  if (block.name === 'Erratum' && !book.errata.entries.has(id))
    return missing(`<Erratum id="${id}"> is not known`, 'Add it to content/errata.yaml.');
  if (['Lab', 'Predict', 'Manifest'].includes(block.name) && !found)
    return missing(`no scenario is called “${scenario}”`, `Write content/scenarios/${scenario || '<name>'}.yaml.`);
  if (block.name === 'Lab' && !found?.lab)
    return missing(`the scenario “${scenario}” has no lab part`, 'Add lab: title, narration, predictions, goal.');
  if (block.name === 'Predict' && !found?.lab?.predictions.some((each) => each.id === id))
    return missing(
      `“${scenario}” has no prediction “${id}”`,
      `Add it under lab.predictions of content/scenarios/${scenario}.yaml.`,
    );
  if (block.name === 'Manifest' && found?.files[file] === undefined)
    return missing(`“${scenario}” has no file “${file}”`, `Add it under files of content/scenarios/${scenario}.yaml.`);
  if (block.name === 'Manifest' && blank !== undefined && !valueAt(found?.files[file] ?? '', blank))
    return missing(
      `${file} has no single value at ${blank}`,
      'Name a field as spec.replicas or spec.template.spec.containers[0].image.',
    );
  if (block.name === 'Manifest' && blank !== undefined && !(id && question?.trim()))
    return missing(`the gap at ${blank} makes no card`, 'Add id="…" and question="…".');
  if (block.name === 'Manifest' && id && blank === undefined && refused === undefined)
    return missing(`<Manifest id="${id}"> asks nothing`, 'Add blank="<field>" with a question, or refused.');
  if (block.name === 'Recall' && !question?.trim()) return missing(`<Recall id="${id}"> asks nothing`, 'Add question="…".');
  if (block.name === 'Compare' && !caption?.trim()) return missing('<Compare> has no caption', 'Add caption="…".');
  if (
    block.name === 'Cloze' &&
    ![...walk(block.node)].some((node) => isJsx(node) && node.name === 'Blank' && attributesOf(node)['id'])
  )
    return missing(`<Cloze id="${id}"> hides nothing`, 'Add <Blank id="c1">…</Blank>.');
  return [];
}

/** Only the blocks of the house may stand in a page; a fence of type console names its scenario; an H1 is the title's. */
function checkTree(book: Book, page: Page): Problem[] {
  const problems: Problem[] = [];
  for (const node of page.sections.flatMap((section) => section.nodes.flatMap((top) => [...walk(top)]))) {
    const at = { file: page.file, line: lineOf(node) };
    if (isJsx(node) && node.name && /^[A-Z]/.test(node.name) && !blockNames.includes(node.name as never)) {
      problems.push({ ...at, fact: `<${node.name}> is no block of the house`, mend: `Use one of ${blockNames.join(', ')}.` });
    }
    if (isElement(node, 'h1'))
      problems.push({ ...at, fact: 'a page has one title, from its frontmatter', mend: 'Begin sections with ##.' });
    if (isElement(node, 'a')) problems.push(...checkLink(book, page, String(node.properties['href'] ?? ''), at.line));
    const fence = fenceOf(node);
    if (fence?.language === 'console' && !book.scenarios.has(/\bscenario=(\S+)/.exec(fence.meta)?.[1] ?? '')) {
      problems.push({
        ...at,
        fact: 'a console block names no known scenario',
        mend: 'Write ```console scenario=<name>, a file of content/scenarios.',
      });
    }
  }
  return problems;
}

function checkLink(book: Book, page: Page, href: string, line: number): Problem[] {
  const inner = conceptOf(href);
  if (inner && href.startsWith('/'))
    return [{ file: page.file, line, fact: `the link ${href} names its language`, mend: `Write ../${inner.slug}/.` }];
  if (inner && !isToCome(book, inner.slug) && !placeExists(book, `${inner.slug}#${inner.section}`, page.lang))
    return [{ file: page.file, line, fact: `the link ${href} leads nowhere`, mend: 'Use a page and a section that stand.' }];
  if (
    href.startsWith('#') &&
    ![...page.sections.map(({ id }) => id), ...page.blocks.map(({ attributes }) => attributes['id'])].includes(href.slice(1))
  ) {
    return [
      {
        file: page.file,
        line,
        fact: `the link ${href} leads nowhere on this page`,
        mend: 'Use the id of a section or a card.',
      },
    ];
  }
  return [];
}

function checkChinese(page: Page): Problem[] {
  if (page.lang !== 'zh') return [];
  const slips = proseLines(page.source).flatMap(({ line, text }) =>
    slipsOfLine(text).map(({ fact, mend, found }) => ({ file: page.file, line, fact: `${fact}: ${found.trim()}`, mend })),
  );
  const broken = brokenParagraphs(page.source).map((line) => ({
    file: page.file,
    line,
    fact: 'a paragraph goes on after a line break',
    mend: 'Write a paragraph on one line: a break between Han characters draws a gap.',
  }));
  const attributes = page.blocks.flatMap(({ attributes: { question = '', caption = '' }, line }) =>
    slipsOf(question || caption).map(({ fact, mend, found }) => ({
      file: page.file,
      line,
      fact: `${fact}: ${found.trim()}`,
      mend,
    })),
  );
  return [...slips, ...attributes, ...broken];
}

/** Everything that is wrong with the book, reading included. */
export function checkBook(book: Book): Problem[] {
  const pages = pagesOf(book);
  return [
    ...book.problems,
    ...book.concepts.flatMap(checkTwins),
    ...pages.flatMap((page) => [
      ...checkPlan(book, page),
      ...checkIds(page),
      ...page.blocks.flatMap((block) => checkBlock(book, page, block)),
      ...checkTree(book, page),
      ...checkChinese(page),
    ]),
    ...checkLists(book),
  ];
}
