// What Tab offers: commands, types, names, flags and files. Models kubectl/pkg/util/completion.

import type { Client } from '../sim/api/client.ts';
import type { Discovery, ResourceInfo } from '../sim/api/discovery.ts';
import { GLOBAL_FLAGS } from './common.ts';
import type { Verb } from './context.ts';
import { GROUPS, VERBS } from './verbs.ts';

export interface CompletionContext {
  readonly discovery: Discovery;
  readonly api: Client;
  readonly files: Readonly<Record<string, string>>;
}

const MOST = 100;
const NODE_VERBS = new Set(['drain', 'cordon', 'uncordon']);
const POD_VERBS = new Set(['logs', 'exec']);
const OUTPUTS = ['wide', 'yaml', 'json', 'name', 'jsonpath=', 'custom-columns='];

/** The verb that begins a line, with the words behind it. */
function verbOf(
  words: readonly string[],
): { readonly name: string; readonly verb: Verb; readonly rest: readonly string[] } | null {
  const two = words.slice(0, 2).join(' ');
  if (Object.hasOwn(VERBS, two)) return { name: two, verb: VERBS[two] as Verb, rest: words.slice(2) };
  const [one = ''] = words;
  return Object.hasOwn(VERBS, one) ? { name: one, verb: VERBS[one] as Verb, rest: words.slice(1) } : null;
}

function namesOf(info: ResourceInfo, words: readonly string[], { api }: CompletionContext): readonly string[] {
  const at = words.findIndex((word) => word === '-n' || word === '--namespace');
  const namespace = info.namespaced ? (words[at + 1] && at >= 0 ? (words[at + 1] as string) : 'default') : '';
  return api.list(info.resource, { namespace }).map((object) => object.metadata.name);
}

const typesOf = ({ discovery }: CompletionContext): readonly string[] => [
  ...new Set(
    discovery
      .all()
      .filter((info) => info.verbs.includes('list'))
      .flatMap((info) => [info.resource, ...info.shortNames]),
  ),
];

function wordsFor(words: readonly string[], last: string, ctx: CompletionContext): readonly string[] {
  const found = verbOf(words);
  if (!found) {
    const group = words[0] ?? '';
    const inside = Object.keys(VERBS).filter((name) => name.startsWith(`${group} `));
    if (words.length === 1 && Object.hasOwn(GROUPS, group)) return inside.map((name) => name.slice(group.length + 1));
    return words.length ? [] : [...new Set(Object.keys(VERBS).map((name) => name.split(' ')[0] as string))];
  }
  const previous = words.at(-1) ?? '';
  if (previous === '-f' || previous === '--filename') return Object.keys(ctx.files);
  if (previous === '-n' || previous === '--namespace') return ctx.api.list('namespaces').map((object) => object.metadata.name);
  if (previous === '-o' || previous === '--output') return OUTPUTS;
  if (last.startsWith('-')) return Object.keys({ ...GLOBAL_FLAGS, ...found.verb.flags }).map((name) => `--${name}`);
  return argumentsFor(found.name, found.rest, last, ctx);
}

function argumentsFor(verb: string, rest: readonly string[], last: string, ctx: CompletionContext): readonly string[] {
  const plain = rest.filter((word) => !word.startsWith('-'));
  const nodes = NODE_VERBS.has(verb) || (verb === 'taint' && plain.length > 0);
  const direct = nodes ? 'nodes' : POD_VERBS.has(verb) ? 'pods' : null;
  const slash = last.indexOf('/');
  if (slash > 0) {
    const info = ctx.discovery.typed(last.slice(0, slash));
    return info ? namesOf(info, rest, ctx).map((name) => `${last.slice(0, slash + 1)}${name}`) : [];
  }
  if (direct) return namesOf(ctx.discovery.named(direct) as ResourceInfo, rest, ctx);
  const type = plain[0];
  if (type === undefined) return typesOf(ctx);
  const info = ctx.discovery.typed(type);
  return info ? namesOf(info, rest, ctx) : [];
}

/** The words that could stand at the end of a line, sorted; whole words that begin with what is there. */
export function complete(line: string, ctx: CompletionContext): readonly string[] {
  const words = line.replace(/^\s+/, '').split(/\s+/);
  const last = words.pop() ?? '';
  if (words.length === 0) return ['kubectl'].filter((word) => word.startsWith(last));
  if (words[0] !== 'kubectl' && words[0] !== 'k') return [];
  const options = wordsFor(words.slice(1), last, ctx);
  return [...new Set(options)]
    .filter((word) => word.startsWith(last))
    .sort()
    .slice(0, MOST);
}
