// For authors: what is missing, with file, line and what to do; and the registry of cards.
//   node src/book/cli.ts                  everything that is wrong, or nothing
//   node src/book/cli.ts --cards [slug]   the cards that the pages yield
//   node src/book/cli.ts --accept <id…>   enter new cards, or changed ones that still ask the same (all: every one)
//   node src/book/cli.ts --retire <id…>   ids that will never be asked again
import type { Card } from '../review/card.ts';
import { loadBook } from './book.ts';
import { checkAll } from './check-all.ts';
import { loadLock, saveLock } from './lock.ts';
import { formatProblem } from './problem.ts';
import { withAccepted, withRetired } from './registry.ts';
import { deckOf } from './runs.ts';

const plain = (html: string): string =>
  html
    .replace(/<\/p><p>/g, ' ')
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

function printCards(cards: readonly Card[], slug: string | undefined): void {
  for (const card of cards.filter(({ href }) => !slug || href.startsWith(`concepts/${slug}/`))) {
    console.log(`${card.id} · ${card.kind}`);
    for (const lang of ['en', 'zh'] as const)
      console.log(`  ${lang}: ${plain(card.face[lang].question)} → ${plain(card.face[lang].answer)}`);
  }
}

/** Does what the words after the program's name ask for; returns the exit code. */
function main(words: readonly string[], today: string): number {
  const [verb, ...rest] = words;
  const book = loadBook();
  if (verb === undefined) {
    const all = checkAll(book);
    for (const problem of all) console.log(formatProblem(problem));
    console.log(
      all.length === 0 ? `The book is sound: ${book.concepts.length} concepts in two languages.` : `${all.length} to mend.`,
    );
    return all.length === 0 ? 0 : 1;
  }
  if (verb === '--cards') printCards(deckOf(book), rest[0]);
  else if (verb === '--accept' && rest.length > 0)
    saveLock(book.root, withAccepted(loadLock(book.root), deckOf(book), rest[0] === 'all' ? 'all' : rest, today));
  else if (verb === '--retire' && rest.length > 0) saveLock(book.root, rest.reduce(withRetired, loadLock(book.root)));
  else {
    console.error('Use: node src/book/cli.ts [--cards [slug] | --accept <id…>|all | --retire <id…>]');
    return 2;
  }
  return 0;
}

process.exitCode = main(process.argv.slice(2), new Date().toISOString().slice(0, 10));
