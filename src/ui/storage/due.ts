// What other pages may know of the review, loaded only for readers who have a log: how many cards are due, and a way to log an
// exercise done on a concept page. No interface is loaded with it.

import type { Lang } from '../../review/card.ts';
import { again, good } from '../../review/event.ts';
import { planReview } from '../../review/plan.ts';
import { dueCountOf, queueOf } from '../../review/queue.ts';
import { standText } from '../review/stand.ts';
import { loadDeck } from './deck.ts';
import { openReview } from './open.ts';
import { readerClock } from './store.ts';

export interface TodayCounts {
  readonly due: number;
  readonly fresh: number;
}

export async function todayCounts(lang: Lang): Promise<TodayCounts> {
  const deck = await loadDeck(lang);
  const store = await openReview(deck.aliases ?? {});
  try {
    const now = readerClock();
    const queue = queueOf(deck.cards, store.state(), now);
    return { due: dueCountOf(queue, now.t), fresh: queue.fresh.length };
  } finally {
    store.close();
  }
}

/** Number of cards that ask for a review now; new ones are not counted. */
export async function dueCount(lang: Lang): Promise<number> {
  return (await todayCounts(lang)).due;
}

/** Writes beside each card of a page's list (`[data-card-id]`) where it stands, in one word. */
export async function showStands(lang: Lang): Promise<void> {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-card-id]')];
  if (rows.length === 0) return;
  const deck = await loadDeck(lang);
  const store = await openReview(deck.aliases ?? {});
  const state = store.state();
  store.close();
  for (const row of rows) {
    const place = row.querySelector('[data-stand]') ?? row.appendChild(document.createElement('span'));
    place.className = 'word muted';
    place.setAttribute('data-stand', '');
    place.textContent = standText(state.memoryOf(row.dataset['cardId'] ?? ''), state, readerClock(), lang);
  }
}

export interface PagePrediction {
  readonly card: string;
  readonly lang: Lang;
  readonly isRight: boolean;
  readonly choice: number;
  readonly tookMs: number;
}

/** Logs a prediction made on a concept page: Good when it was right, Again when not. Counts only when the card is new or due. */
export async function recordPrediction(prediction: PagePrediction): Promise<void> {
  const deck = await loadDeck(prediction.lang);
  const card = deck.cards.find(({ id }) => id === prediction.card);
  if (card === undefined) return;
  const store = await openReview(deck.aliases ?? {});
  try {
    const { lang, choice, tookMs } = prediction;
    const rating = prediction.isRight ? good : again;
    const answer = { card: card.id, rating, tookMs, lang, contentHash: card.hash, mode: 'page', choice } as const;
    await store.write((state, writer) => planReview(state, writer, readerClock(), answer));
  } finally {
    store.close();
  }
}
