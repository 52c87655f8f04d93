// Everything that can be wrong with the book, in one run.
import type { Book } from './book.ts';
import { checkBook } from './checks.ts';
import { checkRuns } from './checks-runs.ts';
import { checkWords } from './checks-words.ts';
import { loadLock } from './lock.ts';
import type { Problem } from './problem.ts';
import { checkRegistry } from './registry.ts';
import { deckOf } from './runs.ts';

/** Problems of form, of words and of runs; when there are none, those of the registry of cards, which needs every prediction's answer. */
export function checkAll(book: Book): Problem[] {
  const found = [...checkBook(book), ...checkWords(book), ...checkRuns(book)];
  return found.length > 0 ? found : checkRegistry(deckOf(book), loadLock(book.root));
}
