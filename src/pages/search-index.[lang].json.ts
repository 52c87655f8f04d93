// /search-index.<lang>.json: loaded on the first search.
import type { APIRoute } from 'astro';
import { loadBook } from '../book/book.ts';
import { searchSourceOf } from '../book/search-source.ts';
import { isLang, langs } from '../i18n/locales.ts';
import { searchFileOf } from '../search/file.ts';

export const getStaticPaths = () => langs.map((lang) => ({ params: { lang } }));

export const GET: APIRoute = ({ params }) => {
  if (!isLang(params['lang'])) throw new Error(`search index: no language ${String(params['lang'])}`);
  return Response.json(searchFileOf(searchSourceOf(loadBook()), params['lang']));
};
