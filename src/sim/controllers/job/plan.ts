// How many Pods a Job wants, which go and which come: decides, does nothing.
// Models pkg/controller/job/job_controller.go manageJob, activePodsForRemoval, getPodCreationInfoForIndependentIndexes,
// indexed_job_utils.go firstPendingIndexes, appendDuplicatedIndexPodsForRemoval, podGenerateNameWithIndex (v1.36).

import type { NewObject } from '../../api/client.ts';
import type { Pod } from '../../types.ts';
import { podFromTemplate } from '../ownership.ts';
import { conditionOf, isReady, isTerminating, maxRestarts } from '../pods.ts';
import { finishedMs, waitMs } from './backoff.ts';
import { lowestMissing, union, withIndexes } from './indexes.ts';
import { FAILURES, FINALIZER, IGNORED, INDEX, indexOf, isIndexed, type Job, rawIndexOf, replacesOnlyFailed } from './model.ts';
import { actionFor, allFailuresBefore, failuresBefore, type JobView } from './view.ts';

/** At most so many creates or deletes in one sync. */
const BURST = 500;
/** Longest start of a generated name (CTL-08). */
const BASE_LENGTH = 58;

export interface PodPlan {
  readonly remove: readonly Pod[];
  /** Indexes to be started, null for a Pod without one. */
  readonly create: readonly (number | null)[];
  /** Above 0: Pods are missing, but the back-off says to wait so long. */
  readonly waitMs: number;
  readonly wanted: number;
}

/** JOB-06. */
export function wantedActive({ job, succeeded, active }: JobView): number {
  const { completions, parallelism } = job.spec;
  if (completions !== undefined) return Math.max(0, Math.min(parallelism, completions - succeeded));
  return succeeded > 0 ? active.length : parallelism;
}

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const later = (a = '', b = '') => (a > b ? -1 : a < b ? 1 : 0);

/** JOB-07: negative when `a` is to go before `b`. */
function compareActive(a: Pod, b: Pod): number {
  const since = (pod: Pod) => conditionOf(pod, 'Ready')?.lastTransitionTime;
  return (
    Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
    (PHASES[a.status.phase] ?? 0) - (PHASES[b.status.phase] ?? 0) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    (isReady(a) ? later(since(a), since(b)) : 0) ||
    maxRestarts(b) - maxRestarts(a) ||
    later(a.metadata.creationTimestamp, b.metadata.creationTimestamp)
  );
}

/** JOB-07: the Pods that go when at least `least` must. */
export function podsToRemove(job: Job, active: readonly Pod[], least: number): readonly Pod[] {
  const ranked = [...active].sort(compareActive);
  if (!isIndexed(job)) return ranked.slice(0, least);
  // The last of an index is the one to keep.
  const keepers = new Map(ranked.map((pod) => [indexOf(job, pod), pod]));
  const wrong = ranked.filter((pod) => indexOf(job, pod) === null || keepers.get(indexOf(job, pod)) !== pod);
  const byIndex = (pod: Pod) => rawIndexOf(pod) ?? -1;
  wrong.sort((a, b) => byIndex(a) - byIndex(b));
  return [...wrong, ...ranked.filter((pod) => !wrong.includes(pod)).slice(0, Math.max(0, least - wrong.length))];
}

/** JOB-20: ms until an index may be tried again. */
function indexWaitMs({ held, epochMs }: JobView, index: number): number {
  const last = held.get(index);
  return last ? waitMs({ failures: allFailuresBefore(last) + 1, lastMs: finishedMs(last) }, epochMs) : 0;
}

/** JOB-08, JOB-20: which indexes are started now. */
function planIndexes(view: JobView, count: number): Pick<PodPlan, 'create' | 'waitMs'> {
  const { job, done, lost, active, pods } = view;
  const taken = [...active, ...(replacesOnlyFailed(job) ? pods.filter(isTerminating) : [])];
  const set = union(
    withIndexes(
      done,
      taken.flatMap((pod) => indexOf(job, pod) ?? []),
    ),
    lost ?? [],
  );
  const missing = lowestMissing(set, count, job.spec.completions ?? 0);
  const due = missing.filter((index) => indexWaitMs(view, index) === 0);
  if (due.length > 0 || missing.length === 0) return { create: due, waitMs: 0 };
  return { create: [], waitMs: Math.min(...missing.map((index) => indexWaitMs(view, index))) };
}

/** JOB-06, JOB-07, JOB-19: what a Job that goes on does with its Pods; either deletes or creates. */
export function planPods(view: JobView): PodPlan {
  const { job, active, record, epochMs, terminating } = view;
  if (job.spec.suspend) return { remove: podsToRemove(job, active, active.length), create: [], waitMs: 0, wanted: 0 };
  const wanted = wantedActive(view);
  const remove = podsToRemove(job, active, Math.max(0, active.length - wanted)).slice(0, BURST);
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? terminating : 0);
  const nothing = { remove, create: [], waitMs: 0, wanted };
  if (remove.length > 0 || missing <= 0) return nothing;
  const pauseMs = view.lost ? 0 : waitMs(record, epochMs);
  if (pauseMs > 0) return { ...nothing, waitMs: pauseMs };
  const count = Math.min(missing, BURST);
  if (isIndexed(job)) return { ...nothing, ...planIndexes(view, count) };
  return { ...nothing, create: Array.from({ length: count }, () => null) };
}

/** JOB-20: the counts that the next Pod of an index carries on. */
function failureCounts({ job, held }: JobView, index: number): Record<string, string> {
  const last = held.get(index);
  const { counted, ignored } = last ? failuresBefore(last) : { counted: 0, ignored: 0 };
  const isIgnored = last !== undefined && actionFor(job, last) === 'Ignore';
  const nowIgnored = ignored + Number(isIgnored);
  return {
    [FAILURES]: String(counted + Number(last !== undefined && !isIgnored)),
    ...(nowIgnored > 0 && { [IGNORED]: String(nowIgnored) }),
  };
}

const ENV = 'JOB_COMPLETION_INDEX';
const env = { name: ENV, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } };

/** JOB-03, JOB-04: a new Pod of the Job, with an index or without. */
export function newPod(view: JobView, index: number | null): NewObject {
  const { job } = view;
  const { template } = job.spec;
  const pod = podFromTemplate(job, template);
  const finalizers = [...(template.metadata?.finalizers ?? []).filter((name) => name !== FINALIZER), FINALIZER];
  if (index === null) return { ...pod, metadata: { ...pod.metadata, finalizers } };
  const suffix = `-${index}-`;
  const withIndex = <T extends { readonly env?: readonly { readonly name: string }[] }>(container: T) =>
    container.env?.some(({ name }) => name === ENV) ? container : { ...container, env: [...(container.env ?? []), env] };
  const { containers, initContainers } = template.spec;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: job.metadata.name.slice(0, BASE_LENGTH - suffix.length) + suffix,
      labels: { ...template.metadata?.labels, [INDEX]: String(index) },
      annotations: {
        ...template.metadata?.annotations,
        [INDEX]: String(index),
        ...(view.lost && failureCounts(view, index)),
      },
      finalizers,
    },
    spec: {
      ...template.spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: containers.map(withIndex),
      ...(initContainers && { initContainers: initContainers.map(withIndex) }),
    },
  };
}
