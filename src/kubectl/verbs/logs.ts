// kubectl logs. Models kubectl/pkg/cmd/logs/logs.go and polymorphichelpers/logsforobject.go.

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { isReason } from '../../sim/api/status.ts';
import type { Json, KubeObject, Pod } from '../../sim/types.ts';
import { podsBehind } from '../behind.ts';
import { ALL_NAMESPACES, boolFlag, SELECTOR, textFlag } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { type Args, durationMs, flagOf, isOn, isSet, Refusal } from '../flags.ts';
import { infoOf, namespaceOf, pathOf, selectionOf } from '../resources.ts';
import { send } from '../send.ts';

/** Pods whose logs are asked for, and whether they were found through a selector. */
function podsOf(args: Args, ctx: Context): readonly Pod[] {
  const selector = flagOf(args, 'selector');
  if (selector) return ctx.api.list('pods', { namespace: namespaceOf(args), labelSelector: selector });
  const [first, second] = args.words;
  if (first === undefined)
    throw new Refusal(
      "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples",
    );
  if (second !== undefined && args.words.length > 2)
    throw new Refusal("error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples");
  if (!first.includes('/')) return [ctx.api.get('pods', namespaceOf(args), first)];
  const selection = selectionOf(args, [first], ctx);
  const target = selection.targets[0] as { readonly info: ResourceInfo; readonly name: string };
  const object = ctx.api.get(target.info.resource, selection.namespace, target.name) as KubeObject;
  return object.kind === 'Pod' ? [object as Pod] : behind(object, target.info, isOn(args, 'all-pods'), ctx);
}

/** The Pods of a workload; one of them unless all are asked for. */
function behind(object: KubeObject, info: ResourceInfo, all: boolean, ctx: Context): readonly Pod[] {
  const pods = podsBehind(object, info, 'get the logs from', ctx);
  if (all) return [...pods].sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  if (pods.length > 1) ctx.err(`Found ${pods.length} pods, using pod/${pods[0]?.metadata.name}\n`);
  return pods.slice(0, 1);
}

function containersOf(pod: Pod, args: Args, ctx: Context): readonly string[] {
  const names = pod.spec.containers.map((container) => container.name);
  const asked = flagOf(args, 'container') ?? (args.words.length === 2 ? args.words[1] : undefined);
  if (asked) return [asked];
  if (isOn(args, 'all-containers')) return names;
  if (names.length > 1) ctx.err(`Defaulted container "${names[0]}" out of: ${names.join(', ')}\n`);
  return names.slice(0, 1);
}

interface FollowState {
  readonly args: Args;
  readonly seen: Readonly<Record<string, string>>;
}

function logText(pod: Pod, container: string, args: Args, ctx: Context): string {
  const since = flagOf(args, 'since');
  const tail = flagOf(args, 'tail') ?? (isSet(args, 'selector') ? '10' : '-1');
  const query = {
    container,
    ...(isOn(args, 'previous') ? { previous: 'true' } : {}),
    ...(isOn(args, 'timestamps') ? { timestamps: 'true' } : {}),
    ...(since ? { sinceSeconds: String(Math.ceil(durationMs(since) / 1000)) } : {}),
    ...(Number(tail) >= 0 ? { tailLines: tail } : {}),
  };
  const path = pathOf(infoOf('pods', ctx), pod.metadata.namespace ?? '', pod.metadata.name, 'log');
  return String(send(ctx, { verb: 'get', path, query }));
}

/** Prints what is new since the last look. */
function printLogs(state: FollowState, pods: readonly Pod[], ctx: Context): FollowState {
  const { args } = state;
  const seen: Record<string, string> = { ...state.seen };
  for (const pod of pods)
    for (const container of containersOf(pod, args, ctx)) {
      const text = logText(pod, container, args, ctx);
      const key = `${pod.metadata.name}/${container}`;
      const known = seen[key] ?? '';
      const news = text.startsWith(known) ? text.slice(known.length) : text;
      seen[key] = text;
      ctx.out(isOn(args, 'prefix') ? news.replace(/^(?=.)/gm, `[pod/${key}] `) : news);
    }
  return { args, seen };
}

const FOLLOW_MS = 500;

function run(args: Args, ctx: Context): Outcome {
  const pods = podsOf(args, ctx);
  if (pods.length === 0) {
    ctx.err(`No resources found in ${namespaceOf(args)} namespace.\n`);
    return 0;
  }
  const state = printLogs({ args, seen: {} }, pods, ctx);
  return isOn(args, 'follow') ? { state: state as unknown as Json, atMs: ctx.nowMs + FOLLOW_MS } : 0;
}

function resume(data: Json, ctx: Context): Outcome {
  const state = data as unknown as FollowState;
  try {
    const quiet: Context = { ...ctx, err: () => {} };
    const pods = podsOf(state.args, quiet);
    const ended = pods.every((pod) => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed');
    const next = printLogs(state, pods, quiet);
    return ended ? 0 : { state: next as unknown as Json, atMs: ctx.nowMs + FOLLOW_MS };
  } catch (error) {
    if (isReason(error, 'NotFound') || error instanceof Refusal) return 0;
    throw error;
  }
}

export const logs: Verb = {
  use: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  short: 'Print the logs for a container in a pod',
  examples: [
    'kubectl logs web-0',
    'kubectl logs deploy/web',
    'kubectl logs -l app=web --tail=5 --prefix',
    'kubectl logs web-0 --previous',
  ],
  flags: {
    ...SELECTOR,
    ...ALL_NAMESPACES,
    container: textFlag('The container', 'c'),
    follow: boolFlag('Go on and print new lines', 'f'),
    previous: boolFlag('Of the container before its last restart', 'p'),
    timestamps: boolFlag('Print the time of each line'),
    tail: { type: 'int', help: 'Only so many lines from the end' },
    since: { type: 'duration', help: 'Only what is younger than this' },
    prefix: boolFlag('Print Pod and container before each line'),
    'all-containers': boolFlag('Of all containers of the Pod'),
    'all-pods': boolFlag('Of all Pods of the workload'),
    'max-log-requests': { type: 'int', help: 'Accepted and not used' },
  },
  run,
  resume,
};
