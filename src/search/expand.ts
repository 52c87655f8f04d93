// Words a reader typed → terms of the index: the word itself, completions of a word still being typed, and, where the index does
// not know the word, terms one or two slips away (optimal string alignment distance).
import type { SearchIndex } from './index.ts';

/** An index term that may stand for a typed word, and how sure we are of it (0…1). */
export interface Expansion {
  readonly term: string;
  readonly weight: number;
}

const MOST_COMPLETIONS = 24;
const isHan = (word: string): boolean => /\p{Script=Han}/u.test(word);

/** Terms for a word. `typing` is true for the last word of a query, which may not be finished. */
export function expand(word: string, index: SearchIndex, typing: boolean): Expansion[] {
  const exact = index.has(word);
  const found: Expansion[] = exact ? [{ term: word, weight: 1 }] : [];
  if (typing && (isHan(word) || word.length > 1)) found.push(...completions(word, index, exact));
  if (!found.length && !isHan(word)) found.push(...slips(word, index));
  return found;
}

function completions(word: string, index: SearchIndex, exact: boolean): Expansion[] {
  const found: Expansion[] = [];
  for (let at = lowerBound(index.vocabulary, word); at < index.vocabulary.length && found.length < MOST_COMPLETIONS; at++) {
    const term = index.vocabulary[at]!;
    if (!term.startsWith(word)) break;
    if (term === word) continue;
    const ratio = isHan(word) ? 1 : 0.6 + 0.4 * (word.length / term.length);
    found.push({ term, weight: 0.7 * ratio * (exact ? 0.35 : 1) });
  }
  return found;
}

/** Does any term begin so? */
export function isBegun(word: string, index: SearchIndex): boolean {
  return index.vocabulary[lowerBound(index.vocabulary, word)]?.startsWith(word) ?? false;
}

function lowerBound(sorted: readonly string[], word: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A Latin term with the set of its letters, one bit each. */
interface Spelling {
  readonly term: string;
  readonly letters: number;
}

/** The Latin terms of an index by length, made when the first slip is looked for. */
const spellings = new WeakMap<SearchIndex, ReadonlyMap<number, readonly Spelling[]>>();

function spellingsOf(index: SearchIndex): ReadonlyMap<number, readonly Spelling[]> {
  const known = spellings.get(index);
  if (known) return known;
  const latin = index.vocabulary.filter((term) => !isHan(term)).map((term) => ({ term, letters: lettersOf(term) }));
  const made = Map.groupBy(latin, ({ term }) => term.length);
  spellings.set(index, made);
  return made;
}

function lettersOf(word: string): number {
  let letters = 0;
  for (let i = 0; i < word.length; i++) letters |= 1 << (word.charCodeAt(i) & 31);
  return letters;
}

function bitsOf(set: number): number {
  let bits = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}

function slips(word: string, index: SearchIndex): Expansion[] {
  const most = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;
  if (!most) return [];
  const found: Expansion[] = [];
  const letters = lettersOf(word);
  for (let length = word.length - most; length <= word.length + most; length++) {
    for (const { term, letters: others } of spellingsOf(index).get(length) ?? []) {
      // A slip changes two letters of the set at most, so most terms are passed over without comparing.
      if (bitsOf(letters ^ others) > 2 * most) continue;
      const distance = slipsBetween(word, term, most);
      if (distance <= most) found.push({ term, weight: distance === 1 ? 0.8 : 0.5 });
    }
  }
  const nearest = Math.max(0, ...found.map((expansion) => expansion.weight));
  return found.filter((expansion) => expansion.weight === nearest);
}

/** Optimal string alignment: insert, delete, replace, swap neighbours. Gives up above `most`. */
export function slipsBetween(a: string, b: string, most: number): number {
  let twoBack: number[] = [];
  let back = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(back[j]! + 1, row[j - 1]! + 1, back[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, twoBack[j - 2]! + 1);
      row[j] = cost;
    }
    if (Math.min(...row) > most) return most + 1;
    twoBack = back;
    back = row;
  }
  return back[b.length]!;
}
