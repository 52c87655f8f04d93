// kubectl rollout history and undo, for Deployments (through ReplicaSets) and StatefulSets (through ControllerRevisions).
// Models kubectl/pkg/polymorphichelpers/history.go and rollback.go.

import { isSame } from '../../base/json.ts';
import type { ResourceInfo } from '../../sim/api/discovery.ts';
import type { KubeObject, PodTemplate } from '../../sim/types.ts';
import { chosenObjects } from '../chosen.ts';
import { DRY_RUN, FILENAME, SELECTOR } from '../common.ts';
import { type Context, type Outcome, objectName, type Verb } from '../context.ts';
import { dryRunOf } from '../deed.ts';
import { templateBlock } from '../describe/template.ts';
import { report } from '../errors.ts';
import { type Args, intOf, isSet, Refusal } from '../flags.ts';
import { eachObject, requireChosen } from '../resources.ts';
import { sendPatch } from '../send.ts';
import { alignTabs, DESCRIBE_STYLE } from '../tabs.ts';
import { LAST_APPLIED } from './apply.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const CAUSE = 'kubernetes.io/change-cause';

/** The file that was applied last still names the version that is left; rule DEP-12. */
const NOT_IN_FILE = (what: string) =>
  `Warning: resource ${what} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`;

/** One revision that can be returned to. */
interface Revision {
  readonly number: number;
  readonly cause: string;
  readonly template: PodTemplate;
  /** The object behind it. */
  readonly object: KubeObject;
}

function deploymentRevisions(deployment: KubeObject, ctx: Context): readonly Revision[] {
  const owned = ctx.api
    .list('replicasets', { namespace: deployment.metadata.namespace ?? '' })
    .filter((set) => set.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === deployment.metadata.uid));
  return owned.map((set) => ({
    number: Number(set.metadata.annotations?.[REVISION] ?? 0),
    cause: set.metadata.annotations?.[CAUSE] ?? '',
    template: set.spec.template,
    object: set,
  }));
}

function controllerRevisions(owner: KubeObject, ctx: Context): readonly Revision[] {
  return ctx.api
    .list('controllerrevisions', { namespace: owner.metadata.namespace ?? '' })
    .filter((one) =>
      one.metadata.ownerReferences?.some((reference) => reference.controller && reference.uid === owner.metadata.uid),
    )
    .map((one) => ({
      number: Number(one['revision'] ?? 0),
      cause: one.metadata.annotations?.[CAUSE] ?? '',
      template: one['data']?.spec?.template ?? { spec: { containers: [] } },
      object: one,
    }));
}

/** Kinds that a rollout command might have known, and has nothing for (kubectl/pkg/apps GroupKindElement). */
const VISITED = new Set(['replicasets', 'replicationcontrollers', 'jobs', 'cronjobs', 'pods']);

/** What is said of a kind that has no history, to who asks for it or wants to go back in it. */
function withoutHistory(info: ResourceInfo, what: Wanted): Refusal {
  const kind = JSON.stringify(info.group ? `${info.kind}.${info.group}` : info.kind);
  const [none, all] = what === 'history' ? ['history viewer', 'history'] : ['rollbacker', 'rollbacker'];
  return new Refusal(
    VISITED.has(info.resource)
      ? `error: no ${none} has been implemented for ${kind}`
      : `error: error retrieving ${all} for ${kind}, no visitor method exists for {${info.group} ${info.kind}}`,
  );
}

type Wanted = 'history' | 'rollbacker';

function revisionsOf(info: ResourceInfo, object: KubeObject, ctx: Context, what: Wanted): readonly Revision[] {
  const found =
    info.resource === 'deployments'
      ? deploymentRevisions(object, ctx)
      : info.resource === 'statefulsets' || info.resource === 'daemonsets'
        ? controllerRevisions(object, ctx)
        : null;
  if (!found) throw withoutHistory(info, what);
  return [...found].sort((a, b) => a.number - b.number);
}

function printHistory(args: Args, info: ResourceInfo, object: KubeObject, ctx: Context): void {
  const wanted = intOf(args, 'revision') ?? 0;
  if (wanted < 0) throw new Refusal(`error: revision must be a positive integer: ${wanted}`);
  const revisions = revisionsOf(info, object, ctx, 'history');
  const name = objectName(info, object.metadata.name);
  if (wanted > 0) {
    const one = revisions.find((revision) => revision.number === wanted);
    if (!one) throw new Refusal(`error: unable to find the specified revision`);
    ctx.out(`${name} with revision #${wanted}\n${templateBlock(strip(one.template)).join('\n')}\n\n`);
    return;
  }
  const rows = revisions.map(({ number, cause }) => `${number}\t${cause || '<none>'}`);
  ctx.out(
    `${name} \n${rows.length ? alignTabs(['REVISION\tCHANGE-CAUSE', ...rows].join('\n'), DESCRIBE_STYLE) : 'No rollout history found.'}\n\n`,
  );
}

/** A template without what the controller added to it. */
function plainTemplate(template: PodTemplate): PodTemplate {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** The revision to go back to: the one named, else the last but one. */
function targetRevision(revisions: readonly Revision[], wanted: number, info: ResourceInfo, name: string): Revision {
  if (wanted > 0) {
    const one = revisions.find((revision) => revision.number === wanted);
    if (!one) throw new Refusal(`error: unable to find specified revision ${wanted} in history`);
    return one;
  }
  const previous = revisions.at(-2);
  if (!previous)
    throw new Refusal(
      info.resource === 'deployments'
        ? `error: no rollout history found for deployment "${name}"`
        : 'error: no last revision to roll back to',
    );
  return previous;
}

function undoOne(args: Args, info: ResourceInfo, object: KubeObject, ctx: Context): void {
  const { name, namespace = '' } = object.metadata;
  const dry = dryRunOf(args);
  const query = { ...dry.query, fieldManager: 'kubectl-rollout' };
  const isDeployment = info.resource === 'deployments';
  if (object.metadata.annotations?.[LAST_APPLIED] !== undefined) ctx.err(NOT_IN_FILE(`${info.resource}/${name}`));
  const wanted = intOf(args, 'to-revision') ?? 0;
  const revision = targetRevision(revisionsOf(info, object, ctx, 'rollbacker'), wanted, info, name);
  if (dry.client) {
    const head = isDeployment ? '' : 'will roll back to ';
    ctx.out(`${objectName(info, name)} ${head}${templateBlock(strip(revision.template)).join('\n')}\n${dry.suffix}\n`);
    return;
  }
  if (isDeployment && object.spec.paused)
    throw new Refusal(
      "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  const template = plainTemplate(revision.template);
  const there = plainTemplate(object.spec.template);
  if (isSame(strip(template), strip(there))) {
    ctx.out(`${objectName(info, name)} skipped rollback (current template already matches revision ${wanted})${dry.suffix}\n`);
    return;
  }
  if (isDeployment)
    sendPatch(
      ctx,
      info,
      namespace,
      name,
      'json',
      [
        { op: 'replace', path: '/spec/template', value: template },
        { op: 'add', path: '/metadata/annotations', value: annotationsAt(object, revision) },
      ],
      { query },
    );
  else sendPatch(ctx, info, namespace, name, 'strategic', revision.object['data'], { query });
  ctx.out(`${objectName(info, name)} rolled back${dry.suffix}\n`);
}

/** What a template says, without the marks of strategic patches. */
const strip = ({ $patch: _, ...template }: PodTemplate & { readonly $patch?: string }) => template;

/** Annotations that belong to the controller or to apply, and stay as they are (deploymentutil annotationsToSkip). */
const KEPT = new Set([
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
]);

/** The annotations of the Deployment as they were at a revision: its own of KEPT, everything else from the ReplicaSet. */
function annotationsAt(deployment: KubeObject, { object }: Revision): Readonly<Record<string, string>> {
  const of = (annotations: Readonly<Record<string, string>> | undefined, kept: boolean) =>
    Object.entries(annotations ?? {}).filter(([key]) => KEPT.has(key) === kept);
  return Object.fromEntries([...of(deployment.metadata.annotations, true), ...of(object.metadata.annotations, false)]);
}

function runOver(args: Args, ctx: Context, visit: (info: ResourceInfo, object: KubeObject) => void): Outcome {
  const errors: unknown[] = [];
  const selection = chosenObjects(args, ctx, (error) => errors.push(error));
  if (!isSet(args, 'filename') && selection.targets.length === 0) throw new Refusal('error: required resource not specified');
  if (!isSet(args, 'filename')) requireChosen({ ...args, flags: { ...args.flags, all: ['true'] } }, selection);
  eachObject(selection, ctx, visit, (error) => errors.push(error));
  return report(errors, ctx);
}

export const rolloutHistory: Verb = {
  use: '(TYPE NAME | TYPE/NAME)',
  short: 'View rollout history',
  examples: ['kubectl rollout history deploy/web', 'kubectl rollout history sts/db --revision=2'],
  flags: { ...FILENAME, ...SELECTOR, revision: { type: 'int', help: 'Print this revision in detail' } },
  run: (args, ctx) => runOver(args, ctx, (info, object) => printHistory(args, info, object, ctx)),
};

export const rolloutUndo: Verb = {
  use: '(TYPE NAME | TYPE/NAME)',
  short: 'Undo a previous rollout',
  examples: ['kubectl rollout undo deploy/web', 'kubectl rollout undo deploy/web --to-revision=1'],
  flags: {
    ...FILENAME,
    ...SELECTOR,
    ...DRY_RUN,
    'to-revision': { type: 'int', help: 'The revision to go back to; 0 means the last one' },
  },
  run: (args, ctx) => runOver(args, ctx, (info, object) => undoOne(args, info, object, ctx)),
};
