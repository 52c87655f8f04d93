// Time zones by name, from the platform's own table: synchronous, and the same everywhere for times near now.

import { calendarOf, daysOf, formatTime } from './time.ts';

const PARTS = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;

/** Formatters by zone, null for a name that is none; a cache, as long as the table of zones at most. */
const formats = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', { ...PARTS, hourCycle: 'h23', timeZone: zone });
    const { timeZone } = format.resolvedOptions();
    // Names are files on disk elsewhere, so case counts; offsets such as +0800 are no names.
    if (!/^[A-Z]/.test(zone) || (timeZone !== zone && timeZone.toLowerCase() === zone.toLowerCase())) return null;
    formats.set(zone, format);
    return format;
  } catch {
    return null;
  }
}

/** Whether there is a zone of that name, `Asia/Shanghai` for one. */
export const isZone = (zone: string) => formatOf(zone) !== null;

/** How many ms the clocks of a zone are ahead of UTC at a moment (epoch ms); 0 for an unknown zone. */
export function zoneOffsetMs(epochMs: number, zone: string): number {
  const format = zone === 'UTC' ? null : formatOf(zone);
  if (!format) return 0;
  const part = Object.fromEntries(format.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = part;
  const localMs = (daysOf(year, month, day) * 1440 + hour * 60 + minute) * 60_000;
  return localMs - Math.floor(epochMs / 60_000) * 60_000;
}

/** What clocks and calendars of a zone show at a moment. */
export const zoneCalendarOf = (epochMs: number, zone: string) => calendarOf(epochMs + zoneOffsetMs(epochMs, zone));

/** RFC 3339 in a zone: `2026-01-01T08:00:00+08:00`. */
export function formatZoneTime(epochMs: number, zone: string): string {
  const minutes = zoneOffsetMs(epochMs, zone) / 60_000;
  if (minutes === 0) return formatTime(epochMs);
  const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, '0');
  const offset = `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
  return formatTime(epochMs + minutes * 60_000).replace('Z', offset);
}
