// Study days. A study day starts at the rollover hour of the reader's own clock, not at midnight UTC: two reviews around 08:00 in
// Beijing belong to one day. The offset is stored with each event, so replay gives the same answer on any machine, after travel and DST.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A moment as the reader's clock shows it. `utcOffsetMin` is minutes east of UTC (Beijing: 480). */
export interface Moment {
  readonly t: number;
  readonly utcOffsetMin: number;
}

/** Number of the study day: floor((t + offset − rollover) / 24 h). */
export function studyDayOf(moment: Moment, rolloverHour: number): number {
  return Math.floor((moment.t + moment.utcOffsetMin * minuteMs - rolloverHour * hourMs) / dayMs);
}

/** First millisecond (epoch) of a study day, for a reader at the given offset. Inverse of studyDayOf. */
export function startOfStudyDay(studyDay: number, utcOffsetMin: number, rolloverHour: number): number {
  return studyDay * dayMs + rolloverHour * hourMs - utcOffsetMin * minuteMs;
}

/** Study days between two reviews; never negative, whatever the clocks did. */
export function elapsedDays(fromDay: number, toDay: number): number {
  return Math.max(0, toDay - fromDay);
}

/** Minutes of an interval shorter than a day. Intervals under a day are stored as a fraction; whole minutes come back exactly. */
export function minutesOf(intervalDays: number): number {
  return Math.round(intervalDays * 1440);
}

/** A learning step as an interval in days. */
export function daysOfMinutes(minutes: number): number {
  return Math.round((minutes / 1440) * 1e6) / 1e6;
}
