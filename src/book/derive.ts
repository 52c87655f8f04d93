// What the site asks of the book: sections for the search, synonyms, console blocks, reading time, neighbours.
import type { Lang } from '../review/card.ts';
import type { SearchSection, Synonym } from '../search/section.ts';
import type { Book, Concept } from './book.ts';
import { wordingOf } from './cards.ts';
import type { ConsoleBlock, Page, Section } from './page.ts';
import { conceptOf } from './place.ts';
import type { Planned, Source } from './schema.ts';
import { textOf } from './text.ts';
import { attributesOf, isElement, isJsx, type Node, walk } from './tree.ts';

const langs: readonly Lang[] = ['en', 'zh'];

/** The words that blocks without content bring from YAML, so that they can be found on the page where they stand. */
function blockWords(book: Book, node: Node, lang: Lang): string {
  const texts: string[] = [];
  for (const each of walk(node)) {
    if (!isJsx(each)) continue;
    const { id = '', scenario = '', question = '', caption = '', file = '' } = attributesOf(each);
    if (each.name === 'Recall') texts.push(question);
    if (each.name === 'Compare') texts.push(caption);
    if (each.name === 'Manifest') texts.push(book.scenarios.get(scenario)?.files[file] ?? '');
    const erratum = each.name === 'Erratum' ? book.errata.entries.get(id) : undefined;
    if (erratum) texts.push(erratum.said[lang], erratum.fact[lang]);
    const prediction =
      each.name === 'Predict' ? book.scenarios.get(scenario)?.lab?.predictions.find((known) => known.id === id) : undefined;
    if (prediction) texts.push(prediction.ask[lang]);
  }
  return texts.join('\n');
}

function sectionText(book: Book, section: Section, lang: Lang): string {
  const wording = wordingOf(book, lang);
  return section.nodes
    .map((node) => [textOf(node, wording).trim(), blockWords(book, node, lang)].filter(Boolean).join('\n'))
    .filter(Boolean)
    .join('\n');
}

function sectionsOfPage(book: Book, concept: Concept, page: Page): SearchSection[] {
  const base = { lang: page.lang, kind: 'section' as const, number: concept.number, page: page.front.title };
  return page.sections.map((section) => {
    const text = sectionText(book, section, page.lang);
    const opening = [page.front.question, page.front.summary, text].join('\n');
    return {
      ...base,
      id: `${concept.slug}#${section.id}`,
      heading: section.heading,
      href: `/${page.lang}/concepts/${concept.slug}/${section.id ? `#${section.id}` : ''}`,
      text: section.id ? text : opening,
    };
  });
}

function termSections(book: Book, lang: Lang): SearchSection[] {
  return [...book.glossary.entries].map(([id, entry]) => {
    const other = lang === 'en' ? entry.zh : entry.en;
    const concept = book.concepts.find((each) => each.slug === entry.page.split('#')[0]);
    return {
      id: `glossary#${id}`,
      lang,
      kind: 'term' as const,
      number: concept?.number ?? -1,
      page: concept?.pages[lang]?.front.title ?? '',
      heading: entry[lang],
      href: `/${lang}/glossary/#${id}`,
      text: [other === entry[lang] ? '' : other, entry.means[lang]].filter(Boolean).join('\n'),
    };
  });
}

/** Labs that at least one page shows, with the number of that page's concept. */
function labSections(book: Book, lang: Lang): SearchSection[] {
  return [...book.scenarios].flatMap(([name, scenario]) => {
    if (!scenario.lab) return [];
    const concept = book.concepts.find((each) =>
      each.pages[lang]?.blocks.some((block) => block.attributes['scenario'] === name),
    );
    const notes = scenario.lab.narration.map((note) => note[lang]);
    return [
      {
        id: `lab#${name}`,
        lang,
        kind: 'lab' as const,
        number: concept?.number ?? -1,
        page: concept?.pages[lang]?.front.title ?? '',
        heading: scenario.lab.title[lang],
        href: `/${lang}/labs/${name}/`,
        text: [...notes, scenario.lab.goal?.ask[lang] ?? ''].filter(Boolean).join('\n'),
      },
    ];
  });
}

/** Everything the search can find, in both languages. */
export function sectionsOf(book: Book): SearchSection[] {
  return langs.flatMap((lang) => [
    ...book.concepts.flatMap((concept) => {
      const page = concept.pages[lang];
      return page ? sectionsOfPage(book, concept, page) : [];
    }),
    ...termSections(book, lang),
    ...labSections(book, lang),
  ]);
}

/** Words of the glossary that mean the same, with everything readers type instead. */
export function synonymsOf(book: Book): Synonym[] {
  return [...book.glossary.entries].map(([id, entry]) => ({
    id,
    en: [entry.en, ...entry.aliases.en],
    zh: [entry.zh, ...entry.aliases.zh],
  }));
}

/** Every console block of every page, in both languages. */
export const consoleBlocksOf = (book: Book): ConsoleBlock[] =>
  book.concepts.flatMap((concept) => langs.flatMap((lang) => concept.pages[lang]?.consoles ?? []));

/** Reading time in minutes: 200 English words or 350 Han characters a minute, and two minutes for each lab. */
export function minutesOf(book: Book, page: Page): number {
  const text = page.sections
    .flatMap((section) => section.nodes.map((node) => textOf(node, wordingOf(book, page.lang))))
    .join('\n');
  const words = page.lang === 'en' ? text.split(/\s+/).length / 200 : (text.match(/\p{Script=Han}/gu)?.length ?? 0) / 350;
  const labs = page.blocks.filter((block) => block.name === 'Lab').length;
  return Math.max(1, Math.round(words + 2 * labs));
}

/** A place on the map, written or to come. */
export interface Stop {
  readonly planned: Planned;
  readonly written: boolean;
}

const stopOf = (book: Book, planned: Planned): Stop => ({
  planned,
  written: book.concepts.some((concept) => concept.slug === planned.slug),
});

export const stopsOf = (book: Book): Stop[] => book.plan.map((planned) => stopOf(book, planned));

/** What to read before, and what this page leads to. */
export function neighboursOf(
  book: Book,
  slug: string,
): { needs: Stop[]; leadsTo: Stop[]; previous: Stop | undefined; next: Stop | undefined } {
  const own = book.plan.find((each) => each.slug === slug);
  const written = stopsOf(book).filter((stop) => stop.written);
  const at = written.findIndex((stop) => stop.planned.slug === slug);
  return {
    needs: book.plan.filter((each) => own?.needs.includes(each.slug)).map((each) => stopOf(book, each)),
    leadsTo: book.plan.filter((each) => each.needs.includes(slug)).map((each) => stopOf(book, each)),
    previous: written[at - 1],
    next: written[at + 1],
  };
}

/** Pages that this page names as related, and pages whose text links here; what it needs and leads to is told elsewhere. */
export function onwardOf(book: Book, page: Page): { related: Stop[]; mentionedOn: Stop[] } {
  const linksHere = (other: Page): boolean =>
    other.sections.some(({ nodes }) =>
      nodes.some((top) =>
        [...walk(top)].some(
          (node) => isElement(node, 'a') && conceptOf(String(node.properties['href'] ?? ''))?.slug === page.slug,
        ),
      ),
    );
  const mentions = book.concepts.filter(({ slug, pages }) => {
    const other = pages[page.lang];
    return slug !== page.slug && !page.front.related.includes(slug) && other !== undefined && linksHere(other);
  });
  return {
    related: book.plan.filter(({ slug }) => page.front.related.includes(slug)).map((each) => stopOf(book, each)),
    mentionedOn: book.plan.filter(({ slug }) => mentions.some((each) => each.slug === slug)).map((each) => stopOf(book, each)),
  };
}

/** The terms a page uses, each once, in the order of the page. */
export function termsOf(
  book: Book,
  page: Page,
): { id: string; entry: NonNullable<ReturnType<Book['glossary']['entries']['get']>> }[] {
  const ids = new Set(page.blocks.filter((block) => block.name === 'Term').map((block) => block.attributes['id'] ?? ''));
  return [...ids].flatMap((id) => {
    const entry = book.glossary.entries.get(id);
    return entry ? [{ id, entry }] : [];
  });
}

/** All units of one set of notes, with the place that teaches each; undefined while it has none. */
export function unitsOf(book: Book, set: string): { unit: string; source: Source | undefined }[] {
  const total = book.notes.entries.get(set)?.units ?? 0;
  return Array.from({ length: total }, (_, index) => {
    const unit = `${set}-${String(index + 1).padStart(2, '0')}`;
    return { unit, source: book.sources.entries.get(unit) };
  });
}
