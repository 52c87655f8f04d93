// What a Job does next: count what ended, decide whether it is over, keep the right number of Pods.
// Models pkg/controller/job/job_controller.go syncJob, trackJobStatusAndRemoveFinalizers, manageJob (v1.36), rules JOB-06 … JOB-23.
// Differs: counting and removing finalizers are one step, so nothing is ever uncounted; a Job's own retry records are kept by the actor.

import { parseTime } from '../../../base/time.ts';
import type { Pod } from '../../types.ts';
import { isActive, isReady, isTerminating, maxRestarts } from '../pods.ts';
import { compareForDeletion } from '../ranking.ts';
import { failureVerdict, successMatch } from './policy.ts';
import { formatIndexes, hasCondition, indexOf, isIndexed, isTracked, type Job, parseIndexes } from './shape.ts';

/** JOB-06: at most so many creates or deletes in one sync. */
const BURST = 500;

/** JOB-09: whether a Pod has failed in the eyes of its Job. */
export function hasFailed(job: Job, pod: Pod): boolean {
  if (pod.status.phase === 'Failed') return true;
  const onlyFailed = job.spec.podReplacementPolicy === 'Failed';
  return !onlyFailed && pod.metadata.deletionTimestamp !== undefined && pod.status.phase !== 'Succeeded';
}

export interface Tally {
  readonly succeeded: number;
  readonly failed: number;
  readonly completed: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** Pods counted now, whose finalizer goes; in the order in which they are listed. */
  readonly counted: readonly { readonly pod: Pod; readonly isSuccess: boolean; readonly isIgnored: boolean }[];
  readonly failJob: string | null;
}

/** JOB-04, JOB-20 … JOB-23: adds the Pods that ended since. `indexFailures` is how often each index failed before. */
export function tallyOf(job: Job, pods: readonly Pod[], indexFailures: ReadonlyMap<number, number>): Tally {
  const counted: { pod: Pod; isSuccess: boolean; isIgnored: boolean }[] = [];
  const completed = parseIndexes(job.status.completedIndexes);
  const failedIndexes = parseIndexes(job.status.failedIndexes);
  const failures = new Map(indexFailures);
  let { succeeded = 0, failed = 0 } = job.status;
  let failJob: string | null = null;
  const isOver = hasCondition(job, 'SuccessCriteriaMet');
  for (const pod of pods) {
    if (!isTracked(pod)) continue;
    const index = indexOf(pod);
    const isInRange = !isIndexed(job) || (index >= 0 && index < (job.spec.completions ?? 0));
    if (pod.status.phase === 'Succeeded') {
      counted.push({ pod, isSuccess: true, isIgnored: false });
      if (isInRange && isIndexed(job)) completed.add(index);
      else if (!isIndexed(job)) succeeded++;
    } else if (hasFailed(job, pod)) {
      const verdict = failureVerdict(job, pod);
      const isIgnored = verdict.action === 'Ignore' || isOver;
      counted.push({ pod, isSuccess: false, isIgnored });
      if (verdict.action === 'FailJob') failJob ??= verdict.message ?? null;
      if (!isIgnored) failed++;
      if (job.spec.backoffLimitPerIndex !== undefined && isInRange && !isIgnored) {
        const count = (failures.get(index) ?? 0) + 1;
        failures.set(index, count);
        if (count > job.spec.backoffLimitPerIndex || verdict.action === 'FailIndex') failedIndexes.add(index);
      }
    }
  }
  if (isIndexed(job)) succeeded = completed.size;
  return { succeeded, failed, completed, failedIndexes, counted, failJob };
}

export interface Ending {
  readonly type: 'FailureTarget' | 'SuccessCriteriaMet';
  readonly reason: string;
  readonly message: string;
}

const fails = (reason: string, message: string): Ending => ({ type: 'FailureTarget', reason, message });
const REACHED = 'Reached expected number of succeeded pods';

/** JOB-12: restarts of containers that count against the limit when Pods restart in place. */
function isPastLimitOnFailure(job: Job, pods: readonly Pod[]): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false;
  const limit = job.spec.backoffLimit ?? 6;
  const running = pods.filter(({ status }) => status.phase === 'Running' || status.phase === 'Pending');
  const restarts = running.reduce((sum, pod) => sum + maxRestarts(pod), 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** JOB-13, JOB-15, JOB-16: whether the Job is over, and why; null when it goes on. */
export function endingOf(job: Job, pods: readonly Pod[], tally: Tally, epochMs: number): Ending | null {
  const { completions, backoffLimit = 6, activeDeadlineSeconds, maxFailedIndexes, suspend } = job.spec;
  const active = pods.filter(isActive).length;
  if (tally.failJob) return fails('PodFailurePolicy', tally.failJob);
  if (tally.failed > backoffLimit || isPastLimitOnFailure(job, pods)) {
    return fails('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
  const startMs = parseTime(job.status.startTime ?? '');
  if (activeDeadlineSeconds !== undefined && !suspend && epochMs - startMs >= activeDeadlineSeconds * 1000) {
    return fails('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  if (maxFailedIndexes !== undefined && tally.failedIndexes.size > maxFailedIndexes) {
    return fails('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  }
  if (
    tally.failedIndexes.size > 0 &&
    completions !== undefined &&
    tally.failedIndexes.size + tally.completed.size >= completions
  ) {
    return fails('FailedIndexes', 'Job has failed indexes');
  }
  const matched = isIndexed(job) ? successMatch(job, tally.completed) : null;
  if (matched) return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: matched };
  const isDone =
    completions === undefined ? tally.succeeded > 0 && active === 0 : tally.succeeded >= completions && active === 0;
  return isDone ? { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: REACHED } : null;
}

export interface PodsPlan {
  readonly remove: readonly Pod[];
  /** Indexes to create; null for Pods without one. */
  readonly create: readonly (number | null)[];
}

/** JOB-06: how many Pods should be active now. */
export function wantedActive(job: Job, succeeded: number, active: number): number {
  const { parallelism = 1, completions } = job.spec;
  if (completions === undefined) return succeeded > 0 ? Math.min(active, parallelism) : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

/** JOB-07: Pods whose index is missing, out of range, or held by another active Pod too. */
function misplaced(job: Job, active: readonly Pod[], order: (a: Pod, b: Pod) => number): readonly Pod[] {
  if (!isIndexed(job)) return [];
  const holders = new Map<number, Pod>();
  const surplus: Pod[] = [];
  for (const pod of [...active].sort(order).reverse()) {
    const index = indexOf(pod);
    if (index < 0 || index >= (job.spec.completions ?? 0) || holders.has(index)) surplus.push(pod);
    else holders.set(index, pod);
  }
  return surplus;
}

/** JOB-06 … JOB-08: decides which Pods go or come; either, never both. */
export function planPods(job: Job, pods: readonly Pod[], tally: Tally, epochMs: number): PodsPlan {
  const active = pods.filter(isActive);
  const order = (a: Pod, b: Pod) => compareForDeletion(a, b, epochMs, new Map());
  const wanted = wantedActive(job, tally.succeeded, active.length);
  const remove = [...misplaced(job, active, order)];
  const surplus = active.length - remove.length - wanted;
  if (surplus > 0)
    remove.push(
      ...active
        .filter((pod) => !remove.includes(pod))
        .sort(order)
        .slice(0, surplus),
    );
  if (remove.length > 0) return { remove: remove.slice(0, BURST), create: [] };
  const leaving = job.spec.podReplacementPolicy === 'Failed' ? pods.filter(isTerminating).length : 0;
  const missing = Math.min(BURST, wanted - leaving - active.length);
  if (missing <= 0) return { remove: [], create: [] };
  if (!isIndexed(job)) return { remove: [], create: Array.from({ length: missing }, () => null) };
  const held = new Set(active.map(indexOf));
  const create: number[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && create.length < missing; index++) {
    if (!held.has(index) && !tally.completed.has(index) && !tally.failedIndexes.has(index)) create.push(index);
  }
  return { remove: [], create };
}

/** JOB-23: the counters to be written. */
export function jobCounters(job: Job, pods: readonly Pod[], tally: Tally, active: number): Partial<Job['status']> {
  const failed = formatIndexes(tally.failedIndexes);
  const completed = formatIndexes(tally.completed);
  return {
    ...(active > 0 && { active }),
    ready: pods.filter((pod) => isActive(pod) && isReady(pod)).length,
    terminating: pods.filter(isTerminating).length,
    ...(tally.succeeded > 0 && { succeeded: tally.succeeded }),
    ...(tally.failed > 0 && { failed: tally.failed }),
    ...(isIndexed(job) && completed && { completedIndexes: completed }),
    ...(job.spec.backoffLimitPerIndex !== undefined && { failedIndexes: failed }),
    uncountedTerminatedPods: {},
  };
}
