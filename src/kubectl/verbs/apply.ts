// kubectl apply: client-side with the last-applied annotation, or --server-side.
// Models kubectl/pkg/cmd/apply/apply.go, patcher.go and kubectl/pkg/util/apply.go.

import { copyOf, sortedJson } from '../../base/json.ts';
import { managedFieldsOf, type Owner, ownersOf } from '../../sim/api/managed.ts';
import { typeOf } from '../../sim/api/schema.ts';
import { isReason } from '../../sim/api/status.ts';
import type { KubeObject } from '../../sim/types.ts';
import { boolFlag, FILENAME, SELECTOR } from '../common.ts';
import { type Context, type Outcome, objectName, type Verb } from '../context.ts';
import { DEED, dryRunOf, VALIDATE, validationOf } from '../deed.ts';
import { report, withSource } from '../errors.ts';
import { type Args, flagOf, isOn, isSet, Refusal } from '../flags.ts';
import { type Manifest, manifestsOf } from '../manifest.ts';
import { outputForm, printObjects } from '../output.ts';
import { pathOf } from '../resources.ts';
import { send, sendPatch } from '../send.ts';
import { threeWayPatch } from '../threeway.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The annotation, as a path of managed fields. */
const MARKED = `f:metadata\nf:annotations\nf:${LAST_APPLIED}`;

type Data = Record<string, unknown>;

/** The manifest with its namespace, and itself as the last-applied annotation. */
export function annotated({ object, info, namespace }: Manifest): Data {
  const draft = copyOf(object) as unknown as { metadata: { namespace?: string; annotations?: Record<string, string> } } & Data;
  if (info.namespaced) draft.metadata.namespace = namespace;
  const { [LAST_APPLIED]: _, ...others } = draft.metadata.annotations ?? {};
  draft.metadata.annotations = others;
  const text = `${sortedJson(draft)}\n`;
  draft.metadata.annotations = { ...others, [LAST_APPLIED]: text };
  return draft;
}

function lastApplied(object: KubeObject): unknown {
  try {
    return JSON.parse(object.metadata.annotations?.[LAST_APPLIED] ?? '{}');
  } catch {
    return {};
  }
}

/** How an error names what it was about. */
const infoText = ({ info, name, namespace }: Manifest): string =>
  `Resource: "${info.groupVersion}, Resource=${info.resource}", GroupVersionKind: "${info.groupVersion}, Kind=${info.kind}"\nName: "${name}", Namespace: "${namespace}"`;

function present(manifest: Manifest, ctx: Context): KubeObject | null {
  const { info, namespace, name, file } = manifest;
  if (!name && manifest.object.metadata.generateName)
    throw new Refusal(`error: from ${manifest.object.metadata.generateName}: cannot use generate name with apply`);
  if (!name)
    throw new Refusal(
      `error: error when retrieving current configuration of:\n${infoText(manifest)}\nfrom server for: "${file}": resource name may not be empty`,
    );
  try {
    return ctx.api.get(info.resource, namespace, name);
  } catch (error) {
    if (isReason(error, 'NotFound')) return null;
    throw error;
  }
}

const NO_ANNOTATION = (name: string) =>
  `Warning: resource ${name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`;

/** The patch that turns what is there into what the manifest says, or null when there is nothing to do. */
export function patchFor(
  manifest: Manifest,
  there: KubeObject,
): { readonly type: 'strategic' | 'merge'; readonly patch: Data } | null {
  const { info } = manifest;
  const schema = typeOf(info.groupVersion, info.kind);
  const patch = threeWayPatch(lastApplied(there), annotated(manifest), there, schema);
  return Object.keys(patch).length ? { type: schema ? 'strategic' : 'merge', patch: { ...patch } } : null;
}

function applyOne(
  manifest: Manifest,
  query: Readonly<Record<string, string>>,
  clientOnly: boolean,
  ctx: Context,
): { readonly object: KubeObject; readonly done: string } {
  const { info, namespace, name, file } = manifest;
  const there = present(manifest, ctx);
  if (!there) {
    const body = annotated(manifest);
    if (clientOnly) return { object: body as unknown as KubeObject, done: 'created' };
    try {
      return { object: send(ctx, { verb: 'create', path: pathOf(info, namespace), body, query }), done: 'created' };
    } catch (error) {
      throw withSource(error, 'creating', file);
    }
  }
  if (clientOnly) return { object: there, done: 'configured' };
  if (there.metadata.annotations?.[LAST_APPLIED] === undefined) ctx.err(NO_ANNOTATION(`${info.resource}/${name}`));
  const change = patchFor(manifest, there);
  if (!change) return { object: there, done: 'unchanged' };
  try {
    const object = sendPatch(ctx, info, namespace, name, change.type, change.patch, { query });
    return { object, done: 'configured' };
  } catch (error) {
    throw applyError(error, change.patch, manifest);
  }
}

/** AddSourceToErr twice: the patch, what it was for, and the file. */
function applyError(error: unknown, patch: Data, manifest: Manifest): unknown {
  return withSource(
    withSource(error, 'patching', manifest.file),
    `applying patch:\n${sortedJson(patch)}\nto:\n${infoText(manifest)}\nfor:`,
    manifest.file,
  );
}

function serverSide(
  manifest: Manifest,
  args: Args,
  query: Readonly<Record<string, string>>,
  ctx: Context,
): { readonly object: KubeObject; readonly done: string } {
  const { info, namespace, name, object } = manifest;
  const body = { ...object, metadata: { ...object.metadata, ...(info.namespaced ? { namespace } : {}) } };
  const fields = { ...query, force: String(isOn(args, 'force-conflicts')) };
  const put = () => sendPatch(ctx, info, namespace, name, 'apply', body, { query: fields });
  try {
    const object = put();
    return { object: takeOver(manifest, object, fields, ctx) ? put() : object, done: 'serverside-applied' };
  } catch (error) {
    throw conflictHelp(error);
  }
}

/** csaupgrade: what client-side apply managed becomes this manager's, once; whether anything did. */
function takeOver(manifest: Manifest, object: KubeObject, query: Readonly<Record<string, string>>, ctx: Context): boolean {
  const { info, namespace, name } = manifest;
  const owners = ownersOf(object);
  const isOld = ({ operation, paths }: Owner) => operation === 'Update' && paths.has(MARKED);
  const isMe = ({ operation, manager }: Owner) => operation === 'Apply' && manager === query['fieldManager'];
  const [me, old] = [owners.find(isMe), owners.filter(isOld)];
  if (!me || old.length === 0 || query['dryRun']) return false;
  const paths = new Set([me, ...old].flatMap((owner) => [...owner.paths]));
  if (query['fieldManager'] === 'kubectl') paths.delete(MARKED);
  const rest = owners.filter((owner) => owner !== me && !isOld(owner));
  const value = managedFieldsOf([...rest, { ...me, paths }]);
  sendPatch(ctx, info, namespace, name, 'json', [{ op: 'replace', path: '/metadata/managedFields', value }], { query });
  return true;
}

function conflictHelp(error: unknown): unknown {
  if (!isReason(error, 'Conflict') || !error.message.startsWith('Apply failed')) return error;
  return new Refusal(`error: ${error.message}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`);
}

function run(args: Args, ctx: Context): Outcome {
  if (!isSet(args, 'filename')) throw new Refusal('error: must specify one of -f and -k');
  if (args.words.length)
    throw new Refusal(`error: Unexpected args: [${args.words.join(' ')}]\nSee 'kubectl apply -h' for help and examples`);
  const form = outputForm(args);
  const dry = dryRunOf(args);
  const isServerSide = isOn(args, 'server-side');
  if (dry.client && isServerSide)
    throw new Refusal("error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  if (isOn(args, 'force-conflicts') && !isServerSide)
    throw new Refusal('error: --force-conflicts only works with --server-side');
  const manager = isServerSide ? 'kubectl' : 'kubectl-client-side-apply';
  const query = { ...dry.query, ...validationOf(args), fieldManager: flagOf(args, 'field-manager') ?? manager };
  const errors: unknown[] = [];
  const manifests = manifestsOf(args, ctx, (error) => errors.push(error));
  if (manifests.length === 0 && errors.length === 0) throw new Refusal('error: no objects passed to apply');
  const done: KubeObject[] = [];
  for (const manifest of manifests) {
    try {
      const result = isServerSide ? serverSide(manifest, args, query, ctx) : applyOne(manifest, query, dry.client, ctx);
      done.push(result.object);
      if (form.form === '') ctx.out(`${objectName(manifest.info, result.object.metadata.name)} ${result.done}${dry.suffix}\n`);
    } catch (error) {
      errors.push(error);
    }
  }
  if (form.form !== '' && done.length) printObjects(form, args, done, done.length === 1, ctx);
  return report(errors, ctx);
}

export const apply: Verb = {
  use: '-f FILENAME',
  short: 'Apply a configuration to a resource by file name',
  examples: [
    'kubectl apply -f web.yaml',
    'kubectl apply -f web.yaml --dry-run=server',
    'kubectl apply --server-side -f web.yaml',
  ],
  flags: {
    ...FILENAME,
    ...SELECTOR,
    ...DEED,
    'server-side': boolFlag('Let the server merge, and track who manages which field'),
    'force-conflicts': boolFlag('Take over fields that others manage'),
    ...VALIDATE,
    wait: boolFlag('Accepted and not used'),
    overwrite: boolFlag('Accepted and not used'),
  },
  run,
};
