// When a cron schedule is due.
// Models github.com/robfig/cron/v3 (spec.go Next) and pkg/controller/cronjob/utils.go (v1.36), rules CRON-02, CRON-03.
// Differs: time zones are those in the table below, without daylight saving.

import { calendarOf } from '../../../base/time.ts';
import type { Schedule } from '../../api/cron.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HORIZON_DAYS = 5 * 366;

/** Offsets (minutes east of Greenwich) of zones without daylight saving that readers may want. */
const ZONES: Readonly<Record<string, number>> = {
  UTC: 0,
  'Etc/UTC': 0,
  'Asia/Shanghai': 480,
  'Asia/Hong_Kong': 480,
  'Asia/Taipei': 480,
  'Asia/Singapore': 480,
  'Asia/Tokyo': 540,
  'Asia/Seoul': 540,
  'Asia/Kolkata': 330,
};

/** Milliseconds that a zone is ahead of UTC; 0 for unknown ones. */
export function zoneOffsetMs(zone: string | undefined): number {
  return (ZONES[zone ?? 'UTC'] ?? 0) * MINUTE_MS;
}

function isDay(schedule: Schedule, dayMs: number): boolean {
  const { day, month, weekday } = calendarOf(dayMs);
  const [, , days, months, weekdays] = schedule.fields;
  if (!months?.has(month)) return false;
  const [onDay, onWeekday] = [days?.has(day) === true, weekdays?.has(weekday) === true];
  // As in crontab: with both given, one is enough.
  return schedule.isAnyDayOfMonth || schedule.isAnyDayOfWeek ? onDay && onWeekday : onDay || onWeekday;
}

/** The first slot after a time (epoch ms); null when there is none within five years. */
export function nextSlotMs(schedule: Schedule, afterMs: number, offsetMs = 0): number | null {
  if (schedule.everyMs !== undefined) return Math.floor(afterMs / 1000) * 1000 + schedule.everyMs;
  const [minutes, hours] = schedule.fields;
  const local = Math.floor((afterMs + offsetMs) / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  let dayMs = Math.floor(local / DAY_MS) * DAY_MS;
  for (let day = 0; day <= HORIZON_DAYS; day++, dayMs += DAY_MS) {
    if (!isDay(schedule, dayMs)) continue;
    for (let hour = 0; hour < 24; hour++) {
      if (!hours?.has(hour)) continue;
      for (let minute = 0; minute < 60; minute++) {
        const slotMs = dayMs + hour * 60 * MINUTE_MS + minute * MINUTE_MS;
        if (minutes?.has(minute) && slotMs >= local) return slotMs - offsetMs;
      }
    }
  }
  return null;
}

const COUNT_LIMIT = 100;

/** CRON-02: the latest slot in (from, now], and whether more than 100 were missed. */
export function missedSlot(
  schedule: Schedule,
  fromMs: number,
  nowMs: number,
  offsetMs = 0,
): { readonly slotMs: number | null; readonly isTooMany: boolean } {
  let slotMs: number | null = null;
  let count = 0;
  let next = nextSlotMs(schedule, fromMs, offsetMs);
  while (next !== null && next <= nowMs) {
    slotMs = next;
    count++;
    // Long gaps are jumped over: only the latest slots matter.
    if (count === COUNT_LIMIT + 1) {
      const stepMs = (slotMs - fromMs) / count;
      const leapMs = Math.max(slotMs, nowMs - Math.max(stepMs * 3, 2 * DAY_MS));
      next = nextSlotMs(schedule, leapMs, offsetMs);
    } else next = nextSlotMs(schedule, next, offsetMs);
  }
  return { slotMs, isTooMany: count > COUNT_LIMIT };
}
