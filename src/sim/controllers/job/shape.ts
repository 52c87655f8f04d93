// Jobs as this folder reads them, and the small arithmetic of indexes, finish times and back-offs.
// Models pkg/controller/job/{indexed_job_utils,backoff_utils}.go (v1.36), rules JOB-03, JOB-08, JOB-10, JOB-20, JOB-23.

import { parseTime } from '../../../base/time.ts';
import type { Condition, KubeObject, LabelSelector, Pod, PodTemplate } from '../../types.ts';
import { conditionOf } from '../pods.ts';

export interface FailureRule {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly onExitCodes?: {
    readonly containerName?: string;
    readonly operator: 'In' | 'NotIn';
    readonly values: readonly number[];
  };
  readonly onPodConditions?: readonly { readonly type: string; readonly status?: string }[];
}

export interface Job extends KubeObject {
  readonly spec: {
    readonly parallelism?: number;
    readonly completions?: number;
    readonly completionMode?: 'NonIndexed' | 'Indexed';
    readonly backoffLimit?: number;
    readonly backoffLimitPerIndex?: number;
    readonly maxFailedIndexes?: number;
    readonly activeDeadlineSeconds?: number;
    readonly ttlSecondsAfterFinished?: number;
    readonly suspend?: boolean;
    readonly podReplacementPolicy?: 'TerminatingOrFailed' | 'Failed';
    readonly podFailurePolicy?: { readonly rules: readonly FailureRule[] };
    readonly successPolicy?: {
      readonly rules: readonly { readonly succeededIndexes?: string; readonly succeededCount?: number }[];
    };
    readonly selector?: LabelSelector;
    readonly template: PodTemplate;
  };
  readonly status: {
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly active?: number;
    readonly ready?: number;
    readonly terminating?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly completedIndexes?: string;
    readonly failedIndexes?: string;
    readonly uncountedTerminatedPods?: object;
    readonly conditions?: readonly Condition[];
  };
}

export const TRACKING = 'batch.kubernetes.io/job-tracking';
export const INDEX = 'batch.kubernetes.io/job-completion-index';

export const isIndexed = (job: Job) => job.spec.completionMode === 'Indexed';
export const isTracked = (pod: Pod) => (pod.metadata.finalizers ?? []).includes(TRACKING);
export const hasCondition = (job: Job, type: string) => conditionOf(job, type)?.status === 'True';
export const isFinished = (job: Job) => hasCondition(job, 'Complete') || hasCondition(job, 'Failed');

/** The completion index of a Pod; −1 when it has none. */
export function indexOf(pod: Pod): number {
  const text = pod.metadata.annotations?.[INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : -1;
}

/** JOB-23: `0-2,5`; a run of two is written `1,2`. */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...new Set(indexes)].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const index of sorted) {
    const run = runs.at(-1);
    if (run && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([from, to]) => (to === from ? `${from}` : to === from + 1 ? `${from},${to}` : `${from}-${to}`)).join(',');
}

/** The indexes of such a text, at most `limit` of them. */
export function parseIndexes(text: string | undefined, limit = 100_000): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [from = 0, to = from] = part.split('-').map(Number);
    for (let index = from; index <= to && indexes.size < limit; index++) indexes.add(index);
  }
  return indexes;
}

/** JOB-10: epoch ms at which a Pod ended: its last container, else when it stopped being ready, else its deletion, else its creation. */
export function finishedAtMs(pod: Pod): number {
  const ends = (pod.status.containerStatuses ?? []).map((container) => parseTime(container.state.terminated?.finishedAt ?? ''));
  const last = Math.max(...ends.filter((end) => !Number.isNaN(end)));
  if (Number.isFinite(last) && ends.every((end) => !Number.isNaN(end))) return last;
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return parseTime(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  return deletionTimestamp ? parseTime(deletionTimestamp) - deletionGracePeriodSeconds * 1000 : parseTime(creationTimestamp);
}

const FIRST_MS = 10_000;
const MOST_MS = 600_000;

/** JOB-10: 10 s · 2ⁿ⁻¹ after the n-th failure in a row, 600 s at most. */
export function backoffMs(failures: number): number {
  return failures <= 0 ? 0 : Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 20), MOST_MS);
}
