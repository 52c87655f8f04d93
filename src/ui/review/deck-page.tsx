// The deck page: the list of cards stands in the page as text; here each row gets its state and a button, and the filter begins to work.

import { type Signal, signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import { reviewWords } from '../../i18n/review.ts';
import { standWords } from '../../i18n/stand.ts';
import { count, fill, inLang } from '../../i18n/twins.ts';
import type { DeckCard, Lang } from '../../review/card.ts';
import type { MarkEvent } from '../../review/event.ts';
import { isChanged, isLeech } from '../../review/memory.ts';
import { planMark } from '../../review/plan.ts';
import { dueCountOf, queueOf } from '../../review/queue.ts';
import { loadDeck } from '../storage/deck.ts';
import { openReview } from '../storage/open.ts';
import { type ReviewStore, readerClock } from '../storage/store.ts';
import { showDue } from './due-badge.ts';
import { Icon } from './icon.tsx';
import { standOf, standText } from './stand.ts';

/** Raised by one whenever the log changed: what was drawn from the state is drawn again. */
type Version = Signal<number>;

interface Props {
  readonly store: ReviewStore;
  readonly version: Version;
  readonly card: DeckCard;
  readonly lang: Lang;
  readonly mark: (kind: MarkEvent['kind'], card: string, on: boolean) => void;
}

export async function mountDeck(page: HTMLElement, lang: Lang): Promise<void> {
  const say = (text: string) => {
    const place = page.querySelector<HTMLElement>('[data-failure]');
    if (place === null) return;
    place.hidden = false;
    place.textContent = text;
  };
  try {
    await fillDeck(page, lang, say);
  } catch (error) {
    say(fill(inLang(reviewWords, lang).deckFailed, { why: error instanceof Error ? error.message : String(error) }));
  }
}

async function fillDeck(page: HTMLElement, lang: Lang, say: (text: string) => void): Promise<void> {
  const deck = await loadDeck(lang);
  const store = await openReview(deck.aliases ?? {});
  const version = signal(0);
  const mark = (kind: MarkEvent['kind'], card: string, on: boolean) => {
    store
      .write((_, writer) => planMark(writer, readerClock(), kind, card, on))
      .catch((error: unknown) =>
        say(
          fill(inLang(reviewWords, lang).notSaved, {
            why: error instanceof Error ? error.name : String(error),
          }),
        ),
      );
  };
  const cards = new Map(deck.cards.map((card) => [card.id, card]));
  const refresh = () => {
    const now = readerClock();
    showDue(dueCountOf(queueOf(deck.cards, store.state(), now), now.t));
    applyFilter(page, cards, store, lang);
  };
  showGone(page, cards, store, lang);
  store.subscribe(() => {
    version.value++;
    refresh();
  });
  const filter = page.querySelector<HTMLSelectElement>('[data-filter]');
  filter?.addEventListener('change', refresh);
  filter?.closest<HTMLElement>('[data-waiting]')?.removeAttribute('data-waiting');
  refresh();
  // Page by page, with a breath between, so that a deck of hundreds never holds up a touch.
  for (const group of page.querySelectorAll('[data-group]')) {
    await new Promise((resolve) => setTimeout(resolve));
    for (const row of group.querySelectorAll<HTMLElement>('[data-card]')) {
      const card = cards.get(row.dataset['card'] ?? '');
      const place = row.querySelector('[data-state]');
      if (card !== undefined && place !== null) render(<CardState {...{ store, version, card, lang, mark }} />, place);
    }
  }
}

function CardState({ store, version, card, lang, mark }: Props): JSX.Element {
  version.value; // drawn again when the log changes
  const t = inLang(standWords, lang);
  const words = inLang(reviewWords, lang);
  const memory = store.state().memoryOf(card.id);
  return (
    <>
      <span class="stand">
        <span class={`word is-${standOf(memory, store.state(), readerClock())}`}>
          {standText(memory, store.state(), readerClock(), lang)}
        </span>
        {memory.flagged ? <span class="word">{t.flagged}</span> : null}
        {isLeech(memory) ? <span class="word f">{fill(t.leech, { n: memory.lapses })}</span> : null}
        {isChanged(memory, lang, card.hash) ? <span class="word w">{t.changed}</span> : null}
      </span>
      <button
        type="button"
        class="btn bare"
        aria-pressed={memory.suspended}
        onClick={() => mark('suspend', card.id, !memory.suspended)}
      >
        <Icon name={memory.suspended ? 'play' : 'suspend'} />
        {memory.suspended ? words.resume : words.suspend}
      </button>
    </>
  );
}

/** Cards that were reviewed and have left the deck: their reviews stay in the log, and the reader is told. */
function showGone(page: HTMLElement, cards: ReadonlyMap<string, DeckCard>, store: ReviewStore, lang: Lang): void {
  const place = page.querySelector<HTMLElement>('[data-gone]');
  const gone = [...store.state().asBase().memories.keys()].filter(
    (id) => !cards.has(id) && store.state().memoryOf(id).reps > 0,
  );
  if (place === null || gone.length === 0) return;
  place.textContent = count(inLang(standWords, lang).gone, gone.length);
  place.hidden = false;
}

/** Hides rows that the filter leaves out, and pages with no row left. */
function applyFilter(page: HTMLElement, cards: ReadonlyMap<string, DeckCard>, store: ReviewStore, lang: Lang): void {
  const chosen = page.querySelector<HTMLSelectElement>('[data-filter]')?.value ?? 'all';
  let shown = 0;
  for (const group of page.querySelectorAll<HTMLElement>('[data-group]')) {
    let rows = 0;
    for (const row of group.querySelectorAll<HTMLElement>('[data-card]')) {
      const card = cards.get(row.dataset['card'] ?? '');
      const memory = store.state().memoryOf(row.dataset['card'] ?? '');
      const isChosen =
        chosen === 'all' ||
        standOf(memory, store.state(), readerClock()) === chosen ||
        (chosen === 'flagged' && memory.flagged);
      row.hidden = !(isChosen || (chosen === 'changed' && card !== undefined && isChanged(memory, lang, card.hash)));
      if (!row.hidden) rows++;
    }
    group.hidden = rows === 0;
    shown += rows;
  }
  const status = page.querySelector('[data-shown]');
  if (status !== null) status.textContent = count(inLang(standWords, lang).cards, shown);
}
