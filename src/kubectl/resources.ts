// From words to objects: resource types, short names, `kind/name`, comma lists, categories.
// Models staging/src/k8s.io/cli-runtime/pkg/resource/builder.go and its messages.

import type { ResourceInfo } from '../sim/api/discovery.ts';
import type { KubeObject } from '../sim/types.ts';
import type { Context } from './context.ts';
import { type Args, flagOf, isOn, isSet, Refusal } from './flags.ts';

/** Something named on the command line: one object, or (without a name) all of a type that match. */
export interface Target {
  readonly info: ResourceInfo;
  readonly name?: string;
}

/** What a command is about. `single` decides whether `-o json` prints a List. */
export interface Selection {
  readonly targets: readonly Target[];
  readonly namespace: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** More than one type was asked for: names carry their kind. */
  readonly mixed: boolean;
}

/** The resource of a word, or kubectl's refusal. */
export function infoOf(word: string, ctx: Context): ResourceInfo {
  const info = ctx.discovery.typed(word);
  if (!info) throw new Refusal(`error: the server doesn't have a resource type "${word}"`);
  return info;
}

function typesOf(word: string, ctx: Context): readonly ResourceInfo[] {
  const seen = new Set<ResourceInfo>();
  for (const part of word.split(',')) {
    if (part === '') throw new Refusal(`error: arguments in resource/name form must have a single resource and name`);
    const members = ctx.discovery.category(part);
    for (const info of members.length ? members : [infoOf(part, ctx)]) seen.add(info);
  }
  return [...seen];
}

const MIXED_FORMS =
  "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";

function slashTargets(words: readonly string[], ctx: Context): readonly Target[] {
  if (words.some((word) => !word.includes('/'))) throw new Refusal(MIXED_FORMS);
  return words.map((word) => {
    const [type, name, ...more] = word.split('/');
    if (!type || !name || more.length)
      throw new Refusal('error: arguments in resource/name form must have a single resource and name');
    return { info: infoOf(type, ctx), name };
  });
}

/** Reads `TYPE`, `TYPE NAME…`, `TYPE1,TYPE2`, `TYPE/NAME …`; the empty list when there are no words. */
export function targetsOf(words: readonly string[], ctx: Context): readonly Target[] {
  const [first, ...names] = words;
  if (first === undefined) return [];
  if (words.some((word) => word.includes('/'))) return slashTargets(words, ctx);
  const types = typesOf(first, ctx);
  return names.length ? types.flatMap((info) => names.map((name) => ({ info, name }))) : types.map((info) => ({ info }));
}

/** The namespace a command works in: `-n`, else default; with `-A` all of them (''). */
export const namespaceOf = (args: Args): string =>
  isOn(args, 'all-namespaces') ? '' : (flagOf(args, 'namespace') ?? 'default');

/** Words and selectors of a command together, with the refusals of the builder. */
export function selectionOf(args: Args, words: readonly string[], ctx: Context): Selection {
  const targets = targetsOf(words, ctx);
  const labelSelector = flagOf(args, 'selector');
  const fieldSelector = flagOf(args, 'field-selector');
  const named = targets.some((target) => target.name !== undefined);
  if (named && (labelSelector || fieldSelector))
    throw new Refusal('error: name cannot be provided when a selector is specified');
  if (
    named &&
    isSet(args, 'all-namespaces') &&
    isOn(args, 'all-namespaces') &&
    targets.some((target) => target.info.namespaced)
  )
    throw new Refusal('error: a resource cannot be retrieved by name across all namespaces');
  return {
    targets,
    namespace: namespaceOf(args),
    ...(labelSelector ? { labelSelector } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
    mixed: new Set(targets.map((target) => target.info)).size > 1,
  };
}

const NOTHING_GIVEN = `error: You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** For verbs that change things: names, or a selector, or --all. */
export function requireChosen(args: Args, selection: Selection): void {
  if (selection.targets.length === 0) throw new Refusal(NOTHING_GIVEN);
  const open = selection.targets.some((target) => target.name === undefined);
  if (open && selection.labelSelector === undefined && selection.fieldSelector === undefined && !isOn(args, 'all'))
    throw new Refusal('error: resource(s) were provided, but no name was specified');
}

/** Each object a selection means, in its order; what the server refuses goes to `failed` (ApiError) and the rest goes on. */
export function eachObject(
  selection: Selection,
  ctx: Context,
  visit: (info: ResourceInfo, object: KubeObject) => void,
  failed: (error: unknown) => void,
): number {
  let visited = 0;
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      failed(error);
    }
  };
  for (const { info, name } of selection.targets) {
    const namespace = info.namespaced ? selection.namespace : '';
    const found: KubeObject[] = [];
    attempt(() => {
      if (name !== undefined) found.push(ctx.api.get(info.resource, namespace, name));
      else
        found.push(
          ...ctx.api.list(info.resource, {
            namespace,
            ...(selection.labelSelector ? { labelSelector: selection.labelSelector } : {}),
            ...(selection.fieldSelector ? { fieldSelector: selection.fieldSelector } : {}),
          }),
        );
    });
    for (const object of found) {
      visited++;
      attempt(() => visit(info, object));
    }
  }
  return visited;
}

/** The path of a resource, one object of it, or a subresource of that, as the API server has them. */
export function pathOf(info: ResourceInfo, namespace: string, name?: string, subresource?: string): string {
  const root = info.group ? `/apis/${info.groupVersion}` : `/api/${info.version}`;
  const scope = info.namespaced && namespace ? `/namespaces/${namespace}` : '';
  return `${root}${scope}/${info.resource}${name === undefined ? '' : `/${name}`}${subresource ? `/${subresource}` : ''}`;
}
