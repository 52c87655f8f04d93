// kubectl set image, set env, set resources. Models kubectl/pkg/cmd/set/set_image.go, set_env.go and set_resources.go.
// Differs: set env takes values only (no --from).

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { strategicPatch } from '../../sim/api/patches.ts';
import { canonicalQuantity } from '../../sim/api/quantity.ts';
import { typeOf } from '../../sim/api/schema.ts';
import type { Container, KubeObject, PodSpec } from '../../sim/types.ts';
import { chosenObjects } from '../chosen.ts';
import { ALL, boolFlag, FILENAME, SELECTOR, textFlag } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { DEED, type Deed, deedOf } from '../deed.ts';
import { report } from '../errors.ts';
import { type Args, type Flags, flagOf, isOn, isSet, listOf, Refusal } from '../flags.ts';
import { eachObject, requireChosen } from '../resources.ts';
import { sendPatch } from '../send.ts';

/** Wraps a change of the Pod spec in the fields that lead to it. */
function atPodSpec(kind: string, change: unknown): unknown {
  if (kind === 'Pod') return { spec: change };
  if (kind === 'CronJob') return { spec: { jobTemplate: { spec: { template: { spec: change } } } } };
  return { spec: { template: { spec: change } } };
}

/** The Pod spec of an object or of its template. */
function podSpecOf(object: KubeObject): PodSpec | undefined {
  if (object.kind === 'Pod') return object.spec;
  if (object.kind === 'CronJob') return object.spec?.jobTemplate?.spec?.template?.spec;
  return object.spec?.template?.spec;
}

/** What becomes of one container: fields to merge into it, or null when nothing changes. */
type Change = (container: Container) => Readonly<Record<string, unknown>> | null;

const MORE = 'error: one or more resources must be specified as <resource> <name> or <resource>/<name>';

/** One change of containers, for everything that words and flags choose. */
function changeAll(
  args: Args,
  ctx: Context,
  words: readonly string[],
  done: string,
  visit: (info: ResourceInfo, object: KubeObject, spec: PodSpec) => Change | null,
): Outcome {
  if (words.length === 0 && !isSet(args, 'filename')) throw new Refusal(MORE);
  const deed = deedOf(args, ctx, 'kubectl-set');
  const errors: unknown[] = [];
  const failed = (error: unknown) => errors.push(error);
  const selection = chosenObjects(args, ctx, failed, words);
  if (!isOn(args, 'all') && !isSet(args, 'filename')) requireChosen(args, selection);
  const each = (info: ResourceInfo, object: KubeObject) => {
    const spec = podSpecOf(object);
    if (!spec) throw new Refusal(`error: ${info.resource}/${object.metadata.name} does not have a pod template`);
    const change = visit(info, object, spec);
    if (change) changeOne(ctx, deed, info, object, spec, change, done);
  };
  eachObject(selection, ctx, each, failed);
  return report(errors, ctx);
}

function changeOne(
  ctx: Context,
  deed: Deed,
  info: ResourceInfo,
  object: KubeObject,
  spec: PodSpec,
  change: Change,
  done: string,
): void {
  const changed = (containers: readonly Container[] = []) =>
    containers.flatMap((container) => {
      const fields = change(container);
      return fields ? [{ name: container.name, ...fields }] : [];
    });
  const lists = { containers: changed(spec.containers), initContainers: changed(spec.initContainers) };
  const filled = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  if (Object.keys(filled).length === 0) return;
  const patch = atPodSpec(object.kind, filled) as Record<string, unknown>;
  const { name, namespace = '' } = object.metadata;
  const next = deed.client
    ? (strategicPatch(object, patch, typeOf(info.groupVersion, info.kind)) as KubeObject)
    : sendPatch(ctx, info, namespace, name, 'strategic', patch, { query: deed.query });
  deed.said(info, next, `${done} updated`);
}

const isPair = (word: string) => word.includes('=') || word.endsWith('-');

/** Cuts `TYPE NAME… key=value key-` where the first pair stands. */
function cut(args: Args, what: string): { readonly words: readonly string[]; readonly pairs: readonly string[] } {
  const first = args.words.findIndex(isPair);
  const [words, pairs] = first < 0 ? [args.words, []] : [args.words.slice(0, first), args.words.slice(first)];
  const wrong = pairs.find((pair) => !isPair(pair));
  if (wrong !== undefined) throw new Refusal(`error: all resources must be specified before ${what} changes: ${wrong}`);
  return { words, pairs };
}

const pairOf = (pair: string): readonly [key: string, value: string] => {
  const equals = pair.indexOf('=');
  return [pair.slice(0, equals), pair.slice(equals + 1)];
};

const TAKES: Flags = { ...FILENAME, ...SELECTOR, ...ALL, ...DEED, local: boolFlag('Accepted and not used') };

export const setImage: Verb = {
  use: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  examples: ['kubectl set image deploy/web web=web:2', "kubectl set image sts/db '*=store:2'"],
  flags: TAKES,
  run(args, ctx) {
    const { words, pairs } = cut(args, 'image');
    if (words.length === 0 && !isSet(args, 'filename')) throw new Refusal(MORE);
    if (pairs.length === 0) throw new Refusal('error: at least one image update is required');
    const images = new Map(pairs.map(pairOf));
    return changeAll(args, ctx, words, 'image', (_info, _object, spec) => {
      const known = new Set([...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.name));
      for (const name of images.keys())
        if (name !== '*' && !known.has(name)) throw new Refusal(`error: unable to find container named "${name}"`);
      return ({ name, image }) => {
        const wanted = images.get(name) ?? images.get('*');
        return wanted === undefined || wanted === image ? null : { image: wanted };
      };
    });
  },
};

const isChosen = (args: Args, { name }: Container) =>
  !isSet(args, 'containers') || listOf(args, 'containers').some((wanted) => wanted === '*' || wanted === name);
const CONTAINERS: Flags = { containers: { type: 'list', short: 'c', help: 'Names of containers; all when absent' } };

type Env = NonNullable<Container['env']>[number] & { readonly valueFrom?: unknown };

/** Variables that are set or dropped, as a strategic patch of the list. */
function envChange(pairs: readonly string[], overwrite: boolean): Change {
  return ({ env = [] }) => {
    const changes = pairs.flatMap((pair): readonly unknown[] => {
      const [name, value] = pair.includes('=') ? pairOf(pair) : [pair.slice(0, -1), null];
      const old = (env as readonly Env[]).find((entry) => entry.name === name);
      if (value === null) return old ? [{ name, $patch: 'delete' }] : [];
      if (old && old.value === value) return [];
      if (old && !overwrite)
        throw new Refusal(`error: '${name}' already has a value (${old.value ?? ''}), and --overwrite is false`);
      return [{ name, value, ...(old?.valueFrom ? { valueFrom: null } : {}) }];
    });
    return changes.length ? { env: changes } : null;
  };
}

function listEnv(args: Args, object: KubeObject, spec: PodSpec, ctx: Context): null {
  for (const container of spec.containers.filter((one) => isChosen(args, one))) {
    ctx.out(`# ${object.kind} ${object.metadata.name}, container ${container.name}\n`);
    for (const { name, value = '', valueFrom } of (container.env ?? []) as readonly Env[])
      ctx.out(valueFrom ? `# ${name} comes from elsewhere\n` : `${name}=${value}\n`);
  }
  return null;
}

export const setEnv: Verb = {
  use: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update environment variables on a pod template',
  examples: ['kubectl set env deploy/web MODE=fast', 'kubectl set env deploy/web MODE-', 'kubectl set env deploy/web --list'],
  flags: {
    ...TAKES,
    ...CONTAINERS,
    list: boolFlag('Print what is there'),
    overwrite: boolFlag('Allow a value that is set to be changed (default true)'),
  },
  run(args, ctx) {
    const { words, pairs } = cut(args, 'environment');
    const lists = isOn(args, 'list');
    if (pairs.length === 0 && !lists) throw new Refusal('error: at least one environment variable must be provided');
    const change = envChange(pairs, flagOf(args, 'overwrite') !== 'false');
    return changeAll(args, ctx, words, 'env', (_info, object, spec) =>
      lists ? listEnv(args, object, spec, ctx) : (container) => (isChosen(args, container) ? change(container) : null),
    );
  },
};

/** `cpu=200m,memory=64Mi`; undefined when the flag is absent. */
function quantities(args: Args, flag: string): Readonly<Record<string, string>> | undefined {
  if (!isSet(args, flag)) return undefined;
  return Object.fromEntries(
    listOf(args, flag).map((pair) => {
      const [name, value, ...more] = pair.split('=');
      if (!name || value === undefined || more.length)
        throw new Refusal(`error: Invalid argument syntax ${pair}, expected <resource>=<value>`);
      if (canonicalQuantity(value) === null)
        throw new Refusal("error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
      return [name, value];
    }),
  );
}

export const setResources: Verb = {
  use: '(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Update resource requests/limits on objects with pod templates',
  examples: [
    'kubectl set resources deploy/web --requests=cpu=100m,memory=64Mi',
    'kubectl set resources deploy web --limits=cpu=1',
  ],
  flags: {
    ...TAKES,
    ...CONTAINERS,
    limits: textFlag('Most of each resource'),
    requests: textFlag('What is set aside of each'),
  },
  run(args, ctx) {
    const [limits, requests] = [quantities(args, 'limits'), quantities(args, 'requests')];
    if (!limits && !requests)
      throw new Refusal('error: you must specify an update to requests or limits (in the form of --requests/--limits)');
    const resources = { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) };
    return changeAll(args, ctx, args.words, 'resource requirements', () => (container) => {
      if (!isChosen(args, container)) return null;
      const now = (container.resources ?? {}) as Readonly<Record<string, Readonly<Record<string, string>>>>;
      const isNews = Object.entries(resources).some(([list, wanted]) =>
        Object.entries(wanted).some(([name, value]) => now[list]?.[name] !== value),
      );
      return isNews ? { resources } : null;
    });
  },
};
