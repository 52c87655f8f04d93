// kubectl patch. Models kubectl/pkg/cmd/patch/patch.go.

import { isSame } from '../../base/json.ts';
import type { PatchType } from '../../sim/api/client.ts';
import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { jsonPatch, mergePatch, strategicPatch } from '../../sim/api/patches.ts';
import { typeOf } from '../../sim/api/schema.ts';
import { badRequest } from '../../sim/api/status.ts';
import type { KubeObject } from '../../sim/types.ts';
import { chosenObjects } from '../chosen.ts';
import { FILENAME, textFlag } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { DEED, deedOf } from '../deed.ts';
import { report } from '../errors.ts';
import { type Args, flagOf, isSet, Refusal } from '../flags.ts';
import { jsonComplaint } from '../gojson.ts';
import { parseDocument } from '../manifest.ts';
import { eachObject, requireChosen } from '../resources.ts';
import { sendPatch } from '../send.ts';

const TYPES: Readonly<Record<string, PatchType>> = { json: 'json', merge: 'merge', strategic: 'strategic' };

/** JSON goes to the server as it is, which then complains about it; YAML is read here. */
function patchData(text: string): unknown {
  if (/^\s*\{/.test(text)) {
    const complaint = jsonComplaint(text);
    if (complaint) throw badRequest(complaint);
    return JSON.parse(text);
  }
  try {
    return parseDocument(text);
  } catch (error) {
    throw new Refusal(`error: unable to parse ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

/** What --dry-run=client makes of the patch, without asking the server. */
function patchedHere(info: ResourceInfo, object: KubeObject, type: PatchType, patch: unknown): KubeObject {
  const schema = typeOf(info.groupVersion, info.kind);
  if (type === 'json') return jsonPatch(object, patch) as KubeObject;
  return (type === 'strategic' ? strategicPatch(object, patch, schema) : mergePatch(object, patch)) as KubeObject;
}

function patchOne(args: Args, type: PatchType, patch: unknown, info: ResourceInfo, object: KubeObject, ctx: Context): void {
  const { name, namespace = '' } = object.metadata;
  const subresource = flagOf(args, 'subresource');
  const deed = deedOf(args, ctx, 'kubectl-patch');
  const next = deed.client
    ? patchedHere(info, object, type, patch)
    : sendPatch(ctx, info, namespace, name, type, patch, { query: deed.query, ...(subresource ? { subresource } : {}) });
  deed.said(info, next, isSame(next, object) ? 'patched (no change)' : 'patched');
}

function run(args: Args, ctx: Context): Outcome {
  const typeName = (flagOf(args, 'type') ?? 'strategic').toLowerCase();
  const type = Object.hasOwn(TYPES, typeName) ? TYPES[typeName] : undefined;
  if (!type) throw new Refusal(`error: --type must be one of [json merge strategic], not ${JSON.stringify(typeName)}`);
  const file = flagOf(args, 'patch-file');
  if (file !== undefined && !Object.hasOwn(ctx.files, file))
    throw new Refusal(`error: unable to read patch file: open ${file}: no such file or directory`);
  const text = flagOf(args, 'patch') ?? (file === undefined ? undefined : ctx.files[file]);
  if (text === undefined) throw new Refusal('error: must specify --patch or --patch-file containing the contents of the patch');
  const errors: unknown[] = [];
  const selection = chosenObjects(args, ctx, (error) => errors.push(error));
  if (!isSet(args, 'filename')) requireChosen(args, selection);
  const visit = (info: ResourceInfo, object: KubeObject) => {
    if (type === 'strategic' && !typeOf(info.groupVersion, info.kind))
      throw new Refusal(
        `error: application/strategic-merge-patch+json is not supported by ${info.groupVersion}, Kind=${info.kind}: the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`,
      );
    patchOne(args, type, patchData(text), info, object, ctx);
  };
  eachObject(selection, ctx, visit, (error) => errors.push(error));
  return report(errors, ctx);
}

export const patch: Verb = {
  use: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  short: 'Update fields of a resource',
  examples: [
    `kubectl patch sts db -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":2}}}}'`,
    `kubectl patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":3}]'`,
  ],
  flags: {
    ...FILENAME,
    ...DEED,
    patch: textFlag('The patch, in JSON or YAML', 'p'),
    'patch-file': textFlag('A file that holds the patch'),
    type: textFlag('strategic (default), merge or json'),
    subresource: textFlag('status or scale'),
  },
  run,
};
