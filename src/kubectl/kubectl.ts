// From a line to a command: finds the verb, reads its flags, runs it, and turns every refusal into what kubectl prints.
// Models kubectl/pkg/cmd/cmd.go. A command that waits is plain data (Waiting) and goes on with resumeCommand.

import { ApiError } from '../sim/api/status.ts';
import type { Json } from '../sim/types.ts';
import { GLOBAL_FLAGS } from './common.ts';
import type { Context, Outcome, Verb } from './context.ts';
import { report } from './errors.ts';
import { isOn, parseArgs, Refusal } from './flags.ts';
import { helpOf, rootHelp } from './help.ts';
import { splitWords } from './shell.ts';
import { GROUPS, nearVerbs, UNSUPPORTED, VERBS } from './verbs.ts';

export interface Started {
  readonly verb: string;
  readonly outcome: Outcome;
}

/** Short names of second words (cobra aliases). */
const SUB_ALIASES: Readonly<Record<string, string>> = {
  deploy: 'deployment',
  dep: 'deployment',
  cj: 'cronjob',
  ns: 'namespace',
  cm: 'configmap',
  pdb: 'poddisruptionbudget',
  svc: 'service',
};

/** Finds the verb that words name; a group such as `rollout` takes two. */
function verbOf(
  words: readonly string[],
): { readonly name: string; readonly verb: Verb; readonly rest: readonly string[] } | string {
  const [first = '', ...rest] = words;
  if (Object.hasOwn(GROUPS, first)) {
    const second = rest.findIndex((word) => !word.startsWith('-'));
    const word = SUB_ALIASES[rest[second] ?? ''] ?? rest[second] ?? '';
    const name = `${first} ${word}`.trim();
    if (Object.hasOwn(VERBS, name)) return { name, verb: VERBS[name] as Verb, rest: rest.filter((_, i) => i !== second) };
    if (first !== 'create') return first;
  }
  if (Object.hasOwn(VERBS, first)) return { name: first, verb: VERBS[first] as Verb, rest };
  return first;
}

function unknownVerb(name: string, words: readonly string[], ctx: Context): number {
  if (Object.hasOwn(GROUPS, name)) {
    const sub = words[1];
    if (sub === undefined || sub.startsWith('-')) ctx.out(rootHelp(name));
    else ctx.err(`error: unknown command "${name} ${sub}"\nSee 'kubectl ${name} -h' for help and examples\n`);
    return sub === undefined ? 0 : 1;
  }
  if (UNSUPPORTED[name]) ctx.err(`error: "kubectl ${name}" does not work in this simulator: ${UNSUPPORTED[name]}\n`);
  else {
    const near = nearVerbs(name);
    ctx.err(
      `error: unknown command "${name}" for "kubectl"\n${near.length ? `\nDid you mean this?\n${near.map((verb) => `\t${verb}\n`).join('')}` : ''}`,
    );
  }
  return 1;
}

/** Catches what kubectl itself or the server refuses; anything else is a fault of ours and goes on. */
function guarded(ctx: Context, usage: string, action: () => Outcome): Outcome {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof ApiError)) throw error;
    const code = report([error], ctx);
    if (error instanceof Refusal && /^error: (unknown (shorthand )?flag|flag needs|invalid argument)/.test(error.message))
      ctx.err(`See '${usage} --help' for usage.\n`);
    return code;
  }
}

/** Words before the verb that every command takes, moved behind it: `kubectl -n x get pods`. */
function leadingFlags(words: readonly string[]): { readonly words: readonly string[]; readonly moved: readonly string[] } {
  const moved: string[] = [];
  let at = 0;
  while (at < words.length && (words[at] as string).startsWith('-')) {
    const word = words[at++] as string;
    moved.push(word);
    if (/^(-n|--namespace|--request-timeout)$/.test(word) && at < words.length) moved.push(words[at++] as string);
  }
  return { words: words.slice(at), moved };
}

function startKubectl(input: readonly string[], ctx: Context): Started {
  const { words, moved } = leadingFlags(input);
  if (words.length === 0 || words[0] === 'help') {
    const asked = verbOf(words.slice(1));
    ctx.out(typeof asked === 'string' ? rootHelp(asked) : helpOf(asked.name, asked.verb));
    return { verb: 'help', outcome: 0 };
  }
  const found = verbOf(words);
  if (typeof found === 'string') return { verb: '', outcome: unknownVerb(found, words, ctx) };
  const { name, verb, rest } = found;
  const outcome = guarded(ctx, `kubectl ${name}`, () => {
    const args = parseArgs([...rest, ...moved], { ...GLOBAL_FLAGS, ...verb.flags });
    if (isOn(args, 'help')) {
      ctx.out(helpOf(name, verb));
      return 0;
    }
    return verb.run(args, ctx);
  });
  return { verb: name, outcome };
}

/** Begins a command line. Never throws for what the reader typed. */
export function startCommand(line: string, ctx: Context): Started {
  const split = splitWords(line);
  if ('error' in split) {
    ctx.err(`error: ${split.error}\n`);
    return { verb: '', outcome: 2 };
  }
  const [program, ...words] = split.words;
  if (program === undefined) return { verb: '', outcome: 0 };
  if (program === 'sleep') return { verb: 'sleep', outcome: sleep(words, ctx) };
  if (program === 'kubectl' || program === 'k') return startKubectl(words, ctx);
  ctx.err(`${program}: command not found. Here is kubectl (and sleep); type "kubectl help" for what it can do.\n`);
  return { verb: '', outcome: 127 };
}

/** `sleep 3` lets virtual time pass. */
function sleep(words: readonly string[], ctx: Context): Outcome {
  const seconds = Number(words[0]?.replace(/s$/, ''));
  if (words.length === 1 && seconds >= 0 && seconds <= 86_400)
    return { state: null, atMs: ctx.nowMs + Math.ceil(seconds * 1000) };
  ctx.err(`sleep: invalid time interval '${words[0] ?? ''}'. Write whole seconds, at most 86400.\n`);
  return 1;
}

/** Goes on with a command that waited. */
export function resumeCommand(verb: string, state: Json, ctx: Context): Outcome {
  if (verb === 'sleep') return 0;
  const resume = VERBS[verb]?.resume;
  return resume ? guarded(ctx, `kubectl ${verb}`, () => resume(state, ctx)) : 1;
}
