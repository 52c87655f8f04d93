// What a card is. The book makes cards from the pages at build time; the review reads them from /deck.en.json and /deck.zh.json.
// A card has no memory here: memory is replayed from the review log (replay.ts) under the card's id.

export type Lang = 'en' | 'zh';

export type CardKind = 'recall' | 'cloze' | 'predict' | 'term' | 'pair' | 'erratum' | 'manifest';

/** One side pair in one language. HTML strings made at build time, without style attributes; `choices` only for predict cards. */
export interface CardFace {
  readonly question: string;
  readonly answer: string;
  readonly choices?: readonly string[];
}

/** A card in both languages, as the book derives it. */
export interface Card {
  /** `<concept>/<key>`, `<concept>/<key>::c1`, `term/<id>`, `pair/<id>`: free of language, never reused. */
  readonly id: string;
  readonly kind: CardKind;
  /** Page order: concept number × 1000 + position on the page. */
  readonly order: number;
  /** The passage, without the language prefix: `concepts/one-replica/#two-pods`. */
  readonly href: string;
  /** Page title, for the link back. */
  readonly title: Readonly<Record<Lang, string>>;
  /** Replay: the lab to open. */
  readonly scenario?: string;
  /** Predict: index of the choice that the engine found to be right. */
  readonly answerIndex?: number;
  readonly face: Readonly<Record<Lang, CardFace>>;
  /** Content hash of the face, 8 hex digits. */
  readonly hash: Readonly<Record<Lang, string>>;
}

export interface Deck {
  readonly version: 1;
  readonly cards: readonly Card[];
}

/** A card in one language, as /deck.<lang>.json holds it. */
export interface DeckCard extends CardFace {
  readonly id: string;
  readonly kind: CardKind;
  readonly order: number;
  readonly href: string;
  readonly title: string;
  readonly scenario?: string;
  readonly answerIndex?: number;
  readonly hash: string;
}

/** The number of the concept whose page a card stands on. */
export const conceptNumberOf = ({ order }: Pick<DeckCard, 'order'>): number => Math.floor(order / 1000);

/** The first card of the page that follows a concept's in the deck; undefined after the last page, and for a concept without cards. */
export function firstCardAfter(cards: readonly DeckCard[], concept: string): DeckCard | undefined {
  const own = cards.find(({ href }) => href.startsWith(`concepts/${concept}/`));
  if (!own) return undefined;
  const after = cards.filter((card) => conceptNumberOf(card) > conceptNumberOf(own));
  return after.sort((a, b) => a.order - b.order)[0];
}

/** The deck in one language. `aliases` maps a former id to the present one (cards.lock.json). */
export interface DeckFile {
  readonly version: 1;
  readonly lang: Lang;
  readonly cards: readonly DeckCard[];
  readonly aliases?: Readonly<Record<string, string>>;
}

/** Follows aliases to the present id. Ends after 16 steps, so that a ring of aliases cannot hang the page. */
export function presentIdOf(id: string, aliases: Readonly<Record<string, string>>): string {
  let present = id;
  for (let step = 0; step < 16; step++) {
    const next = Object.hasOwn(aliases, present) ? aliases[present] : undefined;
    if (next === undefined || next === present) return present;
    present = next;
  }
  return present;
}

/**
 * Cards that give each other away share a group and are not shown on the same study day: the blanks of one cloze, and the
 * meaning of a term with its bilingual pair.
 */
export function siblingGroupOf(id: string): string {
  const blank = id.indexOf('::');
  const stem = blank < 0 ? id : id.slice(0, blank);
  return stem.startsWith('pair/') ? `term/${stem.slice(5)}` : stem;
}
