// Synonym groups, matched on atoms: Latin words (singular, lower case) and single Han characters. So 无头服务, headless Service and
// mixed words are all sequences of atoms, and the longest one wins, wherever it stands in a query.
import type { Synonym } from './section.ts';
import { normalize, piecesOf, stem } from './tokens.ts';

/** The smallest units of a query. `piece` and `offset` tell where an atom came from. */
export interface Atom {
  readonly text: string;
  readonly han: boolean;
  readonly raw: string;
}

const SEPARATOR = '\u0001';
const LONGEST = 12;
/** Kubernetes' short names that are also everyday words: they count only when they are the whole query. */
const ONLY_ALONE = new Set(['no', 'po', 'ev', 'ep', 'cs', 'limit', 'image', 'set', 'job', 'node']);

/** Query text → atoms. Identifiers stay one atom; `headless-service` is split at the hyphen, as people type it. */
export function atomsOf(text: string): Atom[] {
  return piecesOf(normalize(text)).flatMap((piece): Atom[] => {
    if (piece.kind === 'han') return [...piece.text].map((char) => ({ text: char, han: true, raw: char }));
    return piece.text.split(/[-_/]/).map((word) => ({ text: stem(word.toLowerCase()), han: false, raw: word }));
  });
}

/** One way of saying a thing: its atoms, and the key they are found by. */
export interface Form {
  readonly atoms: readonly Atom[];
  readonly key: string;
}

/** Forms → groups: `forms` maps a sequence of atoms to the indexes of the groups that hold it. */
export interface SynonymTable {
  readonly groups: readonly (readonly Form[])[];
  readonly forms: ReadonlyMap<string, readonly number[]>;
}

const keyOf = (atoms: readonly Atom[]): string => atoms.map((atom) => atom.text).join(SEPARATOR);

/** Builds the table from the glossary's words. `groups[i]` holds all ways of saying one thing. */
export function synonymTable(synonyms: readonly Synonym[]): SynonymTable {
  const groups = synonyms.map((synonym) => formsOf([...synonym.en, ...synonym.zh]));
  const forms = new Map<string, number[]>();
  groups.forEach((group, index) => {
    for (const { key } of group) forms.set(key, [...(forms.get(key) ?? []), index]);
  });
  return { groups, forms };
}

function formsOf(words: readonly string[]): Form[] {
  const byKey = new Map<string, Form>();
  for (const word of words) {
    const atoms = atomsOf(word);
    if (atoms.length) byKey.set(keyOf(atoms), { atoms, key: keyOf(atoms) });
  }
  return [...byKey.values()];
}

/** Ids of groups that are exactly these atoms. */
export const groupsNamed = (atoms: readonly Atom[], table: SynonymTable): readonly number[] =>
  table.forms.get(keyOf(atoms)) ?? [];

/** A stretch of a query that is one thing: a glossary word, or what stands between two of them. */
export interface Unit {
  readonly atoms: readonly Atom[];
  /** Other ways of saying it; empty when no group holds it. */
  readonly others: readonly Form[];
}

/** Cuts a query into units: the longest synonym at each place, left to right. */
export function unitsOf(atoms: readonly Atom[], table: SynonymTable): Unit[] {
  const units: Unit[] = [];
  let plain: Atom[] = [];
  const flush = () => {
    if (plain.length) units.push({ atoms: plain, others: [] });
    plain = [];
  };
  for (let at = 0; at < atoms.length; ) {
    const length = longestForm(atoms, at, table);
    if (!length) {
      plain.push(atoms[at]!);
      at++;
      continue;
    }
    flush();
    const matched = atoms.slice(at, at + length);
    const key = keyOf(matched);
    const others = groupsNamed(matched, table).flatMap((group) => table.groups[group]!.filter((form) => form.key !== key));
    units.push({ atoms: matched, others });
    at += length;
  }
  flush();
  return units;
}

function longestForm(atoms: readonly Atom[], at: number, table: SynonymTable): number {
  for (let length = Math.min(LONGEST, atoms.length - at); length > 0; length--) {
    const key = keyOf(atoms.slice(at, at + length));
    if (!table.forms.has(key)) continue;
    if (length === 1 && ONLY_ALONE.has(key) && atoms.length > 1) continue;
    return length;
  }
  return 0;
}
