// Small commands that every container has here, over its files and its environment.
// Models what busybox 1.37 prints for them. Differs: few options, text only, no owners and modes; a command takes no time.

import { formatTime } from '../../base/time.ts';
import type { ExecResult, SyncContext } from '../actor.ts';
import { ZONE } from '../dns.ts';
import { homeOf } from '../programs/process.ts';
import type { Pod } from '../types.ts';
import { isDirectory, listDirectory, normalPath, type OwnHome, readFile, removeFile, writeFile } from './files.ts';
import { epochOn, type LocalContainer, localPodOf } from './machine.ts';
import { TOOLS } from './tools.ts';
import { variablesOf } from './variables.ts';

/** What a command finds around it. */
export interface Inside {
  readonly ctx: SyncContext;
  readonly home: OwnHome;
  readonly variables: ReadonlyMap<string, string>;
}

/** `input`: what the command before it in a pipe wrote, or null. */
export type Command = (args: readonly string[], inside: Inside, input: string | null) => ExecResult;

export const ok = (out: string): ExecResult => ({ out, err: '', exit: 0 });
export const failed = (exit: number, err: string, out = ''): ExecResult => ({ out, err, exit });

/** What a command in a running container works with. */
export function insideOf(pod: Pod, container: string, state: LocalContainer, ctx: SyncContext): Inside {
  const node = pod.spec.nodeName ?? '';
  const known = localPodOf(ctx.machines, node, pod.metadata.uid)?.pod ?? pod;
  const spec = known.spec.containers.find(({ name }) => name === container);
  return {
    ctx,
    home: homeOf({ ctx, node, pod: known, container, state }),
    variables: variablesOf(pod, spec?.env ?? [], ctx.read),
  };
}

const printAll = (variables: ReadonlyMap<string, string>) =>
  [...variables].map(([name, value]) => `${name}=${value}\n`).join('');

const printenv: Command = (names, { variables }) => {
  if (names.length === 0) return ok(printAll(variables));
  const found = names.flatMap((name) => variables.get(name) ?? []);
  return { out: textOf(found), err: '', exit: found.length === names.length ? 0 : 1 };
};

const hostname: Command = ([flag], { home: { pod } }) => {
  const { hostname: own = pod.metadata.name, subdomain } = pod.spec;
  const isFull = flag === '-f' && subdomain;
  return ok(isFull ? `${own}.${subdomain}.${pod.metadata.namespace}.svc.${ZONE}\n` : `${own}\n`);
};

const isFlag = (arg: string) => /^-./.test(arg);
const wordsOf = (args: readonly string[]) => args.filter((arg) => !isFlag(arg));
const has = (args: readonly string[], letter: string) => args.some((arg) => isFlag(arg) && arg.includes(letter));

/** Joins what a command did with each of several files; the worst exit code counts. */
const joined = (results: readonly ExecResult[]): ExecResult => ({
  out: results.map(({ out }) => out).join(''),
  err: results.map(({ err }) => err).join(''),
  exit: Math.max(0, ...results.map(({ exit }) => exit)),
});

/** Text of a file for a command that reads, or what it says when there is none. */
function opened(program: string, path: string, { home }: Inside): string | ExecResult {
  const text = readFile(home, path);
  if (text !== undefined) return text;
  if (isDirectory(home, path)) return failed(1, `${program}: read error: Is a directory\n`);
  return failed(1, `${program}: can't open '${path}': No such file or directory\n`);
}

/** A command that turns the text of its files, or of the pipe, into other text. */
function filter(program: string, turn: (text: string, args: readonly string[]) => ExecResult, skipped = 0): Command {
  return (args, inside, input) => {
    const words = wordsOf(args).slice(skipped);
    if (words.length === 0) return turn(input ?? '', args);
    return joined(
      words.map((path) => {
        const text = opened(program, path, inside);
        return typeof text === 'string' ? turn(text, args) : text;
      }),
    );
  };
}

const linesOf = (text: string) => text.split('\n').slice(0, text.endsWith('\n') || text === '' ? -1 : undefined);
const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

/** `-n 3`, `-n3` or `-3`; 10 when absent. */
function countOf(args: readonly string[]): number {
  const at = args.indexOf('-n');
  const text = at < 0 ? args.map((arg) => /^-n?(\d+)$/.exec(arg)?.[1]).find(Boolean) : args[at + 1];
  return Number(text ?? 10);
}
/** Without the number that stands alone behind -n. */
const withoutCount = (args: readonly string[]) => args.filter((_, i) => args[i - 1] !== '-n');
const partOf =
  (program: string, part: (lines: readonly string[], count: number) => readonly string[]): Command =>
  (args, inside, input) =>
    filter(program, (text) => ok(textOf(part(linesOf(text), countOf(args)))))(withoutCount(args), inside, input);

const wc = filter('wc', (text, args) => {
  if (has(args, 'l')) return ok(`${linesOf(text).length}\n`);
  return ok(`${linesOf(text).length} ${text.split(/\s+/).filter(Boolean).length} ${text.length}\n`);
});

const grep: Command = (args, inside, input) => {
  const [wanted = ''] = wordsOf(args);
  const found = filter(
    'grep',
    (text) => {
      const lines = linesOf(text).filter((line) => line.includes(wanted) !== has(args, 'v'));
      return { ...ok(has(args, 'c') ? `${lines.length}\n` : textOf(lines)), exit: lines.length > 0 ? 0 : 1 };
    },
    1,
  )(args, inside, input);
  return has(args, 'q') ? { ...found, out: '' } : found;
};

const ls: Command = (args, { home }) => {
  const words = wordsOf(args);
  return joined(
    (words.length > 0 ? words : ['/']).map((path) => {
      const names = listDirectory(home, path);
      if (names) return ok(textOf(names.map((name) => name.replace(/\/$/, ''))));
      return readFile(home, path) === undefined ? failed(1, `ls: ${path}: No such file or directory\n`) : ok(`${path}\n`);
    }),
  );
};

const rm: Command = (args, { home }) =>
  joined(
    wordsOf(args).map((path) => {
      const fault = removeFile(home, path, has(args, 'r'));
      const isForgiven = fault === null || (has(args, 'f') && fault === 'No such file or directory');
      return isForgiven ? ok('') : failed(1, `rm: can't remove '${path}': ${fault}\n`);
    }),
  );

const touch: Command = (args, { home }) =>
  joined(
    wordsOf(args).map((path) => {
      const fault = isDirectory(home, path) ? null : writeFile(home, path, readFile(home, path) ?? '');
      return fault === null ? ok('') : failed(1, `touch: ${path}: ${fault}\n`);
    }),
  );

const mkdir: Command = (args, { home }) =>
  joined(
    wordsOf(args).map((path) => {
      const parts = normalPath(path).slice(1).split('/');
      const all = has(args, 'p') ? parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`) : [normalPath(path)];
      const missing = has(args, 'p') ? all.filter((each) => !isDirectory(home, each)) : all;
      const fault = missing.map((each) => writeFile(home, `${each}/`, '')).find((each) => each !== null);
      return fault ? failed(1, `mkdir: can't create directory '${path}': ${fault}\n`) : ok('');
    }),
  );

const test: Command = (args, { home }) => {
  const words = args.filter((arg) => arg !== ']');
  const isTurned = words[0] === '!';
  const [flag = '', path = ''] = isTurned ? words.slice(1) : words;
  const text = readFile(home, path);
  const holds: Readonly<Record<string, boolean>> = {
    '-f': text !== undefined,
    '-e': text !== undefined || isDirectory(home, path),
    '-d': isDirectory(home, path),
    '-s': (text ?? '') !== '',
  };
  if (holds[flag] === undefined) return failed(2, 'sh: test: only -e, -f, -d and -s are known here\n');
  return holds[flag] !== isTurned ? ok('') : failed(1, '');
};

const echo: Command = (args) => (args[0] === '-n' ? ok(args.slice(1).join(' ')) : ok(`${args.join(' ')}\n`));

export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['hostname', hostname],
  ['env', (_, { variables }) => ok(printAll(variables))],
  ['printenv', printenv],
  ['date', (_, { ctx, home }) => ok(`${formatTime(epochOn(ctx.machines, home.node, ctx.settings.epochMs) + ctx.nowMs)}\n`)],
  ['echo', echo],
  ['true', () => ok('')],
  ['false', () => failed(1, '')],
  ['cat', filter('cat', (text) => ok(text))],
  ['head', partOf('head', (lines, count) => lines.slice(0, count))],
  ['tail', partOf('tail', (lines, count) => lines.slice(Math.max(0, lines.length - count)))],
  ['wc', wc],
  ['grep', grep],
  ['ls', ls],
  ['rm', rm],
  ['touch', touch],
  ['mkdir', mkdir],
  ['test', test],
  ['[', test],
  ...[...TOOLS].map(([name, tool]): [string, Command] => [name, (args, { ctx, home }) => tool(home.pod, args, ctx)]),
]);

/** The command that a program's name or path means. */
export const commandOf = (program: string): Command | undefined => COMMANDS.get(program.replace(/^\/(usr\/)?s?bin\//, ''));
