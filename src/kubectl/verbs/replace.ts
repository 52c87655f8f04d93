// kubectl replace: puts a manifest in place of what is there; with --force deletes that first and waits until it is gone.
// Models kubectl/pkg/cmd/replace/replace.go.

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { isReason } from '../../sim/api/status.ts';
import type { Json, KubeObject } from '../../sim/types.ts';
import { boolFlag, FILENAME } from '../common.ts';
import { type Context, kindName, type Outcome, type Verb } from '../context.ts';
import { DEED, type Deed, deedOf, VALIDATE } from '../deed.ts';
import { report, withSource } from '../errors.ts';
import { type Args, intOf, isOn, isSet, Refusal } from '../flags.ts';
import { type Manifest, manifestsOf } from '../manifest.ts';
import { pathOf } from '../resources.ts';
import { send } from '../send.ts';
import { annotated } from './apply.ts';

const MANAGER = 'kubectl-replace';

interface Forced {
  readonly args: Args;
  /** What has to be gone before the manifests are created. */
  readonly leaving: readonly {
    readonly resource: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  }[];
}

const bodyOf = (args: Args, manifest: Manifest) =>
  (isOn(args, 'save-config') ? annotated(manifest) : manifest.object) as unknown as KubeObject;

function present(ctx: Context, resource: string, namespace: string, name: string): KubeObject | null {
  try {
    return ctx.api.get(resource, namespace, name);
  } catch (error) {
    if (isReason(error, 'NotFound')) return null;
    throw error;
  }
}

/** PUT of a manifest; the version is the server's when the manifest names none. */
function replaceOne(args: Args, manifest: Manifest, deed: Deed, ctx: Context): void {
  const { info, namespace, name } = manifest;
  const body = bodyOf(args, manifest);
  const there = ctx.api.get(info.resource, namespace, name);
  const { resourceVersion = there.metadata.resourceVersion } = body.metadata;
  const metadata = { ...body.metadata, resourceVersion };
  const path = pathOf(info, namespace, name);
  const next = deed.client ? body : send(ctx, { verb: 'update', path, body: { ...body, metadata }, query: deed.query });
  deed.said(info, next, 'replaced');
}

function eachManifest(args: Args, ctx: Context, doing: string, visit: (manifest: Manifest) => void): number {
  const errors: unknown[] = [];
  const manifests = manifestsOf(args, ctx, (error) => errors.push(error));
  if (manifests.length === 0 && errors.length === 0) throw new Refusal('error: no objects passed to replace');
  for (const manifest of manifests) {
    try {
      visit(manifest);
    } catch (error) {
      errors.push(withSource(error, doing, manifest.file));
    }
  }
  return report(errors, ctx);
}

function deleteFirst(args: Args, ctx: Context): Outcome {
  const grace = intOf(args, 'grace-period');
  const leaving: Forced['leaving'][number][] = [];
  const code = eachManifest(args, ctx, 'deleting', ({ info, namespace, name }) => {
    const there = present(ctx, info.resource, namespace, name);
    if (!there) return;
    const options = grace === undefined || grace < 0 ? {} : { gracePeriodSeconds: grace };
    ctx.api.delete(info.resource, namespace, name, { propagationPolicy: 'Background', ...options }, 'input');
    ctx.out(`${kindName(info)} "${name}" deleted${namespace ? ` from ${namespace} namespace` : ''}\n`);
    leaving.push({ resource: info.resource, namespace, name, uid: there.metadata.uid });
  });
  return code || createThen({ args, leaving }, ctx);
}

/** Waits for the old objects to go, then creates the new ones. */
function createThen({ args, leaving }: Forced, ctx: Context): Outcome {
  const left = leaving.filter((one) => present(ctx, one.resource, one.namespace, one.name)?.metadata.uid === one.uid);
  if (left.length) {
    const watch = [...new Set(left.map((one) => one.resource))];
    return { state: { args, leaving: left } as unknown as Json, watch };
  }
  const deed = deedOf(args, ctx, MANAGER);
  const create = (info: ResourceInfo, namespace: string, body: KubeObject) =>
    send(ctx, { verb: 'create', path: pathOf(info, namespace), body, query: deed.query });
  return eachManifest(args, ctx, 'creating', (manifest) =>
    deed.said(manifest.info, create(manifest.info, manifest.namespace, bodyOf(args, manifest)), 'replaced'),
  );
}

export const replace: Verb = {
  use: '-f FILENAME',
  short: 'Replace a resource by file name',
  examples: ['kubectl replace -f web.yaml', 'kubectl replace --force -f pod.yaml'],
  flags: {
    ...FILENAME,
    ...DEED,
    force: boolFlag('Delete what is there, wait until it is gone, and create it again'),
    'grace-period': { type: 'int', help: 'Seconds that what is deleted is given; -1 means its own' },
    'save-config': boolFlag('Add the annotation that kubectl apply needs'),
    ...VALIDATE,
  },
  run(args, ctx) {
    if (!isSet(args, 'filename')) throw new Refusal('error: must specify one of -f and -k');
    const deed = deedOf(args, ctx, MANAGER);
    if (!isOn(args, 'force')) {
      if (isSet(args, 'grace-period')) throw new Refusal('error: --grace-period must have --force specified');
      return eachManifest(args, ctx, 'replacing', (manifest) => replaceOne(args, manifest, deed, ctx));
    }
    if (deed.suffix) throw new Refusal('error: --dry-run can not be used when --force is set');
    return deleteFirst(args, ctx);
  },
  resume: (state, ctx) => createThen(state as unknown as Forced, ctx),
};
