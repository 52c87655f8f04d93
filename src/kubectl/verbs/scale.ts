// kubectl scale. Models kubectl/pkg/cmd/scale/scale.go and kubectl/pkg/scale/scale.go.

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import type { KubeObject } from '../../sim/types.ts';
import { chosenObjects } from '../chosen.ts';
import { ALL, FILENAME, SELECTOR, TIMEOUT } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { DEED, deedOf, sendScale } from '../deed.ts';
import { report } from '../errors.ts';
import { type Args, intOf, isSet, Refusal } from '../flags.ts';
import { eachObject, requireChosen } from '../resources.ts';

function scaleOne(args: Args, info: ResourceInfo, object: KubeObject, replicas: number, ctx: Context): void {
  const expected = intOf(args, 'current-replicas');
  const now = object.spec?.replicas ?? 0;
  if (expected !== undefined && expected >= 0 && now !== expected)
    throw new Refusal(`error: Expected replicas to be ${expected}, was ${now}`);
  const deed = deedOf(args, ctx, 'kubectl');
  if (!deed.client) sendScale(ctx, info, object, replicas, deed);
  const done = deed.suffix === '' ? ctx.api.get(info.resource, object.metadata.namespace ?? '', object.metadata.name) : object;
  deed.said(info, done, 'scaled');
}

function run(args: Args, ctx: Context): Outcome {
  const replicas = intOf(args, 'replicas');
  if (replicas === undefined) throw new Refusal('error: required flag(s) "replicas" not set');
  if (replicas < 0)
    throw new Refusal('error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  const errors: unknown[] = [];
  const selection = chosenObjects(args, ctx, (error) => errors.push(error));
  if (!isSet(args, 'filename')) requireChosen(args, selection);
  const visited = eachObject(
    selection,
    ctx,
    (info, object) => scaleOne(args, info, object, replicas, ctx),
    (error) => errors.push(error),
  );
  if (visited === 0 && errors.length === 0) throw new Refusal('error: no objects passed to scale');
  return report(errors, ctx);
}

export const scale: Verb = {
  use: '[--current-replicas=COUNT] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  short: 'Set a new size for a deployment, replica set, or stateful set',
  examples: ['kubectl scale deploy web --replicas=3', 'kubectl scale --current-replicas=3 --replicas=1 sts/db'],
  flags: {
    ...FILENAME,
    ...DEED,
    ...SELECTOR,
    ...ALL,
    ...TIMEOUT('Accepted and not used'),
    replicas: { type: 'int', help: 'The new number of replicas' },
    'current-replicas': { type: 'int', help: 'Only scale when there are so many now' },
  },
  run,
};
