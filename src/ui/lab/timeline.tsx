// The timeline: names of lanes that stay, an axis that stays, and one drawing between them. Opens at now; now is a slider.

import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatClock, formatMoment, formatMs } from '../../view/clock.ts';
import { type LaneBox, layoutTimeline, ORIGIN_PX, type TimelineLayout } from '../../view/layout.ts';
import { shortRefOf } from '../../view/scene.ts';
import { isVisible } from './ahead.ts';
import { PodMark } from './cluster.tsx';
import { Icon } from './icon.tsx';
import type { Lab } from './lab.ts';
import { Lanes } from './lanes.tsx';
import { LogList } from './log.tsx';
import type { Player } from './player.ts';
import { Scroll } from './scroll.tsx';
import { Press } from './transport.tsx';

/** The scale fits so much time into the width; beyond the last it scrolls. Seconds. */
const HORIZONS = [10, 20, 30, 60, 120];
const MIN_PX_PER_MS = 0.004;
const MOST_PX = 16_000;
const AXIS_PX = 26;
/** Width of the mark of now. */
const NOW_PX = 74;

interface TimelineProps {
  readonly lab: Lab;
  readonly player: Player;
}

export function Timeline({ lab, player }: TimelineProps) {
  const { t } = lab.words;
  const [asText, setAsText] = useState(false);
  const [zoom, setZoom] = useState(1);
  return (
    <section class="box tlbox" aria-label={t.timeline}>
      <header>
        <h2 class="cap">{asText ? t.log : t.timeline}</h2>
        <span class="end">
          {asText ? null : (
            <>
              <Press icon="less" word={t.zoomOut} kind="bare sq" bare onClick={() => setZoom(Math.max(1 / 16, zoom / 2))} />
              <Press icon="plus" word={t.zoomIn} kind="bare sq" bare onClick={() => setZoom(Math.min(512, zoom * 2))} />
              <Press icon="zoom" word={t.zoomFit} kind="bare sq" bare onClick={() => setZoom(1)} />
            </>
          )}
          <button type="button" class="btn bare" aria-pressed={asText} onClick={() => setAsText(!asText)}>
            <Icon name="text" />
            <span class="lbl">{t.asText}</span>
          </button>
        </span>
      </header>
      {asText ? <LogList lab={lab} /> : <Drawing lab={lab} player={player} zoom={zoom} />}
      {asText || lab.compact ? null : <Legend lab={lab} />}
    </section>
  );
}

function Legend({ lab }: { readonly lab: Lab }) {
  const { t } = lab.words;
  const states = [
    ['pending', t.pending],
    ['starting', t.starting],
    ['ready', t.ready],
    ['leaving', t.leaving],
    ['failed', t.failedState],
    ['done', t.done],
  ] as const;
  return (
    <ul class="states" aria-label={t.legend}>
      {states.map(([state, word]) => (
        <li key={state}>
          <PodMark state={state} round={false} label="0" />
          {word}
        </li>
      ))}
      <li>
        <span class="pod round" aria-hidden="true" />
        {t.interchangeable}
      </li>
    </ul>
  );
}

/** Pixels for a millisecond: what is known fits into the width, in steps, so that the scale stands still while time runs. */
function scaleOf(headMs: number, width: number, zoom: number): number {
  const horizon = (HORIZONS.find((seconds) => seconds * 1000 >= headMs) ?? 120) * 1000;
  const wanted = Math.max(MIN_PX_PER_MS, (Math.max(width, 240) - 74) / horizon) * zoom;
  return Math.min(wanted, MOST_PX / Math.max(headMs, 1000));
}

function Drawing({ lab, player, zoom }: TimelineProps & { readonly zoom: number }) {
  const { t } = lab.words;
  const scroller = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const names = () => (element.querySelector('.tlnames') as HTMLElement | null)?.offsetWidth ?? 0;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth - names()));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  lab.version.value;
  const pxPerMs = scaleOf(lab.headMs, width, zoom);
  const layout = layoutTimeline(lab.fold.value, lab.known.value, {
    pxPerMs,
    nowMs: lab.nowMs,
    headMs: lab.headMs,
    minWidth: width,
    arrowsOf: lab.focus()?.id ?? null,
    say: lab.words.deed,
  });
  useNowInSight(scroller, layout.nowX, lab.playing.value, zoom);
  return (
    <Scroll class="tlscroll" box={scroller} label={t.timelineScroll}>
      <div class="tlgrid">
        <div class="tlcorner" />
        <Axis lab={lab} player={player} layout={layout} pxPerMs={pxPerMs} />
        <ol class="tlnames">
          {layout.lanes.map((lane) => (
            <LaneName key={lane.key} lab={lab} lane={lane} />
          ))}
        </ol>
        <Lanes lab={lab} layout={layout} />
      </div>
    </Scroll>
  );
}

/** Keeps now visible while time moves; a reader who scrolls while it stands is left alone. */
function useNowInSight(scroller: { readonly current: HTMLElement | null }, nowX: number, playing: boolean, zoom: number): void {
  const moved = useRef(Number.NaN);
  const zoomed = useRef(zoom);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || (moved.current === nowX && zoomed.current === zoom)) return;
    moved.current = nowX;
    zoomed.current = zoom;
    const names = (element.querySelector('.tlnames') as HTMLElement | null)?.offsetWidth ?? 0;
    const room = element.clientWidth - names;
    const at = nowX - element.scrollLeft;
    if (at < 0 || at > room - 48) element.scrollLeft = Math.max(0, nowX - room * (playing ? 0.6 : 0.75));
  });
}

interface AxisProps extends TimelineProps {
  readonly layout: TimelineLayout;
  readonly pxPerMs: number;
}

/** Times, and now as a slider: drag it or use the keys. */
function Axis({ lab, player, layout, pxPerMs }: AxisProps) {
  const { t } = lab.words;
  const help = useId();
  const seek = useSeek(lab, player, pxPerMs);
  const onKeyDown = (event: KeyboardEvent) => {
    const act = keyActs(lab, player)[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <div class="tlaxis" {...seek}>
      <svg width={layout.width} height={AXIS_PX} aria-label={t.time}>
        <g>
          {layout.marks.map((mark) => (
            <text key={mark.atMs} x={mark.x} y={17} text-anchor={mark.atMs === 0 ? 'start' : 'middle'}>
              {markText(mark.atMs, pxPerMs)}
            </text>
          ))}
        </g>
        <g
          class="tlnow"
          role="slider"
          tabindex={0}
          aria-label={t.scrub}
          aria-describedby={help}
          aria-valuemin={0}
          aria-valuemax={Math.round(lab.headMs)}
          aria-valuenow={Math.round(lab.nowMs)}
          aria-valuetext={formatMoment(lab.nowMs)}
          aria-orientation="horizontal"
          transform={`translate(${Math.max(NOW_PX / 2, layout.nowX)} 0)`}
          onKeyDown={onKeyDown}
        >
          <rect x={-NOW_PX / 2} y={2} width={NOW_PX} height={AXIS_PX - 4} rx={2} />
          <text y={17} text-anchor="middle">
            {formatMoment(lab.nowMs)}
          </text>
        </g>
      </svg>
      <span class="vh" id={help}>
        {t.scrubHelp}
      </span>
    </div>
  );
}

const markText = (ms: number, pxPerMs: number) =>
  pxPerMs > 0.08 && ms % 1000 !== 0 ? formatClock(ms) + formatMs(ms) : formatClock(ms);

function keyActs(lab: Lab, player: Player): Readonly<Record<string, () => void>> {
  const go = (ms: number) => player.seek(ms);
  const back = () => player.back();
  const on = () => {
    const next = lab.known.value.find((entry) => entry.atMs > lab.nowMs && isVisible(entry));
    go(next ? next.atMs : lab.headMs);
  };
  return {
    ArrowLeft: back,
    ArrowDown: back,
    ArrowRight: on,
    ArrowUp: on,
    PageDown: () => go(lab.nowMs - 10_000),
    PageUp: () => go(lab.nowMs + 10_000),
    Home: () => go(0),
    End: () => go(lab.headMs),
  };
}

/** Dragging along the axis moves time, once a frame. */
function useSeek(lab: Lab, player: Player, pxPerMs: number) {
  const wanted = useRef<number | null>(null);
  const dragging = useRef(false);
  const go = (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
    const ms = (event.clientX - event.currentTarget.getBoundingClientRect().left - ORIGIN_PX) / pxPerMs;
    if (wanted.current === null) {
      requestAnimationFrame(() => {
        const at = wanted.current;
        wanted.current = null;
        if (at !== null) lab.seek(at);
      });
    }
    wanted.current = Math.round(ms);
  };
  return {
    onPointerDown: (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
      if (event.button !== 0) return;
      player.pause();
      dragging.current = true;
      event.currentTarget.setPointerCapture(event.pointerId);
      go(event);
    },
    onPointerMove: (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
      if (dragging.current) go(event);
    },
    onPointerUp: () => {
      dragging.current = false;
    },
    onPointerCancel: () => {
      dragging.current = false;
    },
  };
}

function LaneName({ lab, lane }: { readonly lab: Lab; readonly lane: LaneBox }) {
  const { t } = lab.words;
  const { kind, name, of, uid, ordinal, goneMs } = lane.shown.lane;
  const text =
    kind === 'you'
      ? t.you
      : kind === 'crowd'
        ? t.podsMany.replace('{n}', String(lane.shown.pods))
        : of
          ? shortRefOf(of, name)
          : name;
  const gone = goneMs !== null && goneMs <= lab.nowMs;
  const body = (
    <>
      {ordinal === null ? null : <span class="ord sm">{ordinal}</span>}
      <span class="nm">{text}</span>
    </>
  );
  const classes = `lane d${Math.min(lane.shown.depth, 3)}${gone ? ' gone' : ''}`;
  if (uid === null) return <li class={classes}>{body}</li>;
  const chosen = lab.chosen.value;
  return (
    <li class={classes}>
      <button
        type="button"
        title={text}
        aria-pressed={chosen !== null && 'uid' in chosen && chosen.uid === uid}
        onClick={() => lab.choose({ uid })}
      >
        {body}
      </button>
    </li>
  );
}
