// A query → sections, best first. Pure: index in, hits out.
//
// A query is cut into units (a glossary word, or a single word). A unit may be said in several ways: as typed, or by a synonym,
// which counts a little less. A way matches a section when all its words do. The unit's score in a section is that of its best way,
// times how rare the unit is; a section's score is the sum over units, raised when it covers more of the query, when its heading
// does, and most when its heading is the query.
import { type Expansion, expand, isBegun } from './expand.ts';
import type { Posting, SearchIndex } from './index.ts';
import type { Hit } from './section.ts';
import { type Atom, atomsOf, groupsNamed, type SynonymTable, synonymTable, type Unit, unitsOf } from './synonyms.ts';
import { isStopWord, normalize, partsOf, segmentBy } from './tokens.ts';

const SYNONYM_WEIGHT = 0.95;

/** One word of one way of saying a unit, with the terms it may stand for. */
interface Word {
  readonly expansions: readonly Expansion[];
}
interface Way {
  readonly words: readonly Word[];
  readonly weight: number;
}
interface Match {
  score: number;
  inHeading: boolean;
  terms: readonly string[];
}

/** Opened once; asks many times. */
export interface Searcher {
  /** Best sections first. An empty query gives nothing. */
  search(query: string, limit?: number): Hit[];
  /** Ids of the glossary entries that the whole query names: candidates for an answer card. */
  namedBy(query: string): string[];
}

export function createSearcher(index: SearchIndex): Searcher {
  const table = synonymTable(index.synonyms);
  const segment = segmentBy(
    (word) => index.has(word),
    (word) => isBegun(word, index),
  );
  return {
    search: (query, limit = 20) => rank(queryUnits(query, index, table, segment), query, index, limit),
    namedBy: (query) => groupsNamed(atomsOf(query), table).map((group) => index.synonyms[group]!.id),
  };
}

/** A unit: its ways of being said, and how many words it is worth. */
interface QueryUnit {
  readonly ways: readonly Way[];
  readonly words: number;
}

function queryUnits(
  query: string,
  index: SearchIndex,
  table: SynonymTable,
  segment: (run: string) => readonly string[],
): QueryUnit[] {
  const atoms = atomsOf(spelled(query, index));
  const typing = !/\s$/.test(query);
  const units = unitsOf(atoms, table).flatMap((unit) => (unit.others.length ? [unit] : split(unit, segment)));
  const telling = units.filter((unit) => unit.others.length || !isStopWord(unit.atoms.map((atom) => atom.text).join('')));
  const chosen = telling.length ? telling : units;
  return chosen.map((unit, at) => {
    const last = typing && at === chosen.length - 1 && units.at(-1) === unit;
    const literal = waysOf(unit.atoms, index, segment, last);
    const others = unit.others.flatMap((form) =>
      waysOf(form.atoms, index, segment, false).map((way) => ({ ...way, weight: way.weight * SYNONYM_WEIGHT })),
    );
    return { ways: [...literal, ...others], words: Math.min(3, literal[0]?.words.length || 1) };
  });
}

/** A stretch without glossary words: one unit a word. */
function split(unit: Unit, segment: (run: string) => readonly string[]): Unit[] {
  return wordsOf(unit.atoms, segment).map((word) => ({ atoms: word, others: [] }));
}

/** Atoms → words: a Latin atom is a word, a run of Han atoms is cut by the vocabulary. */
function wordsOf(atoms: readonly Atom[], segment: (run: string) => readonly string[]): Atom[][] {
  const words: Atom[][] = [];
  for (let at = 0; at < atoms.length; ) {
    if (!atoms[at]!.han) {
      words.push([atoms[at]!]);
      at++;
      continue;
    }
    let end = at;
    while (end < atoms.length && atoms[end]!.han) end++;
    let from = at;
    for (const word of segment(
      atoms
        .slice(at, end)
        .map((atom) => atom.text)
        .join(''),
    )) {
      const length = [...word].length;
      words.push(atoms.slice(from, from + length));
      from += length;
    }
    at = end;
  }
  return words;
}

function waysOf(
  atoms: readonly Atom[],
  index: SearchIndex,
  segment: (run: string) => readonly string[],
  typing: boolean,
): Way[] {
  const words = wordsOf(atoms, segment);
  const toWay = (terms: readonly string[], weight: number): Way => ({
    words: terms.map((term, at) => ({ expansions: expand(term, index, typing && at === terms.length - 1) })),
    weight,
  });
  const ways = [
    toWay(
      words.map((word) => word.map((atom) => atom.text).join('')),
      1,
    ),
  ];
  const latin = atoms.filter((atom) => !atom.han);
  if (latin.length > 1 && latin.length === atoms.length) {
    const joined = latin.map((atom) => atom.text).join('');
    if (index.has(joined)) ways.push(toWay([joined], 1));
    const hyphenated = latin.map((atom) => atom.text).join('-');
    if (index.has(hyphenated)) ways.push(toWay([hyphenated], 1));
  }
  const only = atoms.length === 1 ? partsOf(atoms[0]!.raw) : [];
  if (only.length) ways.push(toWay(only, 0.8));
  return ways;
}

/** Latin letters that no term starts with are read as pinyin: youzhuangtai → 有状态. Input methods put ' between syllables. */
function spelled(query: string, index: SearchIndex): string {
  const bare = normalize(query).trim().toLowerCase().replace(/['\s]/g, '');
  const words = index.pinyin[bare];
  if (!words || index.has(bare)) return query;
  return words.join(' ');
}

function rank(units: readonly QueryUnit[], query: string, index: SearchIndex, limit: number): Hit[] {
  const total = units.reduce((sum, unit) => sum + unit.words, 0);
  if (!total) return [];
  const sums = new Map<number, { score: number; covered: number; inHeading: number; terms: Set<string> }>();
  for (const unit of units) {
    const matches = matchesOf(unit, index);
    const rarity = Math.log(1 + (index.records.length - matches.size + 0.5) / (matches.size + 0.5));
    for (const [section, match] of matches) {
      const sum = sums.get(section) ?? { score: 0, covered: 0, inHeading: 0, terms: new Set<string>() };
      sum.score += match.score * rarity * unit.words;
      sum.covered += unit.words;
      if (match.inHeading) sum.inHeading += unit.words;
      for (const term of match.terms) sum.terms.add(term);
      sums.set(section, sum);
    }
  }
  const asked = plain(query);
  const hits = [...sums].map(([section, sum]): Hit => {
    const record = index.records[section]!;
    const heading = (sum.inHeading / total) ** 2;
    const exact = asked === titleOf(record) ? 1.5 : 1;
    const opening = record.heading ? 1 : 1 + 0.15 * heading;
    return {
      record,
      score: sum.score * (0.7 + (0.3 * sum.covered) / total) * (1 + 0.3 * heading) * exact * opening,
      terms: [...sum.terms],
    };
  });
  return hits.sort((a, b) => b.score - a.score || a.record.number - b.record.number).slice(0, limit);
}

const plain = (text: string): string =>
  atomsOf(text)
    .map((atom) => atom.text)
    .join(' ');

const titles = new WeakMap<Hit['record'], string>();

/** What a section is called, without marks; every keystroke asks for many, and they do not change. */
function titleOf(record: Hit['record']): string {
  const known = titles.get(record) ?? plain(record.heading || record.page);
  titles.set(record, known);
  return known;
}

/** The best way of saying the unit, in each section where all its words are found. */
function matchesOf(unit: QueryUnit, index: SearchIndex): Map<number, Match> {
  const best = new Map<number, Match>();
  for (const way of unit.ways) {
    for (const [section, match] of matchesOfWay(way, index)) {
      if (match.score > (best.get(section)?.score ?? 0)) best.set(section, match);
    }
  }
  return best;
}

function matchesOfWay(way: Way, index: SearchIndex): Map<number, Match> {
  let found: Map<number, Match> | null = null;
  for (const word of way.words) {
    const here = new Map<number, Match>();
    for (const { term, weight } of word.expansions) {
      for (const [section, posting] of index.postings(term)) keepBetter(here, section, posting, weight, term);
    }
    found = found === null ? here : both(found, here);
  }
  for (const match of found?.values() ?? []) match.score *= way.weight / way.words.length;
  return found ?? new Map();
}

function keepBetter(here: Map<number, Match>, section: number, posting: Posting, weight: number, term: string): void {
  const score = posting.impact * weight;
  const old = here.get(section);
  if (!old || old.score < score) here.set(section, { score, inHeading: posting.inHeading, terms: [term] });
}

function both(a: ReadonlyMap<number, Match>, b: ReadonlyMap<number, Match>): Map<number, Match> {
  const joined = new Map<number, Match>();
  for (const [section, left] of a) {
    const right = b.get(section);
    if (right)
      joined.set(section, {
        score: left.score + right.score,
        inHeading: left.inHeading && right.inHeading,
        terms: [...left.terms, ...right.terms],
      });
  }
  return joined;
}
