// Keys of a lab. On its own page they work everywhere but in fields; inside a text only while the focus is in the lab.

import type { Lab } from './lab.ts';
import type { Player } from './player.ts';

function actsOf(lab: Lab, player: Player): Readonly<Record<string, () => void>> {
  return {
    ' ': () => player.toggle(),
    '.': () => player.event(),
    ',': () => player.back(),
    c: () => player.cause(),
    w: () => {
      lab.tab.value = 'why';
      document.querySelector<HTMLElement>('[data-inspector] .in')?.focus();
    },
  };
}

/** Listens until the returned function is called. */
export function listen(root: HTMLElement, lab: Lab, player: Player): () => void {
  const acts = actsOf(lab, player);
  const target: HTMLElement | Document = lab.compact ? root : document;
  const onKey = (event: Event) => {
    if (!(event instanceof KeyboardEvent) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.composedPath()[0];
    if (!(at instanceof Element) || at.closest('input, textarea, select, [contenteditable]')) return;
    // Space presses the button it stands on.
    if (event.key === ' ' && at.closest('button, a, summary, [role=slider]')) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  target.addEventListener('keydown', onKey);
  return () => target.removeEventListener('keydown', onKey);
}
