// Where a block stands: in which language it is written, and on a page of which language.
import { isLang, type Lang } from '../i18n/locales.ts';

export interface BlockProps {
  /** Handed in by the book's plugin (src/book/plugin.ts): the language and page of the file the block is written in. */
  lang: Lang;
  slug: string;
}

/** The language of the page around the block; the other one when both stand side by side. */
export const pageLang = (params: Readonly<Record<string, string | undefined>>): Lang =>
  isLang(params['lang']) ? params['lang'] : 'en';

/** Side by side, ids of the second language get a prefix, because an id may stand once on a page. */
export const anchorOf = (id: string, lang: Lang, page: Lang): string => (lang === page ? id : `${lang}-${id}`);

/** The page of a lab; undefined for a scenario that only backs a transcript and has no lab. */
export const labUrl = (
  scenarios: ReadonlyMap<string, { readonly lab?: unknown }>,
  name: string,
  lang: Lang,
): string | undefined => (scenarios.get(name)?.lab === undefined ? undefined : `/${lang}/labs/${name}/`);

/** `/en/concepts/<slug>/both/` shows both languages. */
export const isSideBySide = (url: URL): boolean => url.pathname.endsWith('/both/');
