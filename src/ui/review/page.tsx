// Mounts today's session into #review. The page is plain text until then.

import { effect } from '@preact/signals';
import { render } from 'preact';
import type { Lang } from '../../review/card.ts';
import { dueCountOf } from '../../review/queue.ts';
import { readerClock } from '../storage/store.ts';
import { makeSession } from './session.ts';
import { SessionView } from './view.tsx';

export function mountReview(place: HTMLElement, lang: Lang): void {
  const session = makeSession(lang);
  place.replaceChildren();
  render(<SessionView session={session} lang={lang} />, place);
  effect(() => {
    const queue = session.queue.value;
    if (queue !== null) showDue(dueCountOf(queue, readerClock().t));
  });
  void session.start();
}

/** The number beside Today, wherever it stands on the page. */
export function showDue(n: number): void {
  for (const place of document.querySelectorAll<HTMLElement>('[data-due]')) {
    place.textContent = String(n);
    place.hidden = n === 0;
  }
}
