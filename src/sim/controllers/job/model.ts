// What a Job is, and small questions about Jobs and their Pods.
// Models pkg/controller/job/{job_controller,indexed_job_utils,tracking_utils}.go (v1.36): isPodFailed, getCompletionIndex, hasJobTrackingFinalizer.

import type { Condition, KubeObject, LabelSelector, Pod, PodTemplate } from '../../types.ts';
import { conditionOf } from '../pods.ts';
import type { FailureRule, SuccessRule } from './policies.ts';

/** JOB-04: keeps a Pod's object until the Job has counted it. */
export const FINALIZER = 'batch.kubernetes.io/job-tracking';
/** JOB-03: annotation and label of an Indexed Job's Pod. */
export const INDEX = 'batch.kubernetes.io/job-completion-index';
/** JOB-20: failures of a Pod's index before this Pod: counted, and ignored by policy. */
export const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
export const IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count';

export interface Job extends KubeObject {
  readonly spec: {
    readonly parallelism: number;
    readonly completions?: number;
    readonly completionMode: 'NonIndexed' | 'Indexed';
    readonly backoffLimit: number;
    readonly backoffLimitPerIndex?: number;
    readonly maxFailedIndexes?: number;
    readonly activeDeadlineSeconds?: number;
    readonly ttlSecondsAfterFinished?: number;
    readonly suspend?: boolean;
    readonly managedBy?: string;
    readonly podReplacementPolicy?: 'TerminatingOrFailed' | 'Failed';
    readonly podFailurePolicy?: { readonly rules: readonly FailureRule[] };
    readonly successPolicy?: { readonly rules: readonly SuccessRule[] };
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
  };
  readonly status: JobStatus;
}

export interface JobStatus {
  readonly active?: number;
  readonly ready?: number;
  readonly terminating?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly completedIndexes?: string;
  readonly failedIndexes?: string;
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly uncountedTerminatedPods?: Uncounted;
  readonly conditions?: readonly Condition[];
}

/** uids of Pods that ended and whose finalizer is not known to be off. */
export interface Uncounted {
  readonly succeeded?: readonly string[];
  readonly failed?: readonly string[];
}

export const isIndexed = ({ spec }: Job) => spec.completionMode === 'Indexed';
export const hasFinalizer = ({ metadata }: KubeObject) => metadata.finalizers?.includes(FINALIZER) === true;

/** The condition of that type, if it is True. */
export function trueCondition(job: KubeObject, type: string): Condition | undefined {
  const condition = conditionOf(job, type);
  return condition?.status === 'True' ? condition : undefined;
}

/** The condition that says for good how the Job ended: Complete or Failed. */
export const endOf = (job: KubeObject) => trueCondition(job, 'Complete') ?? trueCondition(job, 'Failed');

/** The index in a Pod's annotation, if it is one of this Job's: below completions. */
export function indexOf(job: Job, pod: Pod): number | null {
  const index = rawIndexOf(pod);
  return index !== null && index < (job.spec.completions ?? 0) ? index : null;
}

/** The index in a Pod's annotation, however high. */
export function rawIndexOf({ metadata }: Pod): number | null {
  const text = metadata.annotations?.[INDEX] ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

export const replacesOnlyFailed = ({ spec }: Job) => spec.podReplacementPolicy === 'Failed';

/** JOB-09. */
export function isPodFailed(job: Job, { status, metadata }: Pod): boolean {
  if (status.phase === 'Failed') return true;
  return !replacesOnlyFailed(job) && metadata.deletionTimestamp !== undefined && status.phase !== 'Succeeded';
}

/** A condition as the controller writes it. */
export const newCondition = (type: string, reason: string, message: string, now: string): Condition => ({
  type,
  status: 'True',
  lastProbeTime: now,
  lastTransitionTime: now,
  reason,
  message,
});
