// kubectl delete: asks for deletion, says so, and waits until the objects are gone.
// Models kubectl/pkg/cmd/delete/delete.go and cmd/wait (VER-4, K-07, K-18, POD-18).

import type { PropagationPolicy } from '../../sim/api/client.ts';
import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { isReason } from '../../sim/api/status.ts';
import type { Json } from '../../sim/types.ts';
import { ALL, ALL_NAMESPACES, boolFlag, DRY_RUN, FIELD_SELECTOR, FILENAME, OUTPUT, SELECTOR, TIMEOUT } from '../common.ts';
import { type Context, kindName, type Outcome, objectName, type Verb } from '../context.ts';
import { dryRunOf } from '../deed.ts';
import { report, withSource } from '../errors.ts';
import { type Args, durationMs, flagOf, intOf, isOn, isSet, Refusal } from '../flags.ts';
import { manifestsOf } from '../manifest.ts';
import { eachObject, requireChosen, type Selection, selectionOf } from '../resources.ts';

const FORCED =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n';

const CASCADES: Readonly<Record<string, PropagationPolicy>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
};

interface Doomed {
  readonly resource: string;
  readonly shown: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

interface DeleteState {
  readonly doomed: readonly Doomed[];
  readonly untilMs: number | null;
  readonly code: number;
}

interface Plan {
  readonly grace: number | undefined;
  readonly policy: PropagationPolicy;
  readonly forced: boolean;
  readonly suffix: string;
  readonly isDry: boolean;
  readonly byName: boolean;
}

function planOf(args: Args): Plan {
  const cascade = flagOf(args, 'cascade') ?? 'background';
  const policy = CASCADES[cascade];
  if (!policy) throw new Refusal(`error: invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
  const force = isOn(args, 'force');
  let grace = isOn(args, 'now') ? 1 : intOf(args, 'grace-period');
  if (isOn(args, 'now') && isSet(args, 'grace-period'))
    throw new Refusal('error: --now and --grace-period cannot be specified together');
  if (force && grace !== undefined && grace > 0)
    throw new Refusal('error: --force and --grace-period greater than 0 cannot be specified together');
  if (force && grace === undefined) grace = 0;
  if (grace === 0 && !force) grace = 1;
  if (grace !== undefined && grace < 0) grace = undefined;
  const dry = dryRunOf(args);
  return { grace, policy, forced: grace === 0, suffix: dry.suffix, isDry: dry.suffix !== '', byName: outputName(args) };
}

function outputName(args: Args): boolean {
  const output = flagOf(args, 'output');
  if (output !== undefined && output !== 'name')
    throw new Refusal(`error: unexpected -o output mode: ${output}. We only support '-o name'`);
  return output === 'name';
}

function deleteOne(plan: Plan, info: ResourceInfo, namespace: string, name: string, ctx: Context): Doomed | null {
  if (!plan.isDry) {
    const options = { propagationPolicy: plan.policy, ...(plan.grace === undefined ? {} : { gracePeriodSeconds: plan.grace }) };
    const { uid } = ctx.api.get(info.resource, namespace, name).metadata;
    ctx.api.delete(info.resource, namespace, name, options, 'input');
    say(plan, info, namespace, name, ctx);
    return { resource: info.resource, shown: objectName(info, name), namespace, name, uid };
  }
  ctx.api.get(info.resource, namespace, name);
  say(plan, info, namespace, name, ctx);
  return null;
}

function say(plan: Plan, info: ResourceInfo, namespace: string, name: string, ctx: Context): void {
  if (plan.byName) ctx.out(`${objectName(info, name)}\n`);
  else
    ctx.out(
      `${kindName(info)} "${name}" ${plan.forced ? 'force deleted' : 'deleted'}${namespace ? ` from ${namespace} namespace` : ''}${plan.suffix}\n`,
    );
}

function run(args: Args, ctx: Context): Outcome {
  const plan = planOf(args);
  const errors: unknown[] = [];
  const doomed: Doomed[] = [];
  const ignoreMissing = isOn(args, 'ignore-not-found') || isOn(args, 'all') || isSet(args, 'selector');
  const failed = (error: unknown) => {
    if (!(ignoreMissing && isReason(error, 'NotFound'))) errors.push(error);
  };
  let found = 0;
  const remove = (info: ResourceInfo, namespace: string, name: string, file = '') => {
    found++;
    try {
      const one = deleteOne(plan, info, namespace, name, ctx);
      if (one) doomed.push(one);
    } catch (error) {
      failed(file ? withSource(error, 'deleting', file) : error);
    }
  };
  if (isSet(args, 'filename')) {
    if (plan.forced) ctx.err(FORCED);
    for (const { info, namespace, name, file } of manifestsOf(args, ctx, (error) => errors.push(error)))
      remove(info, namespace, name, file);
  } else {
    const selection = chosen(args, ctx);
    if (plan.forced) ctx.err(FORCED);
    eachObject(selection, ctx, (info, object) => remove(info, object.metadata.namespace ?? '', object.metadata.name), failed);
  }
  if (found === 0 && errors.length === 0 && !isSet(args, 'filename') && !isOn(args, 'ignore-not-found'))
    ctx.out('No resources found\n');
  const code = report(errors, ctx);
  const waits = isSet(args, 'wait') ? isOn(args, 'wait') : true;
  if (!waits || plan.isDry || plan.grace === 0) return code;
  const timeout = durationMs(flagOf(args, 'timeout') ?? '0s');
  return waitFor({ doomed, untilMs: timeout > 0 ? ctx.nowMs + timeout : null, code }, ctx);
}

function chosen(args: Args, ctx: Context): Selection {
  const selection = selectionOf(args, args.words, ctx);
  if (isOn(args, 'all') && selection.labelSelector)
    throw new Refusal('error: cannot set --all and --selector at the same time');
  if (isOn(args, 'all') && selection.targets.some((target) => target.name !== undefined))
    throw new Refusal('error: name cannot be provided when --all is specified');
  requireChosen(args, selection);
  return selection;
}

/** Ends when none of the objects is there any more; another of the same name has another uid. */
function waitFor(state: DeleteState, ctx: Context): Outcome {
  const left = state.doomed.filter(({ resource, namespace, name, uid }) => {
    try {
      return ctx.api.get(resource, namespace, name).metadata.uid === uid;
    } catch (error) {
      if (isReason(error, 'NotFound')) return false;
      throw error;
    }
  });
  if (left.length === 0) return state.code;
  if (state.untilMs !== null && ctx.nowMs >= state.untilMs) {
    for (const { shown } of left)
      ctx.err(
        `error: timed out waiting for the condition on ${shown.replace(/^([^/]+)\//, (_, kind: string) => `${plural(kind)}/`)}\n`,
      );
    return 1;
  }
  return {
    state: { ...state, doomed: left } as unknown as Json,
    watch: [...new Set(left.map((one) => one.resource))],
    ...(state.untilMs === null ? {} : { atMs: state.untilMs }),
  };
}

const plural = (kind: string) => kind.replace(/^([a-z]+)/, '$1s');

export const remove: Verb = {
  use: '([-f FILENAME] | TYPE [(NAME | -l label | --all)])',
  short: 'Delete resources by file names, resources and names, or by resources and label selector',
  examples: [
    'kubectl delete pod web-0',
    'kubectl delete deploy web --cascade=orphan',
    'kubectl delete pod db-0 --force --grace-period=0',
    'kubectl delete -f web.yaml',
  ],
  flags: {
    ...FILENAME,
    ...SELECTOR,
    ...FIELD_SELECTOR,
    ...ALL,
    ...ALL_NAMESPACES,
    ...OUTPUT,
    ...DRY_RUN,
    ...TIMEOUT('How long to wait until it is gone; 0 means as long as its grace period takes'),
    cascade: { type: 'string', bare: 'background', help: 'background, foreground or orphan: what becomes of what it owns' },
    force: boolFlag('Remove it from the API at once, without waiting for its node'),
    'grace-period': { type: 'int', help: 'Seconds it is given to end' },
    now: boolFlag('Give it one second to end'),
    'ignore-not-found': boolFlag('An object that does not exist counts as deleted'),
    wait: boolFlag('Wait until it is gone (default true)'),
  },
  run,
  resume: (state, ctx) => waitFor(state as unknown as DeleteState, ctx),
};
