// kubectl drain: cordons, lists, evicts all at once, tries again what a budget refuses, and waits until each Pod is gone.
// Models kubectl/pkg/drain/drain.go (evictPods, waitForDelete), filters.go and kubectl/pkg/cmd/drain/drain.go (DRAIN-01 … DRAIN-06).

import { isReason } from '../../sim/api/status.ts';
import type { Json, Pod } from '../../sim/types.ts';
import { boolFlag, DRY_RUN, SELECTOR, TIMEOUT, textFlag } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { dryRunOf } from '../deed.ts';
import { report } from '../errors.ts';
import { type Args, durationMs, flagOf, intOf, isOn, Refusal } from '../flags.ts';
import { nodesOf, setCordon } from './nodes.ts';

const RETRY_MS = 5000;
const POLL_MS = 1000;

interface Leaving {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `try`: an eviction is due at `atMs`; `gone?`: it was accepted, and whether the Pod is gone is looked at then. */
  readonly stage: 'try' | 'gone?';
  readonly atMs: number;
}

interface DrainState {
  readonly args: Args;
  /** Nodes that are still to be drained; the first is under way when `leaving` is not null. */
  readonly nodes: readonly string[];
  readonly leaving: readonly Leaving[] | null;
  /** What went wrong on the present node. */
  readonly failed: readonly string[];
  /** Nodes that could not be drained, each with its reason. */
  readonly left: readonly { readonly node: string; readonly reason: string }[];
  readonly untilMs: number | null;
  readonly timeout: string;
}

type Verdict = { readonly kind: 'delete' | 'skip' } | { readonly kind: 'warn' | 'refuse'; readonly why: string };

const isFinished = (pod: Pod) => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';

/** What drain thinks of one Pod (filters.go); a refusal outweighs a warning. */
function verdictsOf(pod: Pod, args: Args): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller);
  const flagged = (allowed: boolean, warn: string, refuse: string): Verdict =>
    allowed ? { kind: 'warn', why: warn } : { kind: 'refuse', why: refuse };
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror']) return [{ kind: 'skip' }];
  if (owner?.kind === 'DaemonSet' && !isFinished(pod)) {
    if (!isOn(args, 'ignore-daemonsets'))
      return [{ kind: 'refuse', why: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' }];
    return [{ kind: 'warn', why: 'ignoring DaemonSet-managed Pods' }, { kind: 'skip' }];
  }
  const hasLocal = (pod.spec.volumes ?? []).some((volume) => volume['emptyDir'] !== undefined);
  if (hasLocal && !isFinished(pod))
    verdicts.push(
      flagged(
        isOn(args, 'delete-emptydir-data'),
        'deleting Pods with local storage',
        'Pods with local storage (use --delete-emptydir-data to override)',
      ),
    );
  if (!owner && !isFinished(pod))
    verdicts.push(
      flagged(
        isOn(args, 'force'),
        'deleting Pods that declare no controller',
        'Pods that declare no controller (use --force to override)',
      ),
    );
  return verdicts;
}

interface Sorted {
  readonly pods: readonly Pod[];
  readonly warnings: readonly string[];
  readonly refusals: readonly string[];
}

function sortPods(node: string, args: Args, ctx: Context): Sorted {
  const selector = flagOf(args, 'pod-selector');
  const all = ctx.api.list('pods', {
    fieldSelector: `spec.nodeName=${node}`,
    ...(selector ? { labelSelector: selector } : {}),
  });
  const said = { warn: new Map<string, string[]>(), refuse: new Map<string, string[]>() };
  const pods = all.filter((pod) => {
    const verdicts = verdictsOf(pod, args);
    const shown = `${pod.metadata.namespace}/${pod.metadata.name}`;
    for (const verdict of verdicts)
      if ('why' in verdict) said[verdict.kind].set(verdict.why, [...(said[verdict.kind].get(verdict.why) ?? []), shown]);
    return verdicts.every((verdict) => verdict.kind !== 'skip' && verdict.kind !== 'refuse');
  });
  const texts = (map: ReadonlyMap<string, readonly string[]>) => [...map].map(([why, names]) => `${why}: ${names.join(', ')}`);
  return { pods, warnings: texts(said.warn), refusals: texts(said.refuse).map((text) => `cannot delete ${text}`) };
}

/** Begins with the next node: lists its Pods and refuses, or starts evicting. */
function beginNode(state: DrainState, ctx: Context): DrainState {
  const node = state.nodes[0] as string;
  const sorted = sortPods(node, state.args, ctx);
  if (sorted.refusals.length)
    return {
      ...state,
      leaving: [],
      failed: [sorted.refusals.length > 1 ? `[${sorted.refusals.join(', ')}]` : (sorted.refusals[0] as string)],
    };
  if (sorted.warnings.length) ctx.err(`Warning: ${sorted.warnings.join('; ')}\n`);
  const { suffix } = dryRunOf(state.args);
  if (suffix) {
    for (const { metadata } of sorted.pods) ctx.out(`evicting pod ${metadata.namespace}/${metadata.name}${suffix}\n`);
    return { ...state, leaving: [] };
  }
  const leaving = sorted.pods.map(
    ({ metadata }): Leaving => ({
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      uid: metadata.uid,
      stage: 'try',
      atMs: ctx.nowMs,
    }),
  );
  return { ...state, leaving };
}

const isLate = (state: DrainState, ctx: Context) => state.untilMs !== null && ctx.nowMs >= state.untilMs;

/** One Pod's next move: what it waits for then, `done`, or what went wrong. */
function moved(pod: Leaving, state: DrainState, ctx: Context): Leaving | 'done' | { readonly problem: string } {
  if (pod.atMs > ctx.nowMs) return pod;
  return pod.stage === 'try' ? tried(pod, state, ctx) : looked(pod, state, ctx);
}

function tried(pod: Leaving, state: DrainState, ctx: Context): Leaving | 'done' | { readonly problem: string } {
  const { namespace, name, uid } = pod;
  const where = `error when evicting pods/"${name}" -n "${namespace}"`;
  const grace = intOf(state.args, 'grace-period');
  const options = { preconditions: { uid }, ...(grace === undefined || grace < 0 ? {} : { gracePeriodSeconds: grace }) };
  const direct = isOn(state.args, 'disable-eviction');
  if (!direct) ctx.out(`evicting pod ${namespace}/${name}\n`);
  if (isLate(state, ctx)) return { problem: `${where}: global timeout reached: ${state.timeout}` };
  try {
    if (direct) ctx.api.delete('pods', namespace, name, options, 'input');
    else ctx.api.evict(namespace, name, options, 'input');
    return looked({ ...pod, stage: 'gone?' }, state, ctx);
  } catch (error) {
    if (isReason(error, 'NotFound')) return 'done';
    if (!isReason(error, 'TooManyRequests')) {
      if (!isReason(error, 'Conflict') && !(error instanceof Error && 'status' in error)) throw error;
      return { problem: `${where}: ${(error as Error).message}` };
    }
    ctx.err(`${where} (will retry after 5s): ${error.message}\n`);
    return { ...pod, atMs: ctx.nowMs + RETRY_MS };
  }
}

function looked(pod: Leaving, state: DrainState, ctx: Context): Leaving | 'done' | { readonly problem: string } {
  const { namespace, name } = pod;
  let isGone = true;
  try {
    isGone = ctx.api.get('pods', namespace, name).metadata.uid !== pod.uid;
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
  if (isGone) {
    ctx.out(`pod/${name} ${isOn(state.args, 'disable-eviction') ? 'deleted' : 'evicted'}\n`);
    return 'done';
  }
  if (isLate(state, ctx))
    return {
      problem: `error when waiting for pod "${name}" in namespace "${namespace}" to terminate: global timeout reached: ${state.timeout}`,
    };
  return { ...pod, atMs: ctx.nowMs + POLL_MS };
}

/** Closes a node: drained, or left with its reasons. */
function endNode(state: DrainState, ctx: Context): DrainState {
  const [node = '', ...nodes] = state.nodes;
  const next = { ...state, nodes, leaving: null, failed: [] };
  if (state.failed.length === 0) {
    ctx.out(`node/${node} drained${dryRunOf(state.args).suffix}\n`);
    return next;
  }
  const reason = state.failed.length > 1 ? `[${state.failed.join(', ')}]` : (state.failed[0] as string);
  const pending = sortPods(node, state.args, ctx);
  if (pending.refusals.length === 0 && pending.pods.length) {
    ctx.err(`There are pending pods in node "${node}" when an error occurred: ${reason}\n`);
    for (const pod of pending.pods) ctx.err(`pod/${pod.metadata.name}\n`);
  }
  ctx.err(`error: unable to drain node "${node}" due to error: ${reason}, continuing command...\n`);
  return { ...next, left: [...state.left, { node, reason }] };
}

function goOn(before: DrainState, ctx: Context): Outcome {
  let state = before;
  while (state.nodes.length) {
    if (state.leaving === null) state = beginNode(state, ctx);
    const results = (state.leaving as readonly Leaving[]).map((pod) => moved(pod, state, ctx));
    const leaving = results.filter((result): result is Leaving => typeof result === 'object' && 'stage' in result);
    const problems = results.flatMap((result) => (typeof result === 'object' && 'problem' in result ? [result.problem] : []));
    state = { ...state, leaving, failed: [...state.failed, ...problems] };
    if (leaving.length) return { state: state as unknown as Json, atMs: Math.min(...leaving.map((pod) => pod.atMs)) };
    state = endNode(state, ctx);
  }
  if (state.left.length === 0) return 0;
  ctx.err('There are pending nodes to be drained:\n');
  for (const { node } of state.left) ctx.err(` ${node}\n`);
  for (const { reason } of state.left) ctx.err(`${reason}\n`);
  return 1;
}

function run(args: Args, ctx: Context): Outcome {
  if (args.words.length === 0 && !flagOf(args, 'selector'))
    throw new Refusal("error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples");
  const errors: unknown[] = [];
  const nodes = nodesOf(args, args.words, ctx, (error) => errors.push(error));
  if (errors.length) return report(errors, ctx);
  for (const node of nodes) setCordon(node, true, dryRunOf(args), ctx);
  const timeout = flagOf(args, 'timeout') ?? '0s';
  const timeoutMs = durationMs(timeout);
  const untilMs = timeoutMs > 0 ? ctx.nowMs + timeoutMs : null;
  return goOn(
    {
      args,
      nodes: nodes.map((node) => node.metadata.name),
      leaving: null,
      failed: [],
      left: [],
      untilMs,
      timeout: goDuration(timeoutMs),
    },
    ctx,
  );
}

/** A duration as Go prints it: `3s`, `1m0s`. */
function goDuration(ms: number): string {
  const seconds = (ms % 60_000) / 1000;
  const minutes = Math.floor(ms / 60_000) % 60;
  const hours = Math.floor(ms / 3_600_000);
  if (ms > 0 && ms < 1000) return `${ms}ms`;
  return `${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${seconds}s`;
}

export const drain: Verb = {
  use: 'NODE',
  short: 'Drain node in preparation for maintenance',
  examples: ['kubectl drain node-1', 'kubectl drain node-1 --timeout=60s', 'kubectl drain node-1 --force'],
  flags: {
    ...SELECTOR,
    ...DRY_RUN,
    ...TIMEOUT('How long to try before giving up; 0 means for ever'),
    force: boolFlag('Go on although there are Pods that no controller will replace'),
    'ignore-daemonsets': boolFlag('Leave Pods of DaemonSets alone'),
    'delete-emptydir-data': boolFlag('Go on although Pods use emptyDir, whose data is lost'),
    'disable-eviction': boolFlag('Delete instead of evicting, past all budgets'),
    'grace-period': { type: 'int', help: 'Seconds each Pod is given; -1 means its own' },
    'pod-selector': textFlag('Only Pods with these labels'),
    'skip-wait-for-delete-timeout': { type: 'int', help: 'Accepted and not used' },
  },
  run,
  resume: (state, ctx) => goOn(state as unknown as DrainState, ctx),
};
