// Fetches the index and the texts for excerpts, once each. Everything after the first search is answered without the network.
import { openIndex, type PackedIndex } from '../../search/index.ts';
import { createSearcher, type Searcher } from '../../search/ranking.ts';
import type { SearchLang } from '../../search/section.ts';

/** What a glossary word means: shown above the results when the whole query names it. */
export interface TermAnswer {
  readonly word: string;
  readonly other: string;
  readonly means: string;
  readonly href: string;
}

/** The file `/search-index.<lang>.json`. */
export interface SearchFile {
  readonly index: PackedIndex;
  readonly answers: Readonly<Record<string, TermAnswer>>;
}

export interface SearchSource {
  readonly searcher: Searcher;
  readonly answers: SearchFile['answers'];
  /** Text of the sections of a page: section id → text. */
  texts(page: string): Promise<Readonly<Record<string, string>>>;
}

const sources = new Map<SearchLang, Promise<SearchSource>>();

/** Loads the index of a language; a failure is forgotten, so that the next call tries again. */
export function loadSource(lang: SearchLang): Promise<SearchSource> {
  let source = sources.get(lang);
  if (!source) {
    source = load(lang);
    source.catch(() => sources.delete(lang));
    sources.set(lang, source);
  }
  return source;
}

async function load(lang: SearchLang): Promise<SearchSource> {
  const file = await fetchJson<SearchFile>(`/search-index.${lang}.json`);
  const pages = new Map<string, Promise<Readonly<Record<string, string>>>>();
  return {
    searcher: createSearcher(openIndex(file.index)),
    answers: file.answers,
    texts(page) {
      const found = pages.get(page) ?? fetchJson<Record<string, string>>(`/search-text/${lang}/${page}.json`);
      pages.set(page, found);
      found.catch(() => pages.delete(page));
      return found;
    },
  };
}

async function fetchJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return (await response.json()) as T;
}
