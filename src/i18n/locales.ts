// The two languages of the site. A page exists in both under the same path, section ids included.

export type Lang = 'en' | 'zh';

export const langs: readonly Lang[] = ['en', 'zh'];

/** What `<html lang>` and `hreflang` say. */
export const htmlLang: Readonly<Record<Lang, string>> = { en: 'en', zh: 'zh-Hans' };

/** The name of a language, in that language. */
export const langName: Readonly<Record<Lang, string>> = { en: 'English', zh: '中文' };

export const otherLang = (lang: Lang): Lang => (lang === 'en' ? 'zh' : 'en');

export const isLang = (value: unknown): value is Lang => value === 'en' || value === 'zh';
