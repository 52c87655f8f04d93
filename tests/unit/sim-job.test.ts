import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/sim/api/client.ts';
import { forbidden } from '../../src/sim/api/status.ts';
import { finishedMs, NO_FAILURES, nextRecord, waitMs } from '../../src/sim/controllers/job/backoff.ts';
import { lowestMissing } from '../../src/sim/controllers/job/indexes.ts';
import { jobController } from '../../src/sim/controllers/job/job.ts';
import { FINALIZER, isPodFailed, type Job } from '../../src/sim/controllers/job/model.ts';
import { newPod, planPods, podsToRemove, wantedActive } from '../../src/sim/controllers/job/plan.ts';
import { performFault } from '../../src/sim/faults.ts';
import type { Pod } from '../../src/sim/types.ts';
import { newCluster, START_MS } from '../support/cluster.ts';
import { type JobPodShape, jobBody, jobOf, jobPod, messageOf, names, PROGRAMS, runJob, viewAt } from '../support/jobs.ts';

test('JOB-01 defaults', async (t) => {
  const cases: readonly (readonly [string, object, Record<string, unknown>])[] = [
    ['neither completions nor parallelism: one Pod', {}, { completions: 1, parallelism: 1, backoffLimit: 6, suspend: false }],
    ['completions alone: one at a time', { completions: 5 }, { completions: 5, parallelism: 1 }],
    ['parallelism alone: a work queue', { parallelism: 3 }, { completions: undefined, parallelism: 3 }],
    [
      'a limit for each index lifts the common one',
      { completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 1 },
      { backoffLimit: 2 ** 31 - 1 },
    ],
    ['a Pod that goes is replaced at once', {}, { podReplacementPolicy: 'TerminatingOrFailed', completionMode: 'NonIndexed' }],
    [
      'with a failure policy only when it has failed',
      { podFailurePolicy: { rules: [{ action: 'Count', onPodConditions: [{ type: 'X' }] }] } },
      { podReplacementPolicy: 'Failed' },
    ],
  ];
  for (const [name, spec, wanted] of cases)
    await t.test(name, () => {
      const stored = runJob('task:1', spec).job().spec as unknown as Record<string, unknown>;
      for (const [field, value] of Object.entries(wanted)) assert.equal(stored[field], value, field);
    });
  await t.test('a Job without labels gets those of its template', () => {
    assert.equal(runJob('task:1').job().metadata.labels?.['app'], 'pi');
  });
});

test('JOB-02 the selector is generated and the template labelled; an own one only with manualSelector', () => {
  const { metadata, spec } = runJob('task:1').job();
  assert.deepEqual(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': metadata.uid } });
  const labels = spec.template.metadata?.labels ?? {};
  assert.deepEqual(
    [
      labels['batch.kubernetes.io/controller-uid'],
      labels['controller-uid'],
      labels['batch.kubernetes.io/job-name'],
      labels['job-name'],
    ],
    [metadata.uid, metadata.uid, 'pi', 'pi'],
  );
  const { api } = newCluster();
  const own = { selector: { matchLabels: { app: 'own' } } };
  assert.match(
    messageOf(() => api.create('jobs', jobBody('own', 'task:1', own), 'test')),
    /spec\.selector: Invalid value: .*: `selector` not auto-generated/,
  );
  api.create('jobs', jobBody('own', 'task:1', { ...own, manualSelector: true }), 'test');
  const other = jobBody('other', 'task:1', { ...own, manualSelector: true });
  assert.match(
    messageOf(() => api.create('jobs', other, 'test')),
    /`selector` does not match template `labels`/,
  );
});

test('JOB-03 names, host name, annotation, label and variable of an Indexed Pod', () => {
  const run = runJob('task:1', { completions: 2, completionMode: 'Indexed' });
  run.cluster.advanceTo(500);
  const [pod] = run.pods() as [Pod];
  const key = 'batch.kubernetes.io/job-completion-index';
  assert.match(pod.metadata.name, /^pi-0-[a-z0-9]{5}$/);
  assert.deepEqual([pod.spec.hostname, pod.metadata.annotations?.[key], pod.metadata.labels?.[key]], ['pi-0', '0', '0']);
  const variable = pod.spec.containers[0]?.env?.[0];
  assert.deepEqual(variable, {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${key}']` } },
  });
  const long = {
    ...jobOf({ completionMode: 'Indexed', completions: 200 }),
    metadata: { ...jobOf().metadata, name: 'x'.repeat(60) },
  };
  assert.equal(newPod(viewAt(0, long, []), 123).metadata.generateName, `${'x'.repeat(53)}-123-`);
});

test('JOB-04 a Pod keeps its finalizer until it is counted', () => {
  const run = runJob('task:1');
  run.cluster.advanceTo(1500);
  assert.deepEqual(run.pods()[0]?.metadata.finalizers, [FINALIZER]);
  run.cluster.advanceTo(3000);
  assert.equal(run.pods()[0]?.metadata.finalizers, undefined);
  const writes = run.cluster.log().filter(({ object, verb }) => object?.resource === 'jobs' && verb === 'update');
  const uncounted = writes.map(({ after }) => (after as Job).status.uncountedTerminatedPods?.succeeded?.length ?? 0);
  assert.deepEqual(uncounted, [0, 0, 1, 0]);
});

test('JOB-04 a deleted Pod stays until the Job has counted it', () => {
  const run = runJob('task:slow-stop');
  run.cluster.advanceTo(1500);
  const [{ metadata }] = run.pods() as [Pod];
  run.api.delete('pods', 'default', metadata.name, { gracePeriodSeconds: 0 }, 'test');
  assert.equal(run.pods().length, 1);
  run.cluster.advanceTo(3500);
  assert.equal(run.pods().length, 0);
  assert.equal(run.job().status.failed, 1);
});

test('JOB-04 nobody waits for a Job that is gone', () => {
  const run = runJob('task:long');
  run.cluster.advanceTo(1000);
  run.api.delete('jobs', 'default', 'pi', { propagationPolicy: 'Orphan' }, 'test');
  run.cluster.advanceTo(2000);
  assert.deepEqual(
    run.pods().map(({ metadata }) => [metadata.finalizers, metadata.ownerReferences]),
    [[undefined, undefined]],
  );
});

test('JOB-05 Pods are served on a grid of a second from the first event, spec changes at once', () => {
  const run = runJob('task:1', { completions: 3, parallelism: 1 });
  run.cluster.advanceTo(10_000);
  const made = run.cluster.log().filter(({ object, verb }) => object?.resource === 'pods' && verb === 'create');
  const seconds = made.map(({ atMs }) => Math.round(atMs / 1000));
  assert.deepEqual(seconds, [0, 2, 4]);
  const other = runJob('task:long');
  other.cluster.advanceTo(5000);
  other.api.patch('jobs', 'default', 'pi', { spec: { suspend: true } }, 'merge', 'test');
  other.cluster.advanceTo(5050);
  assert.match(other.summary(), /Suspended=JobSuspended/);
});

test('JOB-06 how many Pods are wanted, and how many made', async (t) => {
  const running = (count: number): JobPodShape[] => Array.from({ length: count }, (_, i) => ({ name: `r${i}`, readyAt: 5 }));
  const done: JobPodShape = { name: 'done', phase: 'Succeeded', counted: true };
  const cases = [
    { name: 'no more than parallelism', job: jobOf({ completions: 5, parallelism: 2 }), pods: [], wanted: 2, create: 2 },
    {
      name: 'no more than completions lack',
      job: jobOf({ completions: 3, parallelism: 5 }, { succeeded: 2 }),
      pods: [done, done],
      wanted: 1,
      create: 1,
    },
    {
      name: 'work queue: parallelism until one has succeeded',
      job: jobOf({ parallelism: 3 }),
      pods: running(1),
      wanted: 3,
      create: 2,
    },
    {
      name: 'work queue: after a success no new one',
      job: jobOf({ parallelism: 3 }, { succeeded: 1 }),
      pods: [done, ...running(1)],
      wanted: 1,
      create: 0,
    },
    {
      name: 'a success not counted yet counts',
      job: jobOf({ completions: 1 }),
      pods: [{ name: 'new', phase: 'Succeeded' as const }],
      wanted: 0,
      create: 0,
    },
    { name: '500 at most', job: jobOf({ completions: 9999, parallelism: 9999 }), pods: [], wanted: 9999, create: 500 },
    {
      name: 'TerminatingOrFailed does not wait for one that goes',
      job: jobOf({ completions: 1 }),
      pods: [{ name: 'goes', going: true, counted: true }],
      wanted: 1,
      create: 1,
    },
    {
      name: 'Failed waits for one that goes',
      job: jobOf({ completions: 1, podReplacementPolicy: 'Failed' }),
      pods: [{ name: 'goes', going: true }],
      wanted: 1,
      create: 0,
    },
    {
      name: 'more that go than are wanted',
      job: jobOf({ completions: 1, podReplacementPolicy: 'Failed' }),
      pods: [
        { name: 'a', going: true },
        { name: 'b', going: true },
      ],
      wanted: 1,
      create: 0,
    },
  ] as const;
  for (const { name, job, pods, wanted, create } of cases)
    await t.test(name, () => {
      const view = viewAt(100, job, pods);
      assert.deepEqual([wantedActive(view), planPods(view).create.length], [wanted, create]);
    });
});

test('JOB-06 creates in batches of 1, 2, 4 …; a failing batch is the last', () => {
  const { cluster, api } = newCluster({ programs: PROGRAMS });
  api.create('jobs', jobBody('pi', 'task:long', { parallelism: 20, completions: 20, suspend: true }), 'test');
  cluster.advanceTo(2000);
  api.patch('jobs', 'default', 'pi', { spec: { suspend: false } }, 'merge', 'test');
  const creates: string[] = [];
  cluster.act('job-controller', null, (ctx) => {
    const create = (_: string, object: { metadata: { name?: string } }) => {
      creates.push('create');
      if (creates.length <= 4) return { metadata: { ...object.metadata, name: `p${creates.length}` } };
      throw forbidden({ resource: 'pods', group: '', kind: 'Pod' } as never, '', 'exceeded quota');
    };
    const api: Client = new Proxy(ctx.api, {
      get: (target, name: keyof Client) => (name === 'create' ? create : target[name].bind(target)),
    });
    assert.match(
      messageOf(() => jobController.sync('default/pi', { ...ctx, api })),
      /exceeded quota/,
    );
  });
  assert.equal(creates.length, 1 + 2 + 4);
  assert.equal((api.get('jobs', 'default', 'pi') as Job).status.active, 4);
});

test('JOB-07 who goes first', async (t) => {
  const cases: readonly (readonly [string, JobPodShape, JobPodShape])[] = [
    ['without a node', { name: 'a', node: '' }, { name: 'b', phase: 'Pending' }],
    ['Pending before Running', { name: 'a', phase: 'Pending' }, { name: 'b' }],
    ['not Ready before Ready', { name: 'a' }, { name: 'b', readyAt: 1 }],
    ['Ready for a shorter time', { name: 'a', readyAt: 9 }, { name: 'b', readyAt: 1 }],
    ['more restarts', { name: 'a', readyAt: 1, restarts: 3 }, { name: 'b', readyAt: 1 }],
    ['younger', { name: 'a', readyAt: 1, createdAt: 1 }, { name: 'b', readyAt: 1 }],
  ];
  for (const [name, first, second] of cases)
    await t.test(name, () => assert.deepEqual(names(podsToRemove(jobOf(), [second, first].map(jobPod), 1)), [first.name]));
  await t.test('Indexed: first without index, doubles and those out of range, whatever is asked for', () => {
    const job = jobOf({ completionMode: 'Indexed', completions: 2 });
    const shapes: JobPodShape[] = [
      { name: 'keep-0', index: 0, readyAt: 1 },
      { name: 'double-0', index: 0 },
      { name: 'out', index: 7, readyAt: 1 },
      { name: 'none', readyAt: 1 },
      { name: 'keep-1', index: 1 },
    ];
    assert.deepEqual(names(podsToRemove(job, shapes.map(jobPod), 0)), ['none', 'double-0', 'out']);
    assert.deepEqual(names(podsToRemove(job, shapes.map(jobPod), 4)), ['none', 'double-0', 'out', 'keep-1']);
  });
});

test('JOB-07 a smaller parallelism deletes the surplus, and does not count it as failed', () => {
  const run = runJob('task:long', { parallelism: 3, completions: 5 });
  run.cluster.advanceTo(3000);
  run.api.patch('jobs', 'default', 'pi', { spec: { parallelism: 1 } }, 'merge', 'test');
  run.cluster.advanceTo(6000);
  assert.equal(run.pods().length, 1);
  assert.equal(run.summary(), 'active 1, succeeded 0, failed 0');
});

test('JOB-08 the lowest missing indexes first', () => {
  const job = jobOf({ completionMode: 'Indexed', completions: 6, parallelism: 4 }, { completedIndexes: '0,3', succeeded: 2 });
  const view = viewAt(100, job, [{ name: 'a', index: 1 }]);
  assert.deepEqual(planPods(view).create, [2, 4, 5]);
  assert.deepEqual(lowestMissing([], 3, 1_000_000), [0, 1, 2]);
});

test('JOB-09 which Pods have failed', async (t) => {
  const cases: readonly (readonly [string, Partial<Job['spec']>, JobPodShape, boolean])[] = [
    ['phase Failed', {}, { name: 'a', phase: 'Failed' }, true],
    ['one that is asked to go', {}, { name: 'a', going: true }, true],
    ['but not if it has succeeded', {}, { name: 'a', phase: 'Succeeded', going: true }, false],
    ['nor under podReplacementPolicy Failed', { podReplacementPolicy: 'Failed' }, { name: 'a', going: true }, false],
  ];
  for (const [name, spec, shape, failed] of cases)
    await t.test(name, () => assert.equal(isPodFailed(jobOf(spec), jobPod(shape)), failed));
  await t.test('a deleted Pod that takes long to stop is counted, and replaced after the back-off, not when it is gone', () => {
    const run = runJob('task:slow-stop');
    run.cluster.advanceTo(2000);
    run.api.delete('pods', 'default', run.pods()[0]?.metadata.name ?? '', {}, 'test');
    run.cluster.advanceTo(4000);
    assert.match(run.summary(), /failed 1$/);
    run.cluster.advanceTo(9000);
    assert.equal(run.pods().length, 0);
    run.cluster.advanceTo(13_000);
    assert.equal(run.pods().length, 1);
  });
});

test('JOB-10 back-off: 10 s doubled with each failure in a row, 600 s at most', async (t) => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 40].map((failures) => waitMs({ failures, lastMs: 0 }, 0) / 1000);
  assert.deepEqual(waits, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
  assert.equal(waitMs(NO_FAILURES, 0), 0);
  assert.equal(waitMs({ failures: 1, lastMs: 0 }, 12_000), 0);
  const failed = (finishedAt: number) => jobPod({ name: `f${finishedAt}`, phase: 'Failed', finishedAt });
  const good = jobPod({ name: 'g', phase: 'Succeeded', finishedAt: 20 });
  const old = { failures: 3, lastMs: START_MS };
  const cases = [
    { name: 'nothing new', good: [], bad: [], after: old },
    {
      name: 'new failures add up, the latest counts',
      good: [],
      bad: [failed(9), failed(5)],
      after: { failures: 5, lastMs: START_MS + 9000 },
    },
    { name: 'a success forgets', good: [good], bad: [], after: NO_FAILURES },
    {
      name: 'failures after the success count',
      good: [good],
      bad: [failed(10), failed(30)],
      after: { failures: 1, lastMs: START_MS + 30_000 },
    },
  ];
  for (const { name, good: ok, bad, after } of cases)
    await t.test(name, () => assert.deepEqual(nextRecord(old, ok, bad), after));
  await t.test('when a Pod ended: containers, then Ready, then deletion, then creation', () => {
    const running = jobPod({ name: 'a', finishedAt: 8, createdAt: 3, going: true });
    const without = (pod: Pod) => ({ ...pod, status: { ...pod.status, conditions: [] } });
    assert.deepEqual(
      [failed(9), running, without(running), without(jobPod({ name: 'b', createdAt: 2 }))].map(
        (pod) => (finishedMs(pod) - START_MS) / 1000,
      ),
      [9, 3, 8, 2],
    );
  });
  await t.test('while it waits nothing counts as active, even if others run', () => {
    const run = runJob('task:long', { parallelism: 2, completions: 2 });
    run.cluster.advanceTo(1500);
    performFault(run.cluster, { container: 'crash', pod: names(run.pods())[0] as string });
    run.cluster.advanceTo(5000);
    assert.deepEqual(
      run
        .pods()
        .map(({ status }) => status.phase)
        .sort(),
      ['Failed', 'Running'],
    );
    assert.equal(run.summary(), 'active 0, succeeded 0, failed 1');
    run.cluster.advanceTo(20_000);
    assert.equal(run.summary(), 'active 2, succeeded 0, failed 1');
  });
});

test('JOB-11 T-14 restartPolicy Never: a new Pod each time, until more have failed than backoffLimit', () => {
  const run = runJob('task:fails', { backoffLimit: 2 });
  run.cluster.advanceTo(60_000);
  const made = run.cluster.log().filter(({ object, verb }) => object?.resource === 'pods' && verb === 'create');
  assert.deepEqual(
    made.map(({ atMs }) => Math.floor(atMs / 1000)),
    [0, 10, 30],
  );
  assert.equal(run.pods().length, 3);
  assert.equal(
    run.summary(),
    'FailureTarget=BackoffLimitExceeded, Failed=BackoffLimitExceeded, active 0, succeeded 0, failed 3',
  );
});

test('JOB-11 backoffLimit 0: not failed before its first Pod, but with it', () => {
  const run = runJob('task:fails', { backoffLimit: 0 });
  run.cluster.advanceTo(700);
  assert.equal(run.summary(), 'active 1, succeeded 0, failed 0');
  run.cluster.advanceTo(3000);
  assert.equal(
    run.summary(),
    'FailureTarget=BackoffLimitExceeded, Failed=BackoffLimitExceeded, active 0, succeeded 0, failed 1',
  );
  const good = runJob('task:1', { backoffLimit: 0 });
  good.cluster.advanceTo(5000);
  assert.match(good.summary(), /^SuccessCriteriaMet=CompletionsReached, Complete=CompletionsReached/);
});

test('JOB-12 restartPolicy OnFailure: restarts in Pods that go on are the failures', async (t) => {
  const cases = [
    { limit: 0, restarts: [0], over: false },
    { limit: 0, restarts: [1], over: true },
    { limit: 1, restarts: [1], over: true },
    { limit: 3, restarts: [1, 1], over: false },
    { limit: 3, restarts: [2, 1], over: true },
  ];
  for (const { limit, restarts, over } of cases)
    await t.test(`limit ${limit}, restarts ${restarts}: ${over ? 'over' : 'goes on'}`, () => {
      const job = jobOf({ backoffLimit: limit });
      const spec = { ...job.spec, template: { spec: { ...job.spec.template.spec, restartPolicy: 'OnFailure' as const } } };
      const shapes = restarts.map((count, i) => ({ name: `p${i}`, restarts: count }));
      assert.equal(viewAt(1, { ...job, spec }, shapes).finish?.reason === 'BackoffLimitExceeded', over);
    });
  await t.test('the same Pod again and again, and at the end it is deleted', () => {
    const run = runJob('task:fails', { backoffLimit: 2 }, { restartPolicy: 'OnFailure' });
    run.cluster.advanceTo(5000);
    assert.deepEqual(
      run.pods().map(({ status }) => status.containerStatuses?.[0]?.restartCount),
      [1],
    );
    run.cluster.advanceTo(30_000);
    assert.equal(run.pods().length, 0);
    assert.match(run.summary(), /Failed=BackoffLimitExceeded/);
  });
});

test('CTL-07 a Job with its own selector takes in a stray Pod, with the finalizer, and lets go what no longer matches', () => {
  const { cluster, api } = newCluster({ programs: PROGRAMS });
  const pod = {
    metadata: { name: 'stray', namespace: 'default', labels: { app: 'pi' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'task', image: 'task:slow-stop' }] },
  };
  api.create('pods', pod, 'test');
  const spec = { manualSelector: true, selector: { matchLabels: { app: 'pi' } } };
  api.create('jobs', jobBody('pi', 'task:slow-stop', spec), 'test');
  cluster.advanceTo(2000);
  const stray = () => api.get('pods', 'default', 'stray').metadata;
  assert.deepEqual([stray().ownerReferences?.[0]?.name, stray().finalizers], ['pi', [FINALIZER]]);
  assert.equal(cluster.read.list('pods', 'default').length, 1);
  api.patch('pods', 'default', 'stray', { metadata: { labels: { app: 'other' } } }, 'merge', 'test');
  cluster.advanceTo(4000);
  assert.deepEqual([stray().ownerReferences, stray().finalizers], [undefined, undefined]);
  assert.equal(cluster.read.list('pods', 'default').length, 2);
});

test('JOB-05 managedBy somebody else: left alone', () => {
  const run = runJob('task:1', { managedBy: 'example.com/other' });
  run.cluster.advanceTo(5000);
  assert.deepEqual([run.pods().length, run.job().status], [0, {}]);
});
