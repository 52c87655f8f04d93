// Ages as kubectl prints them (K-02). Models apimachinery/pkg/util/duration/duration.go.

import { parseTime } from '../../base/time.ts';

/** `2m5s`, `3h`, `4d12h`: two units at most, the finer one only while the coarser is small. */
export function formatDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return withRest(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 2920 ? withRest(years, 'y', days % 365, 'd') : `${years}y`;
}

const withRest = (whole: number, unit: string, rest: number, restUnit: string) =>
  rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`;

/** How long ago an RFC 3339 time was; `<unknown>` for none. `epochMs` is the wall clock. */
export function ageOf(time: string | null | undefined, epochMs: number): string {
  return time ? formatDuration(epochMs - parseTime(time)) : '<unknown>';
}
