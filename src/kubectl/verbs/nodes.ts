// kubectl cordon, uncordon, taint. Models kubectl/pkg/drain/cordon.go and kubectl/pkg/cmd/taint/taint.go.

import type { Node, Taint } from '../../sim/types.ts';
import { ALL, DRY_RUN, OVERWRITE, SELECTOR } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { type DryRun, dryRunOf } from '../deed.ts';
import { report } from '../errors.ts';
import { type Args, flagOf, isOn, Refusal } from '../flags.ts';

/** The nodes that words or a selector name; what the server refuses goes to `failed`. */
export function nodesOf(args: Args, words: readonly string[], ctx: Context, failed: (error: unknown) => void): readonly Node[] {
  const selector = flagOf(args, 'selector');
  if (selector || isOn(args, 'all'))
    return ctx.api.list('nodes', selector ? { labelSelector: selector } : {}) as readonly Node[];
  return words.flatMap((word) => {
    try {
      return [ctx.api.get('nodes', '', word.replace(/^(nodes?|no)\//, '')) as Node];
    } catch (error) {
      failed(error);
      return [];
    }
  });
}

/** Sets spec.unschedulable and says so; `true` when it was so already. */
export function setCordon(node: Node, wanted: boolean, dry: DryRun, ctx: Context): void {
  const name = node.metadata.name;
  const word = wanted ? 'cordoned' : 'uncordoned';
  if ((node.spec.unschedulable === true) === wanted) ctx.out(`node/${name} already ${word}${dry.suffix}\n`);
  else {
    if (!dry.suffix) ctx.api.patch('nodes', '', name, { spec: { unschedulable: wanted || null } }, 'strategic', 'input');
    ctx.out(`node/${name} ${word}${dry.suffix}\n`);
  }
}

function runCordon(name: string, wanted: boolean, args: Args, ctx: Context): Outcome {
  if (args.words.length === 0 && !flagOf(args, 'selector'))
    throw new Refusal(`error: USAGE: ${name} NODE [flags]\nSee 'kubectl ${name} -h' for help and examples`);
  const errors: unknown[] = [];
  for (const node of nodesOf(args, args.words, ctx, (error) => errors.push(error)))
    setCordon(node, wanted, dryRunOf(args), ctx);
  return report(errors, ctx);
}

export const cordon: Verb = {
  use: 'NODE',
  short: 'Mark node as unschedulable',
  examples: ['kubectl cordon node-1'],
  flags: { ...SELECTOR, ...DRY_RUN },
  run: (args, ctx) => runCordon('cordon', true, args, ctx),
};

export const uncordon: Verb = {
  use: 'NODE',
  short: 'Mark node as schedulable',
  examples: ['kubectl uncordon node-1'],
  flags: { ...SELECTOR, ...DRY_RUN },
  run: (args, ctx) => runCordon('uncordon', false, args, ctx),
};

// ---- taint ------------------------------------------------------------------------------------------------------------------------

type Effect = Taint['effect'];
const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

interface TaintChange {
  readonly add: readonly Taint[];
  /** Without an effect: all of that key. */
  readonly drop: readonly { readonly key: string; readonly effect?: string }[];
}

function effectOf(text: string): Effect {
  if (!EFFECTS.includes(text)) throw new Refusal(`error: invalid taint effect: ${text}, unsupported taint effect`);
  return text as Effect;
}

/** Reads `key=value:Effect`, `key:Effect`, `key-`, `key:Effect-` (kubectl/pkg/cmd/taint/utils.go parseTaints). */
function parseTaint(spec: string): TaintChange {
  if (spec.endsWith('-')) {
    const [key = '', effect] = spec.slice(0, -1).split(':');
    return { add: [], drop: [{ key: key.split('=')[0] as string, ...(effect ? { effect: effectOf(effect) } : {}) }] };
  }
  const [head = '', effect, ...more] = spec.split(':');
  const [key = '', value, ...others] = head.split('=');
  if (effect === undefined || more.length || others.length || !key) throw new Refusal(`error: invalid taint spec: ${spec}`);
  return { add: [{ key, ...(value ? { value } : {}), effect: effectOf(effect) }], drop: [] };
}

const isSameTaint = (a: { readonly key: string; readonly effect?: string }, b: Taint) =>
  a.key === b.key && (a.effect === undefined || a.effect === b.effect);

function taintNode(args: Args, node: Node, change: TaintChange, ctx: Context): void {
  const old = node.spec.taints ?? [];
  const { name } = node.metadata;
  const overwrite = isOn(args, 'overwrite');
  const dry = dryRunOf(args);
  const double = change.add.filter((taint) => old.some((other) => isSameTaint(taint, other)));
  if (double.length && !overwrite)
    throw new Refusal(
      `error: node ${name} already has ${[...new Set(double.map((taint) => taint.key))].join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  for (const gone of change.drop)
    if (!old.some((taint) => isSameTaint(gone, taint)))
      throw new Refusal(`error: taint "${gone.key}${gone.effect ? `:${gone.effect}` : ''}" not found`);
  const kept = old.filter(
    (taint) => !change.drop.some((gone) => isSameTaint(gone, taint)) && !change.add.some((added) => isSameTaint(added, taint)),
  );
  const taints = [...change.add, ...kept];
  if (!dry.suffix) ctx.api.patch('nodes', '', name, { spec: { taints: taints.length ? taints : null } }, 'merge', 'input');
  const done = change.add.length === 0 ? 'untainted' : change.drop.length || double.length ? 'modified' : 'tainted';
  ctx.out(`node/${name} ${done}${dry.suffix}\n`);
}

function runTaint(args: Args, ctx: Context): Outcome {
  const [type = '', ...words] = args.words;
  const names = type.includes('/') ? [type] : [];
  if (!/^(no|nodes?)(\/.+)?$/.test(type)) throw new Refusal(`error: invalid resource type ${type}, only "nodes" is supported`);
  const isSpec = (word: string) => /[=:]/.test(word) || word.endsWith('-');
  const specs = words.filter(isSpec);
  names.push(...words.filter((word) => !isSpec(word)));
  if (specs.length === 0) throw new Refusal('error: at least one taint update is required');
  if (names.length === 0 && !flagOf(args, 'selector') && !isOn(args, 'all'))
    throw new Refusal("error: at least one resource name must be specified since 'all' parameter is not set");
  const changes = specs.map(parseTaint);
  const change: TaintChange = { add: changes.flatMap((one) => one.add), drop: changes.flatMap((one) => one.drop) };
  const errors: unknown[] = [];
  for (const node of nodesOf(args, names, ctx, (error) => errors.push(error))) {
    try {
      taintNode(args, node, change, ctx);
    } catch (error) {
      errors.push(error);
    }
  }
  return report(errors, ctx);
}

export const taint: Verb = {
  use: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  short: 'Update the taints on one or more nodes',
  examples: ['kubectl taint node node-3 dedicated=db:NoSchedule', 'kubectl taint node node-3 dedicated-'],
  flags: { ...SELECTOR, ...ALL, ...OVERWRITE, ...DRY_RUN },
  run: runTaint,
};
