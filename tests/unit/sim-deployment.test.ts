import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fencepostsOf } from '../../src/sim/controllers/deployment/fenceposts.ts';
import { deploymentStatus, isComplete, stuckCheckMs, withProgress } from '../../src/sim/controllers/deployment/progress.ts';
import { isScalingEvent, planScale } from '../../src/sim/controllers/deployment/proportional.ts';
import { hasOldPodsRunning, planRecreate } from '../../src/sim/controllers/deployment/recreate.ts';
import {
  findNewReplicaSet,
  hashSuffix,
  planHistory,
  revisionAnnotations,
} from '../../src/sim/controllers/deployment/revision.ts';
import { newReplicasOf, planRollingUpdate } from '../../src/sim/controllers/deployment/rolling.ts';
import type { Condition, Deployment, KubeObject } from '../../src/sim/types.ts';
import {
  at,
  deploymentOf,
  eventsOf,
  newCluster,
  podOf,
  podTrace,
  type SetShape,
  START_MS,
  setOf,
  workload,
} from '../support/cluster.ts';

test('DEP-02 surge rounds up, unavailable rounds down, never both 0', () => {
  const cases: readonly [
    replicas: number,
    surge: number | string,
    unavailable: number | string,
    want: readonly [number, number],
  ][] = [
    [1, '25%', '25%', [1, 0]],
    [3, '25%', '25%', [1, 0]],
    [4, '25%', '25%', [1, 1]],
    [5, '25%', '25%', [2, 1]],
    [7, '25%', '25%', [2, 1]],
    [10, '25%', '25%', [3, 2]],
    [3, 0, 0, [0, 1]],
    [3, '0%', '10%', [0, 1]],
    [2, 1, 5, [1, 2]],
    [0, '25%', 1, [0, 0]],
  ];
  for (const [replicas, surge, unavailable, want] of cases) {
    const { maxSurge, maxUnavailable } = fencepostsOf(deploymentOf(replicas, surge, unavailable));
    assert.deepEqual([maxSurge, maxUnavailable], want, `${replicas} ${surge} ${unavailable}`);
  }
});

test('DEP-06 the new ReplicaSet grows within maxSurge', () => {
  const cases: readonly [replicas: number, surge: number, present: number, total: number, want: number][] = [
    [10, 0, 0, 10, 0],
    [10, 2, 0, 10, 2],
    [10, 2, 5, 10, 7],
    [10, 2, 6, 8, 10],
    [10, 2, 2, 12, 2],
  ];
  for (const [replicas, surge, present, total, want] of cases)
    assert.equal(newReplicasOf(deploymentOf(replicas, surge, 1), present, total), want);
});

test('DEP-06 DEP-20 one step of a rolling update', async (t) => {
  const cases: readonly {
    name: string;
    deployment: Deployment;
    fresh: SetShape;
    old: readonly SetShape[];
    want: readonly string[];
  }[] = [
    {
      name: 'grows first',
      deployment: deploymentOf(3),
      fresh: { name: 'b', replicas: 0 },
      old: [{ name: 'a', replicas: 3 }],
      want: ['b 1'],
    },
    {
      name: 'waits for what is not available',
      deployment: deploymentOf(3),
      fresh: { name: 'b', replicas: 1, available: 0 },
      old: [{ name: 'a', replicas: 3 }],
      want: [],
    },
    {
      name: 'shrinks by what became available',
      deployment: deploymentOf(3),
      fresh: { name: 'b', replicas: 1 },
      old: [{ name: 'a', replicas: 3 }],
      want: ['a 2'],
    },
    {
      name: 'shrinks at once when some may miss',
      deployment: deploymentOf(4),
      fresh: { name: 'b', replicas: 1, available: 0 },
      old: [{ name: 'a', replicas: 4 }],
      want: ['a 3'],
    },
    {
      name: 'without surge shrinks before it grows',
      deployment: deploymentOf(3, 0, 1),
      fresh: { name: 'b', replicas: 0 },
      old: [{ name: 'a', replicas: 3 }],
      want: ['a 2'],
    },
    {
      name: 'unavailable old ones first, oldest ReplicaSet first',
      deployment: deploymentOf(3),
      fresh: { name: 'c', replicas: 1 },
      old: [
        { name: 'b', replicas: 1, available: 0, createdAt: 9 },
        { name: 'a', replicas: 3 },
      ],
      want: ['b 0', 'a 2'],
    },
    {
      name: 'T-24 a sick new one goes before the good old one grows',
      deployment: deploymentOf(3),
      fresh: { name: 'a', replicas: 3 },
      old: [{ name: 'b', replicas: 1, available: 0 }],
      want: ['b 0'],
    },
    {
      name: 'shrinks the new one when it is too big',
      deployment: deploymentOf(2),
      fresh: { name: 'b', replicas: 5 },
      old: [],
      want: ['b 2'],
    },
    {
      name: 'is done',
      deployment: deploymentOf(3),
      fresh: { name: 'b', replicas: 3 },
      old: [{ name: 'a', replicas: 0 }],
      want: [],
    },
  ];
  for (const { name, deployment, fresh, old, want } of cases)
    await t.test(name, () => {
      const steps = planRollingUpdate(deployment, setOf(fresh), old.map(setOf));
      assert.deepEqual(
        steps.map((step) => `${step.name} ${step.to}`),
        want,
      );
    });
});

test('DEP-09 Recreate: shrink, wait until no old Pod runs, grow', () => {
  const deployment = deploymentOf(3, 0, 0, { strategy: { type: 'Recreate' } });
  assert.deepEqual(planRecreate(deployment, [setOf({ name: 'a', replicas: 3 })], []), {
    step: 'shrink',
    resizes: [{ name: 'a', to: 0, why: 'DEP-09' }],
  });
  const idle = [setOf({ name: 'a', replicas: 0 })];
  assert.equal(planRecreate(deployment, idle, [podOf({ name: 'x', going: true })]).step, 'wait');
  assert.equal(planRecreate(deployment, idle, [podOf({ name: 'x', going: true, phase: 'Succeeded' })]).step, 'grow');
  assert.equal(hasOldPodsRunning(idle, [podOf({ name: 'x', phase: 'Unknown' })]), true);
});

test('DEP-05 DEP-10 scaling, plain and in proportion', async (t) => {
  const cases: readonly {
    name: string;
    deployment: Deployment;
    fresh?: SetShape;
    old: readonly SetShape[];
    want: readonly string[];
  }[] = [
    { name: '10 to 12', deployment: deploymentOf(12, 0, 0), fresh: { name: 'b', replicas: 10 }, old: [], want: ['b 12'] },
    { name: '10 to 5', deployment: deploymentOf(5, 0, 0), fresh: { name: 'b', replicas: 10 }, old: [], want: ['b 5'] },
    {
      name: '5 to 10 in proportion',
      deployment: deploymentOf(10, 0, 0),
      fresh: { name: 'b', replicas: 2, max: 5, createdAt: 9 },
      old: [{ name: 'a', replicas: 3, max: 5 }],
      want: ['a 6', 'b 4'],
    },
    {
      name: '5 to 3 in proportion',
      deployment: deploymentOf(3, 0, 0),
      fresh: { name: 'b', replicas: 2, max: 5, createdAt: 9 },
      old: [{ name: 'a', replicas: 3, max: 5 }],
      want: ['a 2', 'b 1'],
    },
    {
      name: 'the manual: 10 to 15 with surge 3, unavailable 2',
      deployment: deploymentOf(15, 3, 2),
      fresh: { name: 'b', replicas: 5, max: 13, createdAt: 9 },
      old: [{ name: 'a', replicas: 8, max: 13 }],
      want: ['a 11', 'b 7'],
    },
    {
      name: 'to 0',
      deployment: deploymentOf(0, 0, 0),
      fresh: { name: 'b', replicas: 3, max: 6, createdAt: 9 },
      old: [{ name: 'a', replicas: 3, max: 6 }],
      want: ['a 0', 'b 0'],
    },
    {
      name: 'no new one yet: the only active one',
      deployment: deploymentOf(5, 0, 0),
      old: [{ name: 'a', replicas: 4 }],
      want: ['a 5'],
    },
    {
      name: 'none active: the latest',
      deployment: deploymentOf(6, 0, 0),
      old: [
        { name: 'a', replicas: 0 },
        { name: 'b', replicas: 0, createdAt: 5 },
      ],
      want: ['b 6'],
    },
    {
      name: 'a saturated new one empties the old ones',
      deployment: deploymentOf(5, 0, 0),
      fresh: { name: 'b', replicas: 5, desired: 5 },
      old: [{ name: 'a', replicas: 2 }],
      want: ['a 0'],
    },
  ];
  for (const { name, deployment, fresh, old, want } of cases)
    await t.test(name, () => {
      const steps = planScale(deployment, fresh && setOf(fresh), old.map(setOf));
      assert.deepEqual(
        steps.map((step) => `${step.name} ${step.to}`),
        want,
      );
    });
  assert.equal(isScalingEvent(deploymentOf(4), [setOf({ name: 'a', replicas: 3, desired: 3 })]), true);
  assert.equal(isScalingEvent(deploymentOf(4), [setOf({ name: 'a', replicas: 0, desired: 3 })]), false);
});

test('DEP-03 DEP-11 CTL-09 templates, revisions and hashes', () => {
  const deployment = deploymentOf(1);
  const same = [
    setOf({ name: 'young', replicas: 1, createdAt: 9 }),
    setOf({ name: 'old', replicas: 1 }),
    setOf({ name: 'other', replicas: 1, image: 'web:2' }),
  ];
  assert.equal(findNewReplicaSet(deployment, same)?.metadata.name, 'old');
  assert.match(hashSuffix({ a: 1 }), /^[456789bcdf]{1,10}$/);
  assert.notEqual(hashSuffix({ a: 1 }), hashSuffix({ a: 1 }, 1));
  const prefix = 'deployment.kubernetes.io/';
  const annotated = {
    ...deployment,
    metadata: {
      ...deployment.metadata,
      annotations: { note: 'hi', [`${prefix}revision`]: '7', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    },
  };
  assert.deepEqual(revisionAnnotations(annotated, {}, 3), { note: 'hi', [`${prefix}revision`]: '3' });
  assert.deepEqual(revisionAnnotations(deployment, { [`${prefix}revision`]: '1', [`${prefix}revision-history`]: '0' }, 3), {
    [`${prefix}revision`]: '3',
    [`${prefix}revision-history`]: '0,1',
  });
});

test('DEP-18 history beyond the limit goes, lowest revision first, unless it still has Pods', () => {
  const deployment = deploymentOf(1, 1, 0, { revisionHistoryLimit: 1 });
  const old = [
    setOf({ name: 'c', replicas: 0, revision: 3 }),
    setOf({ name: 'a', replicas: 0, revision: 1 }),
    setOf({ name: 'b', replicas: 1, revision: 2 }),
  ];
  assert.deepEqual(
    planHistory(deployment, old).map((rs) => rs.metadata.name),
    ['a'],
  );
  assert.deepEqual(planHistory(deploymentOf(1), old), []);
});

test('DEP-13 DEP-14 DEP-15 progress, its deadline and its end', () => {
  const progressing = (second: number): Condition => ({
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    lastUpdateTime: at(second),
    lastTransitionTime: at(0),
  });
  const base = deploymentOf(3, 1, 0, { progressDeadlineSeconds: 10 });
  const deployment: Deployment = {
    ...base,
    status: { replicas: 4, updatedReplicas: 1, readyReplicas: 3, availableReplicas: 3, conditions: [progressing(0)] },
  };
  const sets = [setOf({ name: 'a', replicas: 3 }), setOf({ name: 'b', replicas: 1, available: 0 })];
  const reasonAt = (second: number, all = sets) => {
    const status = withProgress(
      deployment,
      deploymentStatus(deployment, all, all[1], at(second)),
      all[1],
      START_MS + second * 1000,
      at(second),
    );
    const condition = status.conditions?.find(({ type }) => type === 'Progressing');
    return [condition?.status, condition?.reason, condition?.message];
  };
  assert.equal(reasonAt(9)[1], 'ReplicaSetUpdated');
  assert.deepEqual(reasonAt(11), ['False', 'ProgressDeadlineExceeded', 'ReplicaSet "b" has timed out progressing.']);
  assert.equal(reasonAt(11, [setOf({ name: 'a', replicas: 3 }), setOf({ name: 'b', replicas: 1 })])[1], 'ReplicaSetUpdated');
  assert.deepEqual(reasonAt(11, [setOf({ name: 'a', replicas: 0 }), setOf({ name: 'b', replicas: 3 })]), [
    'True',
    'NewReplicaSetAvailable',
    'ReplicaSet "b" has successfully progressed.',
  ]);
  assert.equal(stuckCheckMs(deployment, deployment.status, START_MS + 4000), 7000);
  const endless = deploymentOf(3, 1, 0, { progressDeadlineSeconds: 2_147_483_647 });
  assert.deepEqual(withProgress(endless, { conditions: [progressing(0)] }, undefined, START_MS, at(0)).conditions, []);
  assert.equal(isComplete(base, { replicas: 3, updatedReplicas: 3, availableReplicas: 3, observedGeneration: 1 }), true);
});

const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: name }] } } } });
const scalings = (log: Parameters<typeof eventsOf>[0]) =>
  eventsOf(log, 'ScalingReplicaSet').map((text) => text.replace(/ replica set web-\w+ from/, ''));

test('DEP-08 three replicas, 25%: one up, one down', () => {
  const { cluster, api } = newCluster();
  api.create('deployments', workload('web', 3), 'input');
  cluster.advanceTo(3000);
  const from = cluster.logLength;
  api.patch('deployments', 'default', 'web', image('web:2'), 'strategic', 'input');
  cluster.advanceTo(10_000);
  assert.deepEqual(scalings(cluster.log(from)), [
    'Scaled up 0 to 1',
    'Scaled down 3 to 2',
    'Scaled up 1 to 2',
    'Scaled down 2 to 1',
    'Scaled up 2 to 3',
    'Scaled down 1 to 0',
  ]);
});

test('DEP-09 Recreate starts when the last old Pod has ended, before its object is gone', () => {
  const { cluster, api } = newCluster({ programs: { 'web:1': { stopAfter: '2s' } } });
  api.create('deployments', workload('web', 1, { strategy: { type: 'Recreate' } }), 'input');
  cluster.advanceTo(3000);
  const from = cluster.logLength;
  api.patch('deployments', 'default', 'web', image('web:2'), 'strategic', 'input');
  cluster.advanceTo(10_000);
  const trace = podTrace(cluster.log(from)).map((line) => line.replace(/^\S+ /, ''));
  assert.deepEqual(trace.slice(0, 2), ['Running 1/1 terminating', 'Succeeded terminating']);
  assert.equal(trace.filter((state) => state === 'Pending').length, 1);
  assert.ok(trace.indexOf('Pending') > trace.indexOf('Succeeded terminating'));
});

test('DEP-13 a paused Deployment scales but does not roll out; resumed, it does', () => {
  const { cluster, api } = newCluster();
  api.create('deployments', workload('web', 1), 'input');
  cluster.advanceTo(2000);
  api.patch('deployments', 'default', 'web', { spec: { paused: true } }, 'merge', 'input');
  api.patch('deployments', 'default', 'web', image('web:2'), 'strategic', 'input');
  api.patch('deployments', 'default', 'web', { spec: { replicas: 2 } }, 'merge', 'input');
  cluster.advanceTo(5000);
  const images = () => cluster.read.list('pods').map((pod) => pod.spec.containers[0]?.image);
  assert.deepEqual(images(), ['web:1', 'web:1']);
  const reason = () =>
    cluster.read.get('deployments', 'default', 'web')?.status.conditions?.find(({ type }) => type === 'Progressing')?.reason;
  assert.equal(reason(), 'DeploymentPaused');
  api.patch('deployments', 'default', 'web', { spec: { paused: false } }, 'merge', 'input');
  cluster.advanceTo(12_000);
  assert.deepEqual(images(), ['web:2', 'web:2']);
  assert.equal(reason(), 'NewReplicaSetAvailable');
});

test('DEP-11 going back to an old template reuses its ReplicaSet under a new number', () => {
  const { cluster, api } = newCluster();
  api.create('deployments', workload('web', 1), 'input');
  cluster.advanceTo(2000);
  for (const name of ['web:2', 'web:1']) {
    api.patch('deployments', 'default', 'web', image(name), 'strategic', 'input');
    cluster.advanceTo(cluster.nowMs + 4000);
  }
  const revisions = cluster.read
    .list('replicasets')
    .map(({ metadata }) => [
      metadata.annotations?.['deployment.kubernetes.io/revision'],
      metadata.annotations?.['deployment.kubernetes.io/revision-history'],
    ]);
  assert.deepEqual(revisions, [
    ['3', '1'],
    ['2', undefined],
  ]);
  const deployment = cluster.read.get('deployments', 'default', 'web') as KubeObject;
  assert.equal(deployment.metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
});

test('DEP-15 DEP-21 the deadline passes, nothing is rolled back', () => {
  const { cluster, api } = newCluster({ programs: { 'web:bad': { pull: 'fail' } } });
  api.create('deployments', workload('web', 3, { progressDeadlineSeconds: 5 }), 'input');
  cluster.advanceTo(3000);
  api.patch('deployments', 'default', 'web', image('web:bad'), 'strategic', 'input');
  cluster.advanceTo(12_000);
  const { status } = cluster.read.get('deployments', 'default', 'web') as Deployment;
  assert.equal(status.conditions?.find(({ type }) => type === 'Progressing')?.reason, 'ProgressDeadlineExceeded');
  assert.deepEqual([status.readyReplicas, status.updatedReplicas, status.replicas], [3, 1, 4]);
});
