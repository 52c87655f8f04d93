// Cron schedules: reading them, and what the parser says when it cannot. Models github.com/robfig/cron/v3 (parser.go, standard form).

const BOUNDS = [
  { name: 'minute', least: 0, most: 59, words: '' },
  { name: 'hour', least: 0, most: 23, words: '' },
  { name: 'dom', least: 1, most: 31, words: '' },
  { name: 'month', least: 1, most: 12, words: 'jan feb mar apr may jun jul aug sep oct nov dec' },
  { name: 'dow', least: 0, most: 6, words: 'sun mon tue wed thu fri sat' },
] as const;

const SHORT: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** The allowed values of each of the five fields; `stars` says which of day of month and day of week are `*`. */
export interface Schedule {
  readonly fields: readonly ReadonlySet<number>[];
  readonly isAnyDayOfMonth: boolean;
  readonly isAnyDayOfWeek: boolean;
  /** `@every 1h30m`, in milliseconds; then the fields are empty. */
  readonly everyMs?: number;
}

/** Reads a schedule; the parser's sentence when it is none. */
export function parseSchedule(text: string): Schedule | { readonly fault: string } {
  if (/^(CRON_)?TZ=/.test(text)) return { fault: 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead' };
  const trimmed = text.trim();
  if (trimmed.startsWith('@every ')) return every(trimmed.slice(7));
  if (trimmed.startsWith('@') && !SHORT[trimmed]) return { fault: `unrecognized descriptor: ${trimmed}` };
  const words = (SHORT[trimmed] ?? trimmed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return { fault: 'empty spec string' };
  if (words.length !== 5) return { fault: `expected exactly 5 fields, found ${words.length}: [${words.join(' ')}]` };
  const fields: Set<number>[] = [];
  for (const [i, word] of words.entries()) {
    const values = fieldOf(word, BOUNDS[i] as (typeof BOUNDS)[number]);
    if (typeof values === 'string') return { fault: values };
    fields.push(values);
  }
  const isAny = (word: string | undefined) => /^[*?](\/1)?$/.test(word ?? '');
  return { fields, isAnyDayOfMonth: isAny(words[2]), isAnyDayOfWeek: isAny(words[4]) };
}

/** What is wrong with a schedule, or null. */
export function scheduleFault(text: string): string | null {
  const schedule = parseSchedule(text);
  return 'fault' in schedule ? schedule.fault : null;
}

function every(text: string): Schedule | { readonly fault: string } {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.map((part) => part[0]).join('') !== text || text === '')
    return { fault: `failed to parse duration @every ${text}: time: invalid duration ${JSON.stringify(text)}` };
  const ms = parts.reduce((sum, [, n, unit]) => sum + Number(n) * (units[unit as string] as number), 0);
  return { fields: [], isAnyDayOfMonth: true, isAnyDayOfWeek: true, everyMs: Math.max(1000, Math.floor(ms / 1000) * 1000) };
}

function fieldOf(word: string, bounds: (typeof BOUNDS)[number]): Set<number> | string {
  const values = new Set<number>();
  for (const part of word.split(',')) {
    const range = rangeOf(part, bounds);
    if (typeof range === 'string') return range;
    for (let n = range.from; n <= range.to; n += range.step) values.add(n);
  }
  return values;
}

function numberOf(text: string, words: string): number | string {
  const at = words.split(' ').indexOf(text.toLowerCase());
  if (words && at >= 0) return words.startsWith('jan') ? at + 1 : at;
  if (!/^[+-]?\d+$/.test(text))
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  const n = Number(text);
  return n < 0 ? `negative number (${n}) not allowed: ${text}` : n;
}

function rangeOf(
  part: string,
  { least, most, words }: (typeof BOUNDS)[number],
): { from: number; to: number; step: number } | string {
  const [span = '', stepText, ...more] = part.split('/');
  if (more.length) return `too many slashes: ${part}`;
  const [low = '', high, ...rest] = span.split('-');
  let [from, to]: [number | string, number | string] = [least, most];
  if (low !== '*' && low !== '?') {
    if (rest.length) return `too many hyphens: ${part}`;
    from = numberOf(low, words);
    if (typeof from === 'string') return from;
    to = high === undefined ? (stepText === undefined ? from : most) : numberOf(high, words);
    if (typeof to === 'string') return to;
  }
  const step = stepText === undefined ? 1 : numberOf(stepText, '');
  if (typeof step === 'string') return step;
  if (from < least) return `beginning of range (${from}) below minimum (${least}): ${part}`;
  if (to > most) return `end of range (${to}) above maximum (${most}): ${part}`;
  if (from > to) return `beginning of range (${from}) beyond end of range (${to}): ${part}`;
  return step === 0 ? `step of range should be a positive number: ${part}` : { from, to, step };
}
