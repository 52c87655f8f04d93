// Leaving loses nothing: a lab's state stands in the fragment of its page's address, or, inside a text, in the session's storage.

import { effect } from '@preact/signals';
import { fill } from '../../i18n/twins.ts';
import { ScenarioError } from '../../scenario/scenario.ts';
import type { Lab } from './lab.ts';
import { LinkError, packState, unpackState } from './link.ts';

const FRAGMENT = '#s=';
const DELAY_MS = 400;
const keyOf = (lab: Lab) => `ordinal.lab.${lab.scenario.name}${lab.watched ? `?${lab.watched.id}` : ''}`;

/** Takes up the state that a link or this session holds. What cannot be read is said; the lab stands at its start. */
export function recall(lab: Lab): void {
  const packed = lab.compact
    ? sessionStorage.getItem(keyOf(lab))
    : location.hash.startsWith(FRAGMENT)
      ? location.hash.slice(FRAGMENT.length)
      : null;
  if (packed === null) return;
  const { t } = lab.words;
  try {
    const state = unpackState(packed);
    const name = (state as { scenario?: unknown }).scenario;
    if (name !== lab.scenario.name) lab.say(fill(t.linkOther, { name: String(name) }), 'bad');
    else lab.restore(state);
  } catch (error) {
    if (error instanceof LinkError || (error instanceof ScenarioError && error.message.startsWith('This link')))
      lab.say(t.linkCut, 'bad');
    else if (error instanceof ScenarioError) lab.say(fill(t.linkNewer, { fact: error.message }), 'bad');
    else throw error;
  }
}

/** Keeps the state whenever time stands; returns what copies the link. */
export function keepState(lab: Lab): () => void {
  let timer = 0;
  let first = true;
  effect(() => {
    lab.version.value;
    const playing = lab.playing.value;
    clearTimeout(timer);
    // The state a lab starts with is its address already; a bad link stays in the address until something is done.
    if (!playing && !first) timer = window.setTimeout(() => save(lab), DELAY_MS);
    first = false;
  });
  addEventListener('pagehide', () => lab.nowMs > 0 && save(lab));
  return () => void share(lab);
}

function save(lab: Lab): void {
  const packed = packState(lab.state());
  try {
    if (lab.compact) sessionStorage.setItem(keyOf(lab), packed);
    else history.replaceState(history.state, '', FRAGMENT + packed);
  } catch {
    // A full or forbidden storage costs the return, not the lab.
  }
}

async function share(lab: Lab): Promise<void> {
  const { t } = lab.words;
  const url = new URL(`/${lab.words.lang}/labs/${lab.scenario.name}/`, location.href);
  if (location.pathname.includes('/playground/')) url.pathname = location.pathname;
  if (lab.watched) url.search = `?watch=${lab.watched.id}`;
  url.hash = `s=${packState(lab.state())}`;
  if (!lab.compact) history.replaceState(history.state, '', url);
  try {
    await navigator.clipboard.writeText(url.href);
    lab.say(t.shared);
  } catch {
    lab.say(lab.compact ? url.href : t.shareByHand);
  }
}
