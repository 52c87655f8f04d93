// Counting Pods that ended, in two writes: first their uids and why the Job ends, then, with the finalizers off, the counters and the end.
// Models pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers, canRemoveFinalizer, flushUncountedAndRemoveFinalizers,
// cleanUncountedPodsWithoutFinalizers, enactJobFinished (v1.36), rules JOB-04, JOB-14, JOB-15, JOB-23.

import type { Condition, Pod } from '../../types.ts';
import { countOf, formatIndexes } from './indexes.ts';
import {
  hasFinalizer,
  indexOf,
  isIndexed,
  isPodFailed,
  type Job,
  type JobStatus,
  newCondition,
  trueCondition,
} from './model.ts';
import { actionFor, type JobView } from './view.ts';

/** So many Pods are counted in one sync. */
const MOST_COUNTED = 500;

/** What a sync has done with the Pods, for the status. */
export interface Outcome {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly finish: Condition | null;
  readonly conditions: readonly Condition[];
  readonly startTime: string | undefined;
}

export interface TrackPlan {
  readonly status: JobStatus;
  /** Pods whose finalizer comes off once the status is written. */
  readonly release: readonly Pod[];
}

/** JOB-04: uids of Pods whose finalizer is off turn into counts. */
function cleaned(
  { status }: Job,
  pods: readonly Pod[],
): { readonly succeeded: number; readonly failed: number; readonly left: readonly [string[], string[]] } {
  const tracked = new Set(pods.filter(hasFinalizer).map(({ metadata }) => metadata.uid));
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const left = [succeeded, failed].map((uids) => uids.filter((uid) => tracked.has(uid))) as [string[], string[]];
  return {
    succeeded: (status.succeeded ?? 0) + succeeded.length - left[0].length,
    failed: (status.failed ?? 0) + failed.length - left[1].length,
    left,
  };
}

/** JOB-04, JOB-20. */
function mayRelease({ job, held }: JobView, pod: Pod, finish: Condition | null): boolean {
  if (job.metadata.deletionTimestamp !== undefined || finish || pod.status.phase === 'Succeeded') return true;
  return isPodFailed(job, pod) && held.get(indexOf(job, pod) ?? -1) !== pod;
}

const uncountedOf = ([succeeded, failed]: readonly [readonly string[], readonly string[]]) => ({
  uncountedTerminatedPods: { ...(succeeded.length > 0 && { succeeded }), ...(failed.length > 0 && { failed }) },
});

/** Counters as the API keeps them: no zeros. */
const counters = (active: number, succeeded: number, failed: number) => ({
  ...(active > 0 && { active }),
  ...(succeeded > 0 && { succeeded }),
  ...(failed > 0 && { failed }),
});

/** JOB-14, JOB-23: the first write. */
export function planTracking(view: JobView, outcome: Outcome): TrackPlan {
  const { job, pods } = view;
  const { finish, startTime } = outcome;
  const { succeeded, failed, left } = cleaned(job, pods);
  const [goneWell, goneWrong] = left;
  const release: Pod[] = [];
  for (const pod of pods) {
    if (!hasFinalizer(pod) || !mayRelease(view, pod, finish)) continue;
    release.push(pod);
    const { uid } = pod.metadata;
    const index = indexOf(job, pod);
    const isFailure = isPodFailed(job, pod) || finish?.type === 'FailureTarget';
    if (pod.status.phase === 'Succeeded' && !goneWrong.includes(uid)) {
      if (!isIndexed(job) && !goneWell.includes(uid)) goneWell.push(uid);
    } else if (isFailure && !goneWrong.includes(uid) && (index !== null || !isIndexed(job)))
      if (actionFor(job, pod) !== 'Ignore') goneWrong.push(uid);
    if (release.length >= MOST_COUNTED) break;
  }
  const isNew = finish && !trueCondition(job, finish.type);
  const conditions = isNew ? [...outcome.conditions, finish] : outcome.conditions;
  const { completionTime } = job.status;
  const status = {
    ...counters(outcome.active, isIndexed(job) ? countOf(view.done) : succeeded, failed),
    ready: outcome.ready,
    terminating: outcome.terminating,
    ...(view.done.length > 0 && { completedIndexes: formatIndexes(view.done) }),
    ...(view.lost && { failedIndexes: formatIndexes(view.lost) }),
    ...(startTime !== undefined && { startTime }),
    ...(completionTime !== undefined && { completionTime }),
    ...uncountedOf(left),
    ...(conditions.length > 0 && { conditions }),
  };
  return { status, release };
}

export interface SettlePlan {
  readonly status: JobStatus;
  /** Complete or Failed, when the Job ends with this write. */
  readonly end: Condition | null;
}

/** JOB-14, JOB-15: the second write, when the finalizers are off: counters, and the end unless a Pod is still there or terminating. */
export function planSettling(job: Job, pods: readonly Pod[], now: string): SettlePlan {
  const { succeeded, failed, left } = cleaned(job, pods);
  const { status } = job;
  const met = trueCondition(job, 'SuccessCriteriaMet');
  const finish = met ?? trueCondition(job, 'FailureTarget');
  const isQuiet = !left.flat().length && !status.terminating && !status.active && !pods.some(hasFinalizer);
  const end =
    finish && isQuiet ? newCondition(met ? 'Complete' : 'Failed', finish.reason ?? '', finish.message ?? '', now) : null;
  const { active: _, succeeded: __, failed: ___, ...rest } = status;
  return {
    end,
    status: {
      ...rest,
      ...counters(status.active ?? 0, isIndexed(job) ? (status.succeeded ?? 0) : succeeded, failed),
      ...uncountedOf(left),
      ...(end && { conditions: [...(status.conditions ?? []), end] }),
      ...(end?.type === 'Complete' && { completionTime: now }),
    },
  };
}
