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

function slips(word: string, index: SearchIndex): Expansion[] {
  const most = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;
  if (!most) return [];
  const found: Expansion[] = [];
  for (const term of index.vocabulary) {
    if (Math.abs(term.length - word.length) > most || isHan(term)) continue;
    const distance = slipsBetween(word, term, most);
    if (distance <= most) found.push({ term, weight: distance === 1 ? 0.8 : 0.5 });
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
