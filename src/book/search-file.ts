// What the search of one language needs, put together at build time: the index, and the glossary's answers.
import { buildIndex, type PackedIndex } from '../search/index.ts';
import type { SearchLang } from '../search/section.ts';
import type { Book } from './book.ts';
import { sectionsOf, synonymsOf } from './derive.ts';
import { spellingsOf } from './spelling.ts';

interface Answer {
  readonly word: string;
  readonly other: string;
  readonly means: string;
  readonly href: string;
}

/** Sections and labs of both languages; glossary entries answer on their own and do not compete with the sections that teach them. */
export function searchFileOf(book: Book, lang: SearchLang): { index: PackedIndex; answers: Record<string, Answer> } {
  const all = sectionsOf(book).filter((section) => section.kind !== 'term');
  const own = all.filter((section) => section.lang === lang);
  const twins = all.filter((section) => section.lang !== lang);
  const synonyms = synonymsOf(book);
  return {
    index: buildIndex(own, twins, synonyms, spellingsOf(synonyms.flatMap((synonym) => synonym.zh))),
    answers: answersOf(book, lang),
  };
}

function answersOf(book: Book, lang: SearchLang): Record<string, Answer> {
  const other = lang === 'en' ? 'zh' : 'en';
  return Object.fromEntries(
    [...book.glossary.entries].map(([id, entry]) => {
      const [slug, section] = entry.page.split('#');
      const written = book.concepts.some((concept) => concept.slug === slug && concept.pages[lang]);
      const href = written ? `/${lang}/concepts/${slug}/${section ? `#${section}` : ''}` : `/${lang}/glossary/#${id}`;
      return [id, { word: entry[lang], other: entry[other], means: entry.means[lang], href }];
    }),
  );
}

/** The texts of one page (or of all labs) for excerpts: section id → text. */
export function searchTextsOf(book: Book, lang: SearchLang): Map<string, Record<string, string>> {
  const pages = new Map<string, Record<string, string>>();
  for (const section of sectionsOf(book)) {
    if (section.lang !== lang || section.kind === 'term') continue;
    const page = section.id.split('#')[0]!;
    pages.set(page, { ...pages.get(page), [section.id]: section.text });
  }
  return pages;
}
