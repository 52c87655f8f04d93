// The deck as the site serves it.

import type { DeckCard, DeckFile, Lang } from '../../review/card.ts';

/** The deck did not arrive, or is not a deck: the interface says so and offers to try again. */
export class DeckUnavailable extends Error {}

export async function loadDeck(lang: Lang): Promise<DeckFile> {
  const url = `/deck.${lang}.json`;
  let value: unknown;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new DeckUnavailable(`${url}: HTTP ${response.status}`);
    value = await response.json();
  } catch (error) {
    throw error instanceof DeckUnavailable ? error : new DeckUnavailable(`${url}: ${String(error)}`);
  }
  if (!isDeck(value)) throw new DeckUnavailable(`${url}: not a deck of version 1`);
  return value;
}

function isDeck(value: unknown): value is DeckFile {
  const deck = value as Partial<DeckFile> | null;
  return deck?.version === 1 && Array.isArray(deck.cards) && deck.cards.every(isCard);
}

function isCard(value: Partial<DeckCard> | null): boolean {
  return typeof value?.id === 'string' && typeof value.question === 'string' && typeof value.answer === 'string';
}
