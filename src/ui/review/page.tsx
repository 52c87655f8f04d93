// Mounts today's session into #review. The page is plain text until then.

import { effect } from '@preact/signals';
import { render } from 'preact';
import type { Lang } from '../../review/card.ts';
import { dueCountOf, queueOf } from '../../review/queue.ts';
import { readerClock } from '../storage/store.ts';
import { showDue } from './due-badge.ts';
import { makeSession } from './session.ts';
import { SessionView } from './view.tsx';

export function mountReview(place: HTMLElement, lang: Lang): void {
  // `?concept=one-replica`: the cards of one page, asked for on that page.
  const session = makeSession(lang, new URLSearchParams(location.search).get('concept'));
  place.replaceChildren();
  render(<SessionView session={session} lang={lang} />, place);
  effect(() => {
    if (session.queue.value === null) return;
    const now = readerClock();
    showDue(dueCountOf(queueOf(session.deck().cards, session.store().state(), now), now.t));
  });
  void session.start();
}
