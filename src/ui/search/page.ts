// The page /search/?q=…: the same results as a plain list, with the query in the address.
import '../../styles/search.css';
import { searchWords } from '../../i18n/search.ts';
import { count, fill, inLang } from '../../i18n/twins.ts';
import type { SearchLang } from '../../search/section.ts';
import { answerElement, element, hitElement, shownHits } from './results.ts';
import { loadSource } from './source.ts';

const MOST = 40;

/** Connects the form and the list of the search page. */
export function mountSearchPage(lang: SearchLang): void {
  const input = document.querySelector<HTMLInputElement>('#search-query')!;
  const form = input.form!;
  input.value = new URLSearchParams(location.search).get('q') ?? '';
  const search = () => void show(input.value, lang);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  input.addEventListener('input', (event) => {
    if (!(event as InputEvent).isComposing) search();
  });
  input.addEventListener('compositionend', search);
  search();
}

async function show(query: string, lang: SearchLang): Promise<void> {
  const words = inLang(searchWords, lang);
  const list = document.querySelector<HTMLElement>('#search-results')!;
  const status = document.querySelector<HTMLElement>('#search-status')!;
  const answer = document.querySelector<HTMLElement>('#search-answer')!;
  const trimmed = query.trim();
  const address = new URL(location.href);
  if (trimmed) address.searchParams.set('q', trimmed);
  else address.searchParams.delete('q');
  history.replaceState(history.state, '', address);
  if (!trimmed) {
    list.replaceChildren();
    answer.replaceChildren();
    status.textContent = words.intro;
    return;
  }
  try {
    const source = await loadSource(lang);
    const hits = shownHits(source.searcher.search(query, MOST), MOST);
    const found = answerElement(source, trimmed, lang);
    answer.replaceChildren(...(found ? [found] : []));
    list.replaceChildren(...hits.map((hit, at) => hitElement(hit, source, lang, 'list', `result-${at}`)));
    status.textContent = hits.length
      ? count(words.found, hits.length)
      : `${fill(words.nothing, { query: trimmed })} ${words.nothingNext}`;
  } catch {
    status.replaceChildren(element('span', '', words.failed));
  }
}
