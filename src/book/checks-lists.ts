// What lists under content/ must keep true: places that exist, errata that are shown, units with a home, Chinese as it is written here.
import type { Lang } from '../review/card.ts';
import type { Book } from './book.ts';
import type { Problem } from './problem.ts';
import { proseOfLists } from './prose.ts';
import { slipsOf } from './typography.ts';

const langs: readonly Lang[] = ['en', 'zh'];

/** Whether `page#section` stands in a language. */
export const placeExists = (book: Book, place: string, lang: Lang): boolean => {
  const [slug, section] = place.split('#');
  const page = book.concepts.find((concept) => concept.slug === slug)?.pages[lang];
  return page?.sections.some((each) => each.id === section) ?? false;
};

/** Whether the page of a place is planned and not written yet. */
export const isToCome = (book: Book, place: string): boolean => {
  const slug = place.split('#')[0];
  return book.plan.some((each) => each.slug === slug) && !book.concepts.some((concept) => concept.slug === slug);
};

/** Places named in YAML stand in both languages; a page to come is allowed where `mayWait`. */
function checkPlaces(book: Book): Problem[] {
  const named = [
    ...[...book.glossary.entries].map(([id, { page }]) => ({
      file: 'content/glossary.yaml',
      id,
      page,
      line: book.glossary.lines.get(id),
      mayWait: true,
    })),
    ...[...book.errata.entries].map(([id, { page }]) => ({
      file: 'content/errata.yaml',
      id,
      page,
      line: book.errata.lines.get(id),
      mayWait: true,
    })),
    ...[...book.sources.entries].flatMap(([id, page]) =>
      typeof page === 'string'
        ? [{ file: 'content/sources.yaml', id, page, line: book.sources.lines.get(id), mayWait: false }]
        : [],
    ),
  ];
  return named.flatMap(({ file, id, page, line = 0, mayWait }) => {
    if (mayWait && isToCome(book, page)) return [];
    const absent = langs.filter((lang) => !placeExists(book, page, lang));
    return absent.length === 0
      ? []
      : [
          {
            file,
            line,
            fact: `${id}: no section ${page} in ${absent.join(' and ')}`,
            mend: 'Name a section that stands in both languages.',
          },
        ];
  });
}

function checkErrata(book: Book): Problem[] {
  return [...book.errata.entries].flatMap(([id, erratum]) => {
    const at = { file: 'content/errata.yaml', line: book.errata.lines.get(id) ?? 0 };
    const slug = erratum.page.split('#')[0];
    const concept = book.concepts.find((each) => each.slug === slug);
    const isShown =
      concept?.pages.en?.blocks.some((block) => block.name === 'Erratum' && block.attributes['id'] === id) ?? true;
    const scenario = erratum.shown && book.scenarios.get(erratum.shown.scenario);
    const step = erratum.shown?.step;
    return [
      ...(isShown ? [] : [{ ...at, fact: `${id} is not shown on its page`, mend: `Write <Erratum id="${id}" /> on ${slug}.` }]),
      ...(erratum.shown && !scenario
        ? [
            {
              ...at,
              fact: `${id}: no scenario is called “${erratum.shown.scenario}”`,
              mend: 'Name a file of content/scenarios.',
            },
          ]
        : []),
      ...(scenario && step && !scenario.steps.some((each) => each.id === step)
        ? [
            {
              ...at,
              fact: `${id}: ${erratum.shown?.scenario} has no step “${step}”`,
              mend: 'Give a step this id, or name another.',
            },
          ]
        : []),
    ];
  });
}

/** Every unit has a home; a page's `sources` and sources.yaml tell the same story. */
function checkCoverage(book: Book): Problem[] {
  const file = 'content/sources.yaml';
  const homeless = [...book.notes.entries].flatMap(([set, { units }]) => {
    const all = Array.from({ length: units }, (_, index) => `${set}-${String(index + 1).padStart(2, '0')}`);
    return all
      .filter((unit) => !book.sources.entries.has(unit))
      .map((unit) => ({
        file,
        line: 0,
        fact: `${unit} has no home`,
        mend: `Add ${unit}: page#section, or ${unit}: {left-out: {en: …, zh: …}}.`,
      }));
  });
  const strayed = book.concepts.flatMap((concept) => {
    const page = concept.pages.en ?? concept.pages.zh;
    const here = [...book.sources.entries]
      .filter(([, place]) => typeof place === 'string' && place.startsWith(`${concept.slug}#`))
      .map(([unit]) => unit);
    const own = page?.front.sources ?? [];
    const at = { file: page?.file ?? '', line: 2 };
    return [
      ...here
        .filter((unit) => !own.includes(unit))
        .map((unit) => ({
          ...at,
          fact: `${unit} is at home here (sources.yaml), but not under “sources”`,
          mend: 'Add it to the frontmatter of both languages.',
        })),
      ...own
        .filter((unit) => !here.includes(unit))
        .map((unit) => ({
          ...at,
          fact: `“sources” claims ${unit}, but sources.yaml does not place it here`,
          mend: `Add ${unit}: ${concept.slug}#section to content/sources.yaml.`,
        })),
    ];
  });
  return [...homeless, ...strayed];
}

/** Every concept stands under one wish, and nothing else does. */
function checkEntrances(book: Book): Problem[] {
  const at = { file: 'content/entrances.yaml', line: 0 };
  const { wishes, troubles } = book.entrances;
  const wished = wishes.flatMap(({ see }) => see);
  const known = book.plan.map(({ slug }) => slug);
  return [
    ...[...wished, ...troubles.flatMap(({ see }) => see)]
      .filter((slug) => !known.includes(slug))
      .map((slug) => ({ ...at, fact: `no concept is called “${slug}”`, mend: 'Use a slug of content/concepts.yaml.' })),
    ...known
      .filter((slug) => wished.filter((each) => each === slug).length !== 1)
      .map((slug) => ({ ...at, fact: `“${slug}” does not stand under exactly one wish`, mend: 'Put it under one.' })),
  ];
}

/** Every `zh` of the YAML files. */
const checkChineseYaml = (book: Book): Problem[] =>
  proseOfLists(book)
    .filter(({ lang }) => lang === 'zh')
    .flatMap(({ file, line, text }) =>
      slipsOf(text).map(({ fact, mend, found }) => ({ file, line, fact: `${fact}: ${found.trim()}`, mend })),
    );

/** Everything that is wrong with glossary, errata, sources and the words of scenarios. */
export const checkLists = (book: Book): Problem[] => [
  ...checkPlaces(book),
  ...checkErrata(book),
  ...checkCoverage(book),
  ...checkEntrances(book),
  ...checkChineseYaml(book),
];
