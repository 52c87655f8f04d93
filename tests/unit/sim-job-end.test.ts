import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIndexes, overlapOf, parseIndexes, withIndexes } from '../../src/sim/controllers/job/indexes.ts';
import type { Job } from '../../src/sim/controllers/job/model.ts';
import { planSettling, planTracking } from '../../src/sim/controllers/job/track.ts';
import { deadlineInMs } from '../../src/sim/controllers/job/view.ts';
import { performFault } from '../../src/sim/faults.ts';
import { linesOf } from '../../src/sim/kubelet/machine.ts';
import type { Pod } from '../../src/sim/types.ts';
import { at, eventsOf, newCluster, START_MS } from '../support/cluster.ts';
import { type JobPodShape, jobBody, jobOf, jobPod, messageOf, names, runJob, viewAt } from '../support/jobs.ts';

test('JOB-13 the first of several ends', async (t) => {
  const old = { activeDeadlineSeconds: 5 } as const;
  const condition = (type: string) => ({ conditions: [{ type, status: 'True' as const, reason: 'Before' }] });
  const bad: JobPodShape = { name: 'bad', phase: 'Failed', code: 42, index: 0 };
  const policy = {
    podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] },
  } as const;
  const indexed = { completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 0 } as const;
  const good: JobPodShape = { name: 'good', phase: 'Succeeded', index: 1 };
  const success = { successPolicy: { rules: [{ succeededCount: 1 }] } };
  const cases: readonly (readonly [string, Partial<Job['spec']>, object, string | undefined])[] = [
    ['success that was found before', { ...old, ...policy }, condition('SuccessCriteriaMet'), 'Before'],
    ['failure that was found before', { ...old, ...policy }, condition('FailureTarget'), 'Before'],
    ['podFailurePolicy before backoffLimit', { ...old, ...policy, backoffLimit: 0 }, {}, 'PodFailurePolicy'],
    ['backoffLimit before the deadline', { ...old, backoffLimit: 0 }, {}, 'BackoffLimitExceeded'],
    ['the deadline before failed indexes', { ...old, ...indexed, maxFailedIndexes: 0 }, {}, 'DeadlineExceeded'],
    ['maxFailedIndexes before all are done', { ...indexed, maxFailedIndexes: 0 }, {}, 'MaxFailedIndexesExceeded'],
    ['failed indexes before successPolicy', { ...indexed, ...success }, {}, 'FailedIndexes'],
    ['successPolicy before completions', { completionMode: 'Indexed', completions: 2, ...success }, {}, 'SuccessPolicy'],
    ['none', { completions: 3 }, {}, undefined],
  ];
  for (const [name, spec, status, reason] of cases)
    await t.test(name, () => assert.equal(viewAt(10, jobOf(spec, status), [bad, good]).finish?.reason, reason));
});

test('JOB-14 the target first, the end when no Pod is uncounted or terminating', () => {
  const run = runJob('task:slow-stop', { activeDeadlineSeconds: 2 });
  run.cluster.advanceTo(4500);
  assert.equal(run.summary(), 'FailureTarget=DeadlineExceeded, active 0, succeeded 0, failed 1');
  run.cluster.advanceTo(9000);
  assert.match(run.summary(), /Failed=DeadlineExceeded/);
  const quick = runJob('task:1');
  quick.cluster.advanceTo(4000);
  const ends = quick.cluster
    .log()
    .flatMap(({ object, after, atMs }) =>
      object?.resource === 'jobs' && (after as Job).status.conditions
        ? [[(after as Job).status.conditions?.length, atMs] as const]
        : [],
    );
  assert.deepEqual(
    ends.map(([count]) => count),
    [1, 2],
  );
  const [first, second] = ends.map(([, atMs]) => atMs) as [number, number];
  assert.ok(second - first >= 8 && second - first <= 50);
});

test('JOB-15 T-15 Complete with the reason, the time and the Event', () => {
  const run = runJob('task:1', { completions: 5, parallelism: 2 });
  run.cluster.advanceTo(12_000);
  assert.equal(
    run.summary(),
    'SuccessCriteriaMet=CompletionsReached, Complete=CompletionsReached, active 0, succeeded 5, failed 0',
  );
  const { conditions = [], completionTime } = run.job().status;
  assert.equal(conditions[1]?.message, 'Reached expected number of succeeded pods');
  assert.equal(completionTime, conditions[1]?.lastTransitionTime);
  assert.deepEqual(eventsOf(run.cluster.log(), 'Completed'), ['Job completed']);
  assert.equal(run.pods().length, 5);
});

test('JOB-15 T-16 work queue: complete when one has succeeded and none is active, whatever the others did', () => {
  const run = runJob('task:third', { parallelism: 3 });
  run.cluster.advanceTo(5000);
  assert.equal(
    run.summary(),
    'SuccessCriteriaMet=CompletionsReached, Complete=CompletionsReached, active 0, succeeded 1, failed 2',
  );
  assert.equal(run.pods().length, 3);
});

test('JOB-15 completions 0 is complete at once', () => {
  const run = runJob('task:1', { completions: 0 });
  run.cluster.advanceTo(2000);
  assert.match(run.summary(), /Complete=CompletionsReached/);
  assert.equal(run.pods().length, 0);
});

test('JOB-16 reasons and messages of failure, also as an Event', async (t) => {
  const indexed = { completionMode: 'Indexed', completions: 4, parallelism: 4, backoffLimitPerIndex: 0 };
  const cases = [
    ['task:fails', { backoffLimit: 0 }, 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'],
    ['task:long', { activeDeadlineSeconds: 2 }, 'DeadlineExceeded', 'Job was active longer than specified deadline'],
    ['task:odd', indexed, 'FailedIndexes', 'Job has failed indexes'],
    [
      'task:odd',
      { ...indexed, maxFailedIndexes: 1 },
      'MaxFailedIndexesExceeded',
      'Job has exceeded the specified maximal number of failed indexes',
    ],
  ] as const;
  for (const [image, spec, reason, message] of cases)
    await t.test(reason, () => {
      const run = runJob(image, spec);
      run.cluster.advanceTo(8000);
      const failed = run.job().status.conditions?.find(({ type }) => type === 'Failed');
      assert.deepEqual([failed?.reason, failed?.message, run.job().status.completionTime], [reason, message, undefined]);
      assert.deepEqual(eventsOf(run.cluster.log(), reason), [message]);
    });
});

test('JOB-17 the deadline counts from startTime in whole seconds, not while suspended', async (t) => {
  const job = jobOf({ activeDeadlineSeconds: 3 }, { startTime: at(10) });
  const ms = (second: number, spec: object = {}) =>
    deadlineInMs({ ...job, spec: { ...job.spec, ...spec } }, START_MS + second * 1000);
  assert.deepEqual(
    [ms(11), ms(13), ms(14), ms(14, { suspend: true }), deadlineInMs(jobOf(), START_MS)],
    [2000, 0, -1000, null, null],
  );
  await t.test('it beats retries and kills Pods that run', () => {
    const run = runJob('task:fails', { activeDeadlineSeconds: 15 });
    run.cluster.advanceTo(20_000);
    assert.match(run.summary(), /Failed=DeadlineExceeded/);
  });
});

test('JOB-18 TTL: deleted in the foreground so many seconds after its end; 0 at once, unset never', async (t) => {
  for (const [ttl, goneAtMs] of [
    [3, 5500],
    [0, 2500],
    [undefined, null],
  ] as const)
    await t.test(`ttl ${ttl}`, () => {
      const run = runJob('task:1', ttl === undefined ? {} : { ttlSecondsAfterFinished: ttl });
      run.cluster.advanceTo(20_000);
      const gone = run.cluster.log().find(({ object, verb }) => object?.resource === 'jobs' && verb === 'remove');
      if (goneAtMs === null) assert.equal(gone, undefined);
      else assert.ok(gone && gone.atMs <= goneAtMs && gone.atMs > goneAtMs - 1000, `${gone?.atMs}`);
      if (goneAtMs === null) return;
      const removed = run.cluster.log().filter(({ verb }) => verb === 'remove');
      assert.deepEqual(
        removed.map(({ object }) => object?.resource),
        ['pods', 'jobs'],
      );
    });
});

test('JOB-19 suspend deletes active Pods and clears the start; resume starts anew', () => {
  const run = runJob('task:long', { parallelism: 2, completions: 2, activeDeadlineSeconds: 30 });
  run.cluster.advanceTo(5000);
  run.api.patch('jobs', 'default', 'pi', { spec: { suspend: true } }, 'merge', 'test');
  run.cluster.advanceTo(60_000);
  assert.equal(run.summary(), 'Suspended=JobSuspended, active 0, succeeded 0, failed 0');
  assert.deepEqual([run.pods().length, run.job().status.startTime], [0, undefined]);
  run.api.patch('jobs', 'default', 'pi', { spec: { suspend: false } }, 'merge', 'test');
  run.cluster.advanceTo(61_000);
  assert.equal(run.job().status.startTime, at(60));
  assert.equal(run.job().status.conditions?.[0]?.reason, 'JobResumed');
  assert.equal(run.pods().length, 2);
  assert.deepEqual(
    [eventsOf(run.cluster.log(), 'Suspended'), eventsOf(run.cluster.log(), 'Resumed')],
    [['Job suspended'], ['Job resumed']],
  );
});

test('JOB-19 a Job that is born suspended has no Pod and no start', () => {
  const run = runJob('task:1', { suspend: true });
  run.cluster.advanceTo(5000);
  assert.deepEqual([run.pods().length, run.job().status.startTime], [0, undefined]);
  assert.match(run.summary(), /^Suspended=JobSuspended/);
});

test('JOB-23 indexes in words', () => {
  const cases: readonly (readonly [readonly number[], string])[] = [
    [[], ''],
    [[3], '3'],
    [[1, 2], '1,2'],
    [[0, 1, 2, 5], '0-2,5'],
    [[9, 7, 8, 1], '1,7-9'],
  ];
  for (const [indexes, text] of cases) {
    assert.equal(formatIndexes(withIndexes([], indexes)), text);
    assert.equal(formatIndexes(parseIndexes(text, 100)), text);
  }
  assert.equal(formatIndexes(parseIndexes('0-5,7', 4)), '0-3');
  assert.equal(formatIndexes(parseIndexes('nonsense,3-1,2', 9)), '2');
  assert.equal(overlapOf(parseIndexes('0-999999999', 2 ** 31), [[5, 7]]), 3);
});

test('JOB-23 a repeated index counts once', () => {
  const job = jobOf({ completionMode: 'Indexed', completions: 3 }, { completedIndexes: '0', succeeded: 1 });
  const view = viewAt(1, job, [
    { name: 'a', phase: 'Succeeded', index: 0 },
    { name: 'b', phase: 'Succeeded', index: 1 },
    { name: 'c', phase: 'Succeeded', index: 1 },
    { name: 'd', phase: 'Succeeded', index: 9 },
  ]);
  const outcome = { active: 0, ready: 0, terminating: 0, finish: null, conditions: [], startTime: at(0) };
  const { status, release } = planTracking(view, outcome);
  assert.deepEqual([status.succeeded, status.completedIndexes, release.length], [2, '0,1', 4]);
});

test('JOB-23 uids become counts when the finalizers are off, some or all', () => {
  const job = jobOf(
    { completions: 3 },
    { succeeded: 1, uncountedTerminatedPods: { succeeded: ['uid-a', 'uid-b'], failed: ['uid-c'] } },
  );
  const pods = [
    jobPod({ name: 'a', phase: 'Succeeded', counted: true }),
    jobPod({ name: 'b', phase: 'Succeeded' }),
    jobPod({ name: 'c', phase: 'Failed', counted: true }),
  ];
  const { status, end } = planSettling(job, pods, at(1));
  assert.deepEqual(
    [status.succeeded, status.failed, status.uncountedTerminatedPods, end],
    [2, 1, { succeeded: ['uid-b'] }, null],
  );
});

test('JOB-24 what may change', async (t) => {
  const change = (image: string, spec: object, patch: object) => {
    const run = runJob(image, spec);
    run.cluster.advanceTo(2000);
    return messageOf(() => run.api.patch('jobs', 'default', 'pi', { spec: patch }, 'merge', 'test'));
  };
  const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 };
  const template = { template: { spec: { nodeSelector: { disk: 'ssd' } } } };
  const cases = [
    [
      'parallelism, limits and deadlines',
      {},
      { parallelism: 4, backoffLimit: 1, activeDeadlineSeconds: 99, ttlSecondsAfterFinished: 9 },
      /^accepted$/,
    ],
    [
      'completions of a NonIndexed Job do not',
      {},
      { completions: 4 },
      /spec\.completions: Invalid value: 4: field is immutable/,
    ],
    [
      'of an Indexed one only with parallelism',
      indexed,
      { completions: 4 },
      /spec\.completions: Invalid value: 4: can only be modified in tandem with spec\.parallelism/,
    ],
    ['and then they do', indexed, { completions: 4, parallelism: 4 }, /^accepted$/],
    [
      'the mode does not',
      {},
      { completionMode: 'Indexed' },
      /spec\.completionMode: Invalid value: "Indexed": field is immutable/,
    ],
    ['the template does not', {}, template, /spec\.template: Invalid value: .*: field is immutable/],
    ['but for scheduling while suspended', { suspend: true }, template, /^accepted$/],
  ] as const;
  for (const [name, spec, patch, wanted] of cases)
    await t.test(name, () => assert.match(change('task:long', spec, patch), wanted));
});

test('JOB-24 an Indexed Job grows and shrinks', () => {
  const run = runJob('task:long', { completions: 3, parallelism: 3, completionMode: 'Indexed' });
  const resize = (size: number, ms: number) => {
    run.api.patch('jobs', 'default', 'pi', { spec: { completions: size, parallelism: size } }, 'merge', 'test');
    run.cluster.advanceTo(ms);
    return run.pods().map(({ spec }) => spec.hostname);
  };
  run.cluster.advanceTo(2000);
  assert.deepEqual(resize(2, 5000), ['pi-0', 'pi-1']);
  assert.deepEqual(resize(4, 8000), ['pi-0', 'pi-1', 'pi-2', 'pi-3']);
});

test('JOB-25 a raw delete orphans the Pods, one in the background takes them along', () => {
  for (const [options, left] of [
    [{}, 1],
    [{ propagationPolicy: 'Background' as const }, 0],
  ] as const) {
    const run = runJob('task:long');
    run.cluster.advanceTo(1000);
    run.api.delete('jobs', 'default', 'pi', options, 'test');
    run.cluster.advanceTo(10_000);
    assert.equal(run.pods().length, left);
  }
});

test('JOB-26 Events of Pods, and of more successes than asked for', () => {
  const run = runJob('task:long', { parallelism: 2, completions: 2 });
  run.cluster.advanceTo(1000);
  const [first] = names(run.pods());
  assert.equal(eventsOf(run.cluster.log(), 'SuccessfulCreate')[0], `Created pod: ${first}`);
  run.api.patch('jobs', 'default', 'pi', { spec: { suspend: true } }, 'merge', 'test');
  run.cluster.advanceTo(2000);
  assert.equal(eventsOf(run.cluster.log(), 'SuccessfulDelete').length, 2);
  const many = runJob('task:1');
  many.cluster.advanceTo(1150);
  const { spec, metadata } = many.pods()[0] as Pod;
  const { labels = {}, ownerReferences = [], finalizers = [] } = metadata;
  const { nodeName: _, ...rest } = spec;
  const containers = [{ name: 'task', image: 'task:quick' }];
  const twin = { name: 'twin', namespace: 'default', labels, ownerReferences, finalizers };
  many.api.create('pods', { metadata: twin, spec: { ...rest, containers } }, 'test');
  many.cluster.advanceTo(5000);
  assert.match(many.summary(), /Complete=CompletionsReached, active 0, succeeded 2/);
  const message = 'Too many succeeded pods running after completion count reached';
  assert.deepEqual(eventsOf(many.cluster.log(), 'TooManySucceededPods'), [message]);
});

test('JOB-27 Pods stopped by the deadline are gone, those that failed stay', () => {
  const run = runJob('task:long', { activeDeadlineSeconds: 3 });
  run.cluster.advanceTo(10_000);
  assert.equal(run.pods().length, 0);
  assert.equal(eventsOf(run.cluster.log(), 'SuccessfulDelete').length, 1);
  assert.equal(run.job().status.failed, 1);
});

test('APP-05 T-16 workers of a queue: each item once, that of a worker that died too; the Job is complete when they find none', () => {
  const { cluster, api } = newCluster({ programs: { 'worker:1': { queue: { items: 7, every: '2s' } } } });
  api.create('jobs', jobBody('pi', 'worker:1', { parallelism: 3 }), 'test');
  cluster.advanceTo(3000);
  performFault(cluster, { container: 'crash', of: 'app=pi', pick: 'first' });
  cluster.advanceTo(20_000);
  const pods = cluster.read.list('pods', 'default');
  const lines = pods.flatMap(({ metadata }) => linesOf(cluster.state.machines, metadata.uid, 'task').map(({ text }) => text));
  const done = lines.filter((line) => line.startsWith('item')).sort();
  assert.deepEqual(
    done,
    [1, 2, 3, 4, 5, 6, 7].map((item) => `item ${item} done`),
  );
  assert.deepEqual(pods.map(({ status }) => status.phase).sort(), ['Failed', 'Succeeded', 'Succeeded']);
  const { succeeded, failed, conditions } = (api.get('jobs', 'default', 'pi') as Job).status;
  assert.deepEqual([succeeded, failed, conditions?.at(-1)?.type], [2, 1, 'Complete']);
});
