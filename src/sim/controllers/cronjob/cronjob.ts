// Starts Jobs by the clock, and clears away those that are over.
// Models pkg/controller/cronjob/cronjob_controllerv2.go sync, syncCronJob, cleanupFinishedJobs, updateCronJob (v1.36), rules CRON-01 … CRON-06.

import { isSame } from '../../../base/json.ts';
import { formatTime, parseTime } from '../../../base/time.ts';
import { formatZoneTime } from '../../../base/zone.ts';
import type { Actor, SyncContext, Watch } from '../../actor.ts';
import { parseSchedule, type Schedule } from '../../api/cron.ts';
import { ApiError, isReason } from '../../api/status.ts';
import type { KubeObject, ObjectMeta } from '../../types.ts';
import { endOf, type Job } from '../job/model.ts';
import { keyFor, ownersOf, splitKey } from '../keys.ts';
import { controllerOf, controllerReference } from '../ownership.ts';
import { missedSince, nextTimeMs } from './schedule.ts';

/** CRON-02: it looks so long after the full minute. */
const SLACK_MS = 100;
const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const TOO_MANY = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
const STILL_ACTIVE = 'Not starting job because prior execution is running and concurrency policy is Forbid';

interface Reference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly apiVersion: string;
  readonly resourceVersion: string;
}

export interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string;
    readonly suspend?: boolean;
    readonly concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace';
    readonly startingDeadlineSeconds?: number;
    readonly successfulJobsHistoryLimit?: number;
    readonly failedJobsHistoryLimit?: number;
    readonly jobTemplate: { readonly metadata?: Partial<ObjectMeta>; readonly spec: Job['spec'] };
  };
  readonly status: {
    readonly active?: readonly Reference[];
    readonly lastScheduleTime?: string;
    readonly lastSuccessfulTime?: string;
  };
}

export type CronPlan =
  | { readonly act: 'start'; readonly slotMs: number; readonly isMany: boolean }
  /** Forbid: a Job still runs. */
  | { readonly act: 'skip'; readonly isMany: boolean }
  /** Nothing has come (in time: CRON-03), or it was served already. */
  | { readonly act: 'wait'; readonly isMany: boolean }
  | { readonly act: 'impossible' };

const zoneOf = ({ spec }: CronJob) => spec.timeZone ?? 'UTC';
const sinceMs = ({ status, metadata }: CronJob) => parseTime(status.lastScheduleTime ?? metadata.creationTimestamp);
const jobName = ({ metadata }: CronJob, slotMs: number) => `${metadata.name}-${Math.floor(slotMs / 60_000)}`;

/**
 * CRON-02, CRON-03, CRON-04: what a CronJob that is not suspended does now; which Jobs Replace deletes is not part of the plan.
 * Upstream's Warning MissSchedule is not here: it looks only at times within the deadline, so none of them can be too late.
 */
export function planCronJob(cron: CronJob, schedule: Schedule, nowMs: number): CronPlan {
  const { startingDeadlineSeconds: deadline, concurrencyPolicy } = cron.spec;
  const { active = [] } = cron.status;
  const fromMs = deadline === undefined ? sinceMs(cron) : Math.max(sinceMs(cron), nowMs - deadline * 1000);
  const { recentMs, isMany, isImpossible } = missedSince(schedule, fromMs, nowMs, zoneOf(cron));
  if (isImpossible) return { act: 'impossible' };
  if (recentMs === null) return { act: 'wait', isMany: false };
  // The controller may have made the Job and forgotten to say when.
  if (active.some(({ name }) => name === jobName(cron, recentMs))) return { act: 'wait', isMany };
  return concurrencyPolicy === 'Forbid' && active.length > 0
    ? { act: 'skip', isMany }
    : { act: 'start', slotMs: recentMs, isMany };
}

/** CRON-02: ms until the next look; null when the schedule never comes true. */
export function nextLookMs(cron: CronJob, schedule: Schedule, nowMs: number): number | null {
  const { recentMs, isMany } = missedSince(schedule, sinceMs(cron), nowMs, zoneOf(cron));
  const next = nextTimeMs(schedule, recentMs ?? (isMany ? nowMs : sinceMs(cron)), zoneOf(cron));
  return next === null ? null : next + SLACK_MS - nowMs;
}

/** A CronJob in work: its status changes as the sync goes on. */
interface Work {
  readonly ctx: SyncContext;
  cron: CronJob;
}

function setStatus(work: Work, change: Partial<CronJob['status']>): void {
  work.cron = { ...work.cron, status: { ...work.cron.status, ...change } };
}

const withoutActive = ({ cron }: Work, uid: string) => ({
  active: (cron.status.active ?? []).filter((reference) => reference.uid !== uid),
});

/** CRON-05, CRON-06: what became of its Jobs. */
function lookAtJobs(work: Work, jobs: readonly Job[]): void {
  const { ctx } = work;
  for (const job of jobs) {
    const { name, uid } = job.metadata;
    const isListed = work.cron.status.active?.some((reference) => reference.uid === uid) === true;
    const end = endOf(job);
    if (!isListed && !end) {
      const message = `Saw a job that the controller did not create or forgot: ${name}`;
      ctx.event(work.cron, 'Warning', 'UnexpectedJob', message);
    } else if (isListed && end) {
      setStatus(work, withoutActive(work, uid));
      ctx.event(work.cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end.type}`);
    } else if (end?.type === 'Complete') {
      const { completionTime = '' } = job.status;
      if (completionTime > (work.cron.status.lastSuccessfulTime ?? '')) setStatus(work, { lastSuccessfulTime: completionTime });
    }
  }
  for (const { name, uid } of work.cron.status.active ?? []) {
    if (jobs.some((job) => job.metadata.uid === uid)) continue;
    ctx.event(work.cron, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    setStatus(work, withoutActive(work, uid));
  }
}

/** CRON-04, CRON-05: deletes a Job and its Pods; what fails is told and tried again. */
function removeJob(work: Work, { name, uid }: { readonly name: string; readonly uid: string }, why: string): void {
  const { ctx, cron } = work;
  const { namespace = '' } = cron.metadata;
  try {
    const facts = { cronJob: cron.metadata.name, job: name };
    ctx.api.delete('jobs', namespace, name, { propagationPolicy: 'Background' }, why, facts);
  } catch (error) {
    if (error instanceof ApiError) ctx.event(cron, 'Warning', 'FailedDelete', `Deleted job: ${error.message}`);
    throw error;
  }
  setStatus(work, withoutActive(work, uid));
  ctx.event(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
}

/** CRON-05: the Jobs of one kind of end that are more than the history keeps, oldest first. */
export function planHistory(jobs: readonly Job[], type: string, limit: number | undefined): readonly Job[] {
  const ended = jobs.filter((job) => endOf(job)?.type === type);
  const startOf = ({ status }: Job) => status.startTime ?? '9';
  ended.sort((a, b) => ((startOf(a) === startOf(b) ? a.metadata.name < b.metadata.name : startOf(a) < startOf(b)) ? -1 : 1));
  return limit === undefined ? [] : ended.slice(0, Math.max(0, ended.length - limit));
}

/** CRON-01: the Job for a time. */
function jobFor(cron: CronJob, slotMs: number) {
  const { metadata = {}, spec } = cron.spec.jobTemplate;
  return {
    metadata: {
      name: jobName(cron, slotMs),
      namespace: cron.metadata.namespace ?? '',
      ...(metadata.labels && { labels: metadata.labels }),
      annotations: { ...metadata.annotations, [SCHEDULED_AT]: formatZoneTime(slotMs, zoneOf(cron)) },
      ownerReferences: [controllerReference(cron)],
    },
    spec,
  };
}

/** The new Job, or the one of that name if it is this CronJob's own and was forgotten; null when it is somebody else's. */
function createJob({ cron, ctx }: Work, slotMs: number): KubeObject | null {
  const body = jobFor(cron, slotMs);
  const { name, namespace } = body.metadata;
  try {
    const facts = { cronJob: cron.metadata.name, job: name, time: formatTime(slotMs).slice(11, 16) };
    const job = ctx.api.create('jobs', body, 'CRON-02', facts);
    ctx.event(cron, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
    return job;
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) {
      if (error instanceof ApiError) ctx.event(cron, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
      throw error;
    }
    const job = ctx.read.get('jobs', namespace, name);
    return job && controllerOf(job)?.uid === cron.metadata.uid ? job : null;
  }
}

function start(work: Work, slotMs: number): void {
  if (work.cron.spec.concurrencyPolicy === 'Replace')
    for (const reference of work.cron.status.active ?? []) removeJob(work, reference, 'CRON-04');
  const job = createJob(work, slotMs);
  if (!job) return;
  const { name, namespace = '', uid, resourceVersion } = job.metadata;
  const reference = { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion };
  setStatus(work, { active: [...(work.cron.status.active ?? []), reference], lastScheduleTime: formatTime(slotMs) });
}

/** CRON-02 … CRON-04. */
function keepTime(work: Work, key: string): void {
  const { ctx, cron } = work;
  const schedule = parseSchedule(cron.spec.schedule);
  if (cron.metadata.deletionTimestamp !== undefined || cron.spec.suspend || 'fault' in schedule) return;
  const nowMs = ctx.settings.epochMs + ctx.nowMs;
  const plan = planCronJob(cron, schedule, nowMs);
  if (plan.act === 'impossible') {
    const fault = 'time difference between two schedules is less than 1 second';
    ctx.event(cron, 'Warning', 'InvalidSchedule', `invalid schedule: ${cron.spec.schedule} : ${fault}`);
    return;
  }
  if (plan.isMany) ctx.event(cron, 'Warning', 'TooManyMissedTimes', TOO_MANY);
  if (plan.act === 'start') start(work, plan.slotMs);
  if (plan.act === 'skip') ctx.event(cron, 'Normal', 'JobAlreadyActive', STILL_ACTIVE);
  const waitMs = nextLookMs(work.cron, schedule, nowMs);
  if (waitMs !== null) ctx.after(waitMs, key);
}

/** CRON-05: what the history does not keep goes. */
function trimHistory(work: Work, jobs: readonly Job[]): void {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = work.cron.spec;
  const surplus = [
    ...planHistory(jobs, 'Complete', successfulJobsHistoryLimit),
    ...planHistory(jobs, 'Failed', failedJobsHistoryLimit),
  ];
  for (const { metadata } of surplus) removeJob(work, metadata, 'CRON-05');
}

function syncCronJob(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const stored = ctx.read.get('cronjobs', namespace, name) as CronJob | undefined;
  if (!stored) return;
  const jobs = ctx.read.controlledBy('jobs', stored.metadata.uid) as readonly Job[];
  const work: Work = { ctx, cron: stored };
  let failure: ApiError | null = null;
  for (const part of [() => lookAtJobs(work, jobs), () => keepTime(work, key), () => trimHistory(work, jobs)])
    try {
      part();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failure ??= error;
    }
  const { active = [], ...rest } = work.cron.status;
  const status = { ...rest, ...(active.length > 0 && { active }) };
  if (!isSame(status, stored.status)) ctx.api.updateStatus('cronjobs', { ...stored, status }, 'CRON-05', { cronJob: name });
  if (failure) throw failure;
}

/** A changed schedule takes effect at its next time: what it would have missed does not start now. */
function awaitSchedule(key: string, ctx: SyncContext): void {
  const cron = ctx.read.get('cronjobs', ...splitKey(key)) as CronJob | undefined;
  const schedule = cron && parseSchedule(cron.spec.schedule);
  if (!schedule || 'fault' in schedule) return;
  const waitMs = nextLookMs(cron, schedule, ctx.settings.epochMs + ctx.nowMs);
  if (waitMs !== null) ctx.after(waitMs, key);
}

const cronJobWatch: Watch = (cron, before) => {
  const isMoved =
    before !== null && (before.spec.schedule !== cron.spec.schedule || before.spec.timeZone !== cron.spec.timeZone);
  return [isMoved ? `~${keyFor(cron)}` : keyFor(cron)];
};

export const cronJobController: Actor = {
  name: 'cronjob-controller',
  latencyMs: [3, 12],
  watches: { cronjobs: cronJobWatch, jobs: ownersOf('CronJob', 'cronjobs', () => false) },
  sync: (key, ctx) => (key.startsWith('~') ? awaitSchedule(key.slice(1), ctx) : syncCronJob(key, ctx)),
};
