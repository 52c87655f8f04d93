// Lanes laid out in pixels: where bars, diamonds, labels, ticks and arrows stand. Numbers only; whoever draws puts them into attributes.

import type { LogEntry } from '../sim/types.ts';
import { chainOf } from './cause.ts';
import { lanesOf, type ShownLane } from './lanes.ts';
import type { DeedKey, Message } from './message.ts';
import type { Anchor, BarLook, TimelineFold } from './timeline.ts';

export const LANE_PX = 26;
/** Height of a bar. */
export const BAR_PX = 12;
/** Room after the last moment, so that labels and the mark of now are not cut. */
const END_PX = 64;
/** Room before time 0, so that what stands there is not cut. */
export const ORIGIN_PX = 10;
const CHAR_PX = 6.7;
const WIDE_CHAR_PX = 11.5;

export interface LayoutOptions {
  readonly pxPerMs: number;
  readonly nowMs: number;
  /** The end of what is known; later than now when the reader has gone back. */
  readonly headMs: number;
  /** At least so wide, in pixels. */
  readonly minWidth: number;
  /** Draw the causes of this entry. */
  readonly arrowsOf: number | null;
  readonly say: (label: Message<DeedKey>) => string;
}

export interface BarBox {
  readonly key: string;
  readonly x: number;
  readonly width: number;
  readonly look: BarLook;
  readonly word: string;
  readonly entry: number;
  /** Begins after now: what will be, if nothing is changed. */
  readonly later: boolean;
  readonly goesOn: boolean;
}

export interface DeedBox {
  readonly key: string;
  readonly entry: number;
  readonly x: number;
  readonly label: string;
  /** Whether there is room for the label. */
  readonly shown: boolean;
  readonly later: boolean;
  /** Only a look: nothing was changed. */
  readonly look: boolean;
}

export interface CrowdBox {
  readonly key: string;
  readonly x: number;
  readonly width: number;
  readonly look: BarLook;
  /** Fractions of the lane's height, from the bottom. */
  readonly from: number;
  readonly to: number;
}

export interface LaneBox {
  readonly key: string;
  readonly shown: ShownLane;
  readonly y: number;
  readonly bars: readonly BarBox[];
  readonly truth: readonly BarBox[];
  readonly deeds: readonly DeedBox[];
  readonly ticks: readonly { readonly x: number; readonly bad: boolean }[];
  readonly crowd: readonly CrowdBox[];
}

export interface ArrowBox {
  readonly key: string;
  readonly path: string;
  readonly head: string;
}

export interface TimelineLayout {
  readonly width: number;
  readonly height: number;
  readonly nowX: number;
  readonly lanes: readonly LaneBox[];
  readonly arrows: readonly ArrowBox[];
  readonly marks: readonly { readonly x: number; readonly atMs: number }[];
}

/** Where a moment stands; what was before time 0 stands at 0. */
const xOf = (ms: number, pxPerMs: number): number => ORIGIN_PX + Math.max(0, ms) * pxPerMs;

export function layoutTimeline(fold: TimelineFold, log: readonly LogEntry[], options: LayoutOptions): TimelineLayout {
  const { pxPerMs, headMs, nowMs, minWidth } = options;
  const width = Math.max(minWidth, ORIGIN_PX + Math.ceil(Math.max(headMs, nowMs) * pxPerMs) + END_PX);
  const lanes = lanesOf(fold).map((shown, row) => laneBoxOf(shown, row * LANE_PX + LANE_PX / 2, options));
  return {
    width,
    height: lanes.length * LANE_PX,
    nowX: xOf(nowMs, pxPerMs),
    lanes,
    arrows: arrowsOf(fold, log, lanes, options),
    marks: marksOf(width / pxPerMs, pxPerMs),
  };
}

function laneBoxOf(shown: ShownLane, y: number, options: LayoutOptions): LaneBox {
  const { lane } = shown;
  return {
    key: lane.key,
    shown,
    y,
    bars: lane.bars.map((bar) => barBoxOf(bar, options)),
    truth: lane.truth.map((bar) => barBoxOf(bar, options)),
    deeds: deedBoxesOf(shown, options),
    ticks: lane.ticks.map((tick) => ({ x: xOf(tick.atMs, options.pxPerMs), bad: tick.bad })),
    crowd: shown.crowd ? crowdBoxesOf(shown, options) : [],
  };
}

function barBoxOf(bar: ShownLane['lane']['bars'][number], { pxPerMs, headMs, nowMs }: LayoutOptions): BarBox {
  const end = bar.toMs ?? Math.max(headMs, nowMs);
  const x = xOf(bar.fromMs, pxPerMs);
  return {
    key: `${bar.entry}`,
    x,
    // Even the shortest state can be seen.
    width: Math.max(1.5, xOf(end, pxPerMs) - x),
    look: bar.look,
    word: bar.word,
    entry: bar.entry,
    later: bar.fromMs > nowMs,
    goesOn: bar.toMs === null,
  };
}

/** Pixels a text takes in the 11 px mono of the drawing. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += char > 'ᄀ' ? WIDE_CHAR_PX : CHAR_PX;
  return width;
}

function deedBoxesOf({ lane }: ShownLane, { pxPerMs, nowMs, say }: LayoutOptions): readonly DeedBox[] {
  return lane.deeds.map((deed, i) => {
    const x = xOf(deed.atMs, pxPerMs);
    const label = say(deed.label);
    const next = lane.deeds[i + 1];
    const room = next ? xOf(next.atMs, pxPerMs) - x - 14 : Number.POSITIVE_INFINITY;
    return {
      key: `${deed.entry}`,
      entry: deed.entry,
      x,
      label,
      shown: widthOf(label) + 8 < room,
      later: deed.atMs > nowMs,
      look: deed.label.key === 'look',
    };
  });
}

/** Bottom to top: what serves, what is on its way, what leaves, what is broken or done. */
const STACK: readonly BarLook[] = ['ready', 'starting', 'pending', 'leaving', 'failed', 'done'];

function crowdBoxesOf({ crowd, pods }: ShownLane, { pxPerMs, headMs, nowMs }: LayoutOptions): readonly CrowdBox[] {
  const steps = crowd ?? [];
  const most = Math.max(1, pods, ...steps.map((step) => step.total));
  const boxes: CrowdBox[] = [];
  let drawn = -1;
  steps.forEach((step, i) => {
    const x = xOf(step.atMs, pxPerMs);
    const end = xOf(steps[i + 1]?.atMs ?? Math.max(headMs, nowMs), pxPerMs);
    // Steps narrower than a pixel cannot be told apart.
    if (end - drawn < 1 && i < steps.length - 1) return;
    const left = Math.max(drawn, x - 1, 0);
    drawn = end;
    let from = 0;
    for (const look of STACK) {
      const count = step.counts[look] ?? 0;
      if (count === 0) continue;
      const to = from + count / most;
      boxes.push({ key: `${i} ${look}`, x: left, width: Math.max(1, end - left), look, from, to });
      from = to;
    }
  });
  return boxes;
}

const STEPS_MS = [10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 18e5, 36e5, 72e5, 144e5];

/** Times on the axis, far enough apart to be read. */
export function marksOf(untilMs: number, pxPerMs: number): readonly { readonly x: number; readonly atMs: number }[] {
  const step = STEPS_MS.find((ms) => ms * pxPerMs >= 76) ?? 288e5;
  const marks: { x: number; atMs: number }[] = [];
  for (let atMs = 0; atMs <= untilMs && marks.length < 400; atMs += step) marks.push({ x: xOf(atMs, pxPerMs), atMs });
  return marks;
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Arrows of one chain, cause to effect. Entries that are not drawn are stepped over. */
function arrowsOf(
  fold: TimelineFold,
  log: readonly LogEntry[],
  lanes: readonly LaneBox[],
  options: LayoutOptions,
): readonly ArrowBox[] {
  const rows = new Map<string, number>();
  for (const lane of lanes) rows.set(lane.key, lane.y);
  const chain = [...chainOf(log, options.arrowsOf)].reverse();
  const arrows: ArrowBox[] = [];
  let before: Spot | null = null;
  for (const entry of chain) {
    const anchor: Anchor | undefined = fold.anchors.get(entry.id);
    for (const key of [anchor?.deed, anchor?.effect]) {
      const y = key === undefined ? undefined : (rows.get(key) ?? rows.get(crowdKeyOf(fold, key)));
      if (y === undefined) continue;
      const spot = { x: xOf(entry.atMs, options.pxPerMs), y };
      // Along one lane its bars and diamonds tell the same.
      if (before && before.y !== spot.y) arrows.push(arrowBetween(`${entry.id} ${key}`, before, spot));
      before = spot;
    }
  }
  return arrows;
}

const crowdKeyOf = (fold: TimelineFold, key: string) => `crowd ${fold.lanes.get(key)?.owner ?? ''}`;

function arrowBetween(key: string, from: Spot, to: Spot): ArrowBox {
  const [x1, x2] = [round(from.x), round(to.x)];
  const down = to.y > from.y ? 1 : -1;
  const end = to.y - down * 8;
  const head = `M${x2} ${to.y - down * 6}l-3.5 ${-down * 5}h7Z`;
  if (x2 - x1 < 12) return { key, path: `M${x2} ${from.y + down * 6}V${end}`, head };
  return { key, path: `M${x1 + 6} ${from.y}H${x2 - 5}Q${x2} ${from.y} ${x2} ${from.y + down * 5}V${end}`, head };
}

const round = (x: number) => Math.round(x * 10) / 10;
