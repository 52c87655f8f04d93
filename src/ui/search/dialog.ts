// The search dialog: a combobox after the WAI-ARIA pattern (list autocomplete, focus stays in the field).
// IME: no `input` event follows `compositionend` in Chromium, so both run a search; keys that belong to the input method are left
// to it (`isComposing`, and 229 for Safari, which sends Enter after the end of the composition).
import { searchWords } from '../../i18n/search.ts';
import { count, fill, inLang } from '../../i18n/twins.ts';
import type { SearchLang } from '../../search/section.ts';
import { icons } from '../icons.ts';
import { answerElement, element, hitElement, shownHits } from './results.ts';
import { type LoadedSearch, loadSource } from './source.ts';

const MOST = 12;
const RECENT_KEY = 'ordinal.searches';
const MOST_RECENT = 5;

interface Parts {
  readonly dialog: HTMLDialogElement;
  readonly input: HTMLInputElement;
  readonly answer: HTMLElement;
  readonly list: HTMLElement;
  readonly empty: HTMLElement;
  readonly status: HTMLElement;
}

const dialogs = new Map<SearchLang, Parts>();

/** Opens the dialog, building it on first use, with what was typed while it loaded. Focus returns to where it was when it closes. */
export function openSearch(lang: SearchLang, typed = ''): void {
  let parts = dialogs.get(lang);
  if (!parts) {
    parts = build(lang);
    dialogs.set(lang, parts);
    connect(parts, lang);
  }
  if (!parts.dialog.open) parts.dialog.showModal();
  if (typed) parts.input.value = typed;
  else parts.input.select();
  void update(parts, lang);
}

function build(lang: SearchLang): Parts {
  const words = inLang(searchWords, lang);
  const dialog = element('dialog', 'dlg');
  dialog.setAttribute('aria-label', words.search);
  const bar = element('form', 'q');
  bar.method = 'dialog';
  const input = element('input');
  Object.assign(input, {
    type: 'search',
    placeholder: words.placeholder,
    autocomplete: 'off',
    spellcheck: false,
    enterKeyHint: 'go',
  });
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-label', words.search],
    ['aria-autocomplete', 'list'],
    ['aria-expanded', 'false'],
    ['aria-controls', 'search-hits'],
    ['autocapitalize', 'off'],
  ] as const)
    input.setAttribute(name, value);
  const close = element('button', 'btn bare');
  close.type = 'submit';
  close.append(element('kbd', '', 'Esc'), element('span', 'vh', words.close));
  const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  icon.setAttribute('class', 'ic');
  icon.setAttribute('viewBox', '0 0 16 16');
  icon.setAttribute('aria-hidden', 'true');
  icon.innerHTML = icons.search;
  bar.append(icon, input, close);
  const scroll = element('div', 'list');
  const answer = element('div');
  const list = element('div');
  list.id = 'search-hits';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', words.results);
  const empty = element('div', 'none');
  scroll.append(answer, list, empty);
  const status = element('span');
  status.setAttribute('role', 'status');
  const keys = element('span', 'keys');
  keys.append(
    element('kbd', '', '↑'),
    ' ',
    element('kbd', '', '↓'),
    ` ${words.choose} `,
    element('kbd', '', '↵'),
    ` ${words.open}`,
  );
  const foot = element('footer');
  foot.append(keys, status);
  dialog.append(bar, scroll, foot);
  document.body.append(dialog);
  return { dialog, input, answer, list, empty, status };
}

function connect(parts: Parts, lang: SearchLang): void {
  const { dialog, input, list } = parts;
  const search = () => void update(parts, lang);
  input.addEventListener('input', (event) => {
    if (!(event as InputEvent).isComposing) search();
  });
  input.addEventListener('compositionend', search);
  input.addEventListener('keydown', (event) => onKey(event, parts, lang));
  list.addEventListener('click', () => {
    remember(input.value);
    dialog.close();
  });
  list.addEventListener('pointermove', (event) => {
    const option = (event.target as Element).closest<HTMLElement>('[role=option]');
    if (option) activate(parts, option);
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
}

function onKey(event: KeyboardEvent, parts: Parts, lang: SearchLang): void {
  if (event.isComposing || event.keyCode === 229) {
    event.stopPropagation();
    return;
  }
  const options = [...parts.list.querySelectorAll<HTMLAnchorElement>('[role=option]')];
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    const next = options[(at + step + options.length) % options.length];
    if (next) activate(parts, next);
  } else if (event.key === 'Enter') {
    event.preventDefault();
    const chosen = options[at];
    if (!chosen) return;
    remember(parts.input.value);
    if (event.metaKey || event.ctrlKey) window.open(chosen.href, '_blank');
    else follow(parts, chosen.href);
  } else if (event.key === 'Escape' && parts.input.value) {
    event.preventDefault();
    parts.input.value = '';
    void update(parts, lang);
  }
}

function follow(parts: Parts, href: string): void {
  parts.dialog.close();
  location.assign(href);
}

function activate(parts: Parts, option: HTMLElement): void {
  for (const other of parts.list.querySelectorAll('[aria-selected=true]')) other.setAttribute('aria-selected', 'false');
  option.setAttribute('aria-selected', 'true');
  parts.input.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

async function update(parts: Parts, lang: SearchLang): Promise<void> {
  const words = inLang(searchWords, lang);
  const { input, status, empty } = parts;
  if (!status.textContent) status.textContent = words.loading;
  let source: LoadedSearch;
  try {
    source = await loadSource(lang);
  } catch {
    clear(parts);
    status.textContent = '';
    const again = element('button', 'btn', words.retry);
    again.type = 'button';
    again.addEventListener('click', () => void update(parts, lang));
    empty.replaceChildren(element('p', '', words.failed), again);
    return;
  }
  const query = input.value.trim();
  if (!query) showRecent(parts, lang);
  else showHits(parts, source, input.value, lang);
}

function clear(parts: Parts): void {
  parts.answer.replaceChildren();
  parts.list.replaceChildren();
  parts.empty.replaceChildren();
  parts.input.setAttribute('aria-expanded', 'false');
  parts.input.removeAttribute('aria-activedescendant');
}

function showHits(parts: Parts, source: LoadedSearch, query: string, lang: SearchLang): void {
  const words = inLang(searchWords, lang);
  const hits = shownHits(source.searcher.search(query, 40), MOST);
  clear(parts);
  const answer = answerElement(source, query.trim(), lang);
  if (answer) parts.answer.append(answer);
  parts.list.append(...hits.map((hit, at) => hitElement(hit, source, lang, 'listbox', `hit-${at}`)));
  parts.status.textContent = count(words.found, hits.length);
  if (!hits.length) {
    parts.empty.append(
      element('p', '', fill(words.nothing, { query: query.trim() })),
      element('p', 'muted', words.nothingNext),
    );
    return;
  }
  parts.input.setAttribute('aria-expanded', 'true');
  activate(parts, parts.list.firstElementChild as HTMLElement);
}

function showRecent(parts: Parts, lang: SearchLang): void {
  clear(parts);
  parts.status.textContent = '';
  const recent = recentSearches();
  if (!recent.length) {
    parts.empty.append(element('p', 'muted', inLang(searchWords, lang).intro));
    return;
  }
  const row = element('p', 'recent');
  for (const query of recent) {
    const button = element('button', 'btn', query);
    button.type = 'button';
    button.addEventListener('click', () => {
      parts.input.value = query;
      parts.input.focus();
      void update(parts, lang);
    });
    row.append(button, ' ');
  }
  parts.empty.append(element('p', 'muted', inLang(searchWords, lang).recent), row);
}

function recentSearches(): string[] {
  const stored: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? '[]');
  return Array.isArray(stored) ? stored.filter((query): query is string => typeof query === 'string') : [];
}

function remember(query: string): void {
  const trimmed = query.trim();
  if (!trimmed) return;
  const recent = [trimmed, ...recentSearches().filter((other) => other !== trimmed)].slice(0, MOST_RECENT);
  localStorage.setItem(RECENT_KEY, JSON.stringify(recent));
}
