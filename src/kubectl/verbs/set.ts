// kubectl set image. Models kubectl/pkg/cmd/set/set_image.go.

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { typeOf } from '../../sim/api/schema.ts';
import type { Container, KubeObject, PodSpec } from '../../sim/types.ts';
import { chosenObjects } from '../chosen.ts';
import { ALL, boolFlag, FILENAME, SELECTOR } from '../common.ts';
import { type Context, type Outcome, objectName, type Verb } from '../context.ts';
import { report } from '../errors.ts';
import { type Args, isOn, isSet, Refusal } from '../flags.ts';
import { eachObject, requireChosen } from '../resources.ts';
import { sendPatch } from '../send.ts';

/** Wraps a change of the Pod spec in the fields that lead to it. */
export function atPodSpec(kind: string, change: unknown): unknown {
  if (kind === 'Pod') return { spec: change };
  if (kind === 'CronJob') return { spec: { jobTemplate: { spec: { template: { spec: change } } } } };
  return { spec: { template: { spec: change } } };
}

/** The Pod spec of an object or of its template. */
export function podSpecOf(object: KubeObject): PodSpec | undefined {
  if (object.kind === 'Pod') return object.spec;
  if (object.kind === 'CronJob') return object.spec?.jobTemplate?.spec?.template?.spec;
  return object.spec?.template?.spec;
}

function setImages(images: ReadonlyMap<string, string>, info: ResourceInfo, object: KubeObject, ctx: Context): void {
  const spec = podSpecOf(object);
  if (!spec) throw new Refusal(`error: ${info.resource}/${object.metadata.name} does not have a pod template`);
  const changeOf = (containers: readonly Container[] = []) =>
    containers.flatMap(({ name, image }) => {
      const wanted = images.get(name) ?? images.get('*');
      return wanted === undefined || wanted === image ? [] : [{ name, image: wanted }];
    });
  const known = new Set([...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.name));
  for (const name of images.keys())
    if (name !== '*' && !known.has(name)) throw new Refusal(`error: unable to find container named "${name}"`);
  const [containers, initContainers] = [changeOf(spec.containers), changeOf(spec.initContainers)];
  if (containers.length + initContainers.length === 0) return;
  const change = { ...(containers.length ? { containers } : {}), ...(initContainers.length ? { initContainers } : {}) };
  const { name, namespace = '' } = object.metadata;
  sendPatch(
    ctx,
    info,
    namespace,
    name,
    typeOf(info.groupVersion, info.kind) ? 'strategic' : 'merge',
    atPodSpec(object.kind, change),
  );
  ctx.out(`${objectName(info, name)} image updated\n`);
}

function run(args: Args, ctx: Context): Outcome {
  const first = args.words.findIndex((word) => word.includes('='));
  const resources = first < 0 ? args.words : args.words.slice(0, first);
  const pairs = first < 0 ? [] : args.words.slice(first);
  const wrong = pairs.find((pair) => !pair.includes('='));
  if (wrong !== undefined) throw new Refusal(`error: all resources must be specified before image changes: ${wrong}`);
  if (resources.length === 0 && !isSet(args, 'filename'))
    throw new Refusal('error: one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (pairs.length === 0) throw new Refusal('error: at least one image update is required');
  const images = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const));
  const errors: unknown[] = [];
  const selection = chosenObjects(args, ctx, (error) => errors.push(error), resources);
  if (!isOn(args, 'all') && !isSet(args, 'filename')) requireChosen(args, selection);
  eachObject(
    selection,
    ctx,
    (info, object) => setImages(images, info, object, ctx),
    (error) => errors.push(error),
  );
  return report(errors, ctx);
}

export const setImage: Verb = {
  use: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  examples: ['kubectl set image deploy/web web=web:2', "kubectl set image sts/db '*=store:2'"],
  flags: { ...FILENAME, ...SELECTOR, ...ALL, local: boolFlag('Accepted and not used') },
  run,
};
