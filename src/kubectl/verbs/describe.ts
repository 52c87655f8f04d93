// kubectl describe. Models kubectl/pkg/cmd/describe/describe.go; the layouts are in ../describe.

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { isReason } from '../../sim/api/status.ts';
import type { KubeObject } from '../../sim/types.ts';
import { chosenObjects } from '../chosen.ts';
import { ALL_NAMESPACES, boolFlag, FILENAME, SELECTOR } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import {
  describeBudget,
  describeClaim,
  describeNode,
  describeService,
  describeSlice,
  describeVolume,
} from '../describe/cluster.ts';
import type { Lines } from '../describe/lines.ts';
import {
  describeAny,
  describeConfigMap,
  describeEndpoints,
  describeNamespace,
  describeSecret,
  describeStorageClass,
} from '../describe/settings.ts';
import {
  describeCronJob,
  describeDeployment,
  describeJob,
  describePod,
  describeReplicaSet,
  describeStatefulSet,
} from '../describe/workloads.ts';
import { report } from '../errors.ts';
import { type Args, isOn, isSet, Refusal } from '../flags.ts';
import { eachObject } from '../resources.ts';
import { alignTabs, DESCRIBE_STYLE } from '../tabs.ts';

const DESCRIBERS: Readonly<Record<string, (object: KubeObject, ctx: Context) => Lines>> = {
  pods: describePod,
  deployments: describeDeployment,
  replicasets: describeReplicaSet,
  statefulsets: describeStatefulSet,
  jobs: describeJob,
  cronjobs: describeCronJob,
  services: describeService,
  endpointslices: describeSlice,
  nodes: describeNode,
  poddisruptionbudgets: describeBudget,
  persistentvolumeclaims: describeClaim,
  persistentvolumes: describeVolume,
  namespaces: describeNamespace,
  storageclasses: describeStorageClass,
  configmaps: describeConfigMap,
  secrets: describeSecret,
  endpoints: describeEndpoints,
};

function textOf(info: ResourceInfo, object: KubeObject, ctx: Context): string {
  const lines = (DESCRIBERS[info.resource] ?? describeAny)(object, ctx);
  return `${alignTabs(lines.join('\n'), DESCRIBE_STYLE)}\n`;
}

/** A name that no object has may be the beginning of some (DescribeMatchingResources). */
function byPrefix(info: ResourceInfo, namespace: string, prefix: string, ctx: Context): readonly KubeObject[] {
  return ctx.api
    .list(info.resource, { namespace: info.namespaced ? namespace : '' })
    .filter((object) => object.metadata.name.startsWith(prefix));
}

function run(args: Args, ctx: Context): Outcome {
  if (args.words.length === 0 && !isSet(args, 'filename'))
    throw new Refusal(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl describe -h\' for help and examples',
    );
  const errors: unknown[] = [];
  const selection = chosenObjects(args, ctx, (error) => errors.push(error));
  const texts: string[] = [];
  for (const target of selection.targets) {
    const show = (info: ResourceInfo, object: KubeObject) => texts.push(textOf(info, object, ctx));
    eachObject({ ...selection, targets: [target] }, ctx, show, (error) => {
      const near =
        isReason(error, 'NotFound') && target.name ? byPrefix(target.info, selection.namespace, target.name, ctx) : [];
      if (near.length === 0) errors.push(error);
      for (const object of near) show(target.info, object);
    });
  }
  ctx.out(texts.join('\n\n'));
  if (texts.length === 0 && errors.length === 0)
    ctx.err(
      isOn(args, 'all-namespaces') ? 'No resources found\n' : `No resources found in ${selection.namespace} namespace.\n`,
    );
  return report(errors, ctx);
}

export const describe: Verb = {
  use: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  short: 'Show details of a specific resource or group of resources',
  examples: ['kubectl describe pod web-0', 'kubectl describe node node-1', 'kubectl describe deploy -l app=web'],
  flags: { ...FILENAME, ...SELECTOR, ...ALL_NAMESPACES, 'show-events': boolFlag('Accepted; events are always shown') },
  run,
};
