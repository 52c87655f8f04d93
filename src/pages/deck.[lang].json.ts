// The deck of one language for the review: every card of the book, predictions answered by the engine at build time.
import type { APIRoute } from 'astro';
import { type Book, loadBook } from '../book/book.ts';
import { checkBook } from '../book/checks.ts';
import { loadLock } from '../book/lock.ts';
import { formatProblem } from '../book/problem.ts';
import { aliasesOf, checkRegistry } from '../book/registry.ts';
import { deckOf } from '../book/runs.ts';
import { isLang, langs } from '../i18n/locales.ts';
import type { DeckCard, DeckFile } from '../review/card.ts';

export const getStaticPaths = () => langs.map((lang) => ({ params: { lang } }));

/** A deck is written only from a sound book: a missing twin, a dead link or an undecided card stops the build here. */
function refuseUnsound(book: Book): void {
  const problems = [...checkBook(book), ...checkRegistry(deckOf(book), loadLock(book.root))];
  if (problems.length > 0) throw new Error(`The book is not sound:\n${problems.map(formatProblem).join('\n')}`);
}

export const GET: APIRoute = ({ params }) => {
  const lang = isLang(params['lang']) ? params['lang'] : 'en';
  const book = loadBook();
  refuseUnsound(book);
  const cards = deckOf(book).map(
    ({ title, face, hash, ...card }): DeckCard => ({ ...card, ...face[lang], title: title[lang], hash: hash[lang] }),
  );
  const file: DeckFile = { version: 1, lang, cards, aliases: aliasesOf(loadLock(book.root)) };
  return Response.json(file);
};
