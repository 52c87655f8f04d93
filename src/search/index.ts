// The index: FlexSearch holds, for each term, its sections in slots of impact; this file computes the impacts, packs the index
// into a small text for the way to the browser, and opens it there. The only file that imports flexsearch.
// FlexSearch's own score is the place of a term's first occurrence. We hand it a BM25F impact instead (its `score` option), cut
// into 8 levels, twice: sections with the term in their heading first. Reading the slots back gives the ranking its numbers.
// Source of the weighting: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), BM25F.
import { Index } from 'flexsearch';
import type { SearchRecord, SearchSection, Synonym } from './section.ts';
import { buildSegmenter, isStopWord, type Token, tokensOf } from './tokens.ts';

const LEVELS = 8;
const K1 = 1.5;
const FIELDS = {
  heading: { weight: 4, b: 0.4 },
  page: { weight: 1.5, b: 0.3 },
  alias: { weight: 2, b: 0.3 },
  text: { weight: 1, b: 0.4 },
} as const;
type Field = keyof typeof FIELDS;
const FIELD_NAMES = Object.keys(FIELDS) as Field[];

/** The index on its way to a browser: plain JSON, about 0.6 × brotli(text). */
export interface PackedIndex {
  readonly version: 1;
  /** Terms in code-point order, one a line; each starts with how many characters it shares with the one before. */
  readonly terms: string;
  /** One line a term: `gap × 16 + slot` of each section, base 36, separated by spaces. */
  readonly postings: string;
  readonly records: readonly SearchRecord[];
  readonly synonyms: readonly Synonym[];
  /** Latin spelling of Chinese headings and glossary words: `youzhuangtai` → 有状态. */
  readonly pinyin: Readonly<Record<string, readonly string[]>>;
}

/** An opened index. */
export interface SearchIndex {
  readonly records: readonly SearchRecord[];
  readonly synonyms: readonly Synonym[];
  readonly pinyin: Readonly<Record<string, readonly string[]>>;
  /** All terms, sorted: prefix and typo expansion search here. */
  readonly vocabulary: readonly string[];
  has(term: string): boolean;
  /** Sections that hold the term: section number → impact 0…1, and whether it stands in the heading. */
  postings(term: string): ReadonlyMap<number, Posting>;
}

export interface Posting {
  readonly impact: number;
  readonly inHeading: boolean;
}

type FieldTokens = Record<Field, Token[]>;
type Slots = (number[] | undefined)[];

/**
 * Builds an index for readers of `lang`. `twins` are the same sections in the other language: their headings and page titles are
 * searched too, so `leader election` finds 选主.
 */
export function buildIndex(
  sections: readonly SearchSection[],
  twins: readonly SearchSection[],
  synonyms: readonly Synonym[],
  pinyin: Readonly<Record<string, readonly string[]>> = {},
): PackedIndex {
  const segment = buildSegmenter();
  const twinOf = new Map(twins.map((twin) => [twin.id, twin]));
  const fields = sections.map((section): FieldTokens => {
    const twin = twinOf.get(section.id);
    return {
      heading: tokensOf(section.heading || section.page, segment),
      page: tokensOf(section.page, segment),
      alias: tokensOf(twin ? `${twin.heading || twin.page} ${twin.page}` : '', segment),
      text: tokensOf(section.text, segment).filter((token) => !isStopWord(token.term)),
    };
  });
  const average = averageLengths(fields);
  let impacts = new Map<string, number>();
  const index = new Index({
    resolution: LEVELS * 2,
    tokenize: 'strict',
    encoder: { encode: (content: unknown) => [...(content as Map<string, number>).keys()] },
    // biome-ignore lint/suspicious/noExplicitAny: FlexSearch's types do not know that `score` is handed the term as written
    score: (_content: any, term: any) => impacts.get(term as string)!,
    // biome-ignore lint/suspicious/noExplicitAny: the encoder's type asks for options that are not used here
  } as any);
  fields.forEach((tokens, number) => {
    impacts = slotsOf(tokens, average);
    // biome-ignore lint/suspicious/noExplicitAny: content is the map that our encoder reads
    index.add(number, impacts as any);
  });
  // biome-ignore lint/suspicious/noExplicitAny: `map` is FlexSearch's own table, left out of its types
  const map = (index as any).map as Map<string, Slots>;
  return { version: 1, ...pack(map), records: sections.map(recordOf), synonyms, pinyin };
}

const recordOf = ({ id, kind, number, page, heading, href }: SearchSection): SearchRecord => ({
  id,
  kind,
  number,
  page,
  heading,
  href,
});

function averageLengths(documents: readonly FieldTokens[]): Record<Field, number> {
  const mean = (field: Field) =>
    documents.reduce((sum, tokens) => sum + tokens[field].length, 0) / Math.max(1, documents.length) || 1;
  return { heading: mean('heading'), page: mean('page'), alias: mean('alias'), text: mean('text') };
}

/** Term → slot: 0…7 with the term in the heading, 8…15 without; the strongest impact first. */
function slotsOf(tokens: FieldTokens, average: Record<Field, number>): Map<string, number> {
  const weighted = new Map<string, number>();
  for (const field of FIELD_NAMES) {
    const { weight, b } = FIELDS[field];
    const norm = 1 - b + (b * tokens[field].length) / average[field];
    for (const token of tokens[field])
      weighted.set(token.term, (weighted.get(token.term) ?? 0) + (weight * token.weight) / norm);
  }
  const headings = new Set(tokens.heading.map((token) => token.term));
  const slot = (term: string, frequency: number) =>
    Math.min(LEVELS - 1, Math.floor((1 - frequency / (K1 + frequency)) * LEVELS)) + (headings.has(term) ? 0 : LEVELS);
  return new Map([...weighted].map(([term, frequency]) => [term, slot(term, frequency)]));
}

function pack(map: ReadonlyMap<string, Slots>): { terms: string; postings: string } {
  const sorted = [...map.keys()].sort();
  let before = '';
  const terms = sorted.map((term) => {
    let shared = 0;
    while (shared < before.length && shared < 35 && before[shared] === term[shared]) shared++;
    before = term;
    return shared.toString(36) + term.slice(shared);
  });
  const postings = sorted.map((term) => {
    const pairs = map.get(term)!.flatMap((ids, slot) => (ids ?? []).map((id) => [id, slot] as const));
    pairs.sort((a, b) => a[0] - b[0]);
    let last = 0;
    return pairs
      .map(([id, slot]) => {
        const gap = id - last;
        last = id;
        return (gap * LEVELS * 2 + slot).toString(36);
      })
      .join(' ');
  });
  return { terms: terms.join('\n'), postings: postings.join('\n') };
}

function unpack(packed: PackedIndex): Map<string, Slots> {
  const map = new Map<string, Slots>();
  const lines = packed.postings.split('\n');
  let term = '';
  packed.terms.split('\n').forEach((line, at) => {
    term = term.slice(0, Number.parseInt(line[0] ?? '0', 36)) + line.slice(1);
    const slots: Slots = [];
    let id = 0;
    for (const word of lines[at]!.split(' ')) {
      const value = Number.parseInt(word, 36);
      id += Math.floor(value / (LEVELS * 2));
      const slot = value % (LEVELS * 2);
      const ids = slots[slot];
      if (ids) ids.push(id);
      else slots[slot] = [id];
    }
    map.set(term, slots);
  });
  return map;
}

/** Opens a packed index. Throws when the text is of another version: the page and the index are of different builds. */
export function openIndex(packed: PackedIndex): SearchIndex {
  if (packed.version !== 1)
    throw new Error(`search index: version ${String(packed.version)} found, 1 expected. Reload the page.`);
  const index = new Index({ resolution: LEVELS * 2, tokenize: 'strict' });
  // biome-ignore lint/suspicious/noExplicitAny: `map` is FlexSearch's own table, left out of its types
  const holder = index as any as { map: Map<string, Slots> };
  holder.map = unpack(packed);
  const cache = new Map<string, ReadonlyMap<number, Posting>>();
  return {
    records: packed.records,
    synonyms: packed.synonyms,
    pinyin: packed.pinyin,
    vocabulary: [...holder.map.keys()],
    has: (term) => holder.map.has(term),
    postings(term) {
      let found = cache.get(term);
      if (!found) {
        found = readPostings(holder.map.get(term) ?? []);
        cache.set(term, found);
      }
      return found;
    },
  };
}

function readPostings(slots: Slots): Map<number, Posting> {
  const found = new Map<number, Posting>();
  slots.forEach((ids, slot) => {
    for (const id of ids ?? []) found.set(id, { impact: 1 - ((slot % LEVELS) + 0.5) / LEVELS, inHeading: slot < LEVELS });
  });
  return found;
}
