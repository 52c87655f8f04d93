import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withIndexes } from '../../src/sim/controllers/job/indexes.ts';
import { FINALIZER } from '../../src/sim/controllers/job/model.ts';
import { newPod, planPods } from '../../src/sim/controllers/job/plan.ts';
import { judgeFailure, metSuccessRule } from '../../src/sim/controllers/job/policies.ts';
import { type JobPodShape, jobOf, jobPod, runJob, viewAt } from '../support/jobs.ts';

test('JOB-20 each index has its own count and its own wait, and the others go on', () => {
  const run = runJob('task:odd', { completions: 4, parallelism: 4, completionMode: 'Indexed', backoffLimitPerIndex: 1 });
  run.cluster.advanceTo(5000);
  const held = run.pods().filter(({ metadata }) => metadata.finalizers?.includes(FINALIZER));
  assert.deepEqual(
    held.map(({ spec }) => spec.hostname),
    ['pi-1', 'pi-3'],
  );
  run.cluster.advanceTo(20_000);
  const counts = run
    .pods()
    .map(({ spec, metadata }) => `${spec.hostname} ${metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']}`);
  assert.deepEqual(counts.sort(), ['pi-0 0', 'pi-1 0', 'pi-1 1', 'pi-2 0', 'pi-3 0', 'pi-3 1']);
  const { completedIndexes, failedIndexes } = run.job().status;
  assert.deepEqual([completedIndexes, failedIndexes], ['0,2', '1,3']);
  assert.equal(run.summary(), 'FailureTarget=FailedIndexes, Failed=FailedIndexes, active 0, succeeded 2, failed 4');
});

test('JOB-20 a failed Pod is let go as soon as its successor runs', () => {
  const run = runJob('task:odd3', { completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 1 });
  const held = () => run.pods().filter((pod) => pod.status.phase === 'Failed' && pod.metadata.finalizers?.includes(FINALIZER));
  run.cluster.advanceTo(8000);
  assert.equal(held().length, 1);
  run.cluster.advanceTo(15_500);
  assert.deepEqual([run.job().status.active, run.job().status.failed, held().length], [1, 1, 0]);
});

test('JOB-20 what is tried again, and when', async (t) => {
  const job = jobOf({ completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 2 });
  const bad = (name: string, index: number, failures: number, finishedAt: number): JobPodShape => ({
    name,
    phase: 'Failed',
    index,
    failures,
    finishedAt,
  });
  const cases = [
    {
      name: 'an index that waits does not hold up others',
      second: 105,
      pods: [bad('a', 0, 0, 100)],
      create: [1, 2],
      waitMs: 0,
    },
    {
      name: 'when all wait, the shortest wait counts',
      second: 105,
      pods: [bad('a', 0, 0, 100), bad('b', 1, 1, 100), { name: 'c', index: 2 }],
      create: [],
      waitMs: 5000,
    },
    {
      name: 'the second failure waits 20 s',
      second: 119,
      pods: [bad('b', 1, 1, 100), { name: 'c', index: 2 }, { name: 'd', index: 0 }],
      create: [],
      waitMs: 1000,
    },
    {
      name: 'an index at its limit is not tried again',
      second: 999,
      pods: [bad('a', 0, 2, 100), { name: 'c', index: 2 }],
      create: [1],
      waitMs: 0,
    },
  ] as const;
  for (const { name, second, pods, create, waitMs: wait } of cases)
    await t.test(name, () => {
      const plan = planPods(viewAt(second, job, pods));
      assert.deepEqual([plan.create, plan.waitMs], [create, wait]);
    });
  await t.test('ignored failures are carried apart', () => {
    const rules = [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [9] } }] as const;
    const view = viewAt(999, { ...job, spec: { ...job.spec, podFailurePolicy: { rules } } }, [
      { ...bad('a', 0, 1, 1), code: 9, ignored: 1 },
    ]);
    const { annotations } = newPod(view, 0).metadata;
    assert.deepEqual(
      [
        annotations?.['batch.kubernetes.io/job-index-failure-count'],
        annotations?.['batch.kubernetes.io/job-index-ignored-failure-count'],
      ],
      ['1', '2'],
    );
  });
});

test('JOB-21 podFailurePolicy: the first rule that matches', async (t) => {
  const rules = [
    { action: 'FailJob', onExitCodes: { containerName: 'other', operator: 'In', values: [42] } },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'FailJob', onExitCodes: { operator: 'In', values: [42, 43] } },
    { action: 'FailIndex', onExitCodes: { operator: 'NotIn', values: [1, 2] } },
    { action: 'Count', onExitCodes: { operator: 'In', values: [2] } },
  ] as const;
  const cases = [
    ['another container does not match', { name: 'p', phase: 'Failed', code: 1 }, null],
    ['a condition', { name: 'p', phase: 'Failed', code: 42, condition: 'DisruptionTarget' }, 'Ignore'],
    ['In', { name: 'p', phase: 'Failed', code: 43 }, 'FailJob'],
    ['NotIn', { name: 'p', phase: 'Failed', code: 7 }, 'FailIndex'],
    ['Count', { name: 'p', phase: 'Failed', code: 2 }, 'Count'],
    ['exit code 0 never matches', { name: 'p', phase: 'Failed', code: 0 }, null],
    ['a Pod that runs has no exit code', { name: 'p' }, null],
  ] as const;
  for (const [name, shape, action] of cases)
    await t.test(name, () => assert.equal(judgeFailure(rules, jobPod(shape)).action, action));
  const message = (shape: JobPodShape, some: Parameters<typeof judgeFailure>[0]) => judgeFailure(some, jobPod(shape)).message;
  assert.equal(
    message({ name: 'p', phase: 'Failed', code: 42 }, rules),
    'Container task for pod default/p failed with exit code 42 matching FailJob rule at index 2',
  );
  assert.equal(
    message({ name: 'p', phase: 'Failed', condition: 'X' }, [{ action: 'FailJob', onPodConditions: [{ type: 'X' }] }]),
    'Pod default/p has condition X matching FailJob rule at index 0',
  );
});

test('JOB-21 FailJob ends the Job now; Ignore does not count but delays', () => {
  const rule = (action: string, code: number) => ({
    podFailurePolicy: { rules: [{ action, onExitCodes: { operator: 'In', values: [code] } }] },
  });
  const fail = runJob('task:42', rule('FailJob', 42));
  fail.cluster.advanceTo(3000);
  assert.equal(fail.summary(), 'FailureTarget=PodFailurePolicy, Failed=PodFailurePolicy, active 0, succeeded 0, failed 1');
  const ignore = runJob('task:third', { backoffLimit: 0, ...rule('Ignore', 1) });
  ignore.cluster.advanceTo(40_000);
  assert.equal(
    ignore.summary(),
    'SuccessCriteriaMet=CompletionsReached, Complete=CompletionsReached, active 0, succeeded 1, failed 0',
  );
  const made = ignore.cluster.log().filter(({ object, verb }) => object?.resource === 'pods' && verb === 'create');
  assert.deepEqual(
    made.map(({ atMs }) => Math.floor(atMs / 1000)),
    [0, 10, 30],
  );
});

test('JOB-22 successPolicy: which rule is met', () => {
  const met = (rules: Parameters<typeof metSuccessRule>[0], done: readonly number[]) =>
    metSuccessRule(rules, 10, withIndexes([], done));
  assert.equal(met([{ succeededIndexes: '0,2-4' }], [0, 2, 3]), -1);
  assert.equal(met([{ succeededIndexes: '0,2-4' }], [0, 2, 3, 4]), 0);
  assert.equal(met([{ succeededIndexes: '0,2-4', succeededCount: 2 }], [1, 3, 4]), 0);
  assert.equal(met([{ succeededCount: 3 }, { succeededCount: 2 }], [8, 9]), 1);
  assert.equal(met([{ succeededCount: 0 }], []), -1);
});

test('JOB-22 the rest is stopped and does not count as failed', () => {
  const policy = { successPolicy: { rules: [{ succeededIndexes: '0' }] } };
  const run = runJob('task:3', { completions: 3, parallelism: 1, completionMode: 'Indexed', ...policy });
  run.cluster.advanceTo(2500);
  run.api.patch('jobs', 'default', 'pi', { spec: { parallelism: 3 } }, 'merge', 'test');
  run.cluster.advanceTo(4300);
  const met = run.job().status.conditions ?? [];
  assert.deepEqual(
    met.map(({ type, reason, message }) => [type, reason, message]),
    [['SuccessCriteriaMet', 'SuccessPolicy', 'Matched rules at index 0']],
  );
  run.cluster.advanceTo(9000);
  assert.equal(run.summary(), 'SuccessCriteriaMet=SuccessPolicy, Complete=SuccessPolicy, active 0, succeeded 1, failed 0');
  assert.deepEqual([run.job().status.completedIndexes, run.pods().length], ['0', 1]);
});
