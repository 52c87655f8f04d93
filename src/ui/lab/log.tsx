// The timeline's twin in words: one line for each thing that happened, oldest first, up to now.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { LogEntry } from '../../sim/types.ts';
import { formatMoment } from '../../view/clock.ts';
import { isVisible } from './ahead.ts';
import type { Lab } from './lab.ts';
import { Scroll } from './scroll.tsx';

/** Lines shown at first, and added by each press. */
const PAGE = 200;

export function LogList({ lab }: { readonly lab: Lab }) {
  const { t } = lab.words;
  const [all, setAll] = useState(false);
  const [pages, setPages] = useState(1);
  const scroller = useRef<HTMLElement>(null);
  const entries = lab.scene.value.log.filter(
    (entry) => entry.atMs >= 0 && (all ? entry.object?.resource !== 'events' : isVisible(entry)),
  );
  const shown = entries.slice(-PAGE * pages);
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [entries.length, all]);
  return (
    <Scroll class="loglist" box={scroller} label={t.log}>
      <p class="logopts">
        <label>
          <input type="checkbox" checked={all} onChange={() => setAll(!all)} /> {t.logAll}
        </label>
        {shown.length < entries.length ? (
          <button type="button" class="btn bare" onClick={() => setPages(pages + 1)}>
            {t.logEarlier}
          </button>
        ) : null}
      </p>
      {shown.length === 0 ? <p class="muted">{t.logEmpty}</p> : null}
      <ol class="log">
        {shown.map((entry) => (
          <Line key={entry.id} lab={lab} entry={entry} />
        ))}
      </ol>
    </Scroll>
  );
}

function Line({ lab, entry }: { readonly lab: Lab; readonly entry: LogEntry }) {
  const chosen = lab.chosen.value;
  return (
    <li>
      <button
        type="button"
        aria-pressed={chosen !== null && 'entry' in chosen && chosen.entry === entry.id}
        onClick={() => lab.choose({ entry: entry.id })}
      >
        <time>{formatMoment(entry.atMs)}</time>
        <span>
          <b>{lab.words.who(entry)}</b> {lab.words.did(entry)}
        </span>
      </button>
    </li>
  );
}
