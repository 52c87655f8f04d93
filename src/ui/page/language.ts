// The other language opens at the same section: ids are equal, so the fragment is carried over.
import { currentSection } from './contents.ts';
import { keep } from './kept.ts';

export function startLanguage(): void {
  const lang = document.documentElement.dataset['lang'];
  if (lang) keep('lang', lang);
  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-switch], [data-keep-section]')) {
    link.addEventListener('click', () => {
      if (link.dataset['switch']) keep('lang', link.dataset['switch']);
      const section = currentSection();
      link.hash = section ? `#${section}` : location.hash;
      link.search = location.search;
    });
  }
}
