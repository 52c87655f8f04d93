// How long a Job waits before it tries again.
// Models pkg/controller/job/backoff_utils.go (v1.36), rules JOB-10, JOB-20.

import { parseTime } from '../../../base/time.ts';
import type { Pod } from '../../types.ts';
import { conditionOf } from '../pods.ts';

const FIRST_MS = 10_000;
const MOST_MS = 600_000;

/** Failures since the last success, and when the last of them ended (epoch ms). */
export interface BackoffRecord {
  readonly failures: number;
  readonly lastMs: number;
}

export const NO_FAILURES: BackoffRecord = { failures: 0, lastMs: 0 };

/** When a Pod ended: its containers' times, else when it stopped being Ready, else when it was asked to go. Whole seconds (CTL-14). */
export function finishedMs(pod: Pod): number {
  const { status, metadata } = pod;
  const ends = (status.containerStatuses ?? []).map(({ state }) => state.terminated?.finishedAt);
  if (ends.length > 0 && ends.every((end) => end !== undefined))
    return Math.max(...ends.map((end) => parseTime(end as string)));
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return parseTime(ready.lastTransitionTime);
  if (metadata.deletionTimestamp === undefined) return parseTime(metadata.creationTimestamp);
  return parseTime(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
}

/** JOB-10: the record after Pods newly seen to have succeeded and failed. */
export function nextRecord(record: BackoffRecord, succeeded: readonly Pod[], failed: readonly Pod[]): BackoffRecord {
  const successMs = Math.max(...succeeded.map(finishedMs));
  const failures = failed.map(finishedMs).filter((endMs) => endMs > successMs);
  const before = succeeded.length === 0 ? record : NO_FAILURES;
  return failures.length === 0 ? before : { failures: before.failures + failures.length, lastMs: Math.max(...failures) };
}

/** JOB-10: ms until the next try: 10 s · 2ⁿ⁻¹ after the last failure, 600 s at most. */
export function waitMs({ failures, lastMs }: BackoffRecord, epochMs: number): number {
  if (failures === 0) return 0;
  const backoffMs = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  return Math.max(0, lastMs + backoffMs - epochMs);
}
