// The few phrases that the book itself puts on cards. Interface words live in src/i18n; these are part of a card's face and its hash.
import type { Lang } from '../review/card.ts';
import type { Erratum } from './schema.ts';

export const gap: Readonly<Record<Lang, string>> = { en: '[…]', zh: '[……]' };

const about: Readonly<Record<Erratum['verdict'], Readonly<Record<Lang, string>>>> = {
  wrong: { en: 'What is wrong about this?', zh: '这话错在哪里？' },
  'too strong': { en: 'What is too strong about this?', zh: '这话哪里说过头了？' },
  outdated: { en: 'What is outdated about this?', zh: '这话哪里过时了？' },
  incomplete: { en: 'What is missing from this?', zh: '这话漏了什么？' },
};

/** Quotation marks inside quotation marks: ‘’ and 『』. */
const inner = (text: string): string => text.replace(/“/g, '‘').replace(/”/g, '’').replace(/「/g, '『').replace(/」/g, '』');

/** `The notes say: “…” What is too strong about this?` */
export const erratumQuestion = (said: string, verdict: Erratum['verdict'], lang: Lang): string =>
  lang === 'en' ? `The notes say: “${inner(said)}” ${about[verdict].en}` : `笔记里说：「${inner(said)}」${about[verdict].zh}`;

export const termQuestion = (word: string, lang: Lang): string =>
  lang === 'en' ? `What is meant by “${word}”?` : `「${word}」是什么意思？`;

/** Asks for the word of the other language. */
export const pairQuestion = (word: string, lang: Lang): string =>
  lang === 'en' ? `What is “${word}” in Chinese?` : `「${word}」用英文怎么说？`;

/** Asked above a manifest that the API does not take, unless the page asks in its own words. */
export const refusedQuestion: Readonly<Record<Lang, string>> = {
  en: 'The API server refuses this manifest. What is wrong with it?',
  zh: '这份清单被API服务器拒了。错在哪里？',
};
