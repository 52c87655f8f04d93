// What goes into the search and what comes out: sections of pages in, hits out. No ranking here, only shapes.

export type SearchLang = 'en' | 'zh';

/** One searchable place: a section of a page, the part before its first heading, or a lab. */
export interface SearchSection {
  /** `one-replica#two-pods`; nothing after `#` for the part before the first heading. The same in both languages. */
  readonly id: string;
  readonly lang: SearchLang;
  readonly kind: 'section' | 'term' | 'lab';
  /** Number of the concept; -1 where there is none. */
  readonly number: number;
  readonly page: string;
  /** Heading of the section; empty for the opening of a page. */
  readonly heading: string;
  readonly href: string;
  /** Plain text, code included. */
  readonly text: string;
}

/** Words that mean the same, in both languages. Taken from the glossary. */
export interface Synonym {
  readonly id: string;
  readonly en: readonly string[];
  readonly zh: readonly string[];
}

/** A section as results show it: everything but the text. */
export interface SearchRecord {
  readonly id: string;
  readonly kind: SearchSection['kind'];
  readonly number: number;
  readonly page: string;
  readonly heading: string;
  readonly href: string;
}

/** A section found. `terms` are the index terms that matched, for excerpts and marks. */
export interface Hit {
  readonly record: SearchRecord;
  readonly score: number;
  readonly terms: readonly string[];
}
