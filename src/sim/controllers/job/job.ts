// Runs Pods until enough of them have succeeded.
// Models pkg/controller/job/job_controller.go and pkg/controller/ttlafterfinished (v1.36), rules JOB-03 … JOB-27.
// Differs: Pods are counted and let go in one step, so uncountedTerminatedPods stays empty; failures of an index are remembered by the
// controller, not by the finalizer of the Pod that failed last.

import { isSame } from '../../../base/json.ts';
import { parseTime } from '../../../base/time.ts';
import type { Actor, SyncContext, Watch } from '../../actor.ts';
import { ApiError, isReason } from '../../api/status.ts';
import type { Condition, KubeObject, Pod } from '../../types.ts';
import { splitKey } from '../keys.ts';
import { controllerOf, planClaims, podFromTemplate } from '../ownership.ts';
import { conditionOf, isActive, isTerminating } from '../pods.ts';
import { type Ending, endingOf, jobCounters, planPods, type Tally, tallyOf } from './plan.ts';
import { backoffMs, finishedAtMs, hasCondition, INDEX, indexOf, isFinished, isTracked, type Job, TRACKING } from './shape.ts';

/** JOB-05: Pods' and status changes are served together. */
const BATCH_MS = 1000;
/** JOB-14: from the target condition to the final one, when nothing is left to stop. */
const SECOND_WRITE_MS = 15;

/** What is remembered of a Job's failures (JOB-10, JOB-20). Times are epoch ms. */
interface Retries {
  readonly failures: number;
  readonly lastMs: number;
  readonly byIndex: readonly (readonly [index: number, failures: number, lastMs: number])[];
}

const NO_RETRIES: Retries = { failures: 0, lastMs: 0, byIndex: [] };

/** JOB-10: takes the Pods that ended since into account, in the order in which they ended. */
function withEnded(retries: Retries, tally: Tally): Retries {
  let { failures, lastMs } = retries;
  const byIndex = new Map(retries.byIndex.map(([index, count, ms]) => [index, [count, ms] as const]));
  for (const { pod, isSuccess, isIgnored } of [...tally.counted].sort((a, b) => finishedAtMs(a.pod) - finishedAtMs(b.pod))) {
    failures = isSuccess ? 0 : failures + 1;
    lastMs = isSuccess ? 0 : finishedAtMs(pod);
    if (isSuccess) continue;
    const [count] = byIndex.get(indexOf(pod)) ?? [0];
    byIndex.set(indexOf(pod), [count + (isIgnored ? 0 : 1), finishedAtMs(pod)]);
  }
  return { failures, lastMs, byIndex: [...byIndex].map(([index, [count, ms]]) => [index, count, ms] as const) };
}

/** Whether a Pod may be made again now; if not, when (epoch ms). */
function readyAtMs(job: Job, retries: Retries, index: number | null): number {
  if (job.spec.backoffLimitPerIndex === undefined || index === null)
    return retries.failures === 0 ? 0 : retries.lastMs + backoffMs(retries.failures);
  const [, count = 0, lastMs = 0] = retries.byIndex.find(([other]) => other === index) ?? [];
  return count === 0 ? 0 : lastMs + backoffMs(count);
}

/** JOB-02, JOB-03: a Pod for the Job, with its index if it has one. */
function newPod(job: Job, index: number | null) {
  const pod = podFromTemplate(job, job.spec.template);
  const metadata = { ...pod.metadata, finalizers: [...(pod.metadata.finalizers ?? []), TRACKING] };
  if (index === null) return { ...pod, metadata };
  const env = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } };
  const containers = job.spec.template.spec.containers.map((container) => ({
    ...container,
    env: [...(container.env ?? []), env],
  }));
  return {
    ...pod,
    metadata: {
      ...metadata,
      generateName: `${job.metadata.name}-${index}-`,
      labels: { ...metadata.labels, [INDEX]: String(index) },
      annotations: { ...metadata.annotations, [INDEX]: String(index) },
    },
    spec: { ...job.spec.template.spec, hostname: `${job.metadata.name}-${index}`, containers },
  };
}

function createPods(job: Job, indexes: readonly (number | null)[], ctx: SyncContext): void {
  for (const index of indexes) {
    try {
      const pod = ctx.api.create('pods', newPod(job, index), 'JOB-06', { job: job.metadata.name });
      ctx.event(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      if (error instanceof ApiError) ctx.event(job, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      throw error;
    }
  }
}

function deletePods(job: Job, pods: readonly Pod[], why: string, ctx: SyncContext): void {
  for (const { metadata } of pods) {
    try {
      ctx.api.delete('pods', metadata.namespace ?? '', metadata.name, { preconditions: { uid: metadata.uid } }, why, {
        job: job.metadata.name,
        pod: metadata.name,
      });
      ctx.event(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${metadata.name}`);
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }
}

/** JOB-04: lets go of Pods that are in the count. */
function untrack(pods: readonly Pod[], ctx: SyncContext): void {
  for (const { metadata } of pods) {
    const rest = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== TRACKING);
    const patch = { metadata: { finalizers: rest.length > 0 ? rest : null } };
    try {
      ctx.api.patch('pods', metadata.namespace ?? '', metadata.name, patch, 'merge', 'JOB-04', {
        facts: { pod: metadata.name },
      });
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }
}

const condition = (
  type: string,
  reason: string,
  message: string,
  now: string,
  status: Condition['status'] = 'True',
): Condition => ({
  type,
  status,
  reason,
  message,
  lastProbeTime: now,
  lastTransitionTime: now,
});

const withCondition = (job: Job, next: Condition) => [
  ...(job.status.conditions ?? []).filter(({ type }) => type !== next.type),
  next,
];

/** JOB-19: the condition that tells of suspending and resuming; null when nothing changed. */
function suspension(job: Job, now: string): Condition | null {
  const present = conditionOf(job, 'Suspended');
  if (job.spec.suspend) return present?.status === 'True' ? null : condition('Suspended', 'JobSuspended', 'Job suspended', now);
  return present?.status === 'True' ? condition('Suspended', 'JobResumed', 'Job resumed', now, 'False') : null;
}

function finalCondition(job: Job, ctx: SyncContext): Condition | null {
  const failure = conditionOf(job, 'FailureTarget');
  const target = failure?.status === 'True' ? failure : conditionOf(job, 'SuccessCriteriaMet');
  if (target?.status !== 'True') return null;
  const type = target === failure ? 'Failed' : 'Complete';
  if (type === 'Failed') ctx.event(job, 'Warning', target.reason ?? '', target.message ?? '');
  else ctx.event(job, 'Normal', 'Completed', 'Job completed');
  return condition(type, target.reason ?? '', target.message ?? '', ctx.now);
}

interface Outcome {
  readonly conditions: readonly Condition[];
  readonly active: number;
  readonly completionTime?: string;
}

/** JOB-14: a Job that is over stops what still runs, then gets its final condition. */
function finish(job: Job, pods: readonly Pod[], ending: Ending | null, key: string, ctx: SyncContext): Outcome {
  const active = pods.filter(isActive);
  deletePods(job, active, 'JOB-14', ctx);
  const isQuiet = active.length === 0 && !pods.some(isTerminating);
  if (ending) {
    if (isQuiet) ctx.after(SECOND_WRITE_MS, key);
    return { conditions: withCondition(job, condition(ending.type, ending.reason, ending.message, ctx.now)), active: 0 };
  }
  const final = isQuiet ? finalCondition(job, ctx) : null;
  if (!final) return { conditions: job.status.conditions ?? [], active: 0 };
  return {
    conditions: withCondition(job, final),
    active: 0,
    ...(final.type === 'Complete' ? { completionTime: ctx.now } : {}),
  };
}

/** JOB-06, JOB-10, JOB-19: keeps the right number of Pods. Returns how many are then active. */
function manage(job: Job, pods: readonly Pod[], tally: Tally, retries: Retries, key: string, ctx: SyncContext): number {
  const active = pods.filter(isActive);
  if (job.spec.suspend) {
    deletePods(job, active, 'JOB-19', ctx);
    return 0;
  }
  const epochMs = ctx.settings.epochMs + ctx.nowMs;
  const plan = planPods(job, pods, tally, epochMs);
  if (plan.remove.length > 0) {
    deletePods(job, plan.remove, 'JOB-07', ctx);
    return active.length - plan.remove.length;
  }
  const due = plan.create.map((index) => [index, readyAtMs(job, retries, index)] as const);
  const now = due.filter(([, atMs]) => atMs <= epochMs).map(([index]) => index);
  const waits = due.filter(([, atMs]) => atMs > epochMs).map(([, atMs]) => atMs - epochMs);
  if (waits.length > 0) ctx.after(Math.min(...waits), key);
  createPods(job, now, ctx);
  // JOB-10: while it waits, a Job counts nothing as active.
  return waits.length > 0 && now.length === 0 ? 0 : active.length + now.length;
}

function syncActive(job: Job, pods: readonly Pod[], key: string, ctx: SyncContext): void {
  const epochMs = ctx.settings.epochMs + ctx.nowMs;
  const memoryKey = `retries/${job.metadata.uid}`;
  const before = (ctx.memory.get(memoryKey) as unknown as Retries | undefined) ?? NO_RETRIES;
  const started: Job =
    job.status.startTime || job.spec.suspend ? job : { ...job, status: { ...job.status, startTime: ctx.now } };
  const tally = tallyOf(started, pods, new Map(before.byIndex.map(([index, count]) => [index, count])));
  const retries = withEnded(before, tally);
  if (tally.counted.length > 0) ctx.memory.set(memoryKey, retries as never);
  const isOver = hasCondition(job, 'FailureTarget') || hasCondition(job, 'SuccessCriteriaMet');
  const ending = isOver ? null : endingOf(started, pods, tally, epochMs);
  let outcome: Outcome;
  if (isOver || ending) outcome = finish(started, pods, ending, key, ctx);
  else {
    const active = manage(started, pods, tally, retries, key, ctx);
    const change = suspension(started, ctx.now);
    if (change) ctx.event(job, 'Normal', change.status === 'True' ? 'Suspended' : 'Resumed', change.message ?? '');
    outcome = { active, conditions: change ? withCondition(started, change) : (job.status.conditions ?? []) };
  }
  const { startTime } = started.status;
  const hasStart = startTime !== undefined && !job.spec.suspend;
  const status = {
    ...jobCounters(started, pods, tally, outcome.active),
    ...(hasStart && { startTime: conditionOf(job, 'Suspended')?.status === 'True' ? ctx.now : startTime }),
    ...(outcome.completionTime && { completionTime: outcome.completionTime }),
    ...(outcome.conditions.length > 0 && { conditions: outcome.conditions }),
  };
  if (!isSame(status, job.status)) ctx.api.updateStatus('jobs', { ...job, status }, 'JOB-23', { job: job.metadata.name });
  untrack(
    tally.counted.map(({ pod }) => pod),
    ctx,
  );
  const { activeDeadlineSeconds } = job.spec;
  if (activeDeadlineSeconds !== undefined && hasStart && !ending && !isOver) {
    ctx.after(Math.max(1, parseTime(startTime) + activeDeadlineSeconds * 1000 - epochMs), key);
  }
}

/** JOB-18: removes a finished Job when its time is over. */
function expire(job: Job, key: string, ctx: SyncContext): void {
  const ttl = job.spec.ttlSecondsAfterFinished;
  const end = conditionOf(job, hasCondition(job, 'Complete') ? 'Complete' : 'Failed');
  if (ttl === undefined || job.metadata.deletionTimestamp) return;
  const waitMs = parseTime(end?.lastTransitionTime ?? '') + ttl * 1000 - ctx.settings.epochMs - ctx.nowMs;
  if (waitMs > 0) {
    ctx.after(waitMs, key);
    return;
  }
  const { name, namespace = '', uid } = job.metadata;
  const options = { propagationPolicy: 'Foreground' as const, preconditions: { uid } };
  ctx.as('ttl-after-finished-controller').api.delete('jobs', namespace, name, options, 'JOB-18', { job: name });
}

function syncJob(namespace: string, name: string, key: string, ctx: SyncContext): void {
  const job = ctx.read.get('jobs', namespace, name) as Job | undefined;
  if (!job) {
    const lost = ctx.read
      .list('pods', namespace)
      .filter((pod) => isTracked(pod) && isOf(pod, name) && !ctx.read.has(controllerOf(pod)?.uid ?? ''));
    untrack(lost, ctx);
    return;
  }
  const pods = planClaims(job, job.spec.selector ?? {}, ctx.read.controlledBy('pods', job.metadata.uid)).keep;
  if (isFinished(job) || job.metadata.deletionTimestamp) {
    untrack(pods.filter(isTracked), ctx);
    if (isFinished(job)) expire(job, key, ctx);
    return;
  }
  syncActive(job, pods, key, ctx);
}

const isOf = (pod: KubeObject, job: string) => controllerOf(pod)?.kind === 'Job' && controllerOf(pod)?.name === job;

/** Keys: `now/<namespace>/<name>` at once, `batch/…` within the second that runs (JOB-05). */
function sync(key: string, ctx: SyncContext): void {
  const [mode, path] = splitKey(key);
  const [namespace, name] = splitKey(path);
  if (mode === 'now') {
    syncJob(namespace, name, key, ctx);
    return;
  }
  const dueMs = ctx.memory.get(key) as number | undefined;
  if (dueMs === undefined || dueMs > ctx.nowMs) {
    if (dueMs === undefined) ctx.memory.set(key, ctx.nowMs + BATCH_MS);
    ctx.after((dueMs ?? ctx.nowMs + BATCH_MS) - ctx.nowMs, key);
    return;
  }
  ctx.memory.delete(key);
  syncJob(namespace, name, `now/${path}`, ctx);
}

const jobWatch: Watch = (job, before, _read, gone) => {
  const path = `${job.metadata.namespace}/${job.metadata.name}`;
  const isWish =
    gone ||
    !before ||
    before.metadata.generation !== job.metadata.generation ||
    before.metadata.deletionTimestamp !== job.metadata.deletionTimestamp;
  return [`${isWish || isFinished(job as Job) ? 'now' : 'batch'}/${path}`];
};

const podWatch: Watch = (pod) => {
  const owner = controllerOf(pod);
  return owner?.kind === 'Job' ? [`batch/${pod.metadata.namespace}/${owner.name}`] : [];
};

export const jobController: Actor = {
  name: 'job-controller',
  latencyMs: [2, 6],
  watches: { jobs: jobWatch, pods: podWatch },
  sync,
};
