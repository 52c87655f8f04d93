// How Chinese words are spelled in Latin letters: for readers who type pinyin where an input method is off.
import { pinyin } from 'pinyin-pro';

const HAN = /^\p{Script=Han}+$/u;

/** Full spelling and initials of each word of two characters or more: `wutoufuwu` and `wtfw` → 无头服务. */
export function spellingsOf(words: Iterable<string>): Record<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const word of words) {
    if (!HAN.test(word) || word.length < 2) continue;
    const full = pinyin(word, { toneType: 'none', type: 'array', v: true });
    const keys = [full.join(''), ...(word.length > 2 ? [full.map((syllable) => syllable[0]).join('')] : [])];
    for (const key of keys) found.set(key, (found.get(key) ?? new Set()).add(word));
  }
  return Object.fromEntries([...found].map(([key, set]) => [key, [...set]]));
}
