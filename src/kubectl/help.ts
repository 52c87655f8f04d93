// --help that teaches: what the command is for, examples that run here, its flags.

import { GLOBAL_FLAGS } from './common.ts';
import type { Verb } from './context.ts';
import type { Flags } from './flags.ts';
import { GROUPS, VERBS } from './verbs.ts';

const PLACEHOLDER: Readonly<Record<string, string>> = {
  int: '=0',
  string: "=''",
  list: '=[]',
  duration: '=0s',
  bool: '=false',
};

const flagLines = (flags: Flags): string =>
  Object.entries(flags)
    .map(([name, flag]) => `    ${flag.short ? `-${flag.short}, ` : ''}--${name}${PLACEHOLDER[flag.type]}:\n\t${flag.help}.\n`)
    .join('\n');

/** The help of one command. */
export const helpOf = (name: string, verb: Verb): string =>
  `${verb.short}.\n\nExamples:\n${verb.examples.map((example) => `  ${example}\n`).join('')}\nOptions:\n${flagLines({ ...verb.flags, namespace: GLOBAL_FLAGS['namespace'] as Flags[string] })}\nUsage:\n  kubectl ${name} ${verb.use} [options]\n`;

/** The help of a group such as `rollout`, or of kubectl as a whole. */
export function rootHelp(group = ''): string {
  const names = Object.keys(VERBS).filter((name) => (group in GROUPS ? name.startsWith(`${group} `) : true));
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const head = group in GROUPS ? `${GROUPS[group]}.` : 'kubectl controls the Kubernetes cluster manager.';
  const list = names.map((name) => `  ${name.padEnd(width)}${VERBS[name]?.short}\n`).join('');
  return `${head}\n\nAvailable Commands:\n${list}\nUse "kubectl <command> --help" for more information about a given command.\n`;
}
