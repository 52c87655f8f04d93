// Geometry of the concept map, in percent of its width and tenths of a row. Pure: planned concepts in, columns and curves out.
import { type Planned, partNames } from '../book/schema.ts';

export interface Column {
  readonly part: Planned['part'];
  readonly stops: readonly Planned[];
}

export interface Curve {
  readonly from: string;
  readonly to: string;
  readonly d: string;
}

const longest = 9;
/** Width of a column and of the space between two, in percent. */
const width = 14;

/** One column a part; a part of more than nine concepts takes as many columns as it needs, evenly filled. */
export function layOut(plan: readonly Planned[]): Column[] {
  return partNames.flatMap((part) => {
    const own = plan.filter((planned) => planned.part === part);
    const columns = Math.ceil(own.length / longest);
    const each = Math.ceil(own.length / Math.max(1, columns));
    return Array.from({ length: columns }, (_, index) => ({ part, stops: own.slice(index * each, (index + 1) * each) }));
  });
}

const round = (n: number): number => Math.round(n * 100) / 100;

/** A curve for every need: from the right edge of the earlier concept to the left edge of the later one. */
export function curvesOf(columns: readonly Column[]): Curve[] {
  const space = columns.length > 1 ? (100 - columns.length * width) / (columns.length - 1) : 0;
  const places = new Map(
    columns.flatMap((column, x) =>
      column.stops.map((planned, y) => [planned.slug, { left: x * (width + space), x, y: y * 10 + 5 }] as const),
    ),
  );
  return columns.flatMap((column) =>
    column.stops.flatMap((planned) =>
      planned.needs.flatMap((need) => {
        const from = places.get(need);
        const to = places.get(planned.slug);
        if (!from || !to) return [];
        return [
          { from: need, to: planned.slug, d: from.x === to.x ? loop(to.left, from.y, to.y, space) : across(from, to, space) },
        ];
      }),
    ),
  );
}

/** Within a column: out to the left and back. The further apart, the wider. */
function loop(left: number, y1: number, y2: number, space: number): string {
  const reach = Math.min(space * 0.85, 0.6 + Math.abs(y2 - y1) * 0.035);
  return `M${round(left)} ${y1}C${round(left - reach)} ${y1} ${round(left - reach)} ${y2} ${round(left)} ${y2}`;
}

function across(from: { left: number; y: number }, to: { left: number; y: number }, space: number): string {
  const start = from.left + width;
  const bend = space * 0.6;
  return `M${round(start)} ${from.y}C${round(start + bend)} ${from.y} ${round(to.left - bend)} ${to.y} ${round(to.left)} ${to.y}`;
}
