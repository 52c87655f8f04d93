// The file of the search of one language, `/search-index.<lang>.json`: the index, and the glossary's answers.
import { buildIndex, type PackedIndex } from './index.ts';
import type { SearchLang, SearchSection, Synonym } from './section.ts';

/** What a glossary word means: shown above the results when the whole query names it. */
export interface TermAnswer {
  readonly word: string;
  readonly other: string;
  readonly means: string;
  readonly href: string;
}

export interface SearchFile {
  readonly index: PackedIndex;
  /** By glossary id, the same as in the index's synonyms. */
  readonly answers: Readonly<Record<string, TermAnswer>>;
}

/** What the book knows that the search needs. */
export interface SearchSource {
  readonly sections: readonly SearchSection[];
  readonly synonyms: readonly Synonym[];
  readonly spellings: Readonly<Record<string, readonly string[]>>;
  readonly answers: Readonly<Record<SearchLang, Readonly<Record<string, TermAnswer>>>>;
}

/** Glossary entries answer on their own and do not compete with the sections that teach them. */
export const searchedSections = (sections: readonly SearchSection[], lang: SearchLang): SearchSection[] =>
  sections.filter((section) => section.lang === lang && section.kind !== 'term');

/** Put together at build time. */
export function searchFileOf(source: SearchSource, lang: SearchLang): SearchFile {
  const own = searchedSections(source.sections, lang);
  const twins = searchedSections(source.sections, lang === 'en' ? 'zh' : 'en');
  return { index: buildIndex(own, twins, source.synonyms, source.spellings), answers: source.answers[lang] };
}

/** The texts of one page (or of all labs) for excerpts: page → section id → text. */
export function searchTextsOf(sections: readonly SearchSection[], lang: SearchLang): Map<string, Record<string, string>> {
  const pages = new Map<string, Record<string, string>>();
  for (const section of searchedSections(sections, lang)) {
    const page = section.id.split('#')[0]!;
    pages.set(page, { ...pages.get(page), [section.id]: section.text });
  }
  return pages;
}
