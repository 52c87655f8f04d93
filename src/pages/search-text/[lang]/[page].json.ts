// /search-text/<lang>/<page>.json: the text of a page's sections, for the excerpts of the results that are shown.
import type { APIRoute } from 'astro';
import { loadBook } from '../../../book/book.ts';
import { sectionsOf } from '../../../book/derive.ts';
import { langs } from '../../../i18n/locales.ts';
import { searchTextsOf } from '../../../search/file.ts';

export const getStaticPaths = () =>
  langs.flatMap((lang) =>
    [...searchTextsOf(sectionsOf(loadBook()), lang)].map(([page, texts]) => ({ params: { lang, page }, props: { texts } })),
  );

export const GET: APIRoute = ({ props }) => Response.json(props['texts']);
