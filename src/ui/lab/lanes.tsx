// The drawing between the names and the axis: bars, diamonds, ticks, arrows, now. All geometry stands in SVG attributes.

import { useId } from 'preact/hooks';
import {
  BAR_PX,
  type BarBox,
  type CrowdBox,
  type DeedBox,
  LANE_PX,
  type LaneBox,
  type TimelineLayout,
  widthOf,
} from '../../view/layout.ts';
import type { Lab } from './lab.ts';

export function Lanes({ lab, layout }: { readonly lab: Lab; readonly layout: TimelineLayout }) {
  const id = useId();
  const hatch = `h${id.replace(/\W/g, '')}`;
  return (
    <svg class="tl" width={layout.width} height={layout.height} role="img" aria-label={lab.words.t.timeline}>
      <defs>
        <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path class="hatch" d="M0 0V5" />
        </pattern>
      </defs>
      <path class="grid" d={layout.marks.map((mark) => `M${mark.x} 0V${layout.height}`).join('')} />
      {layout.lanes.map((lane) => (
        <LaneRow key={lane.key} lab={lab} lane={lane} width={layout.width} hatch={hatch} />
      ))}
      {layout.arrows.map((arrow) => (
        <g key={arrow.key}>
          <path class="cause" d={arrow.path} pathLength={1} />
          <path class="head" d={arrow.head} />
        </g>
      ))}
      <path class="now" d={`M${layout.nowX} 0V${layout.height}`} />
    </svg>
  );
}

interface RowProps {
  readonly lab: Lab;
  readonly lane: LaneBox;
  readonly width: number;
  readonly hatch: string;
}

function LaneRow({ lab, lane, width, hatch }: RowProps) {
  const mine = lane.shown.lane.kind === 'you';
  const worded = lane.shown.lane.kind !== 'pod';
  return (
    <g>
      <path class="lane" d={`M0 ${lane.y}H${width}`} />
      {lane.bars.map((bar) => (
        <Bar key={bar.key} lab={lab} bar={bar} y={lane.y} hatch={hatch} worded={worded} />
      ))}
      {lane.truth.map((bar) => (
        <rect
          key={`t${bar.key}`}
          class={`truth ${bar.look}`}
          x={bar.x}
          y={lane.y + BAR_PX / 2 + 1}
          width={bar.width}
          height={3}
        />
      ))}
      {lane.crowd.map((box) => (
        <Crowd key={box.key} box={box} y={lane.y} hatch={hatch} />
      ))}
      <Ticks lane={lane} bad={false} />
      <Ticks lane={lane} bad={true} />
      {lane.deeds.map((deed) => (
        <Deed key={deed.key} lab={lab} deed={deed} y={lane.y} mine={mine} />
      ))}
    </g>
  );
}

function Ticks({ lane, bad }: { readonly lane: LaneBox; readonly bad: boolean }) {
  const marks = lane.ticks.filter((tick) => tick.bad === bad);
  if (marks.length === 0) return null;
  return <path class={bad ? 'ticks bad' : 'ticks'} d={marks.map(({ x }) => `M${x} ${lane.y - 12}v6`).join('')} />;
}

interface BarProps {
  readonly lab: Lab;
  readonly bar: BarBox;
  readonly y: number;
  readonly hatch: string;
  readonly worded: boolean;
}

function Bar({ lab, bar, y, hatch, worded }: BarProps) {
  const half = BAR_PX / 2;
  const later = bar.later ? ' later' : '';
  const choose = () => lab.choose({ entry: bar.entry });
  const title = <title>{bar.word}</title>;
  const thin = bar.width < 6 ? ' thin' : '';
  const props = { class: `b ${bar.look}${later}${thin}`, onClick: choose };
  const { x, width } = bar;
  if (bar.look === 'failed') {
    const cut = Math.min(3, width / 3);
    const d = `M${x + cut} ${y - half}H${x + width - cut}L${x + width} ${y - half + cut}V${y + half - cut}L${x + width - cut} ${y + half}H${x + cut}L${x} ${y + half - cut}V${y - half + cut}Z`;
    return (
      <path {...props} d={d}>
        {title}
      </path>
    );
  }
  if (bar.look === 'done') {
    return (
      <path {...props} d={`M${x} ${y}H${x + width}M${x + width} ${y - half}v${BAR_PX}m-3 0v${-BAR_PX}`}>
        {title}
      </path>
    );
  }
  const low = bar.look === 'starting';
  const inset = bar.look === 'pending' || bar.look === 'down' ? 1.5 : 0;
  return (
    <>
      <rect
        {...props}
        x={x}
        y={low ? y : y - half + inset}
        width={width}
        height={low ? half : BAR_PX - 2 * inset}
        fill={bar.look === 'leaving' ? `url(#${hatch})` : undefined}
      >
        {title}
      </rect>
      {worded && bar.word && widthOf(bar.word) + 10 < width ? (
        <text class={`w ${bar.look}${later}`} x={x + 5} y={y + 4}>
          {bar.word}
        </text>
      ) : null}
    </>
  );
}

function Crowd({ box, y, hatch }: { readonly box: CrowdBox; readonly y: number; readonly hatch: string }) {
  const full = LANE_PX - 4;
  const height = (box.to - box.from) * full;
  const top = y + full / 2 - box.to * full;
  return (
    <rect
      class={`b crowd ${box.look}`}
      x={box.x}
      y={top}
      width={box.width}
      height={height}
      fill={box.look === 'leaving' ? `url(#${hatch})` : undefined}
    />
  );
}

function Deed({
  lab,
  deed,
  y,
  mine,
}: {
  readonly lab: Lab;
  readonly deed: DeedBox;
  readonly y: number;
  readonly mine: boolean;
}) {
  const later = deed.later ? ' later' : '';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for pointers; the log offers the same to keys
    <g class={`deed${later}`} onClick={() => lab.choose({ entry: deed.entry })}>
      <title>{deed.label}</title>
      <path class={deed.look ? 'look' : mine ? 'you' : 'act'} d={`M${deed.x} ${y - 5}l5 5-5 5-5-5Z`} />
      {deed.shown ? (
        <>
          <rect class="bg" x={deed.x + 7} y={y - 7} width={widthOf(deed.label) + 4} height={14} />
          <text class="lbl" x={deed.x + 9} y={y + 4}>
            {deed.label}
          </text>
        </>
      ) : null}
    </g>
  );
}
