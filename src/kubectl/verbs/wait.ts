// kubectl wait. Models kubectl/pkg/cmd/wait/wait.go, condition.go, delete.go, json.go.

import type { ResourceInfo } from '../../sim/api/discovery.ts';
import { isReason, notFound } from '../../sim/api/status.ts';
import type { Json, KubeObject } from '../../sim/types.ts';
import { chosenObjects } from '../chosen.ts';
import { ALL, ALL_NAMESPACES, FIELD_SELECTOR, FILENAME, SELECTOR, TIMEOUT, textFlag } from '../common.ts';
import { type Context, type Outcome, objectName, type Verb } from '../context.ts';
import { report } from '../errors.ts';
import { type Args, durationMs, flagOf, isSet, Refusal } from '../flags.ts';
import { findAll, JsonPathError, parsePath, printed } from '../jsonpath.ts';
import { eachObject, requireChosen } from '../resources.ts';

type Condition =
  | { readonly kind: 'delete' }
  | { readonly kind: 'create' }
  | { readonly kind: 'condition'; readonly type: string; readonly status: string }
  | { readonly kind: 'path'; readonly path: string; readonly value: string | null };

interface Waited {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

interface WaitState {
  readonly condition: Condition;
  readonly waited: readonly Waited[];
  readonly untilMs: number;
}

function conditionOf(text: string | undefined): Condition {
  if (text === undefined) throw new Refusal('error: one of --for must be specified');
  const lower = text.toLowerCase();
  if (lower === 'delete') return { kind: 'delete' };
  if (lower === 'create') return { kind: 'create' };
  if (lower.startsWith('condition=')) {
    const [type = '', status = 'true'] = text.slice('condition='.length).split('=');
    return { kind: 'condition', type, status };
  }
  const m = /^jsonpath=\{?([^}]*)\}?(?:=(.*))?$/.exec(text);
  if (!m) throw new Refusal(`error: unrecognized condition: "${text}"`);
  try {
    parsePath(m[1] as string);
  } catch (error) {
    if (error instanceof JsonPathError) throw new Refusal(`error: ${error.message}`);
    throw error;
  }
  return { kind: 'path', path: m[1] as string, value: m[2]?.replace(/^'|'$/g, '') ?? null };
}

function isMet(condition: Condition, object: KubeObject | null, uid: string): boolean {
  if (condition.kind === 'delete') return object === null || object.metadata.uid !== uid;
  if (object === null) return false;
  if (condition.kind === 'create') return true;
  if (condition.kind === 'condition') {
    const conditions: { type: string; status: string; observedGeneration?: number }[] = object.status?.conditions ?? [];
    const found = conditions.find((one) => one.type.toLowerCase() === condition.type.toLowerCase());
    if (
      !found ||
      (object.metadata.generation ?? 0) >
        (found.observedGeneration ?? object.status?.observedGeneration ?? Number.POSITIVE_INFINITY)
    )
      return false;
    return found.status.toLowerCase() === condition.status.toLowerCase();
  }
  const values = findAll(parsePath(condition.path), object);
  return condition.value === null ? values.length > 0 : values.length === 1 && printed(values[0]) === condition.value;
}

function lookUp(one: Waited, ctx: Context): KubeObject | null {
  try {
    return ctx.api.get(one.resource, one.namespace, one.name);
  } catch (error) {
    if (isReason(error, 'NotFound')) return null;
    throw error;
  }
}

function goOn(state: WaitState, ctx: Context): Outcome {
  const waited = state.waited.filter((one) => {
    const info = ctx.discovery.named(one.resource) as ResourceInfo;
    const object = lookUp(one, ctx);
    if (isMet(state.condition, object, one.uid)) {
      ctx.out(`${objectName(info, one.name)} condition met\n`);
      return false;
    }
    if (object === null && state.condition.kind !== 'create') throw notFound(info, one.name);
    return true;
  });
  if (waited.length === 0) return 0;
  if (ctx.nowMs >= state.untilMs) {
    const late = waited.map(
      (one) =>
        new Refusal(
          `error: timed out waiting for the condition on ${pluralName(ctx.discovery.named(one.resource) as ResourceInfo)}/${one.name}`,
        ),
    );
    return report(late, ctx);
  }
  return {
    state: { ...state, waited } as unknown as Json,
    watch: [...new Set(waited.map((one) => one.resource))],
    atMs: state.untilMs,
  };
}

const pluralName = (info: ResourceInfo) => (info.group ? `${info.resource}.${info.group}` : info.resource);

function run(args: Args, ctx: Context): Outcome {
  const condition = conditionOf(flagOf(args, 'for'));
  const errors: unknown[] = [];
  const selection = chosenObjects(args, ctx, (error) => errors.push(error));
  if (!isSet(args, 'filename')) requireChosen(args, selection);
  const waited: Waited[] = [];
  if (condition.kind === 'create')
    for (const { info, name } of selection.targets)
      if (name) waited.push({ resource: info.resource, namespace: info.namespaced ? selection.namespace : '', name, uid: '' });
  if (condition.kind !== 'create')
    eachObject(
      selection,
      ctx,
      (info, { metadata }) =>
        waited.push({ resource: info.resource, namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid }),
      (error) => {
        if (!(condition.kind === 'delete' && isReason(error, 'NotFound'))) errors.push(error);
      },
    );
  if (errors.length) return report(errors, ctx);
  if (waited.length === 0) {
    if (condition.kind === 'delete') return 0;
    throw new Refusal('error: no matching resources found');
  }
  const timeout = durationMs(flagOf(args, 'timeout') ?? '30s');
  const week = 7 * 24 * 3_600_000;
  return goOn({ condition, waited, untilMs: ctx.nowMs + (timeout < 0 ? week : timeout) }, ctx);
}

export const wait: Verb = {
  use: '([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) --for=...',
  short: 'Wait for a specific condition on one or many resources',
  examples: [
    'kubectl wait --for=condition=Ready pod/web-0 --timeout=60s',
    'kubectl wait --for=delete pod/web-0',
    "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web-0",
  ],
  flags: {
    ...FILENAME,
    ...SELECTOR,
    ...FIELD_SELECTOR,
    ...ALL,
    ...ALL_NAMESPACES,
    ...TIMEOUT('How long to wait before giving up (default 30s)'),
    for: textFlag("condition=<type>[=<status>], delete, create, or jsonpath='{…}'=<value>"),
  },
  run,
  resume: (state, ctx) => goOn(state as unknown as WaitState, ctx),
};
