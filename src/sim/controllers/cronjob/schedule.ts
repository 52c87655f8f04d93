// When a cron schedule is due, and which of the times that were missed still counts.
// Models github.com/robfig/cron/v3 spec.go Next and pkg/controller/cronjob/utils.go mostRecentScheduleTime, nextScheduleTimeDuration (v1.36),
// rule CRON-02.

import { type CalendarTime, calendarOf } from '../../../base/time.ts';
import { zoneCalendarOf } from '../../../base/zone.ts';
import type { Schedule } from '../../api/cron.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A schedule without a time in so many years has none (30 February). */
const HORIZON_YEARS = 5;
/** CRON-02: more missed times than that are worth a warning. */
const MANY = 100;

/** As in crontab: with both kinds of day given, one is enough. */
function isDay(schedule: Schedule, { day, weekday }: CalendarTime): boolean {
  const [, , days, , weekdays] = schedule.fields;
  const [onDay, onWeekday] = [days?.has(day) === true, weekdays?.has(weekday) === true];
  return schedule.isAnyDayOfMonth || schedule.isAnyDayOfWeek ? onDay && onWeekday : onDay || onWeekday;
}

/** Midnight of the next day on a zone's clocks, also when they are put forward or back that night. */
function nextDayMs(epochMs: number, { hour, minute }: CalendarTime, zone: string): number {
  const guessMs = epochMs + 24 * HOUR_MS - hour * HOUR_MS - minute * MINUTE_MS;
  const found = zoneCalendarOf(guessMs, zone).hour;
  return guessMs + (found === 0 ? 0 : (found > 12 ? 24 - found : -found) * HOUR_MS);
}

/** The first time after `afterMs` (epoch ms); null when there is none within five years. */
export function nextTimeMs(schedule: Schedule, afterMs: number, zone: string): number | null {
  if (schedule.everyMs !== undefined) return Math.floor(afterMs / 1000) * 1000 + schedule.everyMs;
  const [minutes, hours, , months] = schedule.fields;
  const lastYear = calendarOf(afterMs).year + HORIZON_YEARS;
  let ms = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  for (;;) {
    const at = zoneCalendarOf(ms, zone);
    if (at.year > lastYear) return null;
    if (!months?.has(at.month) || !isDay(schedule, at)) ms = nextDayMs(ms, at, zone);
    else if (!hours?.has(at.hour)) ms += HOUR_MS - at.minute * MINUTE_MS;
    else if (!minutes?.has(at.minute)) ms += MINUTE_MS;
    else return ms;
  }
}

export interface Missed {
  /** The latest time that has come; null when none has. */
  readonly recentMs: number | null;
  readonly isMany: boolean;
  /** Whether the schedule never comes true. */
  readonly isImpossible?: true;
}

const NONE: Missed = { recentMs: null, isMany: false };

/** CRON-02: what has come since `sinceMs` and up to now. The number of times is estimated from the first two, as upstream does. */
export function missedSince(schedule: Schedule, sinceMs: number, nowMs: number, zone: string): Missed {
  const first = nextTimeMs(schedule, sinceMs, zone);
  if (first === null) return { ...NONE, isImpossible: true };
  if (nowMs < first) return NONE;
  const second = nextTimeMs(schedule, first, zone);
  if (second === null || nowMs < second) return { recentMs: first, isMany: false };
  const intervalMs = Math.round((second - first) / 1000) * 1000;
  const count = Math.floor((nowMs - first) / intervalMs) + 1;
  let recentMs: number | null = null;
  let next = nextTimeMs(schedule, first + (count - 2) * intervalMs, zone);
  for (; next !== null && next <= nowMs; next = nextTimeMs(schedule, next, zone)) recentMs = next;
  return { recentMs, isMany: count > MANY };
}
