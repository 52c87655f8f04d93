// Keys of the session: Space shows the answer, 1–4 rate (or choose, while a predict card asks), u b s f.

import { type Rating, ratings } from '../../review/event.ts';
import type { Session } from './session.ts';

/** Listens until the returned function is called. Keys with a modifier, in a field or in a dialog belong to others. */
export function onKeys(session: Session): () => void {
  const heard = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || isTyping(event.target)) return;
    if (act(session, event.key, event.target)) event.preventDefault();
  };
  addEventListener('keydown', heard);
  return () => removeEventListener('keydown', heard);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.closest('input:not([type=radio]), textarea, select, dialog, [popover], .lab') !== null
  );
}

function act(session: Session, key: string, target: EventTarget | null): boolean {
  if (key === 'u') void session.undo();
  else if (key === 'b') void session.mark('bury');
  else if (key === 's') void session.mark('suspend');
  else if (key === 'f') void session.mark('flag');
  else if (key === 'l') void session.switchLang();
  else return onCard(session, key, target);
  return true;
}

function onCard(session: Session, key: string, target: EventTarget | null): boolean {
  const screen = session.screen.value;
  if (screen.kind !== 'card') return false;
  const { open } = screen;
  // Space and Enter press the button or link that has the focus; that is the browser's work.
  const isOnControl = target instanceof HTMLElement && target.closest('a, button, summary') !== null;
  if (key === ' ' && !open.isOpen && !isOnControl) {
    session.reveal();
    return true;
  }
  if (!/^[1-9]$/.test(key)) return false;
  const n = Number(key);
  if (!open.isOpen && open.card.choices !== undefined) {
    if (n > open.card.choices.length) return false;
    session.choose(n - 1);
    return true;
  }
  const rating = ratings.find((each): each is Rating => each === n);
  if (!open.isOpen || rating === undefined) return false;
  void session.rate(rating);
  return true;
}
