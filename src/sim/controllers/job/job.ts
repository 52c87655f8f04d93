// Runs Pods until enough of them have succeeded, or too many have failed.
// Models pkg/controller/job/job_controller.go syncJob, manageJob, deleteActivePods, deleteJobPods, syncOrphanPod (v1.36), rules JOB-03 … JOB-27.
// Differs: reads the store, so no expectations (CTL-03); a batch of creates is sent one after the other; the second write of a status
// is a wake-up of its own.
//
// Keys: `<namespace>/<job>` syncs a Job; `~` before it asks for that within a second (JOB-05); `+` writes its status a second time
// (JOB-14); `!` before a Pod's key takes the finalizer off a Pod that no Job will count.

import { isSame } from '../../../base/json.ts';
import type { Actor, SyncContext, Watch } from '../../actor.ts';
import { matchesSelector } from '../../api/selectors.ts';
import { ApiError, isReason } from '../../api/status.ts';
import type { Condition, Json, KubeObject, Pod } from '../../types.ts';
import { keyFor, splitKey } from '../keys.ts';
import { adoptionPatch, controllerOf, planClaims, releasePatch } from '../ownership.ts';
import { conditionOf, isReady } from '../pods.ts';
import { type BackoffRecord, NO_FAILURES } from './backoff.ts';
import { endOf, FINALIZER, hasFinalizer, isIndexed, type Job, newCondition } from './model.ts';
import { newPod, type PodPlan, planPods } from './plan.ts';
import { type Outcome, planSettling, planTracking } from './track.ts';
import { deadlineInMs, type JobView, viewOf } from './view.ts';

const BATCH_MS = 1000;
/** From the first write of a status to the second: least, and how much longer at most. */
const SETTLE_MS = [14, 22] as const;
const OURS = 'kubernetes.io/job-controller';

const withoutFinalizer = ({ metadata }: KubeObject) => {
  const rest = (metadata.finalizers ?? []).filter((name) => name !== FINALIZER);
  return rest.length > 0 ? rest : null;
};

/** JOB-04: lets a Pod's object go; that it is gone already is as good. */
function releasePod(pod: Pod, ctx: SyncContext): void {
  const { namespace = '', name } = pod.metadata;
  const patch = { metadata: { uid: pod.metadata.uid, finalizers: withoutFinalizer(pod) } };
  try {
    ctx.api.patch('pods', namespace, name, patch, 'merge', 'JOB-04', { facts: { pod: name } });
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}

/** CTL-07, JOB-04: the Job's Pods, with strays taken in and strangers let go. */
function claimPods(job: Job, ctx: SyncContext): readonly Pod[] {
  const namespace = job.metadata.namespace ?? '';
  const plan = planClaims(job, job.spec.selector, [
    ...ctx.read.controlledBy('pods', job.metadata.uid),
    ...ctx.read.orphans('pods', namespace),
  ]);
  const patch = (pod: Pod, { metadata }: { readonly metadata: object }, finalizers: readonly string[] | null) =>
    ctx.api.patch('pods', namespace, pod.metadata.name, { metadata: { ...metadata, finalizers } }, 'merge', 'CTL-07');
  for (const pod of plan.release) patch(pod, releasePatch(job, pod), withoutFinalizer(pod));
  const adopt = (pod: Pod) => patch(pod, adoptionPatch(job, pod), [...(withoutFinalizer(pod) ?? []), FINALIZER]);
  return [...plan.keep, ...plan.adopt.map(adopt)];
}

interface Work {
  readonly view: JobView;
  readonly ctx: SyncContext;
  failure: ApiError | null;
}

/** Whether a call went well; a refusal is told in an Event and kept. NotFound is nobody's fault. */
function attempt(work: Work, reason: string, what: string, call: () => void): boolean {
  try {
    call();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status.reason === 'NotFound') return true;
    work.failure ??= error;
    work.ctx.event(work.view.job, 'Warning', reason, `${what}: ${error.message}`);
    return false;
  }
  return true;
}

/** JOB-07, JOB-14, JOB-19, JOB-27: deletes Pods; without their finalizer they are not counted. Returns those that are on their way. */
function removePods(work: Work, pods: readonly Pod[], isCounted: boolean, why: string): readonly Pod[] {
  const { ctx, view } = work;
  return pods.filter((pod) => {
    const { namespace = '', name } = pod.metadata;
    return attempt(work, 'FailedDelete', 'Error deleting', () => {
      if (!isCounted && hasFinalizer(pod)) releasePod(pod, ctx);
      ctx.api.delete('pods', namespace, name, {}, why, { job: view.job.metadata.name, pod: name });
      ctx.event(view.job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    });
  });
}

/** JOB-06, JOB-08, JOB-10, JOB-20: creates in batches of 1, 2, 4 …; a failing batch is the last. Returns how many there are. */
function createPods(work: Work, { create, wanted }: PodPlan): number {
  const { ctx, view } = work;
  const { job } = view;
  const plain = view.record.failures > 0 ? 'JOB-10' : 'JOB-06';
  let created = 0;
  for (let size = 1, at = 0; at < create.length && !work.failure; at += size, size *= 2)
    for (const index of create.slice(at, at + size)) {
      const why = index === null ? plain : view.held.has(index) ? 'JOB-20' : view.record.failures > 0 ? 'JOB-10' : 'JOB-08';
      const facts = { job: job.metadata.name, wanted, failures: view.record.failures, ...(index === null ? {} : { index }) };
      const isMade = attempt(work, 'FailedCreate', 'Error creating', () => {
        const pod = ctx.api.create('pods', newPod(view, index), why, facts);
        ctx.event(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      });
      created += Number(isMade);
    }
  return created;
}

/** JOB-19: the condition Suspended as it should be, and the start that goes with it. */
function withSuspension({ view, ctx }: Work): Pick<Outcome, 'conditions' | 'startTime'> {
  const { job, now } = view;
  const { conditions = [], startTime } = job.status;
  const present = conditionOf(job, 'Suspended');
  const wanted = job.spec.suspend ? 'True' : 'False';
  if (present ? present.status === wanted : !job.spec.suspend) return { conditions, startTime };
  const [reason, message] = job.spec.suspend ? ['Suspended', 'Job suspended'] : ['Resumed', 'Job resumed'];
  ctx.event(job, 'Normal', reason as string, message as string);
  const next: Condition = { ...newCondition('Suspended', `Job${reason}`, message as string, now), status: wanted };
  const others = conditions.filter((condition) => condition !== present);
  return {
    conditions: present ? conditions.map((condition) => (condition === present ? next : condition)) : [...others, next],
    startTime: job.spec.suspend ? undefined : now,
  };
}

/** JOB-14: a Job at its end stops what still runs. */
function stop(work: Work, finish: Condition): Outcome {
  const { view } = work;
  const gone = removePods(work, view.active, true, 'JOB-14');
  return {
    active: view.active.length - gone.length,
    ready: view.ready - gone.filter(isReady).length,
    terminating: view.terminating + gone.length,
    finish: gone.length === view.active.length ? finish : null,
    conditions: view.job.status.conditions ?? [],
    startTime: view.job.status.startTime,
  };
}

/** JOB-06, JOB-15: a Job that goes on makes or removes Pods, and may find that it is complete. */
function carryOn(work: Work, key: string): Outcome {
  const { view, ctx } = work;
  const { job, now } = view;
  const { completions, suspend } = job.spec;
  const isGoing = job.metadata.deletionTimestamp !== undefined;
  const plan: PodPlan = isGoing ? { remove: [], create: [], waitMs: 0, wanted: 0 } : planPods(view);
  const gone = removePods(work, plan.remove, false, suspend ? 'JOB-19' : 'JOB-07');
  const made = createPods(work, plan);
  if (plan.waitMs > 0) ctx.after(Math.max(BATCH_MS, plan.waitMs), key);
  // JOB-10: while it waits, upstream says that nothing is active.
  const active = plan.waitMs > 0 ? 0 : view.active.length - gone.length + made;
  const isComplete = active === 0 && view.succeeded >= (completions ?? 1);
  const { conditions = [], startTime } = job.status;
  const suspension = isComplete || isGoing ? { conditions, startTime } : withSuspension(work);
  return {
    active,
    ready: view.ready - gone.filter(isReady).length,
    terminating: view.terminating + gone.length,
    finish: isComplete
      ? newCondition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods', now)
      : null,
    ...suspension,
  };
}

function syncJob(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const stored = ctx.read.get('jobs', namespace, name) as Job | undefined;
  if (!stored || endOf(stored)) ctx.memory.delete(key);
  if (!stored || endOf(stored) || (stored.spec.managedBy ?? OURS) !== OURS) return;
  const epochMs = ctx.settings.epochMs + ctx.nowMs;
  const isStarting = stored.status.startTime === undefined && !stored.spec.suspend;
  const { uid } = stored.metadata;
  const known = ctx.memory.get(key) as (BackoffRecord & { readonly uid: string }) | undefined;
  const pods = claimPods(stored, ctx);
  const seen = viewOf(stored, pods, known?.uid === uid ? known : NO_FAILURES, epochMs, ctx.now);
  const job = isStarting ? { ...stored, status: { ...stored.status, startTime: ctx.now } } : stored;
  const work: Work = { view: { ...seen, job }, ctx, failure: null };
  const outcome = seen.finish ? stop(work, seen.finish) : carryOn(work, key);
  const { status, release } = planTracking(work.view, outcome);
  if (!isSame(status, stored.status)) {
    ctx.api.updateStatus('jobs', { ...stored, status }, outcome.finish ? 'JOB-14' : 'JOB-23', { job: name });
    const { failures, lastMs } = seen.record;
    ctx.memory.set(key, { uid, failures, lastMs } as Json);
  }
  for (const pod of release) releasePod(pod, ctx);
  if (release.length > 0 || outcome.finish || status.uncountedTerminatedPods?.failed)
    ctx.after(SETTLE_MS[0] + ctx.random() * SETTLE_MS[1], `+${key}`);
  const deadlineMs = seen.finish ? null : deadlineInMs(job, epochMs);
  if (deadlineMs !== null) ctx.after(deadlineMs, key);
  if (work.failure) throw work.failure;
}

/** JOB-14, JOB-15, JOB-16, JOB-26: the second write, and the Event of the end. */
function settle(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const job = ctx.read.get('jobs', namespace, name) as Job | undefined;
  if (!job || endOf(job)) return;
  const { status, end } = planSettling(job, ctx.read.controlledBy('pods', job.metadata.uid), ctx.now);
  if (isSame(status, job.status)) return;
  const why = end ? (end.type === 'Complete' ? 'JOB-15' : 'JOB-16') : 'JOB-23';
  ctx.api.updateStatus('jobs', { ...job, status }, why, { job: name, reason: end?.reason ?? '' });
  if (end?.type === 'Failed') ctx.event(job, 'Warning', end.reason ?? '', end.message ?? '');
  if (end?.type !== 'Complete') return;
  if (!isIndexed(job) && (status.succeeded ?? 0) > (job.spec.completions ?? Number.POSITIVE_INFINITY)) {
    const message = 'Too many succeeded pods running after completion count reached';
    ctx.event(job, 'Warning', 'TooManySucceededPods', message);
  }
  ctx.event(job, 'Normal', 'Completed', 'Job completed');
}

/** The Job that controls a Pod, if it is there. */
function jobOf(pod: KubeObject, read: SyncContext['read']): Job | undefined {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'Job') return undefined;
  const job = read.get('jobs', pod.metadata.namespace ?? '', owner.name) as Job | undefined;
  return job?.metadata.uid === owner.uid ? job : undefined;
}

/** Whether a Pod has a finalizer that no Job will ever take off. */
function isForgotten(pod: KubeObject, read: SyncContext['read']): boolean {
  const owner = controllerOf(pod);
  const job = jobOf(pod, read);
  return hasFinalizer(pod) && (!owner || owner.kind === 'Job') && (!job || endOf(job) !== undefined);
}

function sync(key: string, ctx: SyncContext): void {
  const rest = key.slice(1);
  if (key.startsWith('~')) ctx.after(BATCH_MS, rest);
  else if (key.startsWith('+')) settle(rest, ctx);
  else if (key.startsWith('!')) {
    const pod = ctx.read.get('pods', ...splitKey(rest));
    if (pod && isForgotten(pod, ctx.read)) releasePod(pod, ctx);
  } else syncJob(key, ctx);
}

/** JOB-05: a new Job and a changed wish at once, a changed status within a second. */
const jobWatch: Watch = (job, before, read, gone) => {
  const key = keyFor(job);
  const pods = gone || endOf(job) ? read.controlledBy('pods', job.metadata.uid).filter(hasFinalizer) : [];
  const isWish = gone || before?.metadata.generation !== job.metadata.generation;
  return [isWish ? key : `~${key}`, ...pods.map((pod) => `!${keyFor(pod)}`)];
};

const podWatch: Watch = (pod, before, read, gone) => {
  const namespace = pod.metadata.namespace ?? '';
  const owners = [pod, before].flatMap((state) => (state && jobOf(state, read)) ?? []);
  const adopters = controllerOf(pod)
    ? []
    : read.list('jobs', namespace).filter((job) => matchesSelector(job.spec.selector, pod.metadata.labels));
  const keys = [...owners, ...adopters].map((job) => `~${keyFor(job)}`);
  return [...new Set(keys), ...(!gone && isForgotten(pod, read) ? [`!${keyFor(pod)}`] : [])];
};

export const jobController: Actor = {
  name: 'job-controller',
  latencyMs: [3, 12],
  watches: { jobs: jobWatch, pods: podWatch },
  sync,
};
