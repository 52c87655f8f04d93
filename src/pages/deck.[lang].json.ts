// The deck of one language for the review: every card of the book, predictions answered by the engine at build time.
import type { APIRoute } from 'astro';
import { deckOf } from '../book/answers.ts';
import { loadBook } from '../book/book.ts';
import { loadLock } from '../book/lock.ts';
import { aliasesOf } from '../book/registry.ts';
import { isLang, langs } from '../i18n/locales.ts';
import type { DeckCard, DeckFile } from '../review/card.ts';

export const getStaticPaths = () => langs.map((lang) => ({ params: { lang } }));

export const GET: APIRoute = ({ params }) => {
  const lang = isLang(params['lang']) ? params['lang'] : 'en';
  const book = loadBook();
  const cards = deckOf(book).map(
    ({ title, face, hash, ...card }): DeckCard => ({ ...card, ...face[lang], title: title[lang], hash: hash[lang] }),
  );
  const file: DeckFile = { version: 1, lang, cards, aliases: aliasesOf(loadLock(book.root)) };
  return Response.json(file);
};
