// What was read, and where the reader stopped: kept in this browser, shown by the squares. One memory for both languages.
import { currentSection } from './contents.ts';
import { keep, kept } from './kept.ts';

/** Concept → when its end was reached, epoch ms. */
type Read = Record<string, number>;

function showRead(read: Read): void {
  for (const link of document.querySelectorAll<HTMLElement>('[data-slug]')) {
    const done = read[link.dataset['slug'] ?? ''] !== undefined;
    (link.querySelector('.ord') ?? link).classList.toggle('done', done);
  }
}

export function startReading(): void {
  showRead(kept<Read>('read') ?? {});
  const main = document.querySelector<HTMLElement>('[data-concept]');
  const slug = main?.dataset['concept'];
  if (!slug) return;
  const remember = (): void => keep('last', { slug, section: currentSection() });
  remember();
  document.addEventListener('ordinal:section', remember);
  const end = document.querySelector('[data-end]');
  if (!end) return;
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    const read = { ...kept<Read>('read'), [slug]: Date.now() };
    keep('read', read);
    showRead(read);
  }).observe(end);
}
