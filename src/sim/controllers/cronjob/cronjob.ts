// Starts Jobs by the clock.
// Models pkg/controller/cronjob/cronjob_controllerv2.go (v1.36), rules CRON-01 … CRON-06.

import { isSame } from '../../../base/json.ts';
import { formatTime, parseTime } from '../../../base/time.ts';
import type { Actor, SyncContext } from '../../actor.ts';
import { parseSchedule, type Schedule } from '../../api/cron.ts';
import { ApiError, isReason } from '../../api/status.ts';
import type { KubeObject, ObjectMeta, PodTemplate } from '../../types.ts';
import { endOf, type Job } from '../job/model.ts';
import { itself, ownersOf, splitKey } from '../keys.ts';
import { controllerReference } from '../ownership.ts';
import { missedSlot, nextSlotMs, zoneOffsetMs } from './schedule.ts';

/** CRON-02: the controller looks again so long after the full minute. */
const SLACK_MS = 100;
const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
}

interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string;
    readonly suspend?: boolean;
    readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
    readonly startingDeadlineSeconds?: number;
    readonly successfulJobsHistoryLimit?: number;
    readonly failedJobsHistoryLimit?: number;
    readonly jobTemplate: { readonly metadata?: Partial<ObjectMeta>; readonly spec: { readonly template: PodTemplate } };
  };
  readonly status: {
    readonly active?: readonly Reference[];
    readonly lastScheduleTime?: string;
    readonly lastSuccessfulTime?: string;
  };
}

interface Work {
  readonly cron: CronJob;
  readonly ctx: SyncContext;
  status: CronJob['status'];
}

const finishedWord = (job: Job) => endOf(job)?.type;
const isFinished = (job: Job) => endOf(job) !== undefined;

/** CRON-05, CRON-06: takes finished and vanished Jobs off the list of active ones. */
function settleActive(work: Work, jobs: readonly Job[]): void {
  const { cron, ctx } = work;
  for (const job of jobs) {
    const isListed = work.status.active?.some((reference) => reference.uid === job.metadata.uid) === true;
    const isOver = isFinished(job);
    if (!isListed && !isOver) {
      ctx.event(
        cron,
        'Warning',
        'UnexpectedJob',
        `Saw a job that the controller did not create or forgot: ${job.metadata.name}`,
      );
    } else if (isListed && isOver) {
      work.status = {
        ...work.status,
        active: work.status.active?.filter((reference) => reference.uid !== job.metadata.uid) ?? [],
      };
      ctx.event(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${finishedWord(job)}`);
    }
    const { completionTime } = job.status;
    if (finishedWord(job) === 'Complete' && completionTime && completionTime > (work.status.lastSuccessfulTime ?? '')) {
      work.status = { ...work.status, lastSuccessfulTime: completionTime };
    }
  }
  for (const reference of work.status.active ?? []) {
    if (jobs.some((job) => job.metadata.uid === reference.uid)) continue;
    ctx.event(cron, 'Normal', 'MissingJob', `Active job went missing: ${reference.name}`);
    work.status = { ...work.status, active: work.status.active?.filter((other) => other.uid !== reference.uid) ?? [] };
  }
}

function removeJob(work: Work, name: string): void {
  const { cron, ctx } = work;
  try {
    ctx.api.delete('jobs', cron.metadata.namespace ?? '', name, { propagationPolicy: 'Background' }, 'CRON-04', { job: name });
    ctx.event(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
  work.status = { ...work.status, active: work.status.active?.filter((reference) => reference.name !== name) ?? [] };
}

/** CRON-05: finished Jobs beyond the history limits go, oldest first. */
function trimHistory(work: Work, jobs: readonly Job[]): void {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = work.cron.spec;
  for (const [word, limit] of [
    ['Complete', successfulJobsHistoryLimit],
    ['Failed', failedJobsHistoryLimit],
  ] as const) {
    const done = jobs.filter((job) => isFinished(job) && finishedWord(job) === word);
    const byStart = [...done].sort((a, b) => ((a.status.startTime ?? '') < (b.status.startTime ?? '') ? -1 : 1));
    for (const job of byStart.slice(0, Math.max(0, done.length - limit))) removeJob(work, job.metadata.name);
  }
}

/** CRON-01: starts the Job of a slot. */
function start(work: Work, slotMs: number): void {
  const { cron, ctx } = work;
  const { jobTemplate } = cron.spec;
  const namespace = cron.metadata.namespace ?? '';
  const metadata = {
    name: `${cron.metadata.name}-${Math.floor(slotMs / 60_000)}`,
    namespace,
    labels: jobTemplate.metadata?.labels ?? {},
    annotations: { ...jobTemplate.metadata?.annotations, [SCHEDULED_AT]: formatTime(slotMs) },
    ownerReferences: [controllerReference(cron)],
  };
  let job: KubeObject;
  try {
    job = ctx.api.create('jobs', { metadata, spec: jobTemplate.spec }, 'CRON-02', {
      cronJob: cron.metadata.name,
      slot: formatTime(slotMs),
    });
  } catch (error) {
    if (isReason(error, 'AlreadyExists')) return;
    if (error instanceof ApiError) ctx.event(cron, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
    throw error;
  }
  ctx.event(cron, 'Normal', 'SuccessfulCreate', `Created job ${metadata.name}`);
  const { uid, resourceVersion } = job.metadata;
  const reference = { apiVersion: 'batch/v1', kind: 'Job', namespace, name: metadata.name, uid, resourceVersion };
  work.status = { ...work.status, active: [...(work.status.active ?? []), reference], lastScheduleTime: formatTime(slotMs) };
}

/** CRON-02 … CRON-04: what is due now, if anything. */
function startDue(work: Work, schedule: Schedule, epochMs: number): void {
  const { cron, ctx } = work;
  const { startingDeadlineSeconds: deadline, concurrencyPolicy, timeZone } = cron.spec;
  const lastMs = parseTime(work.status.lastScheduleTime ?? cron.metadata.creationTimestamp);
  const fromMs = deadline === undefined ? lastMs : Math.max(lastMs, epochMs - deadline * 1000);
  const { slotMs, isTooMany } = missedSlot(schedule, fromMs, epochMs, zoneOffsetMs(timeZone));
  if (isTooMany) {
    ctx.event(
      cron,
      'Warning',
      'TooManyMissedTimes',
      'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
    );
  }
  if (slotMs === null) return;
  if (deadline !== undefined && slotMs + deadline * 1000 < epochMs) {
    ctx.event(cron, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${formatTime(slotMs)}`);
    return;
  }
  const active = work.status.active ?? [];
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    ctx.event(
      cron,
      'Normal',
      'JobAlreadyActive',
      'Not starting job because prior execution is running and concurrency policy is Forbid',
    );
    return;
  }
  if (concurrencyPolicy === 'Replace') for (const { name } of active) removeJob(work, name);
  start(work, slotMs);
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const cron = ctx.read.get('cronjobs', namespace, name) as CronJob | undefined;
  if (!cron) return;
  const jobs = ctx.read.controlledBy('jobs', cron.metadata.uid) as readonly Job[];
  const work: Work = { cron, ctx, status: cron.status ?? {} };
  const epochMs = ctx.settings.epochMs + ctx.nowMs;
  const schedule = parseSchedule(cron.spec.schedule);
  settleActive(work, jobs);
  const isRunning = cron.metadata.deletionTimestamp === undefined && cron.spec.suspend !== true && !('fault' in schedule);
  if (isRunning) startDue(work, schedule, epochMs);
  trimHistory(work, jobs);
  const { active = [], ...rest } = work.status;
  const status = { ...rest, ...(active.length > 0 && { active }) };
  if (!isSame(status, cron.status ?? {})) ctx.api.updateStatus('cronjobs', { ...cron, status }, 'CRON-05', { cronJob: name });
  const nextMs = isRunning ? nextSlotMs(schedule, epochMs, zoneOffsetMs(cron.spec.timeZone)) : null;
  if (nextMs !== null) ctx.after(nextMs - epochMs + SLACK_MS, key);
}

export const cronJobController: Actor = {
  name: 'cronjob-controller',
  latencyMs: [3, 12],
  watches: { cronjobs: itself, jobs: ownersOf('CronJob', 'cronjobs', () => false) },
  sync,
};
