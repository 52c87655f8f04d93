// kubectl rollout status, restart, pause, resume. Models kubectl/pkg/cmd/rollout/*.go and kubectl/pkg/polymorphichelpers/rollout_status.go.

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { isReason } from '../../sim/api/status.ts';
import type { Deployment, Json, KubeObject } from '../../sim/types.ts';
import { chosenObjects } from '../chosen.ts';
import { boolFlag, FILENAME, SELECTOR, TIMEOUT } from '../common.ts';
import { type Context, clockOf, type Outcome, objectName, type Verb } from '../context.ts';
import { report } from '../errors.ts';
import { type Args, durationMs, flagOf, intOf, isOn, isSet, Refusal } from '../flags.ts';
import { eachObject, requireChosen, selectionOf } from '../resources.ts';
import { sendPatch } from '../send.ts';

interface Progress {
  readonly text: string;
  readonly isDone: boolean;
}

function deploymentProgress(deployment: Deployment, revision: number): Progress {
  const { name, generation = 0, annotations } = deployment.metadata;
  const running = annotations?.['deployment.kubernetes.io/revision'] ?? '0';
  if (revision > 0 && String(revision) !== running)
    throw new Refusal(`error: desired revision (${revision}) is different from the running revision (${running})`);
  const { status = {}, spec } = deployment;
  const waiting = (text: string): Progress => ({
    text: `Waiting for deployment "${name}" rollout to finish: ${text}...\n`,
    isDone: false,
  });
  if (generation > (status.observedGeneration ?? 0))
    return { text: 'Waiting for deployment spec update to be observed...\n', isDone: false };
  const progressing = status.conditions?.find((condition) => condition.type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    throw new Refusal(`error: deployment "${name}" exceeded its progress deadline`);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  if (updatedReplicas < spec.replicas)
    return waiting(`${updatedReplicas} out of ${spec.replicas} new replicas have been updated`);
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas are pending termination`);
  if (availableReplicas < updatedReplicas)
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`);
  return { text: `deployment "${name}" successfully rolled out\n`, isDone: true };
}

function statefulSetProgress(set: KubeObject): Progress {
  const { spec, status = {} } = set;
  if (spec.updateStrategy?.type !== 'RollingUpdate')
    throw new Refusal('error: rollout status is only available for RollingUpdate strategy type');
  const wait = (text: string): Progress => ({ text: `${text}...\n`, isDone: false });
  if (!status.observedGeneration || (set.metadata.generation ?? 0) > status.observedGeneration)
    return wait('Waiting for statefulset spec update to be observed');
  const { readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0, updateRevision, currentRevision } = status;
  if (readyReplicas < spec.replicas) return wait(`Waiting for ${spec.replicas - readyReplicas} pods to be ready`);
  const rolling = spec.updateStrategy.rollingUpdate;
  if (rolling) {
    const wanted = spec.replicas - (rolling.partition ?? 0);
    if (updatedReplicas < wanted)
      return wait(`Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated`);
    return { text: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...\n`, isDone: true };
  }
  if (updateRevision !== currentRevision)
    return wait(`waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}`);
  return {
    text: `statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...\n`,
    isDone: true,
  };
}

function progressOf(info: ResourceInfo, object: KubeObject, revision: number): Progress {
  if (info.resource === 'deployments') return deploymentProgress(object as Deployment, revision);
  if (info.resource === 'statefulsets') return statefulSetProgress(object);
  throw new Refusal(
    `error: no status viewer has been implemented for ${info.group ? `${info.kind}.${info.group}` : info.kind}`,
  );
}

interface StatusState {
  readonly targets: readonly {
    readonly resource: string;
    readonly namespace: string;
    readonly name: string;
    readonly seen: string;
  }[];
  readonly untilMs: number | null;
  readonly once: boolean;
  /** The one that has to be running; 0 is any. */
  readonly revision: number;
}

function runStatus(args: Args, ctx: Context): Outcome {
  const errors: unknown[] = [];
  const selection = chosenObjects(args, ctx, (error) => errors.push(error));
  if (selection.targets.length === 0 && !isSet(args, 'filename')) throw new Refusal('error: required resource not specified');
  const targets: StatusState['targets'][number][] = [];
  eachObject(
    selection,
    ctx,
    (info, object) =>
      targets.push({
        resource: info.resource,
        namespace: object.metadata.namespace ?? '',
        name: object.metadata.name,
        seen: '',
      }),
    (error) => errors.push(error),
  );
  if (errors.length) return report(errors, ctx);
  const timeout = durationMs(flagOf(args, 'timeout') ?? '0s');
  const once = isSet(args, 'watch') && !isOn(args, 'watch');
  return statusOf(
    { targets, untilMs: timeout > 0 ? ctx.nowMs + timeout : null, once, revision: intOf(args, 'revision') ?? 0 },
    ctx,
  );
}

/** Prints a line for each change of the first target until it is done, then goes to the next. */
function statusOf(state: StatusState, ctx: Context): Outcome {
  const targets = [...state.targets];
  for (let first = targets[0]; first; first = targets[0]) {
    const info = ctx.discovery.named(first.resource) as ResourceInfo;
    let object: KubeObject;
    try {
      object = ctx.api.get(first.resource, first.namespace, first.name);
    } catch (error) {
      if (first.seen && isReason(error, 'NotFound')) throw new Refusal('error: object has been deleted');
      throw error;
    }
    const version = object.metadata.resourceVersion;
    const progress = progressOf(info, object, state.revision);
    if (version !== first.seen) ctx.out(progress.text);
    if (!progress.isDone && !state.once) {
      targets[0] = { ...first, seen: version };
      break;
    }
    targets.shift();
  }
  if (targets.length === 0) return 0;
  if (state.untilMs !== null && ctx.nowMs >= state.untilMs) throw new Refusal('error: timed out waiting for the condition');
  return {
    state: { ...state, targets } as unknown as Json,
    watch: [targets[0]?.resource as string],
    ...(state.untilMs === null ? {} : { atMs: state.untilMs }),
  };
}

export const rolloutStatus: Verb = {
  use: '(TYPE NAME | TYPE/NAME)',
  short: 'Show the status of the rollout',
  examples: ['kubectl rollout status deploy/web', 'kubectl rollout status sts/db --timeout=30s'],
  flags: {
    ...FILENAME,
    ...SELECTOR,
    ...TIMEOUT('How long to wait before giving up'),
    watch: boolFlag('Wait until it is done (default true)', 'w'),
    revision: { type: 'int', help: 'The revision that has to be running' },
  },
  run: runStatus,
  resume: (state, ctx) => statusOf(state as unknown as StatusState, ctx),
};

// ---- restart, pause, resume -------------------------------------------------------------------------------------------------------

const ROLLING = new Set(['deployments', 'statefulsets', 'daemonsets']);

type Change = (info: ResourceInfo, object: KubeObject, ctx: Context) => unknown;

function runChange(args: Args, ctx: Context, word: string, planned: Change): Outcome {
  const errors: unknown[] = [];
  const selection = isSet(args, 'filename')
    ? chosenObjects(args, ctx, (error) => errors.push(error))
    : selectionOf(args, args.words, ctx);
  if (selection.targets.length === 0 && !isSet(args, 'filename')) throw new Refusal('error: required resource not specified');
  if (!isSet(args, 'filename')) requireChosen(args, selection);
  const visit = (info: ResourceInfo, object: KubeObject) => {
    const { name, namespace = '' } = object.metadata;
    sendPatch(ctx, info, namespace, name, 'strategic', planned(info, object, ctx), {
      query: { fieldManager: 'kubectl-rollout' },
    });
    ctx.out(`${objectName(info, name)} ${word}\n`);
  };
  eachObject(selection, ctx, visit, (error) => errors.push(error));
  return report(errors, ctx);
}

const shown = (info: ResourceInfo, object: KubeObject) =>
  `${info.resource}${info.group ? `.${info.group}` : ''} "${object.metadata.name}"`;

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

const restartPatch: Change = (info, object, ctx) => {
  if (!ROLLING.has(info.resource)) throw new Refusal(`error: ${shown(info, object)} restarting is not supported`);
  if (object.spec.paused)
    throw new Refusal(`error: ${shown(info, object)} can't restart paused deployment (run rollout resume first)`);
  const now = clockOf(ctx);
  if (object.spec.template?.metadata?.annotations?.[RESTARTED_AT] === now)
    throw new Refusal(
      `error: failed to create patch for ${object.metadata.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
    );
  return { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: now } } } } };
};

const pausePatch =
  (paused: boolean): Change =>
  (info, object) => {
    if (info.resource !== 'deployments')
      throw new Refusal(`error: ${shown(info, object)} ${paused ? 'pausing' : 'resuming'} is not supported`);
    if ((object.spec.paused === true) === paused)
      throw new Refusal(`error: ${shown(info, object)} is ${paused ? 'already' : 'not'} paused`);
    return { spec: { paused: paused || null } };
  };

const changer = (word: string, short: string, example: string, planned: Change): Verb => ({
  use: '(TYPE NAME | TYPE/NAME)',
  short,
  examples: [example],
  flags: { ...FILENAME, ...SELECTOR },
  run: (args, ctx) => runChange(args, ctx, word, planned),
});

export const rolloutRestart = changer('restarted', 'Restart a resource', 'kubectl rollout restart deploy/web', restartPatch);
export const rolloutPause = changer(
  'paused',
  'Mark the provided resource as paused',
  'kubectl rollout pause deploy/web',
  pausePatch(true),
);
export const rolloutResume = changer(
  'resumed',
  'Resume a paused resource',
  'kubectl rollout resume deploy/web',
  pausePatch(false),
);
