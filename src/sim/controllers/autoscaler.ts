// Writes the replicas field of a workload by its load.
// Models pkg/controller/podautoscaler/{horizontal,replica_calculator}.go with default behaviour (v1.36), rules HPA-01 … HPA-03 (our numbers).
// Differs: only Resource metrics of CPU, metered by the simulator over 15 s; spec.behavior is not read; Pods that are not Ready count as
// idle when they would otherwise raise the number, and not at all when they would lower it.

import { isSame } from '../../base/json.ts';
import type { Actor, SyncContext } from '../actor.ts';
import { quantityOf } from '../api/quantity.ts';
import { matchesSelector } from '../api/selectors.ts';
import { cpuUsageOf } from '../programs/usage.ts';
import type { Condition, KubeObject, Pod } from '../types.ts';
import { itself, splitKey } from './keys.ts';
import { isActive, isReady } from './pods.ts';

const PERIOD_MS = 15_000;
const STABLE_MS = 300_000;
const TOLERANCE = 0.1;
const RESOURCES: Readonly<Record<string, string>> = {
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  StatefulSet: 'statefulsets',
};

export interface Load {
  /** Thousandths of a core, of each Ready Pod. */
  readonly used: readonly number[];
  /** The same Pods' requests. */
  readonly requested: readonly number[];
  /** Pods that are not Ready yet. */
  readonly unready: number;
}

/** HPA-01: how many replicas would bring the mean use of what was requested to the target (percent). */
export function wantedReplicas(
  current: number,
  load: Load,
  targetPercent: number,
): { readonly replicas: number; readonly percent: number } {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const percent = Math.floor((sum(load.used) * 100) / Math.max(1, sum(load.requested)));
  const ratio = percent / targetPercent;
  if (load.used.length === 0 || Math.abs(1 - ratio) <= TOLERANCE) return { replicas: current, percent };
  if (ratio < 1 || load.unready === 0) return { replicas: Math.ceil(ratio * load.used.length), percent };
  const count = load.used.length + load.unready;
  const diluted = (ratio * load.used.length) / count;
  return {
    replicas: diluted < 1 || Math.abs(1 - diluted) <= TOLERANCE ? current : Math.max(current, Math.ceil(diluted * count)),
    percent,
  };
}

/** HPA-02: at most twice as many or four more at a time; down only to the most that was wanted within five minutes; within the bounds. */
export function stabilized(current: number, wanted: number, recent: readonly number[], least: number, most: number): number {
  const calm = wanted < current ? Math.min(current, Math.max(wanted, ...recent)) : wanted;
  const limited = Math.min(calm, Math.max(current * 2, current + 4));
  return Math.min(most, Math.max(least, limited));
}

interface Target {
  readonly resource: string;
  readonly object: KubeObject;
  readonly pods: readonly Pod[];
}

function targetOf(scaler: KubeObject, ctx: SyncContext): Target | string {
  const { kind = '', name = '' } = scaler.spec.scaleTargetRef ?? {};
  const namespace = scaler.metadata.namespace ?? '';
  const resource = RESOURCES[kind];
  const object: KubeObject | undefined = resource ? ctx.read.get(resource, namespace, name) : undefined;
  if (!resource || !object) return `${resource ?? kind} "${name}" not found`;
  const pods = ctx.read
    .list('pods', namespace)
    .filter((pod) => isActive(pod) && matchesSelector(object.spec.selector, pod.metadata.labels));
  return { resource, object, pods };
}

const requestOf = (pod: Pod) =>
  pod.spec.containers.reduce((sum, { resources }) => sum + quantityOf(resources?.requests?.['cpu']) * 1000, 0);

function loadOf(pods: readonly Pod[], ctx: SyncContext): Load {
  const ready = pods.filter(isReady);
  return {
    used: ready.map((pod) => cpuUsageOf(pod, ctx)),
    requested: ready.map(requestOf),
    unready: pods.length - ready.length,
  };
}

function withCondition(
  scaler: KubeObject,
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
  now: string,
): readonly Condition[] {
  const present: readonly Condition[] = scaler.status?.conditions ?? [];
  const before = present.find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
  return [...present.filter((condition) => condition.type !== type), { type, status, reason, message, lastTransitionTime }];
}

function write(scaler: KubeObject, status: object, ctx: SyncContext): void {
  if (isSame(status, scaler.status)) return;
  ctx.api.updateStatus('horizontalpodautoscalers', { ...scaler, status }, 'HPA-03', { autoscaler: scaler.metadata.name });
}

function refuse(scaler: KubeObject, reason: string, message: string, ctx: SyncContext): void {
  ctx.event(scaler, 'Warning', reason, message);
  write(
    scaler,
    { ...scaler.status, conditions: withCondition(scaler, 'ScalingActive', 'False', reason, message, ctx.now) },
    ctx,
  );
}

/** What was wanted within the last five minutes; the new wish is added. */
function remembered(key: string, wanted: number, ctx: SyncContext): readonly number[] {
  const known = (ctx.memory.get(key) as readonly (readonly [number, number])[] | undefined) ?? [];
  const recent = [...known.filter(([atMs]) => atMs > ctx.nowMs - STABLE_MS), [ctx.nowMs, wanted] as const];
  ctx.memory.set(key, recent);
  return recent.map(([, replicas]) => replicas);
}

function scaleTarget(scaler: KubeObject, target: Target, targetPercent: number, key: string, ctx: SyncContext): void {
  const { minReplicas: least = 1, maxReplicas: most } = scaler.spec;
  const current: number = target.object.spec.replicas ?? 1;
  const load = loadOf(target.pods, ctx);
  const { replicas: wanted, percent } = wantedReplicas(current, load, targetPercent);
  const next = current === 0 ? 0 : stabilized(current, wanted, remembered(key, wanted, ctx), least, most);
  const { name, namespace = '' } = target.object.metadata;
  if (next !== current) {
    ctx.api.scale(target.resource, namespace, name, next, 'HPA-01');
    const reason =
      next > current ? 'cpu resource utilization (percentage of request) above target' : 'All metrics below target';
    ctx.event(scaler, 'Normal', 'SuccessfulRescale', `New size: ${next}; reason: ${reason}`);
  }
  const average = load.used.length === 0 ? 0 : Math.round(load.used.reduce((sum, value) => sum + value, 0) / load.used.length);
  const message =
    'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)';
  write(
    scaler,
    {
      currentReplicas: current,
      desiredReplicas: next,
      ...(next !== current
        ? { lastScaleTime: ctx.now }
        : scaler.status?.lastScaleTime
          ? { lastScaleTime: scaler.status.lastScaleTime }
          : {}),
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: percent, averageValue: `${average}m` } } },
      ],
      conditions: withCondition(scaler, 'ScalingActive', 'True', 'ValidMetricFound', message, ctx.now),
    },
    ctx,
  );
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const scaler: KubeObject | undefined = ctx.read.get('horizontalpodautoscalers', namespace, name);
  if (!scaler) {
    for (const kept of [key, `due/${key}`]) ctx.memory.delete(kept);
    return;
  }
  const dueMs = (ctx.memory.get(`due/${key}`) as number | undefined) ?? ctx.nowMs;
  if (dueMs > ctx.nowMs) {
    ctx.after(dueMs - ctx.nowMs, key);
    return;
  }
  ctx.memory.set(`due/${key}`, ctx.nowMs + PERIOD_MS);
  ctx.after(PERIOD_MS, key);
  const target = targetOf(scaler, ctx);
  const percent = scaler.spec.metrics?.find((metric: { resource?: { name?: string } }) => metric.resource?.name === 'cpu')
    ?.resource?.target?.averageUtilization;
  if (typeof target === 'string') refuse(scaler, 'FailedGetScale', target, ctx);
  else if (typeof percent !== 'number')
    refuse(scaler, 'InvalidMetricSourceType', 'this simulator meters the utilization of cpu only', ctx);
  else {
    const bare = target.pods.find((pod) => requestOf(pod) === 0);
    const what = `failed to get cpu utilization: missing request for cpu in container ${bare?.spec.containers[0]?.name} of Pod ${bare?.metadata.name}`;
    if (bare) refuse(scaler, 'FailedGetResourceMetric', what, ctx);
    else scaleTarget(scaler, target, percent, key, ctx);
  }
}

export const autoscaler: Actor = {
  name: 'horizontal-pod-autoscaler',
  latencyMs: [3, 12],
  watches: { horizontalpodautoscalers: itself },
  sync,
};
