// Light or dark: the system's wish until the reader decides. public/theme.js applies the choice before the first paint.
import { isTyping } from './kept.ts';

const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');

const isDark = (): boolean => (root.dataset['theme'] ? root.dataset['theme'] === 'dark' : dark.matches);

export function startTheme(): void {
  const buttons = document.querySelectorAll('[data-theme-switch]');
  const show = (): void => {
    for (const button of buttons) button.setAttribute('aria-pressed', String(isDark()));
    const paper = getComputedStyle(root).getPropertyValue('--paper').trim();
    for (const meta of document.querySelectorAll('meta[name=theme-color]')) meta.setAttribute('content', paper);
  };
  const turn = (): void => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark';
    try {
      localStorage.setItem('ordinal.theme', root.dataset['theme']);
    } catch {}
    show();
    document.dispatchEvent(new CustomEvent('ordinal:theme'));
  };
  for (const button of buttons) button.addEventListener('click', turn);
  dark.addEventListener('change', show);
  document.addEventListener('keydown', (event) => {
    if (event.key === 't' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event)) turn();
  });
  show();
}
