// Commands that make a manifest from flags: create deployment/job/cronjob/…, run, expose.
// Models kubectl/pkg/cmd/create/create_*.go, cmd/run/run.go and cmd/expose/expose.go.

import type { NewObject } from '../../sim/api/client.ts';
import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { ApiError } from '../../sim/api/status.ts';
import type { KubeObject } from '../../sim/types.ts';
import { boolFlag, textFlag } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { DEED, deedOf } from '../deed.ts';
import { type Args, type Flags, flagOf, intOf, isOn, listOf, Refusal } from '../flags.ts';
import { infoOf, namespaceOf, pathOf, selectionOf } from '../resources.ts';
import { send } from '../send.ts';

const MANAGERS: Readonly<Record<string, string>> = { exposed: 'kubectl-expose', autoscaled: 'kubectl-autoscale' };

/** Sends a made object, or prints it with --dry-run=client -o yaml. */
export function createMade(
  args: Args,
  info: ResourceInfo,
  object: NewObject,
  ctx: Context,
  done = 'created',
  wrap?: string,
): Outcome {
  const deed = deedOf(args, ctx, info.resource === 'pods' ? 'kubectl-run' : (MANAGERS[done] ?? 'kubectl-create'));
  const whole = { apiVersion: info.groupVersion, kind: info.kind, ...object };
  let result = whole as unknown as KubeObject;
  if (!deed.client) {
    try {
      result = send(ctx, {
        verb: 'create',
        path: pathOf(info, info.namespaced ? namespaceOf(args) : ''),
        body: whole,
        query: deed.query,
      });
    } catch (error) {
      if (wrap && error instanceof ApiError) throw new Refusal(`error: failed to create ${wrap}: ${error.status.message}`);
      throw error;
    }
  }
  deed.said(info, result, done);
  return 0;
}

function nameOf(args: Args, command: string): string {
  if (args.words.length !== 1)
    throw new Refusal(
      `error: exactly one NAME is required, got ${args.words.length}\nSee 'kubectl ${command} -h' for help and examples`,
    );
  return args.words[0] as string;
}

function requireFlags(args: Args, names: readonly string[]): void {
  const missing = names.filter((name) => !flagOf(args, name));
  if (missing.length)
    throw new Refusal(`error: required flag(s) ${missing.map((name) => JSON.stringify(name)).join(', ')} not set`);
}

/** `registry/path/web:1` → `web`. */
const imageName = (image: string) =>
  (image.split('/').at(-1)?.split(/[:@]/)[0] ?? 'app').toLowerCase().replace(/[^a-z0-9-]/g, '-');

const commandPart = (args: Args) => (args.rest?.length ? { command: args.rest } : {});
const IMAGE: Flags = { image: textFlag('The image') };

function made(
  command: string,
  short: string,
  example: string,
  flags: Flags,
  make: (args: Args, name: string, ctx: Context) => Outcome,
): Verb {
  return {
    use: 'NAME',
    short,
    examples: [example],
    flags: { ...DEED, ...flags },
    run: (args, ctx) => make(args, nameOf(args, command), ctx),
  };
}

export const createDeployment = made(
  'create deployment',
  'Create a deployment with the specified name',
  'kubectl create deployment web --image=web:1 --replicas=3',
  {
    ...IMAGE,
    replicas: { type: 'int', short: 'r', help: 'How many replicas' },
    port: { type: 'int', help: 'The port that the container opens' },
  },
  (args, name, ctx) => {
    requireFlags(args, ['image']);
    const port = intOf(args, 'port');
    const images = listOf(args, 'image');
    const containers = images.map((image) => ({
      name: imageName(image),
      image,
      ...commandPart(args),
      ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
    }));
    const labels = { app: name };
    const spec = {
      replicas: intOf(args, 'replicas') ?? 1,
      selector: { matchLabels: labels },
      strategy: {},
      template: { metadata: { labels }, spec: { containers } },
    };
    return createMade(args, infoOf('deployments', ctx), { metadata: { name, labels }, spec }, ctx, 'created', 'deployment');
  },
);

const jobTemplate = (args: Args, name: string, restartPolicy: string) => ({
  metadata: {},
  spec: { containers: [{ name, image: flagOf(args, 'image'), ...commandPart(args) }], restartPolicy },
});

/** The Job that a CronJob would make, marked as made by hand. */
function jobFrom(from: string, name: string, args: Args, ctx: Context): NewObject {
  const [type, source] = from.split('/');
  if (!type || !source || infoOf(type, ctx).resource !== 'cronjobs')
    throw new Refusal('error: from must be an existing cronjob');
  const cronJob = ctx.api.get('cronjobs', namespaceOf(args), source) as KubeObject;
  const template = cronJob.spec.jobTemplate;
  return {
    metadata: {
      name,
      annotations: { ...template.metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' },
      ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: source, uid: cronJob.metadata.uid, controller: true }],
    },
    spec: template.spec,
  };
}

export const createJob = made(
  'create job',
  'Create a job with the specified name',
  'kubectl create job now --from=cronjob/nightly',
  { ...IMAGE, from: textFlag('A CronJob to take the Job from: cronjob/NAME') },
  (args, name, ctx) => {
    const from = flagOf(args, 'from');
    if (!from === !flagOf(args, 'image')) throw new Refusal('error: either --image or --from must be specified');
    const object = from
      ? jobFrom(from, name, args, ctx)
      : { metadata: { name }, spec: { template: jobTemplate(args, name, 'Never') } };
    return createMade(args, infoOf('jobs', ctx), object, ctx, 'created', 'job');
  },
);

export const createCronJob = made(
  'create cronjob',
  'Create a cron job with the specified name',
  "kubectl create cronjob nightly --image=task:1 --schedule='0 3 * * *'",
  { ...IMAGE, schedule: textFlag('When, as cron writes it'), restart: textFlag('Restart policy: OnFailure or Never') },
  (args, name, ctx) => {
    requireFlags(args, ['image', 'schedule']);
    const template = jobTemplate(args, name, flagOf(args, 'restart') ?? 'OnFailure');
    const spec = { schedule: flagOf(args, 'schedule'), jobTemplate: { metadata: { name }, spec: { template } } };
    return createMade(args, infoOf('cronjobs', ctx), { metadata: { name }, spec }, ctx, 'created', 'cronjob');
  },
);

export const createNamespace = made(
  'create namespace',
  'Create a namespace with the specified name',
  'kubectl create namespace team-a',
  {},
  (args, name, ctx) => createMade(args, infoOf('namespaces', ctx), { metadata: { name } }, ctx),
);

export const createConfigMap = made(
  'create configmap',
  'Create a config map from literal values',
  'kubectl create configmap settings --from-literal=mode=fast',
  { 'from-literal': { type: 'list', help: 'key=value' } },
  (args, name, ctx) => {
    const pairs = (args.flags['from-literal'] ?? []).map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new Refusal(`error: invalid literal source ${pair}, expected key=value`);
      return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    });
    const twice = pairs.find(([key], i) => pairs.findIndex(([other]) => other === key) < i);
    if (twice)
      throw new Refusal(
        `error: cannot add key "${twice[0]}", another key by that name already exists in Data for ConfigMap "${name}"`,
      );
    return createMade(
      args,
      infoOf('configmaps', ctx),
      { metadata: { name }, data: Object.fromEntries(pairs) },
      ctx,
      'created',
      'configmap',
    );
  },
);

export const createBudget = made(
  'create poddisruptionbudget',
  'Create a pod disruption budget with the specified name',
  'kubectl create poddisruptionbudget web --selector=app=web --min-available=1',
  {
    selector: textFlag('Labels of the Pods'),
    'min-available': textFlag('How many must stay'),
    'max-unavailable': textFlag('How many may be away'),
  },
  (args, name, ctx) => {
    requireFlags(args, ['selector']);
    const [least, most] = [flagOf(args, 'min-available'), flagOf(args, 'max-unavailable')];
    if (!least === !most)
      throw new Refusal(
        least
          ? 'error: min-available and max-unavailable cannot be both specified'
          : 'error: one of min-available or max-unavailable must be specified',
      );
    const amount = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);
    const matchLabels = Object.fromEntries(
      (flagOf(args, 'selector') as string).split(',').map((pair) => pair.split('=') as [string, string]),
    );
    const spec = {
      selector: { matchLabels },
      ...(least ? { minAvailable: amount(least) } : { maxUnavailable: amount(most as string) }),
    };
    return createMade(
      args,
      infoOf('poddisruptionbudgets', ctx),
      { metadata: { name }, spec },
      ctx,
      'created',
      'poddisruptionbudget',
    );
  },
);

const pairsOf = (texts: readonly string[]) =>
  Object.fromEntries(texts.map((text) => [text.split('=')[0] as string, text.slice(text.indexOf('=') + 1)]));

export const runPod: Verb = {
  use: 'NAME --image=image [--env="key=value"] [--port=port] [-- [args...]]',
  short: 'Run a particular image on the cluster',
  examples: [
    'kubectl run web --image=web:1',
    'kubectl run once --image=task:1 --restart=Never',
    'kubectl run web --image=web:1 --dry-run=client -o yaml',
  ],
  flags: {
    ...DEED,
    ...IMAGE,
    restart: textFlag('Restart policy: Always, OnFailure or Never'),
    labels: { type: 'list', short: 'l', help: 'Labels: key=value,…' },
    env: { type: 'list', help: 'Environment: key=value' },
    port: { type: 'int', help: 'The port that the container opens' },
    command: boolFlag('What stands behind -- is the command, not its arguments'),
    stdin: boolFlag('There is no input here', 'i'),
    tty: boolFlag('There is no terminal here', 't'),
    attach: boolFlag('There is no terminal here'),
    rm: boolFlag('Only works with a terminal'),
  },
  run: (args, ctx) => {
    if (['stdin', 'tty', 'attach', 'rm'].some((name) => isOn(args, name)))
      throw new Refusal(
        'error: programs in this simulator have no terminal. Run it without -it and --rm, then read kubectl logs or use kubectl exec.',
      );
    if (args.words.length === 0)
      throw new Refusal("error: NAME is required for run\nSee 'kubectl run -h' for help and examples");
    const [name = ''] = args.words;
    requireFlags(args, ['image']);
    const port = intOf(args, 'port');
    const env = pairsOf(args.flags['env'] ?? []);
    const words = [...args.words.slice(1), ...(args.rest ?? [])];
    const container = {
      name,
      image: flagOf(args, 'image'),
      ...(words.length ? { [isOn(args, 'command') ? 'command' : 'args']: words } : {}),
      ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
      ...(Object.keys(env).length ? { env: Object.entries(env).map(([key, value]) => ({ name: key, value })) } : {}),
    };
    const labels = args.flags['labels'] ? pairsOf(listOf(args, 'labels')) : { run: name };
    const spec = { containers: [container], restartPolicy: flagOf(args, 'restart') ?? 'Always' };
    return createMade(args, infoOf('pods', ctx), { metadata: { name, labels }, spec }, ctx);
  },
};

/** The labels by which a Service would find the Pods of an object. */
function selectorFor(object: KubeObject): Readonly<Record<string, string>> {
  if (object.kind === 'Pod') {
    if (!object.metadata.labels) throw new Refusal('error: the pod has no labels and cannot be exposed');
    return object.metadata.labels;
  }
  const selector = object.kind === 'Service' ? object.spec.selector : object.spec?.selector?.matchLabels;
  if (!selector) throw new Refusal(`error: cannot expose a ${object.kind}`);
  return selector;
}

export const expose: Verb = {
  use: '(TYPE NAME | TYPE/NAME) [--port=port] [--target-port=number-or-name] [--name=name]',
  short: 'Take a deployment, pod or service and expose it as a new Kubernetes service',
  examples: ['kubectl expose deploy web --port=80', 'kubectl expose sts db --port=7000 --cluster-ip=None'],
  flags: {
    ...DEED,
    port: { type: 'int', help: 'The port of the Service' },
    'target-port': textFlag('The port of the container'),
    name: textFlag('The name of the Service'),
    type: textFlag('ClusterIP, NodePort, LoadBalancer or ExternalName'),
    'cluster-ip': textFlag('None makes the Service headless'),
    selector: textFlag('Labels of the Pods'),
    protocol: textFlag('TCP or UDP'),
  },
  run: (args, ctx) => {
    const { selector: own, ...others } = args.flags;
    const selection = selectionOf({ ...args, flags: others }, args.words, ctx);
    const [target] = selection.targets;
    if (!target?.name) throw new Refusal('error: resource(s) were provided, but no name was specified');
    const object = ctx.api.get(target.info.resource, selection.namespace, target.name) as KubeObject;
    const containers: readonly { ports?: readonly { containerPort: number }[] }[] =
      (object.kind === 'Pod' ? object.spec : object.spec?.template?.spec)?.containers ?? [];
    const port = intOf(args, 'port') ?? containers.flatMap((container) => container.ports ?? [])[0]?.containerPort;
    if (port === undefined)
      throw new Refusal(
        "error: couldn't find port via --port flag or introspection\nSee 'kubectl expose -h' for help and examples",
      );
    const targetPort = flagOf(args, 'target-port') ?? String(port);
    const spec = {
      selector: own ? pairsOf((own.at(-1) as string).split(',')) : selectorFor(object),
      ports: [
        {
          port,
          protocol: flagOf(args, 'protocol') ?? 'TCP',
          targetPort: /^\d+$/.test(targetPort) ? Number(targetPort) : targetPort,
        },
      ],
      ...(flagOf(args, 'type') ? { type: flagOf(args, 'type') } : {}),
      ...(flagOf(args, 'cluster-ip') ? { clusterIP: flagOf(args, 'cluster-ip') } : {}),
    };
    const { labels } = object.metadata;
    return createMade(
      args,
      infoOf('services', ctx),
      { metadata: { name: flagOf(args, 'name') ?? target.name, ...(labels ? { labels } : {}) }, spec },
      ctx,
      'exposed',
    );
  },
};
