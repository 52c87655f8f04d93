// Opens the search: nothing of it is loaded before the reader reaches for it.
import { isTyping } from './kept.ts';

const load = () => import('../search/dialog.ts');

export function startSearch(): void {
  const lang = document.documentElement.dataset['lang'] === 'zh' ? 'zh' : 'en';
  const open = async (): Promise<void> => (await load()).openSearch(lang);
  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-search]')) {
    link.addEventListener('pointerenter', () => void load(), { once: true });
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open().catch(() => location.assign(link.href));
    });
  }
  document.addEventListener('keydown', (event) => {
    const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event);
    const isK = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
    if (!isSlash && !isK) return;
    event.preventDefault();
    void open();
  });
}
