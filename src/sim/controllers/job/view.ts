// A Job and its Pods as one sync sees them: counts, indexes, and whether the Job is at its end.
// Models pkg/controller/job/job_controller.go syncJob up to manageJob, getNewFinishedPods, pastBackoffLimitOnFailure,
// indexed_job_utils.go calculateSucceededIndexes, calculateFailedIndexes, getPodsWithDelayedDeletionPerIndex (v1.36).

import { parseTime } from '../../../base/time.ts';
import type { Condition, Pod } from '../../types.ts';
import { isActive, isReady, isTerminating } from '../pods.ts';
import { type BackoffRecord, finishedMs, nextRecord } from './backoff.ts';
import { countOf, hasIndex, type Indexes, parseIndexes, withIndexes } from './indexes.ts';
import {
  FAILURES,
  hasFinalizer,
  IGNORED,
  indexOf,
  isIndexed,
  isPodFailed,
  type Job,
  newCondition,
  trueCondition,
} from './model.ts';
import { judgeFailure, metSuccessRule } from './policies.ts';

export interface JobView {
  readonly job: Job;
  readonly epochMs: number;
  readonly now: string;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  /** Counted ones and those seen for the first time. */
  readonly succeeded: number;
  readonly failed: number;
  readonly record: BackoffRecord;
  /** Succeeded indexes: those in status, and those seen for the first time. */
  readonly done: Indexes;
  /** JOB-20: failed indexes; null without backoffLimitPerIndex. */
  readonly lost: Indexes | null;
  /** JOB-20: by index, the failed Pod that waits for its successor to take over its count. */
  readonly held: ReadonlyMap<number, Pod>;
  /** JOB-13: why the Job is at its end, as SuccessCriteriaMet or FailureTarget; null while it goes on. */
  readonly finish: Condition | null;
}

const countIn = (pod: Pod, annotation: string) => {
  const text = pod.metadata.annotations?.[annotation] ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
};

/** Failures of the Pod's index before it: those that count, and those that its policy ignores. */
export const failuresBefore = (pod: Pod) => ({ counted: countIn(pod, FAILURES), ignored: countIn(pod, IGNORED) });
export const allFailuresBefore = (pod: Pod) => countIn(pod, FAILURES) + countIn(pod, IGNORED);

export const actionFor = (job: Job, pod: Pod) => judgeFailure(job.spec.podFailurePolicy?.rules, pod).action;

/** JOB-20: whether this Pod was the last try of its index. */
function isLastTry(job: Job, pod: Pod): boolean {
  if (!isPodFailed(job, pod)) return false;
  const action = actionFor(job, pod);
  const isSpent = failuresBefore(pod).counted >= (job.spec.backoffLimitPerIndex ?? 0);
  return action === 'FailIndex' || (action !== 'Ignore' && isSpent);
}

/** JOB-20: which failed Pods keep their finalizer because nobody has taken over their count. */
function heldPods(job: Job, tracked: readonly Pod[], active: readonly Pod[], over: readonly Indexes[]): Map<number, Pod> {
  const held = new Map<number, Pod>();
  const running = new Set(active.map((pod) => indexOf(job, pod)));
  for (const pod of tracked) {
    const index = indexOf(job, pod);
    if (index === null || !isPodFailed(job, pod) || running.has(index) || over.some((set) => hasIndex(set, index))) continue;
    const other = held.get(index);
    const isLater = !other || (allFailuresBefore(other) <= allFailuresBefore(pod) && finishedMs(other) <= finishedMs(pod));
    if (isLater) held.set(index, pod);
  }
  return held;
}

/** JOB-12: restarts of containers in Pods that go on, under OnFailure. */
function isPastRestarts({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status.phase === 'Running' || status.phase === 'Pending')
    .flatMap(({ status }) => [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  return restarts >= Math.max(1, spec.backoffLimit);
}

/** JOB-17: ms until the deadline, 0 or less when it is over; null when there is none. */
export function deadlineInMs({ spec, status }: Job, epochMs: number): number | null {
  if (spec.activeDeadlineSeconds === undefined || spec.suspend) return null;
  return (status.startTime ? parseTime(status.startTime) : epochMs) + spec.activeDeadlineSeconds * 1000 - epochMs;
}

/** JOB-13, JOB-16: the first reason, in upstream's order, for the Job to be at its end. */
function finishOf(view: Omit<JobView, 'finish'>): Condition | null {
  const { job, pods, now, failed, lost, done } = view;
  const { spec } = job;
  const present = trueCondition(job, 'SuccessCriteriaMet') ?? trueCondition(job, 'FailureTarget');
  if (present) return present;
  const fail = (reason: string, message: string) => newCondition('FailureTarget', reason, message, now);
  const verdicts = spec.podFailurePolicy
    ? pods.filter((pod) => isPodFailed(job, pod)).map((pod) => judgeFailure(spec.podFailurePolicy?.rules, pod))
    : [];
  const verdict = verdicts.find(({ action }) => action === 'FailJob');
  if (verdict) return fail('PodFailurePolicy', verdict.message);
  if (failed > spec.backoffLimit || isPastRestarts(job, pods))
    return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if ((deadlineInMs(job, view.epochMs) ?? 1) <= 0)
    return fail('DeadlineExceeded', 'Job was active longer than specified deadline');
  if (lost && countOf(lost) > (spec.maxFailedIndexes ?? Number.POSITIVE_INFINITY))
    return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  if (lost && lost.length > 0 && countOf(lost) + countOf(done) >= (spec.completions ?? 0))
    return fail('FailedIndexes', 'Job has failed indexes');
  const rule = isIndexed(job) ? metSuccessRule(spec.successPolicy?.rules, spec.completions ?? 0, done) : -1;
  return rule < 0 ? null : newCondition('SuccessCriteriaMet', 'SuccessPolicy', `Matched rules at index ${rule}`, now);
}

/** What a sync sees; `record` is the back-off remembered from earlier ones. */
export function viewOf(job: Job, pods: readonly Pod[], record: BackoffRecord, epochMs: number, now: string): JobView {
  const { status, spec } = job;
  const completions = spec.completions ?? 0;
  const uncounted = status.uncountedTerminatedPods ?? {};
  const active = pods.filter(isActive);
  const tracked = pods.filter((pod) => hasFinalizer(pod) && (!isIndexed(job) || indexOf(job, pod) !== null));
  const isNew = ({ metadata }: Pod, seen: readonly string[] = []) => !seen.includes(metadata.uid);
  const succeeded = tracked.filter((pod) => pod.status.phase === 'Succeeded');
  const newSucceeded = succeeded.filter((pod) => isNew(pod, uncounted.succeeded));
  const newFailed = tracked.filter((pod) => isPodFailed(job, pod) && isNew(pod, uncounted.failed));
  const indexesOf = (some: readonly Pod[]) => some.flatMap((pod) => indexOf(job, pod) ?? []);
  const done = isIndexed(job) ? withIndexes(parseIndexes(status.completedIndexes, completions), indexesOf(succeeded)) : [];
  const lost =
    spec.backoffLimitPerIndex === undefined
      ? null
      : withIndexes(parseIndexes(status.failedIndexes, completions), indexesOf(tracked.filter((pod) => isLastTry(job, pod))));
  const view = {
    job,
    epochMs,
    now,
    pods,
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter(isTerminating).length,
    succeeded: isIndexed(job)
      ? countOf(done)
      : (status.succeeded ?? 0) + newSucceeded.length + (uncounted.succeeded ?? []).length,
    failed:
      (status.failed ?? 0) +
      newFailed.filter((pod) => actionFor(job, pod) !== 'Ignore').length +
      (uncounted.failed ?? []).length,
    record: nextRecord(record, newSucceeded, newFailed),
    done,
    lost,
    held: lost ? heldPods(job, tracked, active, [done, lost]) : new Map<number, Pod>(),
  };
  return { ...view, finish: finishOf(view) };
}
