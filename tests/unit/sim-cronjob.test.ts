import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTime } from '../../src/base/time.ts';
import { formatZoneTime, isZone, zoneOffsetMs } from '../../src/base/zone.ts';
import { parseSchedule, type Schedule } from '../../src/sim/api/cron.ts';
import { type CronJob, nextLookMs, planCronJob, planHistory } from '../../src/sim/controllers/cronjob/cronjob.ts';
import { missedSince, nextTimeMs } from '../../src/sim/controllers/cronjob/schedule.ts';
import type { Job } from '../../src/sim/controllers/job/model.ts';
import { eventsOf, newCluster } from '../support/cluster.ts';
import { jobBody, jobOf, messageOf, PROGRAMS } from '../support/jobs.ts';

const schedule = (text: string) => parseSchedule(text) as Schedule;
const time = (text: string) => parseTime(`2026-${text}Z`);
const shown = (ms: number | null, zone = 'UTC') => (ms === null ? null : formatZoneTime(ms, zone).slice(5));

/** What a user writes for a CronJob. */
const cronBody = (image: string, spec: object = {}) => ({
  metadata: { name: 'tick', namespace: 'default' },
  spec: { schedule: '* * * * *', jobTemplate: { spec: jobBody('tick', image).spec }, ...spec },
});

/** A cluster that starts ten seconds before a full minute, with a CronJob. */
function runCron(image: string, spec: object = {}) {
  const { cluster, api } = newCluster({ programs: { ...PROGRAMS, 'task:80': { exitAfter: '80s' } }, startAtSecond: 50 });
  api.create('cronjobs', cronBody(image, spec), 'test');
  return {
    cluster,
    api,
    cron: () => api.get('cronjobs', 'default', 'tick') as CronJob,
    jobs: () => cluster.read.list('jobs', 'default').map(({ metadata }) => metadata.name.replace(/\d+(?=\d$)/, '')),
    patch: (change: object) => api.patch('cronjobs', 'default', 'tick', { spec: change }, 'merge', 'test'),
    events: (reason: string) => eventsOf(cluster.log(), reason).map((text) => text.replace(/tick-\d+(\d)/, 'tick-$1')),
  };
}

test('CRON-02 the next time of a schedule', async (t) => {
  const cases: readonly (readonly [string, string, string | null, string?])[] = [
    ['* * * * *', '01-01T00:00:30', '01-01T00:01:00Z'],
    ['* * * * *', '01-01T00:01:00', '01-01T00:02:00Z'],
    ['*/15 * * * *', '01-01T00:46:00', '01-01T01:00:00Z'],
    ['0 3 * * *', '12-31T04:00:00', '01-01T03:00:00Z'],
    ['30 6-16/4 * * 1-5', '01-02T15:00:00', '01-05T06:30:00Z'],
    ['0 0 1 jan,jul *', '01-01T00:00:00', '07-01T00:00:00Z'],
    ['0 0 13 * fri', '01-01T00:00:00', '01-02T00:00:00Z'],
    ['0 0 * * SUN', '01-01T00:00:00', '01-04T00:00:00Z'],
    ['0 0 29 2 *', '01-01T00:00:00', '02-29T00:00:00Z'],
    ['0 0 30 2 *', '01-01T00:00:00', null],
    ['@daily', '01-01T00:00:00', '01-02T00:00:00Z'],
    ['@weekly', '01-01T00:00:00', '01-04T00:00:00Z'],
    ['@monthly', '01-01T00:00:00', '02-01T00:00:00Z'],
    ['@yearly', '01-01T00:00:00', '01-01T00:00:00Z'],
    ['@every 90s', '01-01T00:00:10', '01-01T00:01:40Z'],
    ['0 9 * * *', '01-01T00:00:00', '01-01T09:00:00+08:00', 'Asia/Shanghai'],
    ['0 9 * * *', '01-01T02:00:00', '01-02T09:00:00+08:00', 'Asia/Shanghai'],
    ['0 0 * * *', '01-01T00:00:00', '01-02T00:00:00+05:30', 'Asia/Kolkata'],
    // Clocks go from 02:00 to 03:00 on 8 March, and from 02:00 back to 01:00 on 1 November.
    ['30 2 * * *', '03-08T00:00:00', '03-09T02:30:00-04:00', 'America/New_York'],
    ['0 4 * * *', '03-08T06:00:00', '03-08T04:00:00-04:00', 'America/New_York'],
    ['0 0 9 3 *', '03-08T05:00:00', '03-09T00:00:00-04:00', 'America/New_York'],
    ['30 1 * * *', '11-01T05:30:00', '11-01T01:30:00-05:00', 'America/New_York'],
    ['0 0 * * *', '09-05T12:00:00', '09-07T00:00:00-03:00', 'America/Santiago'],
  ];
  for (const [text, after, next, zone = 'UTC'] of cases)
    await t.test(`${text} after ${after} in ${zone}`, () =>
      assert.equal(shown(nextTimeMs(schedule(text), time(after), zone), zone), next),
    );
});

test('CRON-02 the latest time that has come', async (t) => {
  const cases = [
    { name: 'before the first', text: '0 * * * *', since: '01-01T00:10:00', now: '01-01T00:59:59', recent: null, many: false },
    {
      name: 'just after it',
      text: '0 * * * *',
      since: '01-01T00:10:00',
      now: '01-01T01:00:00',
      recent: '01-01T01:00:00Z',
      many: false,
    },
    {
      name: 'five missed',
      text: '0 * * * *',
      since: '01-01T00:10:00',
      now: '01-01T05:30:00',
      recent: '01-01T05:00:00Z',
      many: false,
    },
    {
      name: 'a hundred missed',
      text: '0 * * * *',
      since: '01-01T00:10:00',
      now: '01-05T04:00:00',
      recent: '01-05T04:00:00Z',
      many: false,
    },
    {
      name: 'one more',
      text: '0 * * * *',
      since: '01-01T00:10:00',
      now: '01-05T05:00:00',
      recent: '01-05T05:00:00Z',
      many: true,
    },
    {
      name: 'irregular',
      text: '30 6-16/4 * * 1-5',
      since: '01-01T00:00:00',
      now: '01-05T09:00:00',
      recent: '01-05T06:30:00Z',
      many: false,
    },
    {
      name: '@every keeps its step',
      text: '@every 1h',
      since: '01-01T00:10:00',
      now: '01-01T05:30:00',
      recent: '01-01T05:10:00Z',
      many: false,
    },
  ];
  for (const { name, text, since, now, recent, many } of cases)
    await t.test(name, () => {
      const missed = missedSince(schedule(text), time(since), time(now), 'UTC');
      assert.deepEqual([shown(missed.recentMs), missed.isMany], [recent, many]);
    });
  await t.test('a date that never comes', () =>
    assert.equal(missedSince(schedule('0 0 31 2 *'), 0, 1, 'UTC').isImpossible, true),
  );
});

test('CRON-01 name, owner, time and labels of a Job; defaults', () => {
  const { cluster, api, cron } = runCron('task:1', { timeZone: 'Asia/Shanghai' });
  assert.deepEqual(
    [
      cron().spec.concurrencyPolicy,
      cron().spec.successfulJobsHistoryLimit,
      cron().spec.failedJobsHistoryLimit,
      cron().spec.suspend,
    ],
    ['Allow', 3, 1, false],
  );
  cluster.advanceTo(11_000);
  const [job] = api.list('jobs', { namespace: 'default' });
  assert.equal(job?.metadata.name, `tick-${time('01-01T00:01:00') / 60_000}`);
  assert.equal(job?.metadata.ownerReferences?.[0]?.controller, true);
  assert.equal(job?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'], '2026-01-01T08:01:00+08:00');
  assert.equal(job?.metadata.labels?.['app'], 'tick');
});

test('CRON-02 a Job starts about 0.1 s after the full minute; three that succeeded are kept', () => {
  const { cluster, jobs } = runCron('task:1');
  cluster.advanceTo(200_000);
  const made = cluster.log().filter(({ object, verb }) => object?.resource === 'jobs' && verb === 'create');
  assert.deepEqual(
    made.map(({ atMs }) => Math.round(atMs / 100) / 10),
    [10.1, 70.1, 130.1, 190.1],
  );
  assert.deepEqual(jobs(), ['tick-2', 'tick-3', 'tick-4']);
});

const cronOf = (spec: Partial<CronJob['spec']>, status: CronJob['status'] = {}): CronJob =>
  ({
    metadata: {
      name: 'tick',
      namespace: 'default',
      uid: 'uid-tick',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:30:00Z',
    },
    spec: { schedule: '0 * * * *', concurrencyPolicy: 'Allow', ...spec },
    status,
  }) as unknown as CronJob;

test('CRON-03 CRON-04 what is done at a moment', async (t) => {
  const hourly = schedule('0 * * * *');
  const active = (minute: string) =>
    [{ name: `tick-${time(`01-01T${minute}`) / 60_000}` }] as unknown as NonNullable<CronJob['status']['active']>;
  const cases = [
    { name: 'never ran, before its time', cron: cronOf({}), now: '00:59:00', act: 'wait' },
    { name: 'never ran, at its time', cron: cronOf({}), now: '01:00:00', act: 'start' },
    { name: 'late without a deadline', cron: cronOf({}), now: '01:40:00', act: 'start' },
    { name: 'late within the deadline', cron: cronOf({ startingDeadlineSeconds: 3600 }), now: '01:40:00', act: 'start' },
    { name: 'later than the deadline', cron: cronOf({ startingDeadlineSeconds: 60 }), now: '01:40:00', act: 'wait' },
    { name: 'served already', cron: cronOf({}, { lastScheduleTime: '2026-01-01T01:00:00Z' }), now: '01:40:00', act: 'wait' },
    { name: 'its Job is on the list', cron: cronOf({}, { active: active('01:00:00') }), now: '01:40:00', act: 'wait' },
    { name: 'Allow beside one that runs', cron: cronOf({}, { active: active('00:00:00') }), now: '01:00:00', act: 'start' },
    {
      name: 'Replace one that runs',
      cron: cronOf({ concurrencyPolicy: 'Replace' }, { active: active('00:00:00') }),
      now: '01:00:00',
      act: 'start',
    },
    {
      name: 'Forbid beside one that runs',
      cron: cronOf({ concurrencyPolicy: 'Forbid' }, { active: active('00:00:00') }),
      now: '01:00:00',
      act: 'skip',
    },
  ] as const;
  for (const { name, cron, now, act } of cases)
    await t.test(name, () => assert.equal(planCronJob(cron, hourly, time(`01-01T${now}`)).act, act));
  await t.test('the next look is 100 ms after the next time, from the last one that came', () => {
    assert.equal(nextLookMs(cronOf({}), hourly, time('01-01T00:59:00')), 60_100);
    assert.equal(nextLookMs(cronOf({}), hourly, time('01-01T03:30:00')), 1_800_100);
  });
});

test('CRON-04 Forbid keeps the time and starts as soon as the run has ended', () => {
  const { cluster, jobs, events } = runCron('task:80', { concurrencyPolicy: 'Forbid' });
  cluster.advanceTo(89_000);
  assert.equal(jobs().length, 1);
  assert.equal(
    events('JobAlreadyActive')[0],
    'Not starting job because prior execution is running and concurrency policy is Forbid',
  );
  cluster.advanceTo(95_000);
  assert.equal(jobs().length, 2);
  assert.deepEqual(events('SawCompletedJob'), ['Saw completed job: tick-1, condition: Complete']);
});

test('CRON-04 Replace deletes the run and starts the next before its Pod is gone; Allow runs both', () => {
  const replace = runCron('task:80', { concurrencyPolicy: 'Replace' });
  replace.cluster.advanceTo(70_110);
  assert.deepEqual([replace.jobs(), replace.events('SuccessfulDelete')], [['tick-2'], ['Deleted job tick-1']]);
  assert.equal(
    replace.cluster.read.list('pods', 'default').filter(({ metadata }) => !metadata.deletionTimestamp).length >= 1,
    true,
  );
  replace.cluster.advanceTo(72_000);
  assert.equal(replace.cron().status.active?.length, 1);
  const allow = runCron('task:80');
  allow.cluster.advanceTo(72_000);
  assert.deepEqual(allow.jobs(), ['tick-1', 'tick-2']);
  assert.equal(allow.cron().status.active?.length, 2);
});

test('CRON-05 status, history, what went missing, suspend', async (t) => {
  await t.test('last times and history limits', () => {
    const run = runCron('task:1', { successfulJobsHistoryLimit: 1 });
    run.cluster.advanceTo(75_000);
    assert.deepEqual(run.jobs(), ['tick-2']);
    const { lastScheduleTime, lastSuccessfulTime, active } = run.cron().status;
    assert.deepEqual([lastScheduleTime, active], ['2026-01-01T00:02:00Z', undefined]);
    assert.match(lastSuccessfulTime ?? '', /^2026-01-01T00:02:0\dZ$/);
  });
  await t.test('the oldest of a kind go first', () => {
    const job = (name: string, type: string, startTime: string) => {
      const base = jobOf({}, { startTime, conditions: [{ type, status: 'True' }] });
      return { ...base, metadata: { ...base.metadata, name } } as Job;
    };
    const jobs = [job('c', 'Complete', '3'), job('a', 'Complete', '1'), job('f', 'Failed', '0'), job('b', 'Complete', '1')];
    const gone = (type: string, limit?: number) => planHistory(jobs, type, limit).map(({ metadata }) => metadata.name);
    assert.deepEqual(
      [gone('Complete', 1), gone('Complete', 3), gone('Failed', 0), gone('Failed')],
      [['a', 'b'], [], ['f'], []],
    );
  });
  await t.test('a Job that somebody deleted', () => {
    const run = runCron('task:80', { concurrencyPolicy: 'Forbid' });
    run.cluster.advanceTo(20_000);
    const [job] = run.api.list('jobs', { namespace: 'default' });
    run.api.delete('jobs', 'default', job?.metadata.name ?? '', { propagationPolicy: 'Background' }, 'test');
    run.cluster.advanceTo(21_000);
    assert.deepEqual([run.events('MissingJob'), run.cron().status.active], [['Active job went missing: tick-1'], undefined]);
  });
  await t.test('suspend stops new starts only; afterwards the last missed time starts at once', () => {
    const run = runCron('task:80');
    run.cluster.advanceTo(20_000);
    run.patch({ suspend: true });
    run.cluster.advanceTo(195_000);
    assert.deepEqual(run.jobs(), ['tick-1']);
    run.patch({ suspend: false });
    run.cluster.advanceTo(195_100);
    assert.deepEqual(run.jobs(), ['tick-1', 'tick-4']);
  });
  await t.test('with a deadline that is over it does not', () => {
    const run = runCron('task:80', { startingDeadlineSeconds: 10, suspend: true });
    run.cluster.advanceTo(45_000);
    run.patch({ suspend: false });
    run.cluster.advanceTo(60_000);
    assert.deepEqual(run.jobs(), []);
    run.cluster.advanceTo(71_000);
    assert.deepEqual(run.jobs(), ['tick-2']);
  });
  await t.test('a changed schedule starts nothing that it would have missed', () => {
    const run = runCron('task:1', { schedule: '0 3 1 1 *' });
    run.cluster.advanceTo(130_000);
    run.patch({ schedule: '* * * * *' });
    run.cluster.advanceTo(189_000);
    assert.deepEqual(run.jobs(), []);
    run.cluster.advanceTo(191_000);
    assert.deepEqual(run.jobs(), ['tick-4']);
  });
  await t.test('a name that is taken by somebody else is left alone', () => {
    const run = runCron('task:1');
    const name = `tick-${time('01-01T00:01:00') / 60_000}`;
    run.api.create('jobs', { ...jobBody(name, 'task:1') }, 'test');
    run.cluster.advanceTo(12_000);
    assert.deepEqual(
      [run.cron().status.active, run.events('SuccessfulCreate').filter((text) => text.startsWith('Created job'))],
      [undefined, []],
    );
  });
  await t.test('a date that never comes', () => {
    const run = runCron('task:1', { schedule: '0 0 31 2 *' });
    run.cluster.advanceTo(5000);
    assert.deepEqual(run.events('InvalidSchedule'), [
      'invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second',
    ]);
  });
});

test('CRON-06 a run by hand is seen, told about and left alone', () => {
  const run = runCron('task:1', { schedule: '0 3 1 1 *' });
  const { uid } = run.cron().metadata;
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', uid, controller: true };
  const body = jobBody('now', 'task:1');
  run.api.create('jobs', { ...body, metadata: { ...body.metadata, ownerReferences: [owner] } }, 'test');
  run.cluster.advanceTo(1500);
  assert.deepEqual(run.events('UnexpectedJob'), ['Saw a job that the controller did not create or forgot: now']);
  assert.deepEqual([run.cron().status.active, run.cron().status.lastScheduleTime], [undefined, undefined]);
  run.api.delete('cronjobs', 'default', 'tick', {}, 'test');
  run.cluster.advanceTo(9000);
  assert.deepEqual([run.jobs(), run.cluster.read.list('pods', 'default').length], [[], 0]);
});

test('CRON-01 zones by name', () => {
  assert.deepEqual(
    ['UTC', 'Asia/Shanghai', 'America/New_York', 'Etc/UTC', 'asia/shanghai', 'Mars/Base', '+08:00', '+0800', ''].map(isZone),
    [true, true, true, true, false, false, false, false, false],
  );
  const hours = (zone: string, text: string) => zoneOffsetMs(time(text), zone) / 3_600_000;
  assert.deepEqual(
    [
      hours('Asia/Shanghai', '07-01T00:00:00'),
      hours('Europe/Berlin', '07-01T00:00:00'),
      hours('Europe/Berlin', '12-31T23:59:59'),
      hours('America/St_Johns', '01-01T00:00:01'),
    ],
    [8, 2, 1, -3.5],
  );
  assert.equal(formatZoneTime(time('01-01T00:00:00'), 'America/St_Johns'), '2025-12-31T20:30:00-03:30');
});

test('VAL-13 what a CronJob refuses', async (t) => {
  const cases: readonly (readonly [object, string])[] = [
    [{ schedule: '* * * *' }, 'spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]'],
    [
      { schedule: 'TZ=UTC * * * * *' },
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
    [{ schedule: '60 * * * *' }, 'spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60'],
    [{ timeZone: 'Mars/Base' }, 'spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base'],
    [{ timeZone: '' }, 'spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string'],
    [
      { timeZone: 'Local' },
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ],
    [
      { concurrencyPolicy: 'Queue' },
      'spec.concurrencyPolicy: Unsupported value: "Queue": supported values: "Allow", "Forbid", "Replace"',
    ],
    [{ startingDeadlineSeconds: -1 }, 'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0'],
    [{ failedJobsHistoryLimit: -1 }, 'spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0'],
    [
      { jobTemplate: { spec: jobBody('x', 'task:1', {}, { restartPolicy: 'Always' }).spec } },
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
  ];
  const { api } = newCluster();
  for (const [spec, message] of cases)
    await t.test(message.slice(0, 60), () => {
      assert.equal(
        messageOf(() => api.create('cronjobs', cronBody('task:1', spec), 'test')),
        `CronJob.batch "tick" is invalid: ${message}`,
      );
    });
  await t.test('a long name', () => {
    const name = 'x'.repeat(53);
    const body = { ...cronBody('task:1'), metadata: { name, namespace: 'default' } };
    assert.match(
      messageOf(() => api.create('cronjobs', body, 'test')),
      /metadata\.name: Invalid value: "x+": must be no more than 52 characters$/,
    );
  });
});

test('VAL-12 what a Job refuses of policies', async (t) => {
  const failure = (rule: object, more: object = {}) => ({ podFailurePolicy: { rules: [rule] }, ...more });
  const success = (rule: object) => ({ completionMode: 'Indexed', completions: 5, successPolicy: { rules: [rule] } });
  const at = 'spec.podFailurePolicy.rules[0]';
  const good = 'spec.successPolicy.rules[0]';
  const codes = (onExitCodes: object) =>
    failure({ action: 'Count', onExitCodes: { operator: 'In', values: [1], ...onExitCodes } });
  const cases: readonly (readonly [object, string])[] = [
    [failure({ action: 'Count' }), `${at}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`],
    [
      failure({ action: 'Count', onExitCodes: { operator: 'In', values: [1] }, onPodConditions: [{ type: 'X' }] }),
      `${at}: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported`,
    ],
    [
      failure({ action: 'FailIndex', onPodConditions: [{ type: 'X' }] }),
      `${at}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`,
    ],
    [
      failure({ action: 'Explode', onPodConditions: [{ type: 'X' }] }),
      `${at}.action: Unsupported value: "Explode": supported values: "Count", "FailIndex", "FailJob", "Ignore"`,
    ],
    [codes({ values: [] }), `${at}.onExitCodes.values: Invalid value: []: at least one value is required`],
    [codes({ values: [0] }), `${at}.onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator`],
    [codes({ values: [3, 1] }), `${at}.onExitCodes.values: Invalid value: [3,1]: must be ordered`],
    [codes({ values: [3, 3] }), `${at}.onExitCodes.values[1]: Duplicate value: 3`],
    [codes({ operator: 'Near' }), `${at}.onExitCodes.operator: Unsupported value: "Near": supported values: "In", "NotIn"`],
    [
      codes({ containerName: 'other' }),
      `${at}.onExitCodes.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template`,
    ],
    [
      { ...codes({}), podReplacementPolicy: 'TerminatingOrFailed' },
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
    ],
    [
      { podReplacementPolicy: 'Never' },
      'spec.podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", "TerminatingOrFailed"',
    ],
    [
      { ...success({}), successPolicy: { rules: [] } },
      'spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified',
    ],
    [success({}), `${good}: Required value: at least one of succeededCount or succeededIndexes must be specified`],
    [
      success({ succeededCount: 9 }),
      `${good}.succeededCount: Invalid value: 9: must be less than or equal to 5 (the number of specified completions)`,
    ],
    [
      success({ succeededIndexes: '0-1', succeededCount: 3 }),
      `${good}.succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)`,
    ],
    [
      success({ succeededIndexes: '0-7' }),
      `${good}.succeededIndexes: Invalid value: "0-7": error parsing succeededIndexes: too large index: "7"`,
    ],
    [
      success({ succeededIndexes: '3,1' }),
      `${good}.succeededIndexes: Invalid value: "3,1": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1`,
    ],
    [
      success({ succeededIndexes: 'x' }),
      `${good}.succeededIndexes: Invalid value: "x": error parsing succeededIndexes: cannot convert string to integer for index: "x"`,
    ],
    [{ backoffLimitPerIndex: 1 }, 'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
    [{ completionMode: 'Indexed', parallelism: 2 }, 'spec.completions: Required value: when completion mode is Indexed'],
    [
      { completionMode: 'Indexed', completions: 2, maxFailedIndexes: 1 },
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
    ],
  ];
  const { api } = newCluster();
  for (const [spec, message] of cases)
    await t.test(message.slice(0, 90), () => {
      assert.equal(
        messageOf(() => api.create('jobs', jobBody('pi', 'task:1', spec), 'test')),
        `Job.batch "pi" is invalid: ${message}`,
      );
    });
});
