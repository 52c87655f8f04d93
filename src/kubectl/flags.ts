// Reads flags and arguments as spf13/pflag does, with kubectl's messages (staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go UsageErrorf).

/** What a flag takes. `count` flags may stand alone; `bare` is their value then (pflag's NoOptDefVal). */
export interface Flag {
  readonly short?: string;
  readonly type: 'bool' | 'string' | 'int' | 'list' | 'duration';
  readonly bare?: string;
  /** What it is for, in a few words, for --help. */
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** Arguments after parsing: plain JSON. A flag given several times has several values; the last one counts unless it is a list. */
export interface Args {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, readonly string[]>>;
  /** Words after `--`. */
  readonly rest: readonly string[] | null;
}

/** A refusal by kubectl itself: `text` goes to stderr as it is. */
export class Refusal extends Error {
  readonly exit: number;
  constructor(text: string, exit = 1) {
    super(text);
    this.exit = exit;
  }
}

export const flagOf = (args: Args, name: string): string | undefined => args.flags[name]?.at(-1);
export const isSet = (args: Args, name: string): boolean => args.flags[name] !== undefined;
export const isOn = (args: Args, name: string): boolean => flagOf(args, name) === 'true';
export const listOf = (args: Args, name: string): readonly string[] =>
  (args.flags[name] ?? []).flatMap((value) => value.split(','));
export const intOf = (args: Args, name: string): number | undefined => {
  const value = flagOf(args, name);
  return value === undefined ? undefined : Number(value);
};

const DURATION = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))*$/;
const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration (`1m30s`); NaN when it is none. */
export function durationMs(text: string): number {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return Number.NaN;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g))
    total += Number(amount) * (UNIT_MS[unit as string] as number);
  return Math.round(text.startsWith('-') ? -total : total);
}

const BOOLEANS: Readonly<Record<string, string>> = {
  true: 'true',
  t: 'true',
  T: 'true',
  TRUE: 'true',
  True: 'true',
  '1': 'true',
};
const FALSE = new Set(['false', 'f', 'F', 'FALSE', 'False', '0']);

/** The value as pflag keeps it, or the reason why it is refused. */
function checked(flag: Flag, shown: string, value: string): string {
  const refuse = (reason: string) => new Refusal(`error: invalid argument "${value}" for "${shown}" flag: ${reason}`);
  if (flag.type === 'bool') {
    if (flag.bare !== undefined && flag.bare !== 'true') return value;
    if (BOOLEANS[value]) return 'true';
    if (FALSE.has(value)) return 'false';
    throw refuse(`strconv.ParseBool: parsing "${value}": invalid syntax`);
  }
  if (flag.type === 'int' && !/^[+-]?\d+$/.test(value)) throw refuse(`strconv.ParseInt: parsing "${value}": invalid syntax`);
  if (flag.type === 'int' && Math.abs(Number(value)) > 2147483647)
    throw refuse(`strconv.ParseInt: parsing "${value}": value out of range`);
  if (flag.type === 'duration' && Number.isNaN(durationMs(value)) && !/^\d+$/.test(value))
    throw refuse(/^[\d.]+$/.test(value) ? `time: missing unit in duration "${value}"` : `time: invalid duration "${value}"`);
  return value;
}

interface Parsing {
  readonly known: Flags;
  readonly shorts: ReadonlyMap<string, string>;
  readonly values: Record<string, string[]>;
  readonly words: string[];
}

function keep(p: Parsing, name: string, shown: string, value: string): void {
  let values = p.values[name];
  if (!values) p.values[name] = values = [];
  values.push(checked(p.known[name] as Flag, shown, value));
}

const shownAs = (known: Flags, name: string) => (known[name]?.short ? `-${known[name].short}, --${name}` : `--${name}`);

/** Reads `--name…`; returns how many further words it took. */
function readLong(p: Parsing, word: string, next: string | undefined): number {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const flag = p.known[name];
  if (!flag || !Object.hasOwn(p.known, name)) throw new Refusal(`error: unknown flag: --${name}`);
  const shown = shownAs(p.known, name);
  if (equals >= 0) keep(p, name, shown, word.slice(equals + 1));
  else if (flag.type === 'bool' || flag.bare !== undefined) keep(p, name, shown, flag.bare ?? 'true');
  else if (next === undefined) throw new Refusal(`error: flag needs an argument: --${name}`);
  else {
    keep(p, name, shown, next);
    return 1;
  }
  return 0;
}

/** Reads `-abc`, `-n value`, `-nvalue`, `-n=value`; returns how many further words it took. */
function readShort(p: Parsing, word: string, next: string | undefined): number {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] as string;
    const name = p.shorts.get(letter);
    if (!name) throw new Refusal(`error: unknown shorthand flag: '${letter}' in ${word}`);
    const flag = p.known[name] as Flag;
    const rest = word.slice(at + 1);
    const shown = shownAs(p.known, name);
    if (rest.startsWith('=')) keep(p, name, shown, rest.slice(1));
    else if (flag.type === 'bool' || flag.bare !== undefined) {
      keep(p, name, shown, flag.bare ?? 'true');
      continue;
    } else if (rest) keep(p, name, shown, rest);
    else if (next === undefined) throw new Refusal(`error: flag needs an argument: '${letter}' in ${word}`);
    else {
      keep(p, name, shown, next);
      return 1;
    }
    return 0;
  }
  return 0;
}

/** Parses the words after the command's name. Throws Refusal with pflag's sentence. */
export function parseArgs(input: readonly string[], known: Flags): Args {
  const shorts = new Map(Object.entries(known).flatMap(([name, flag]) => (flag.short ? [[flag.short, name] as const] : [])));
  const p: Parsing = { known, shorts, values: {}, words: [] };
  for (let at = 0; at < input.length; at++) {
    const word = input[at] as string;
    if (word === '--') return { words: p.words, flags: p.values, rest: input.slice(at + 1) };
    if (word.startsWith('--')) at += readLong(p, word, input[at + 1]);
    else if (word.startsWith('-') && word.length > 1) at += readShort(p, word, input[at + 1]);
    else p.words.push(word);
  }
  return { words: p.words, flags: p.values, rest: null };
}
