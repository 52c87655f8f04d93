// A whole lab: transport, pictures, words. `full` fills a page, compact stands inside a text.

import { useEffect, useRef, useState } from 'preact/hooks';
import { fill } from '../../i18n/twins.ts';
import { Cluster } from './cluster.tsx';
import { Editor } from './editor.tsx';
import { Icon } from './icon.tsx';
import { Inspector } from './inspector.tsx';
import { listen } from './keys.ts';
import type { Lab } from './lab.ts';
import type { Player } from './player.ts';
import { watchHref } from './predict.tsx';
import { Story } from './story.tsx';
import { Terminal } from './terminal.tsx';
import { Timeline } from './timeline.tsx';
import { Transport } from './transport.tsx';

export interface AppProps {
  readonly lab: Lab;
  readonly player: Player;
  readonly onShare: () => void;
}

export function App({ lab, player, onShare }: AppProps) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => (root.current ? listen(root.current, lab, player) : undefined), [lab, player]);
  const parts = { lab, player };
  return (
    <div class={lab.compact ? 'lab compact' : 'lab full'} ref={root}>
      {lab.compact ? <CompactHead lab={lab} /> : null}
      <Transport {...parts} onShare={onShare} />
      <Notice lab={lab} />
      <div class="left">
        <Cluster lab={lab} />
        <Timeline {...parts} />
      </div>
      <div class="right">
        <Story {...parts} />
        {lab.editing.value ? <Editor {...parts} /> : null}
        {lab.compact ? <Folded {...parts} /> : null}
        {lab.compact || lab.editing.value ? null : <Inspector lab={lab} />}
        {lab.compact ? null : <Terminal {...parts} />}
      </div>
    </div>
  );
}

function CompactHead({ lab }: { readonly lab: Lab }) {
  const { t, lang } = lab.words;
  const title = lab.scenario.lab?.title?.[lang] ?? lab.scenario.title;
  return (
    <header class="bar labhead">
      <h3>
        <Icon name="lab" />
        {t.lab}
        {lang === 'zh' ? '：' : ': '}
        {title}
      </h3>
      <span class="end">
        <a
          class="btn bare"
          href={lab.watched ? watchHref(lang, lab.scenario.name, lab.watched.id) : `/${lang}/labs/${lab.scenario.name}/`}
        >
          <Icon name="open" />
          <span class="lbl">{t.openFull}</span>
        </a>
      </span>
    </header>
  );
}

/** How long news is shown. */
const NEWS_MS = 6000;

/** Inside a text, inspector and terminal are folded away until they are wanted; choosing something opens the inspector. */
function Folded({ lab, player }: { readonly lab: Lab; readonly player: Player }) {
  const { t } = lab.words;
  const [why, setWhy] = useState(false);
  const [typing, setTyping] = useState(false);
  const chosen = lab.chosen.value;
  useEffect(() => {
    if (chosen !== null) setWhy(true);
  }, [chosen]);
  return (
    <>
      <div class="bar folds">
        <button type="button" class="btn bare" aria-pressed={why} onClick={() => setWhy(!why)}>
          {t.why}
        </button>
        <button type="button" class="btn bare" aria-pressed={typing} onClick={() => setTyping(!typing)}>
          {t.terminal}
        </button>
      </div>
      {why ? <Inspector lab={lab} /> : null}
      {typing ? <Terminal lab={lab} player={player} /> : null}
    </>
  );
}

function Notice({ lab }: { readonly lab: Lab }) {
  const notice = lab.notice.value;
  // News fade; what went wrong stays until it has been read.
  useEffect(() => {
    if (notice?.kind !== 'plain') return;
    const timer = setTimeout(() => {
      lab.notice.value = null;
    }, NEWS_MS);
    return () => clearTimeout(timer);
  }, [lab, notice]);
  return (
    <div class="noticebox" role="status">
      {notice ? (
        <p class={`notice ${notice.kind}`}>
          {notice.kind === 'bad' ? <Icon name="warn" /> : null}
          <span>{notice.text}</span>
          <button type="button" class="btn bare sq" aria-label={lab.words.t.dismiss} onClick={() => (lab.notice.value = null)}>
            <Icon name="close" />
          </button>
        </p>
      ) : null}
    </div>
  );
}

/** What stands in a lab's place when it could not start. */
export function Failed({ text }: { readonly text: string }) {
  return (
    <p class="notice bad" role="alert">
      <Icon name="warn" />
      <span>{fill(text, {})}</span>
    </p>
  );
}
