// More commands that make a manifest from flags: autoscale, create service.
// Models kubectl/pkg/cmd/autoscale/autoscale.go and cmd/create/create_service.go.

import { canonicalQuantity } from '../../sim/api/quantity.ts';
import { textFlag } from '../common.ts';
import type { Verb } from '../context.ts';
import { DEED } from '../deed.ts';
import { type Args, flagOf, intOf, isSet, listOf, Refusal } from '../flags.ts';
import { infoOf, selectionOf } from '../resources.ts';
import { createMade } from './generators.ts';

const CPU_FORM = "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).";

/** `70%` of the request, or an amount. */
function metricOf(name: 'cpu' | 'memory', text: string): unknown {
  const percent = /^(\d+)%$/.exec(text)?.[1];
  if (percent === undefined && canonicalQuantity(text) === null)
    throw new Refusal(`error: invalid ${name} value: ${text}. It is a percentage (70%) or a quantity (500m)`);
  const target =
    percent === undefined
      ? { type: 'AverageValue', averageValue: text }
      : { type: 'Utilization', averageUtilization: Number(percent) };
  return { type: 'Resource', resource: { name, target } };
}

export const autoscale: Verb = {
  use: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=PERCENT%]',
  short: 'Auto-scale a deployment, replica set or stateful set',
  examples: ['kubectl autoscale deployment web --min=2 --max=10 --cpu=80%'],
  flags: {
    ...DEED,
    min: { type: 'int', help: 'Fewest Pods' },
    max: { type: 'int', help: 'Most Pods' },
    cpu: textFlag('Wanted use of CPU, as 70% of the request or 500m'),
    memory: textFlag('Wanted use of memory'),
    'cpu-percent': { type: 'int', help: 'The old form of --cpu' },
    name: textFlag('The name of the autoscaler'),
  },
  run(args, ctx) {
    const [min = -1, max = -1] = [intOf(args, 'min'), intOf(args, 'max')];
    if (max < 1) throw new Refusal(`error: --max=MAXPODS is required and must be at least 1, max: ${max}`);
    if (max < min) throw new Refusal(`error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
    const selection = selectionOf(args, args.words, ctx);
    const [target] = selection.targets;
    if (!target?.name) throw new Refusal('error: resource(s) were provided, but no name was specified');
    const { info, name } = target;
    if (!info.subresources.includes('scale')) throw new Refusal(`error: cannot autoscale a ${info.kind}: it cannot be scaled`);
    ctx.api.get(info.resource, selection.namespace, name);
    const old = intOf(args, 'cpu-percent');
    if (old !== undefined) ctx.err(`Flag --cpu-percent has been deprecated, ${CPU_FORM}\n`);
    const cpu = flagOf(args, 'cpu') ?? (old === undefined ? undefined : `${old}%`);
    const memory = flagOf(args, 'memory');
    const metrics = [...(cpu ? [metricOf('cpu', cpu)] : []), ...(memory ? [metricOf('memory', memory)] : [])];
    const spec = {
      scaleTargetRef: { apiVersion: info.groupVersion, kind: info.kind, name },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: max,
      ...(metrics.length ? { metrics } : {}),
    };
    const metadata = { name: flagOf(args, 'name') ?? name };
    return createMade(args, infoOf('horizontalpodautoscalers', ctx), { metadata, spec }, ctx, 'autoscaled');
  },
};

const TYPES: Readonly<Record<string, string>> = {
  clusterip: 'ClusterIP',
  nodeport: 'NodePort',
  loadbalancer: 'LoadBalancer',
  externalname: 'ExternalName',
};

/** `80:8080` → a port of the Service. */
function portOf(text: string, nodePort: number | undefined): unknown {
  const [port = '', target = port, ...more] = text.split(':');
  if (!/^\d+$/.test(port) || more.length) throw new Refusal(`error: invalid port format: ${text}`);
  return {
    name: text.replace(':', '-'),
    port: Number(port),
    protocol: 'TCP',
    targetPort: /^\d+$/.test(target) ? Number(target) : target,
    ...(nodePort ? { nodePort } : {}),
  };
}

function serviceSpec(args: Args, type: string, name: string): Record<string, unknown> {
  const ports = isSet(args, 'tcp') ? listOf(args, 'tcp').map((text) => portOf(text, intOf(args, 'node-port'))) : [];
  const isHeadless = flagOf(args, 'clusterip') === 'None';
  if (type === 'ExternalName' && !flagOf(args, 'external-name'))
    throw new Refusal('error: required flag(s) "external-name" not set');
  if (type !== 'ExternalName' && !isHeadless && ports.length === 0)
    throw new Refusal('error: at least one tcp port specifier must be provided');
  if (isHeadless && ports.length) throw new Refusal('error: can not map ports with clusterip=None');
  return {
    type,
    selector: { app: name },
    ...(ports.length ? { ports } : {}),
    ...(isSet(args, 'clusterip') ? { clusterIP: flagOf(args, 'clusterip') } : {}),
    ...(type === 'ExternalName' ? { externalName: flagOf(args, 'external-name') } : {}),
  };
}

export const createService: Verb = {
  use: '(clusterip | nodeport | loadbalancer | externalname) NAME [--tcp=<port>:<targetPort>]',
  short: 'Create a service using a specified subcommand',
  examples: ['kubectl create service clusterip web --tcp=80:8080', 'kubectl create service clusterip db --clusterip=None'],
  flags: {
    ...DEED,
    tcp: { type: 'list', help: 'port:targetPort' },
    clusterip: textFlag('None makes the Service headless'),
    'node-port': { type: 'int', help: 'The port on every node' },
    'external-name': textFlag('The name outside that this Service stands for'),
  },
  run(args, ctx) {
    const [word = '', name, ...more] = args.words;
    const type = Object.hasOwn(TYPES, word) ? TYPES[word] : undefined;
    if (!type)
      throw new Refusal(`error: unknown command "service ${word}"\nSee 'kubectl create service -h' for help and examples`);
    if (!name || more.length)
      throw new Refusal(
        `error: exactly one NAME is required, got ${args.words.length - 1}\nSee 'kubectl create service ${word} -h' for help and examples`,
      );
    const object = { metadata: { name, labels: { app: name } }, spec: serviceSpec(args, type, name) };
    return createMade(args, infoOf('services', ctx), object, ctx, 'created', `${type} service`);
  },
};
