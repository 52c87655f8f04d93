// Fetches the index and the texts for excerpts, once each. Everything after the first search is answered without the network.
import type { SearchFile } from '../../search/file.ts';
import { openIndex } from '../../search/index.ts';
import { createSearcher, type Searcher } from '../../search/ranking.ts';
import type { SearchLang } from '../../search/section.ts';

/** What a search is answered from. */
export interface LoadedSearch {
  readonly searcher: Searcher;
  readonly answers: SearchFile['answers'];
  /** Text of the sections of a page: section id → text. */
  texts(page: string): Promise<Readonly<Record<string, string>>>;
}

const sources = new Map<SearchLang, Promise<LoadedSearch>>();

/** Loads the index of a language; a failure is forgotten, so that the next call tries again. */
export function loadSource(lang: SearchLang): Promise<LoadedSearch> {
  let source = sources.get(lang);
  if (!source) {
    source = load(lang);
    source.catch(() => sources.delete(lang));
    sources.set(lang, source);
  }
  return source;
}

async function load(lang: SearchLang): Promise<LoadedSearch> {
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
