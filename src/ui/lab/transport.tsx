// The bar that moves time: clock, play, steps, speed, fork, faults, link.

import { useId, useState } from 'preact/hooks';
import { fill } from '../../i18n/twins.ts';
import { formatClock, formatMoment, formatMs } from '../../view/clock.ts';
import { Faults } from './faults.tsx';
import { Icon, type LabIcon } from './icon.tsx';
import type { Lab } from './lab.ts';
import type { Player } from './player.ts';

export interface LabParts {
  readonly lab: Lab;
  readonly player: Player;
}

interface ButtonProps {
  readonly icon: LabIcon;
  readonly word: string;
  readonly onClick: () => void;
  readonly kind?: string;
  readonly keys?: string;
  readonly bare?: boolean;
}

/** A button with an icon; its word is hidden where there is little room, its name never. */
export function Press({ icon, word, onClick, kind = '', keys, bare = false }: ButtonProps) {
  return (
    <button
      type="button"
      class={`btn ${kind}`}
      title={keys ? `${word} (${keys})` : word}
      aria-label={word}
      aria-keyshortcuts={keys}
      onClick={onClick}
    >
      <Icon name={icon} />
      {bare ? null : <span class="lbl">{word}</span>}
      {keys && !bare ? <kbd>{keys}</kbd> : null}
    </button>
  );
}

const SPEEDS = [0.1, 0.5, 1, 5, 10, 60, 600];

export function Transport({ lab, player, onShare }: LabParts & { readonly onShare: () => void }) {
  const { t } = lab.words;
  const [open, setOpen] = useState(false);
  const more = useId();
  lab.version.value;
  const playing = lab.playing.value;
  const waiting = lab.asked.value.length > 0;
  return (
    <div class="bar" role="toolbar" aria-label={t.transport}>
      <Clock lab={lab} />
      <Press icon="start" word={t.start} kind="sq" bare onClick={() => player.seek(0)} />
      <button
        type="button"
        class="btn main"
        aria-keyshortcuts="Space"
        aria-disabled={waiting}
        onClick={() => player.toggle()}
        title={playing ? t.pause : t.play}
      >
        <Icon name={playing ? 'pause' : 'play'} />
        <span class="lbl">{playing ? t.pause : t.play}</span>
      </button>
      <Press icon="back" word={t.back} kind="sq" keys="," bare onClick={() => player.back()} />
      <Press icon="event" word={t.event} keys="." onClick={() => player.event()} />
      <Press icon="cause" word={t.cause} kind="less" keys="c" onClick={() => player.cause()} />
      <Press icon="settle" word={t.settle} kind="less" onClick={() => player.settle()} />
      <button
        type="button"
        class="btn sq phone"
        aria-expanded={open}
        aria-controls={more}
        aria-label={t.more}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
      </button>
      <div class={open ? 'rest open' : 'rest'} id={more}>
        <label class="muted speed">
          <span class="sw">{t.speed}</span>
          <select
            class="btn"
            aria-label={t.speed}
            value={String(lab.speed.value)}
            onChange={(event) => (lab.speed.value = Number(event.currentTarget.value))}
          >
            {SPEEDS.map((speed) => (
              <option value={String(speed)}>{`${speed}×`}</option>
            ))}
          </select>
        </label>
        <span class="end">
          <Histories lab={lab} />
          <Press icon="fork" word={t.fork} onClick={() => lab.fork()} />
          <Faults lab={lab} />
          <Press icon="share" word={t.share} onClick={onShare} />
        </span>
      </div>
    </div>
  );
}

function Clock({ lab }: { readonly lab: Lab }) {
  lab.version.value;
  return (
    <span class="clock" role="timer" aria-label={lab.words.t.time}>
      {formatClock(lab.nowMs)}
      <small>{formatMs(lab.nowMs)}</small>
    </span>
  );
}

function Histories({ lab }: { readonly lab: Lab }) {
  const { t } = lab.words;
  const kept = lab.histories.value;
  if (kept.length === 0) return null;
  return (
    <label class="muted speed">
      {t.history}
      <select class="btn" value="" onChange={(event) => lab.recall(Number(event.currentTarget.value))}>
        <option value="">{fill(t.historyTo, { name: t.justNow, at: formatMoment(lab.headMs) })}</option>
        {kept.map((history, i) => (
          <option value={String(i)}>{fill(t.historyTo, { name: history.name, at: formatMoment(history.run.endMs) })}</option>
        ))}
      </select>
    </label>
  );
}
