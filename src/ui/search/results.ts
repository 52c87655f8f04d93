// Draws hits into a list: the dialog and the search page show the same.
import { searchWords } from '../../i18n/search.ts';
import { inLang } from '../../i18n/twins.ts';
import { excerptOf, markTerms, type Stretch } from '../../search/excerpt.ts';
import type { Hit, SearchLang } from '../../search/section.ts';
import type { LoadedSearch } from './source.ts';

const MOST_A_PAGE = 3;

/** How results are drawn: as options of a combobox, or as a plain list of links. */
export type ListKind = 'listbox' | 'list';

/** At most three sections a page, best first: one long page must not push all others out. */
export function shownHits(hits: readonly Hit[], limit: number): Hit[] {
  const perPage = new Map<string, number>();
  return hits
    .filter((hit) => {
      const count = (perPage.get(hit.record.page) ?? 0) + 1;
      perPage.set(hit.record.page, count);
      return count <= MOST_A_PAGE;
    })
    .slice(0, limit);
}

/** A card that answers a query which is exactly one glossary word; nothing otherwise. */
export function answerElement(source: LoadedSearch, query: string, lang: SearchLang): HTMLElement | null {
  const answer = source.searcher
    .namedBy(query)
    .map((id) => source.answers[id])
    .find(Boolean);
  if (!answer) return null;
  const words = inLang(searchWords, lang);
  const box = element('section', 'gloss');
  box.setAttribute('aria-label', words.term);
  const head = element('p', 'gloss-head');
  const other = element('span', 'muted', answer.other);
  other.lang = lang === 'en' ? 'zh-Hans' : 'en';
  head.append(element('b', '', answer.word), ' ', ...(answer.other === answer.word ? [] : [other]));
  const link = element('a', '', words.openTerm);
  link.href = answer.href;
  const place = element('p', 'src');
  place.append(link);
  box.append(head, element('p', '', answer.means), place);
  return box;
}

/** One hit. The excerpt is filled in when the page's text has arrived; a hit without one still leads to its place. */
export function hitElement(hit: Hit, source: LoadedSearch, lang: SearchLang, kind: ListKind, id: string): HTMLElement {
  const { record } = hit;
  const link = element('a', 'hit');
  link.href = record.href;
  link.id = id;
  const number = element('span', 'ord', record.number < 0 ? '·' : String(record.number));
  const title = element('b');
  title.append(...stretchNodes(markTerms(record.heading || record.page, hit.terms)));
  const path = element(
    'small',
    '',
    record.kind === 'lab' ? [inLang(searchWords, lang).lab, record.page].filter(Boolean).join(' / ') : record.page,
  );
  const excerpt = element('p');
  link.append(number, title, path, excerpt);
  void fillExcerpt(excerpt, hit, source, lang);
  if (kind === 'listbox') {
    link.setAttribute('role', 'option');
    link.setAttribute('aria-selected', 'false');
    link.tabIndex = -1;
    return link;
  }
  const item = element('li');
  item.append(link);
  return item;
}

async function fillExcerpt(target: HTMLElement, hit: Hit, source: LoadedSearch, lang: SearchLang): Promise<void> {
  const page = hit.record.id.split('#')[0]!;
  try {
    const text = (await source.texts(page))[hit.record.id] ?? '';
    target.append(...stretchNodes(excerptOf(text, hit.terms, lang === 'en' ? 130 : 70)));
  } catch {
    target.remove(); // Only the excerpt is missing (offline, page never visited): heading and link still stand.
  }
}

function stretchNodes(stretches: readonly Stretch[]): (string | HTMLElement)[] {
  return stretches.map((stretch) => (stretch.hit ? element('mark', '', stretch.text) : stretch.text));
}

/** A small createElement: tag, class, text. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', text = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
