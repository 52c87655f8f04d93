// One word per thing: spelling by a British dictionary, API words as the API writes them, and no word that the glossary replaces.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import dictionary from 'dictionary-en-gb';
import nspell from 'nspell';
import type { Book } from './book.ts';
import type { Problem } from './problem.ts';
import { type Prose, proseOf } from './prose.ts';

const HAN = /\p{Script=Han}/u;

/** Kinds, resources, fields and enumerations of the API, as the engine's schema spells them. */
function apiWords(): Set<string> {
  const folder = join(import.meta.dirname, '..', 'sim', 'api');
  const text = ['schema.json', 'resources.json'].map((file) => readFileSync(join(folder, file), 'utf8')).join(' ');
  return new Set(text.match(/[A-Za-z][A-Za-z0-9]+/g));
}

/** `content/words.txt`: names that are right and in no dictionary, one a line. */
const ownWords = (root: string): string[] =>
  readFileSync(join(root, 'content', 'words.txt'), 'utf8')
    .split(/\s+/)
    .filter(Boolean);

let speller: ReturnType<typeof nspell> | undefined;

/** Latin words of a sentence; what stands in backticks, addresses, names with digits, dots or slashes are code. */
export const wordsOf = (text: string): string[] =>
  text
    .replace(/`[^`]*`/g, ' ')
    .split(/[^\p{Script=Latin}\p{N}'’._/@:-]+/u)
    .map((word) => word.replace(/^['’.:-]+|['’.:-]+$/g, '').replace(/’/g, "'"))
    .filter((word) => word.length > 2 && !/[\d._/@:]/.test(word))
    .flatMap((word) => word.split('-'))
    .map((word) => word.replace(/'s?$/, ''))
    .filter((word) => word.length > 2);

function checkSpelling(book: Book, prose: readonly Prose[]): Problem[] {
  speller ??= nspell({ aff: Buffer.from(dictionary.aff), dic: Buffer.from(dictionary.dic) });
  const glossary = [...book.glossary.entries.values()].flatMap(({ en, zh, aliases }) => [en, zh, ...aliases.en]);
  const api = apiWords();
  const names = new Set([...api, ...ownWords(book.root), ...glossary.flatMap(wordsOf)]);
  // Kinds have an inner capital: Statefulset and statefulset are slips of StatefulSet, but a service may be a service.
  const kinds = new Map([...api].filter((word) => /^[A-Z].*[a-z][A-Z]/.test(word)).map((word) => [word.toLowerCase(), word]));
  const singular = (word: string): string => word.replace(/s$/, '');
  const isName = (word: string): boolean => names.has(word) || names.has(word[0]?.toLowerCase() + word.slice(1));
  const isKnown = new Map<string, boolean>();
  const knows = (word: string): boolean => {
    if (!isKnown.has(word)) isKnown.set(word, isName(word) || isName(singular(word)) || (speller?.correct(word) ?? false));
    return isKnown.get(word) ?? false;
  };
  const guesses = new Map<string, string>();
  const guessOf = (word: string): string => {
    if (!guesses.has(word)) guesses.set(word, speller?.suggest(word)[0] ?? '');
    return guesses.get(word) ?? '';
  };
  return prose.flatMap(({ file, line, text }) =>
    [...new Set(wordsOf(text))].flatMap((word): Problem[] => {
      const kind = kinds.get(word.toLowerCase()) ?? kinds.get(singular(word).toLowerCase());
      if (kind && word !== kind && singular(word) !== kind && !names.has(word))
        return [{ file, line, fact: `“${word}” is ${kind} in the API`, mend: `Write ${kind}.` }];
      // Reasons and conditions, such as FailedBinding, are many and are spelt by the runs that print them.
      if (/[a-z][A-Z]/.test(word) || knows(word)) return [];
      const guess = guessOf(word);
      const mend = `${guess ? `Perhaps “${guess}”. ` : ''}If it is right, add it to content/words.txt.`;
      return [{ file, line, fact: `“${word}” is in no dictionary`, mend }];
    }),
  );
}

/** A word of a glossary entry's `avoid` must not stand in text of that language, except where the notes are quoted. */
function checkAvoided(book: Book, prose: readonly Prose[]): Problem[] {
  const avoided = [...book.glossary.entries.values()].flatMap(({ en, zh, avoid }) => [
    ...avoid.en.map((word) => ({ lang: 'en', word, use: en })),
    ...avoid.zh.map((word) => ({ lang: 'zh', word, use: zh })),
  ]);
  const stands = (word: string, text: string): boolean =>
    HAN.test(word) ? text.includes(word) : new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'i').test(text);
  return prose.flatMap(({ file, line, lang, text, isQuoted }) =>
    isQuoted
      ? []
      : avoided
          .filter((each) => each.lang === lang && stands(each.word, text))
          .map(({ word, use }) => ({ file, line, fact: `“${word}” is not the glossary's word`, mend: `Write “${use}”.` })),
  );
}

/** Everything that is wrong with single words. */
export function checkWords(book: Book): Problem[] {
  const prose = proseOf(book);
  return [...checkSpelling(book, prose), ...checkAvoided(book, prose)];
}
