// Today's session: which card is open, what a key or a button does, what to tell the reader. Everything of substance is decided in
// src/review; this file joins it to the storage and to signals.

import { type Signal, signal } from '@preact/signals';
import type { DeckCard, DeckFile, Lang } from '../../review/card.ts';
import { isReview, type MarkEvent, type Rating, type ReviewMode, type StoredEvent } from '../../review/event.ts';
import { isLeech } from '../../review/memory.ts';
import { planMark, planReview, planUndo } from '../../review/plan.ts';
import { nextOf, noLimits, type Queue, queueOf } from '../../review/queue.ts';
import { loadDeck } from '../storage/deck.ts';
import { openReview } from '../storage/open.ts';
import { type ReviewStore, readerClock } from '../storage/store.ts';

export interface OpenCard {
  readonly card: DeckCard;
  readonly mode: ReviewMode;
  readonly isOpen: boolean;
  /** Predict cards: the choice taken, null until one is. */
  readonly choice: number | null;
  readonly shownAtMs: number;
}

export type Screen =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'card'; readonly open: OpenCard }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'done' };

/** What just happened, in one line; `leech` comes with the card it is about. */
export type Notice =
  | { readonly kind: 'undone' }
  | { readonly kind: 'buried' }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'not-saved'; readonly why: string }
  | { readonly kind: 'leech'; readonly card: DeckCard; readonly lapses: number };

export interface Session {
  /** The page whose cards these are; null for all of today. */
  readonly concept: string | null;
  readonly screen: Signal<Screen>;
  readonly queue: Signal<Queue | null>;
  readonly notice: Signal<Notice | null>;
  /** Language of the cards; the page around them keeps its own. */
  readonly cardLang: Signal<Lang>;
  readonly undoable: Signal<number>;
  readonly reviewed: Signal<number>;
  /** Whether anything was rated, marked or undone since the page was opened. */
  readonly hasActed: () => boolean;
  readonly store: () => ReviewStore;
  readonly deck: () => DeckFile;
  readonly start: () => Promise<void>;
  readonly reveal: () => void;
  readonly choose: (choice: number) => void;
  readonly rate: (rating: Rating) => Promise<void>;
  readonly undo: () => Promise<void>;
  readonly mark: (kind: MarkEvent['kind'], card?: DeckCard) => Promise<void>;
  readonly switchLang: () => Promise<void>;
}

interface Parts {
  readonly concept: string | null;
  readonly decks: Map<Lang, DeckFile>;
  store: ReviewStore | null;
  readonly done: { readonly event: StoredEvent; readonly card: string }[];
  isBusy: boolean;
  hasActed: boolean;
  last: string | null;
}

type Signals = Pick<Session, 'screen' | 'queue' | 'notice' | 'cardLang' | 'undoable' | 'reviewed'>;

/** `concept` limits the session to the cards of one page; null is all of today. */
export function makeSession(lang: Lang, concept: string | null): Session {
  const parts: Parts = { concept, decks: new Map(), store: null, done: [], isBusy: false, hasActed: false, last: null };
  const signals: Signals = {
    screen: signal<Screen>({ kind: 'loading' }),
    queue: signal<Queue | null>(null),
    notice: signal<Notice | null>(null),
    cardLang: signal<Lang>(lang),
    undoable: signal(0),
    reviewed: signal(0),
  };
  const openCard = (): OpenCard | null => (signals.screen.value.kind === 'card' ? signals.screen.value.open : null);
  const change = (more: Partial<OpenCard>) => {
    const open = openCard();
    if (open !== null) signals.screen.value = { kind: 'card', open: { ...open, ...more } };
  };
  return {
    ...signals,
    concept,
    hasActed: () => parts.hasActed,
    store: () => parts.store!,
    deck: () => deckOf(parts, signals),
    start: () => start(parts, signals),
    reveal: () => {
      const open = openCard();
      if (open !== null && (open.card.choices === undefined || open.choice !== null)) change({ isOpen: true });
    },
    choose: (choice) => {
      if (openCard()?.isOpen === false) change({ choice });
    },
    rate: (rating) => rate(parts, signals, openCard(), rating),
    undo: () => undo(parts, signals),
    mark: (kind, card) => mark(parts, signals, kind, card ?? openCard()?.card),
    switchLang: () => switchLang(parts, signals),
  };
}

const deckOf = (parts: Parts, { cardLang }: Signals): DeckFile => parts.decks.get(cardLang.value)!;

/** Today's queue, or that of one page. */
function queueNow(parts: Parts, signals: Signals): Queue {
  const { cards } = deckOf(parts, signals);
  const state = parts.store!.state();
  if (parts.concept === null) return queueOf(cards, state, readerClock());
  const prefix = `concepts/${parts.concept}/`;
  return queueOf(
    cards.filter(({ href }) => href.startsWith(prefix)),
    state,
    readerClock(),
    noLimits,
  );
}

async function start(parts: Parts, signals: Signals): Promise<void> {
  signals.screen.value = { kind: 'loading' };
  try {
    const lang = signals.cardLang.value;
    if (!parts.decks.has(lang)) parts.decks.set(lang, await loadDeck(lang));
    if (parts.store === null) {
      parts.store = await openReview(deckOf(parts, signals).aliases ?? {});
      parts.store.subscribe(() => refresh(parts, signals));
    }
  } catch (error) {
    signals.screen.value = { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
    return;
  }
  showNext(parts, signals);
  const { store } = parts;
  setTimeout(() => void store.tidy(), 1500);
}

/** The next card of today's queue, with a fresh look at the clock. */
function showNext(parts: Parts, signals: Signals): void {
  const queue = queueNow(parts, signals);
  const next = nextOf(queue, readerClock().t, parts.last);
  signals.queue.value = queue;
  signals.screen.value =
    next.kind === 'card'
      ? { kind: 'card', open: opened(next.card, next.mode) }
      : next.kind === 'wait'
        ? { kind: 'wait', until: next.until }
        : { kind: 'done' };
}

const opened = (card: DeckCard, mode: ReviewMode): OpenCard => ({
  card,
  mode,
  isOpen: false,
  choice: null,
  shownAtMs: performance.now(),
});

/** Another tab wrote something: the card on screen stays unless it was the one. */
function refresh(parts: Parts, signals: Signals): void {
  if (parts.isBusy) return;
  const { screen } = signals;
  const queue = queueNow(parts, signals);
  const card = screen.value.kind === 'card' ? screen.value.open.card : null;
  const isThere =
    card !== null &&
    [...queue.due, ...queue.fresh, ...queue.learning.map((each) => each.card)].some(({ id }) => id === card.id);
  if (isThere) signals.queue.value = queue;
  else showNext(parts, signals);
}

/** One deed at a time; it counts when it is stored, and a refusal is said. */
async function deed(parts: Parts, signals: Signals, work: (store: ReviewStore) => Promise<void>): Promise<void> {
  if (parts.isBusy || parts.store === null) return;
  parts.isBusy = true;
  parts.hasActed = true;
  signals.notice.value = null;
  try {
    await work(parts.store);
  } catch (error) {
    signals.notice.value = { kind: 'not-saved', why: error instanceof Error ? error.name : String(error) };
  } finally {
    parts.isBusy = false;
    signals.undoable.value = parts.done.length;
  }
}

async function rate(parts: Parts, signals: Signals, open: OpenCard | null, rating: Rating): Promise<void> {
  if (open === null || !open.isOpen) return;
  const { card } = open;
  await deed(parts, signals, async (store) => {
    const event = await store.write((state, writer) =>
      planReview(state, writer, readerClock(), {
        card: card.id,
        rating,
        tookMs: performance.now() - open.shownAtMs,
        lang: signals.cardLang.value,
        contentHash: card.hash,
        mode: open.mode,
        ...(open.choice === null ? {} : { choice: open.choice }),
      }),
    );
    parts.done.push({ event, card: card.id });
    parts.last = card.id;
    signals.reviewed.value++;
    showNext(parts, signals);
    const memory = store.state().memoryOf(card.id);
    if (rating === 1 && isLeech(memory) && memory.phase === 'relearning')
      signals.notice.value = { kind: 'leech', card, lapses: memory.lapses };
  });
}

/** Takes back the last deed of this session and shows its card again, answer open where it was a rating. */
async function undo(parts: Parts, signals: Signals): Promise<void> {
  const last = parts.done.at(-1);
  if (last === undefined) return;
  await deed(parts, signals, async (store) => {
    await store.write((_, writer) => planUndo(writer, readerClock(), last.event));
    parts.done.pop();
    parts.last = parts.done.at(-1)?.card ?? null;
    showNext(parts, signals);
    const card = deckOf(parts, signals).cards.find(({ id }) => id === last.card);
    if (card !== undefined && last.event.kind !== 'flag') {
      const mode = store.state().memoryOf(card.id).phase === 'new' ? 'new' : 'due';
      const rated = isReview(last.event) ? last.event : null;
      signals.screen.value = {
        kind: 'card',
        open: { ...opened(card, mode), isOpen: rated !== null, choice: rated?.choice ?? null },
      };
    }
    if (isReview(last.event)) signals.reviewed.value--;
    signals.notice.value = { kind: 'undone' };
  });
}

async function mark(parts: Parts, signals: Signals, kind: MarkEvent['kind'], card: DeckCard | undefined): Promise<void> {
  if (card === undefined) return;
  await deed(parts, signals, async (store) => {
    const on = kind === 'flag' ? !store.state().memoryOf(card.id).flagged : true;
    const event = await store.write((_, writer) => planMark(writer, readerClock(), kind, card.id, on));
    parts.done.push({ event, card: card.id });
    if (kind === 'flag') {
      signals.screen.value = { ...signals.screen.value };
      return;
    }
    showNext(parts, signals);
    signals.notice.value = kind === 'bury' ? { kind: 'buried' } : { kind: 'suspended' };
  });
}

/** The same card, in the other language, where it stands. */
async function switchLang(parts: Parts, signals: Signals): Promise<void> {
  const other: Lang = signals.cardLang.value === 'en' ? 'zh' : 'en';
  try {
    if (!parts.decks.has(other)) parts.decks.set(other, await loadDeck(other));
  } catch (error) {
    signals.screen.value = { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
    return;
  }
  signals.cardLang.value = other;
  const { screen } = signals;
  if (screen.value.kind !== 'card') return;
  const { open } = screen.value;
  const card = parts.decks.get(other)!.cards.find(({ id }) => id === open.card.id);
  if (card !== undefined) screen.value = { kind: 'card', open: { ...open, card } };
}
