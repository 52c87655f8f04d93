// kubectl label and annotate. Models kubectl/pkg/cmd/label/label.go and annotate/annotate.go.

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { mergePatch } from '../../sim/api/patches.ts';
import type { KubeObject } from '../../sim/types.ts';
import { chosenObjects } from '../chosen.ts';
import { ALL, ALL_NAMESPACES, boolFlag, FIELD_SELECTOR, FILENAME, OVERWRITE, SELECTOR } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { DEED, deedOf } from '../deed.ts';
import { report } from '../errors.ts';
import { type Args, isOn, isSet, Refusal } from '../flags.ts';
import { eachObject, requireChosen } from '../resources.ts';
import { sendPatch } from '../send.ts';

interface Change {
  readonly set: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
}

const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Cuts `TYPE NAME… key=value key-` where the first pair stands (cmdutil.GetResourcesAndPairs). */
function cut(words: readonly string[], what: string): { readonly resources: readonly string[]; readonly change: Change } {
  const isPair = (word: string) => word.includes('=') || word.endsWith('-');
  const first = words.findIndex(isPair);
  const pairs = first < 0 ? [] : words.slice(first);
  const late = pairs.find((word) => !isPair(word));
  if (late !== undefined) throw new Refusal(`error: all resources must be specified before ${what} changes: ${late}`);
  const set: Record<string, string> = {};
  const drop: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 0) drop.push(pair.slice(0, -1));
    else if (what === 'label' && !(VALUE.test(pair.slice(equals + 1)) && pair.length - equals <= 64))
      throw new Refusal(`error: invalid label value: "${pair}": ${VALUE_RULE}`);
    else set[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  const both = drop.find((key) => Object.hasOwn(set, key));
  if (both !== undefined) throw new Refusal(`error: can not both modify and remove a ${what} in the same command`);
  return { resources: first < 0 ? words : words.slice(0, first), change: { set, drop } };
}

/** The refusals of validateNoOverwrites (labels) and validateNoAnnotationOverwrites. */
function refuseOverwrite(what: 'label' | 'annotation', change: Change, old: Readonly<Record<string, string>>): void {
  const taken = Object.entries(change.set).filter(
    ([key, value]) => Object.hasOwn(old, key) && old[key] !== value && key !== 'kubernetes.io/change-cause',
  );
  if (taken.length === 0) return;
  const said = taken.map(([key]) => `'${key}' already has a value (${old[key]})`);
  if (what === 'label') throw new Refusal(`error: ${said.map((text) => `${text}, and --overwrite is false`).join('\n')}`);
  throw new Refusal(`error: --overwrite is false but found the following declared annotation(s): ${said.join('; ')}`);
}

function changeOne(
  what: 'label' | 'annotation',
  args: Args,
  change: Change,
  info: ResourceInfo,
  object: KubeObject,
  ctx: Context,
): void {
  const field = what === 'label' ? 'labels' : 'annotations';
  const old = object.metadata[field] ?? {};
  if (!isOn(args, 'overwrite')) refuseOverwrite(what, change, old);
  for (const key of change.drop) if (!Object.hasOwn(old, key)) ctx.out(`${what} "${key}" not found.\n`);
  const { name, namespace = '' } = object.metadata;
  const values = {
    ...change.set,
    ...Object.fromEntries(change.drop.filter((key) => Object.hasOwn(old, key)).map((key) => [key, null])),
  };
  const changed = Object.entries(values).some(([key, value]) => old[key] !== value);
  const patch = { metadata: { [field]: values } };
  const deed = deedOf(args, ctx, what === 'label' ? 'kubectl-label' : 'kubectl-annotate');
  const next =
    changed && !deed.client
      ? sendPatch(ctx, info, namespace, name, 'merge', patch, { query: deed.query })
      : (mergePatch(object, patch) as KubeObject);
  const shrinks = changed && Object.keys(change.set).length === 0 && !isOn(args, 'overwrite');
  const done = what === 'annotation' ? 'annotated' : changed ? (shrinks ? 'unlabeled' : 'labeled') : 'not labeled';
  deed.said(info, next, done);
}

function listMarks(what: 'label' | 'annotation', object: KubeObject, ctx: Context): void {
  const marks = object.metadata[what === 'label' ? 'labels' : 'annotations'] ?? {};
  for (const key of Object.keys(marks).sort()) ctx.out(`${key}=${marks[key]}\n`);
}

function runMark(what: 'label' | 'annotation', args: Args, ctx: Context): Outcome {
  const { resources, change } = cut(args.words, what);
  const errors: unknown[] = [];
  const lists = isOn(args, 'list');
  if (!lists && Object.keys(change.set).length + change.drop.length === 0)
    throw new Refusal(`error: at least one ${what} update is required`);
  if (resources.length === 0 && !isSet(args, 'filename'))
    throw new Refusal('error: one or more resources must be specified as <resource> <name> or <resource>/<name>');
  const selection = chosenObjects(args, ctx, (error) => errors.push(error), resources);
  requireChosen(args, selection);
  const visit = (info: ResourceInfo, object: KubeObject) =>
    lists ? listMarks(what, object, ctx) : changeOne(what, args, change, info, object, ctx);
  eachObject(selection, ctx, visit, (error) => errors.push(error));
  return report(errors, ctx);
}

const flags = {
  ...FILENAME,
  ...SELECTOR,
  ...FIELD_SELECTOR,
  ...ALL,
  ...ALL_NAMESPACES,
  ...OVERWRITE,
  ...DEED,
  list: boolFlag('Print what is there'),
};

export const label: Verb = {
  use: 'TYPE NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update the labels on a resource',
  examples: [
    'kubectl label pod web-0 tier=front',
    'kubectl label pod -l app=web app=other --overwrite',
    'kubectl label deploy web tier-',
  ],
  flags,
  run: (args, ctx) => runMark('label', args, ctx),
};

export const annotate: Verb = {
  use: 'TYPE NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update the annotations on a resource',
  examples: [
    "kubectl annotate deploy web kubernetes.io/change-cause='web:2'",
    'kubectl annotate pod web-0 controller.kubernetes.io/pod-deletion-cost=-1',
  ],
  flags,
  run: (args, ctx) => runMark('annotation', args, ctx),
};
