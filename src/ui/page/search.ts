// Opens the search: nothing of it is loaded before the reader reaches for it. What is typed while it loads is kept for it.
import style from '../../styles/search.css?url';
import { isTyping } from './kept.ts';
import { loadStyle } from './style.ts';

const load = async () => (await Promise.all([import('../search/dialog.ts'), loadStyle(style, '--search-style')]))[0];

export function startSearch(): void {
  const lang = document.documentElement.dataset['lang'] === 'zh' ? 'zh' : 'en';
  let early: string | null = null;
  const open = async (): Promise<void> => {
    if (early !== null) return;
    early = '';
    try {
      const { openSearch } = await load();
      openSearch(lang, early);
    } finally {
      early = null;
    }
  };
  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-search]')) {
    link.addEventListener('pointerenter', () => void load(), { once: true });
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open().catch(() => location.assign(link.href));
    });
  }
  document.addEventListener('keydown', (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (early !== null && plain && event.key.length === 1) {
      event.preventDefault();
      early += event.key;
      return;
    }
    const isSlash = event.key === '/' && plain && !isTyping(event);
    const isK = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
    if (!isSlash && !isK) return;
    event.preventDefault();
    void open();
  });
}
