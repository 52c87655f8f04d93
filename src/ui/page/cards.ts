// Hover cards: a term or a YAML key opens its explanation, which stands further down on the same page. One element is moved to the
// trigger, so Tab goes from the word into its card; Esc, a click elsewhere or leaving with the pointer closes it.
// Without this script the trigger is a link to the explanation.

const openAfterMs = 160;
const closeAfterMs = 220;
const triggers = 'a[data-card][href^="#"], a.yk';

const card = document.createElement('div');
let trigger: HTMLAnchorElement | undefined;
let timer = 0;

const explanationOf = (link: HTMLAnchorElement): HTMLElement | null =>
  document.getElementById(decodeURIComponent(link.hash.slice(1)));

const later = (ms: number, then: () => void): void => {
  clearTimeout(timer);
  timer = window.setTimeout(then, ms);
};

function open(link: HTMLAnchorElement): void {
  const explanation = explanationOf(link);
  if (!explanation || trigger === link) return;
  close();
  const list = document.createElement('dl');
  list.append(...[...explanation.children].map((child) => child.cloneNode(true)));
  card.replaceChildren(list);
  link.after(card);
  link.style.setProperty('anchor-name', '--card');
  link.setAttribute('aria-expanded', 'true');
  trigger = link;
  card.showPopover();
}

function close(): void {
  clearTimeout(timer);
  if (card.matches(':popover-open')) card.hidePopover();
}

function closed(): void {
  trigger?.style.removeProperty('anchor-name');
  trigger?.removeAttribute('aria-expanded');
  trigger = undefined;
}

const linkOf = (event: Event): HTMLAnchorElement | null =>
  event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(triggers) : null;

export function startCards(): void {
  if (!document.querySelector(triggers) || !('popover' in card)) return;
  card.className = 'pop';
  card.popover = 'auto';
  card.addEventListener('toggle', (event) => {
    if ((event as ToggleEvent).newState === 'closed') closed();
  });
  document.addEventListener('pointerover', (event) => {
    if (event.pointerType !== 'mouse') return;
    const link = linkOf(event);
    if (link) later(openAfterMs, () => open(link));
    else if (event.target instanceof Node && card.contains(event.target)) clearTimeout(timer);
    else if (trigger && !card.contains(document.activeElement)) later(closeAfterMs, close);
    else clearTimeout(timer);
  });
  document.addEventListener('click', (event) => {
    const link = linkOf(event);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !explanationOf(link)) return;
    event.preventDefault();
    if (trigger === link) close();
    else open(link);
  });
}
