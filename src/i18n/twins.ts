// One interface phrase is a pair, English first. A missing twin does not compile.
import type { Lang } from './locales.ts';

export type Twin = readonly [en: string, zh: string];

/** The phrases of one language: `inLang({save: ['Save', '保存']}, 'zh').save` is 保存. */
export function inLang<Key extends string>(twins: Readonly<Record<Key, Twin>>, lang: Lang): Readonly<Record<Key, string>> {
  const at = lang === 'en' ? 0 : 1;
  const entries = (Object.entries(twins) as [Key, Twin][]).map(([key, twin]) => [key, twin[at]] as const);
  return Object.fromEntries(entries) as Record<Key, string>;
}

/** Fills `{name}` places: `fill('{n} cards', {n: 4})` is `4 cards`. */
export function fill(phrase: string, facts: Readonly<Record<string, string | number>>): string {
  return phrase.replace(/\{(\w+)\}/g, (place, name: string) => String(facts[name] ?? place));
}

/** English needs a plural; Chinese has one form for all numbers. The twin holds `one|many` in English. */
export function count(phrase: string, n: number): string {
  const [one, many] = phrase.split('|');
  return fill(n === 1 || many === undefined ? (one ?? '') : many, { n });
}
