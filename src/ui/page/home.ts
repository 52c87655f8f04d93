// The front page knows its reader: where to go on, the way there on the map, what is due today.
import { kept } from './kept.ts';

interface Last {
  readonly slug: string;
  readonly section: string;
}

/** The curves that lead to a concept, with those that lead to what it needs. */
function light(slug: string, paths: readonly SVGPathElement[], seen = new Set<string>()): void {
  if (seen.has(slug)) return;
  seen.add(slug);
  for (const path of paths.filter((each) => each.dataset['to'] === slug)) {
    path.classList.add('on');
    path.parentNode?.append(path);
    light(path.dataset['from'] ?? '', paths, seen);
  }
}

function startMap(here: string | undefined): void {
  const map = document.querySelector<HTMLElement>('[data-map]');
  if (!map) return;
  const paths = [...map.querySelectorAll('path')];
  const show = (slug: string | undefined): void => {
    for (const path of paths) path.classList.remove('on');
    if (slug) light(slug, paths);
  };
  const stopOf = (event: Event): string | undefined =>
    event.target instanceof Element ? event.target.closest<HTMLElement>('[data-slug]')?.dataset['slug'] : undefined;
  for (const type of ['pointerover', 'focusin']) map.addEventListener(type, (event) => show(stopOf(event) ?? here));
  for (const type of ['pointerleave', 'focusout']) map.addEventListener(type, () => show(here));
  show(here);
}

/** “Continue” instead of “Start with”, once there is something to continue. */
function startContinue(last: Last | undefined): void {
  const button = document.querySelector<HTMLAnchorElement>('[data-continue]');
  const stop = last && document.querySelector<HTMLAnchorElement>(`[data-map] a[data-slug="${CSS.escape(last.slug)}"]`);
  if (!button || !stop || !last) return;
  stop.querySelector('.ord')?.classList.add('now');
  stop.setAttribute('aria-current', 'true');
  const title = stop.querySelector('.ord + span')?.textContent ?? '';
  const number = stop.querySelector('.ord')?.textContent ?? '';
  button.href = `${stop.getAttribute('href')}${last.section ? `#${last.section}` : ''}`;
  const square = button.querySelector('.ord');
  if (square) square.textContent = number;
  square?.classList.add('now');
  const words = button.querySelector('span:last-child');
  if (words)
    words.textContent = `${button.dataset['continue']}${document.documentElement.dataset['lang'] === 'zh' ? '：' : ': '}${title}`;
  const hint = document.querySelector<HTMLElement>('[data-map-here]');
  if (hint) hint.hidden = false;
}

/** “Today, Saturday 21 November”, as the reader's own calendar says. */
function showDate(): void {
  const head = document.querySelector('#today');
  const lang = document.documentElement.lang;
  const date = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  }).format();
  if (head) head.textContent = lang === 'en' ? `${head.textContent}, ${date}` : `${head.textContent} · ${date}`;
}

async function startToday(): Promise<void> {
  const box = document.querySelector<HTMLElement>('[data-today-counts]');
  if (!box) return;
  const lang = document.documentElement.dataset['lang'] === 'zh' ? 'zh' : 'en';
  const { todayCounts } = await import('../storage/due.ts');
  const { due, fresh } = await todayCounts(lang);
  showDate();
  const [number, words] = box.children;
  if (number) number.textContent = String(due);
  if (words) words.textContent = (box.dataset['new'] ?? '').replace('{n}', String(fresh));
  delete box.dataset['waits'];
}

export function startHome(): void {
  if (!document.querySelector('[data-map]')) return;
  const last = kept<Last>('last');
  startMap(last?.slug);
  startContinue(last);
  (globalThis.requestIdleCallback ?? setTimeout)(() =>
    startToday().catch(() => {
      // Without the log there is no count; the button leads to the review all the same.
    }),
  );
}
