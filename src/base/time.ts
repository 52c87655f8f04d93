// Calendar arithmetic on epoch milliseconds, without Date: the engine's clock is an argument, never the machine's.

const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of a date of the Gregorian calendar; month 1–12. (Howard Hinnant, "days from civil") */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** The UTC date and time of epoch milliseconds. */
export function calendarOf(epochMs: number): CalendarTime {
  const days = Math.floor(epochMs / DAY_MS);
  const rest = epochMs - days * DAY_MS;
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1000) % 60,
    ms: rest % 1000,
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

const two = (n: number) => String(n).padStart(2, '0');

/** What was formatted last, for a clock that is asked many times in one second. */
let lastFormatted: readonly [epochSecond: number, text: string] = [Number.NaN, ''];

/** RFC 3339 in whole seconds, cut down: `2026-01-01T00:00:59Z`. */
export function formatTime(epochMs: number): string {
  const epochSecond = Math.floor(epochMs / 1000);
  if (lastFormatted[0] !== epochSecond) lastFormatted = [epochSecond, textOf(calendarOf(epochMs))];
  return lastFormatted[1];
}

function textOf(t: CalendarTime): string {
  return `${String(t.year).padStart(4, '0')}-${two(t.month)}-${two(t.day)}T${two(t.hour)}:${two(t.minute)}:${two(t.second)}Z`;
}

/** RFC 3339 with microseconds, as Lease and Event times have: `2026-01-01T00:00:59.123000Z`. */
export function formatMicroTime(epochMs: number): string {
  return `${formatTime(epochMs).slice(0, -1)}.${String(calendarOf(epochMs).ms).padStart(3, '0')}000Z`;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** What was parsed last: conditions and statuses of one moment carry the same text over and over. */
let lastParsed: readonly [text: string, epochMs: number] = ['', Number.NaN];

/** Epoch milliseconds of an RFC 3339 text; NaN when it is none. */
export function parseTime(text: string): number {
  if (lastParsed[0] !== text) lastParsed = [text, epochMsOf(text)];
  return lastParsed[1];
}

function epochMsOf(text: string): number {
  const m = RFC3339.exec(text);
  if (!m) return Number.NaN;
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Number((m[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offset = m[8] ? (m[8] === '-' ? -1 : 1) * (Number(m[9]) * 60 + Number(m[10])) : 0;
  return daysOf(year, month, day) * DAY_MS + hour * 3_600_000 + (minute - offset) * 60_000 + second * 1000 + ms;
}
