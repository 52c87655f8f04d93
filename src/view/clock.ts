// Virtual time as a reader sees it.

const two = (n: number) => String(n).padStart(2, '0');

/** `00:44`, `1:02:03`: hours only when there are some. */
export function formatClock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

/** `.893` */
export function formatMs(ms: number): string {
  return `.${String(Math.floor(ms) % 1000).padStart(3, '0')}`;
}

/** `00:44.893` */
export const formatMoment = (ms: number): string => formatClock(ms) + formatMs(ms);

/** `250 ms`, `4.5 s`, `12 min`, `2 h`: short enough for a label. */
export function formatSpan(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 6000) / 10} min`;
  return `${Math.round(ms / 360_000) / 10} h`;
}
