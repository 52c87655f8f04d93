// kubectl create -f. Models kubectl/pkg/cmd/create/create.go.

import type { KubeObject } from '../../sim/types.ts';
import { boolFlag, FILENAME } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { DEED, deedOf, VALIDATE } from '../deed.ts';
import { report, withSource } from '../errors.ts';
import { type Args, isOn, isSet, Refusal } from '../flags.ts';
import { manifestsOf } from '../manifest.ts';
import { pathOf } from '../resources.ts';
import { send } from '../send.ts';
import { annotated } from './apply.ts';

function run(args: Args, ctx: Context): Outcome {
  if (!isSet(args, 'filename'))
    throw new Refusal(
      args.words.length
        ? `error: Unexpected args: [${args.words.join(' ')}]\nSee 'kubectl create -h' for help and examples`
        : "error: must specify one of -f and -k\nSee 'kubectl create -h' for help and examples",
    );
  const deed = deedOf(args, ctx, 'kubectl-create');
  const errors: unknown[] = [];
  const manifests = manifestsOf(args, ctx, (error) => errors.push(error));
  if (manifests.length === 0 && errors.length === 0) throw new Refusal('error: no objects passed to create');
  for (const manifest of manifests) {
    const body = isOn(args, 'save-config') ? annotated(manifest) : manifest.object;
    try {
      const object = deed.client
        ? (body as unknown as KubeObject)
        : send(ctx, { verb: 'create', path: pathOf(manifest.info, manifest.namespace), body, query: deed.query });
      deed.said(manifest.info, object, 'created');
    } catch (error) {
      errors.push(withSource(error, 'creating', manifest.file));
    }
  }
  return report(errors, ctx);
}

export const create: Verb = {
  use: '-f FILENAME',
  short: 'Create a resource from a file',
  examples: [
    'kubectl create -f web.yaml',
    'kubectl create deployment web --image=web:1',
    'kubectl create job now --from=cronjob/nightly',
  ],
  flags: {
    ...FILENAME,
    ...DEED,
    'save-config': boolFlag('Add the annotation that kubectl apply needs'),
    ...VALIDATE,
  },
  run,
};
