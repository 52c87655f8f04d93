import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/sim/api/client.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import {
  claimOwnerOf,
  parsePodName,
  type StatefulSet,
  usesCurrentRevision,
} from '../../src/sim/controllers/statefulset/identity.ts';
import { planStatefulSet, statefulSetStatus } from '../../src/sim/controllers/statefulset/plan.ts';
import type { Pod } from '../../src/sim/types.ts';
import { eventsOf, newCluster, podOf, podTrace, START_MS, stateOf, workload } from '../support/cluster.ts';

const NOW = START_MS + 100_000;

function setOf(replicas: number, spec: object = {}, status: object = {}): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: 'db',
      namespace: 'default',
      uid: 'uid-db',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: 1,
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'db' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...spec,
    },
    status: { replicas: 0, ...status },
  } as unknown as StatefulSet;
}

/** `0`, `1 unready`, `2 going`, `3 old`, `4 failed`, `5 pending`: Pods by ordinal and what is the matter with them. */
function pods(...words: readonly string[]): readonly Pod[] {
  return words.map((word) => {
    const [ordinal, what] = word.split(' ');
    const isReady = what === undefined || what === 'old' || what === 'going';
    const phase = what === 'failed' ? 'Failed' : what === 'pending' ? 'Pending' : 'Running';
    const labels = {
      app: 'db',
      'statefulset.kubernetes.io/pod-name': `db-${ordinal}`,
      'controller-revision-hash': what === 'old' ? 'db-a' : 'db-b',
    };
    return podOf({ name: `db-${ordinal}`, phase, labels, going: what === 'going', ...(isReady ? { readyAt: 10 } : {}) });
  });
}

test('STS-12 … STS-33 what one sync does', async (t) => {
  const parallel = { podManagementPolicy: 'Parallel' };
  const cases: readonly { name: string; set: StatefulSet; have: readonly Pod[]; want: string }[] = [
    { name: 'STS-12 creates one at a time', set: setOf(3), have: [], want: 'create 0' },
    { name: 'STS-13 waits for the one before', set: setOf(3), have: pods('0 unready'), want: '' },
    { name: 'STS-14 goes on when all lower ones are up', set: setOf(3), have: pods('0'), want: 'create 1' },
    { name: 'STS-14 a lower one that falls sick stops it all', set: setOf(3), have: pods('0 unready', '1'), want: '' },
    { name: 'STS-15 a gap is filled lowest first', set: setOf(3), have: pods('0', '2'), want: 'create 1' },
    {
      name: 'STS-16 a failed one is deleted, not made again at once',
      set: setOf(2),
      have: pods('0 failed', '1'),
      want: 'delete 0',
    },
    { name: 'STS-17 waits while one is leaving', set: setOf(2), have: pods('0 going', '1'), want: '' },
    {
      name: 'STS-18 Parallel makes all that are missing',
      set: setOf(3, parallel),
      have: pods('1 unready'),
      want: 'create 0, create 2',
    },
    { name: 'STS-19 shrinks from the top, one at a time', set: setOf(1), have: pods('0', '1', '2'), want: 'delete 2' },
    { name: 'STS-19 waits until that one is gone', set: setOf(1), have: pods('0', '1', '2 going'), want: '' },
    { name: 'STS-18 Parallel shrinks at once', set: setOf(1, parallel), have: pods('0', '1', '2'), want: 'delete 2, delete 1' },
    {
      name: 'STS-20 T-04 a retained one that is not ready stops shrinking',
      set: setOf(1),
      have: pods('0 unready', '1', '2'),
      want: '',
    },
    {
      name: 'STS-21 an unhealthy top goes when it is the first one down',
      set: setOf(1),
      have: pods('0', '1', '2 unready'),
      want: 'delete 2',
    },
    { name: 'STS-21 with two down the top is stuck', set: setOf(1), have: pods('0', '1 unready', '2 unready'), want: '' },
    { name: 'STS-22 scaling comes before updating', set: setOf(2), have: pods('0 old', '1 old', '2 old'), want: 'delete 2' },
    {
      name: 'STS-23 ordinals below start are condemned after the new ones are up',
      set: setOf(2, { ordinals: { start: 1 } }),
      have: pods('0', '1'),
      want: 'create 2',
    },
    { name: 'STS-23 then they go', set: setOf(2, { ordinals: { start: 1 } }), have: pods('0', '1', '2'), want: 'delete 0' },
    { name: 'STS-27 replaces the highest old one', set: setOf(3), have: pods('0 old', '1 old', '2 old'), want: 'delete 2' },
    { name: 'STS-27 waits until it is back', set: setOf(3), have: pods('0 old', '1 old', '2 unready'), want: '' },
    {
      name: 'STS-27 one at a time in Parallel too',
      set: setOf(3, parallel),
      have: pods('0 old', '1 old', '2'),
      want: 'delete 1',
    },
    {
      name: 'STS-29 leaves those below the partition',
      set: setOf(3, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }),
      have: pods('0 old', '1 old', '2'),
      want: '',
    },
    {
      name: 'STS-31 OnDelete replaces nothing',
      set: setOf(2, { updateStrategy: { type: 'OnDelete' } }),
      have: pods('0 old', '1 old'),
      want: '',
    },
    {
      name: 'STS-32 a stuck bad rollout blocks its own repair',
      set: setOf(3),
      have: [...pods('0', '1'), ...pods('2 old').map((pod) => ({ ...pod, status: { ...pod.status, conditions: [] } }))],
      want: '',
    },
    {
      name: 'STS-33 Parallel repairs itself',
      set: setOf(3, parallel),
      have: [...pods('0', '1'), ...pods('2 old').map((pod) => ({ ...pod, status: { ...pod.status, conditions: [] } }))],
      want: 'delete 2',
    },
    { name: 'STS-35 waits for minReadySeconds', set: setOf(3, { minReadySeconds: 200 }), have: pods('0'), want: '' },
    { name: 'STS-51 an unready first one blocks its correction', set: setOf(3), have: pods('0 unready'), want: '' },
  ];
  for (const { name, set, have, want } of cases)
    await t.test(name, () => {
      const actions = planStatefulSet(set, have, 'db-b', NOW);
      const words = actions.flatMap((action) =>
        action.act === 'create'
          ? [`create ${action.ordinal}`]
          : action.act === 'delete'
            ? [`delete ${action.pod.metadata.name.slice(3)}`]
            : [],
      );
      assert.equal(words.join(', '), want);
    });
});

test('STS-01 ordinals in names', () => {
  assert.deepEqual(parsePodName('web-db-12'), ['web-db', 12]);
  assert.deepEqual(parsePodName('web-x'), ['', -1]);
});

test('STS-26 STS-38 STS-47 STS-48 counters and completion', () => {
  const of = (set: StatefulSet, ...words: readonly string[]) => {
    const { replicas, readyReplicas, availableReplicas, currentReplicas, updatedReplicas, currentRevision } = statefulSetStatus(
      set,
      pods(...words),
      'db-a',
      'db-b',
      NOW,
    );
    return [replicas, readyReplicas, availableReplicas, currentReplicas, updatedReplicas, currentRevision];
  };
  assert.deepEqual(of(setOf(3), '0 old', '1 old', '2'), [3, 3, 3, 2, 1, 'db-a']);
  assert.deepEqual(of(setOf(3), '0', '1', '2'), [3, 3, 3, 3, 3, 'db-b']);
  assert.deepEqual(of(setOf(2, { updateStrategy: { type: 'OnDelete' } }), '0', '1'), [2, 2, 2, undefined, 2, 'db-a']);
  assert.deepEqual(of(setOf(1), '0 unready'), [1, undefined, 0, undefined, 1, 'db-a']);
  assert.deepEqual(of(setOf(2), '0 going', '1 old'), [2, 2, 2, 1, undefined, 'db-a']);
});

test('STS-29 STS-34 which revision an ordinal is made from', () => {
  const partition = (n: number) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: n } } });
  assert.deepEqual(
    [0, 1, 2].map((ordinal) => usesCurrentRevision(setOf(3, partition(2)), ordinal)),
    [true, true, false],
  );
  assert.deepEqual(
    [5, 6, 7].map((ordinal) => usesCurrentRevision(setOf(3, { ...partition(1), ordinals: { start: 5 } }), ordinal)),
    [true, false, false],
  );
  const bare = setOf(3, { updateStrategy: { type: 'RollingUpdate' } }, { currentReplicas: 2 });
  assert.deepEqual(
    [0, 1, 2].map((ordinal) => usesCurrentRevision(bare, ordinal)),
    [true, true, false],
  );
  assert.equal(usesCurrentRevision(setOf(3, { updateStrategy: { type: 'OnDelete' } }), 0), false);
});

test('STS-40 who owns a claim', () => {
  const [pod] = pods('0') as [Pod];
  const owner = (whenDeleted: string, whenScaled: string, isCondemned: boolean) =>
    claimOwnerOf(setOf(1, { persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled } }), pod, isCondemned)?.kind ??
    'nobody';
  const table = [
    ['Retain', 'Retain', 'nobody', 'nobody'],
    ['Delete', 'Retain', 'StatefulSet', 'StatefulSet'],
    ['Retain', 'Delete', 'nobody', 'Pod'],
    ['Delete', 'Delete', 'StatefulSet', 'Pod'],
  ] as const;
  for (const [whenDeleted, whenScaled, inRange, condemned] of table) {
    assert.deepEqual(
      [owner(whenDeleted, whenScaled, false), owner(whenDeleted, whenScaled, true)],
      [inRange, condemned],
      `${whenDeleted}/${whenScaled}`,
    );
  }
});

const CLAIM = {
  volumeClaimTemplates: [
    { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  ],
};

function start(
  replicas: number,
  spec: object = {},
  programs: object = {},
): { readonly cluster: Cluster; readonly api: Client } {
  const made = newCluster({ programs: programs as never });
  made.api.create('statefulsets', workload('db', replicas, { serviceName: 'db', ...spec }, {}, 'db:1'), 'input');
  made.cluster.advanceTo(6000);
  return made;
}

const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: name }] } } } });
const images = (cluster: Cluster) =>
  [...cluster.read.list('pods')]
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((pod) => pod.spec.containers[0]?.image);

test('STS-02 STS-03 STS-07 STS-08 labels, names and claims of a Pod', () => {
  const { cluster } = start(1, CLAIM);
  const pod = cluster.read.get('pods', 'default', 'db-0');
  assert.deepEqual(
    [pod?.spec.hostname, pod?.spec.subdomain, pod?.metadata.labels?.['apps.kubernetes.io/pod-index']],
    ['db-0', 'db', '0'],
  );
  assert.match(pod?.metadata.labels?.['controller-revision-hash'] ?? '', /^db-[456789bcdf]+$/);
  assert.equal(pod?.spec.volumes?.[0]?.persistentVolumeClaim?.claimName, 'data-db-0');
  assert.deepEqual(eventsOf(cluster.log(), 'SuccessfulCreate'), [
    'Create Claim data-db-0 Pod db-0 in StatefulSet db success',
    'Create Pod db-0 in StatefulSet db successful',
  ]);
});

test('STS-11 T-03 claims outlive a scale down and are used again', () => {
  const { cluster, api } = start(3, CLAIM);
  const uids = () => cluster.read.list('persistentvolumeclaims').map(({ metadata }) => metadata.uid);
  const before = uids();
  api.scale('statefulsets', 'default', 'db', 1, 'input');
  cluster.advanceTo(10_000);
  assert.equal(cluster.read.list('pods').length, 1);
  api.scale('statefulsets', 'default', 'db', 3, 'input');
  cluster.advanceTo(16_000);
  assert.deepEqual(uids(), before);
  assert.deepEqual(cluster.read.list('pods').map(stateOf), ['Running 1/1', 'Running 1/1', 'Running 1/1']);
});

test('STS-16 STS-46 a Failed Pod is deleted, then made again under its name', () => {
  const { cluster, api } = start(2);
  const from = cluster.logLength;
  const pod = cluster.read.get('pods', 'default', 'db-0') as Pod;
  cluster.act('kubelet', null, ({ machines }) => machines.delete(`local/${pod.spec.nodeName}/${pod.metadata.uid}`));
  api.updateStatus('pods', { ...pod, status: { ...pod.status, phase: 'Failed' } }, 'input');
  cluster.advanceTo(9000);
  assert.deepEqual(
    podTrace(cluster.log(from)),
    ['Failed', 'Failed terminating', 'gone', 'Pending', 'Running 0/1', 'Running 1/1'].map((state) => `db-0 ${state}`),
  );
  assert.deepEqual(eventsOf(cluster.log(from), 'SuccessfulDelete'), ['Delete Pod db-0 in StatefulSet db successful']);
});

test('STS-24 T-07 going back to an old template takes its old revision, under a new number', () => {
  const { cluster, api } = start(1);
  for (const name of ['db:2', 'db:1']) {
    api.patch('statefulsets', 'default', 'db', image(name), 'strategic', 'input');
    cluster.advanceTo(cluster.nowMs + 5000);
  }
  const numbers = cluster.read.list('controllerrevisions').map((revision) => revision['revision']);
  assert.deepEqual(numbers, [3, 2]);
});

test('T-06 STS-29 a canary: what is below the partition comes back old', () => {
  const { cluster, api } = start(3, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
  api.patch('statefulsets', 'default', 'db', image('db:2'), 'strategic', 'input');
  cluster.advanceTo(10_000);
  assert.deepEqual(images(cluster), ['db:1', 'db:1', 'db:2']);
  api.delete('pods', 'default', 'db-0', {}, 'input');
  cluster.advanceTo(14_000);
  assert.deepEqual(images(cluster), ['db:1', 'db:1', 'db:2']);
  api.patch(
    'statefulsets',
    'default',
    'db',
    { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } },
    'merge',
    'input',
  );
  cluster.advanceTo(22_000);
  assert.deepEqual(images(cluster), ['db:2', 'db:2', 'db:2']);
});

test('STS-32 T-07 reverting a bad template is not enough; deleting the broken Pod is', () => {
  const { cluster, api } = start(3, {}, { 'db:bad': { pull: 'fail' } });
  api.patch('statefulsets', 'default', 'db', image('db:bad'), 'strategic', 'input');
  cluster.advanceTo(10_000);
  api.patch('statefulsets', 'default', 'db', image('db:1'), 'strategic', 'input');
  cluster.advanceTo(20_000);
  assert.deepEqual(images(cluster), ['db:1', 'db:1', 'db:bad']);
  api.delete('pods', 'default', 'db-2', {}, 'input');
  cluster.advanceTo(24_000);
  assert.deepEqual(cluster.read.list('pods').map(stateOf), ['Running 1/1', 'Running 1/1', 'Running 1/1']);
});

test('STS-41 T-22 whenScaled Delete: the claim goes with its Pod, and both are made anew', () => {
  const { cluster, api } = start(2, {
    ...CLAIM,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
  });
  const uid = cluster.read.get('persistentvolumeclaims', 'default', 'data-db-1')?.metadata.uid;
  api.scale('statefulsets', 'default', 'db', 1, 'input');
  cluster.advanceTo(9000);
  assert.equal(cluster.read.get('persistentvolumeclaims', 'default', 'data-db-1'), undefined);
  api.scale('statefulsets', 'default', 'db', 2, 'input');
  cluster.advanceTo(13_000);
  const claim = cluster.read.get('persistentvolumeclaims', 'default', 'data-db-1');
  assert.equal(claim?.status?.phase, 'Bound');
  assert.notEqual(claim?.metadata.uid, uid);
});

test('STS-45 T-08 orphaned Pods are adopted by a new set of the same name, without a restart', () => {
  const { cluster, api } = start(2);
  const uids = () => cluster.read.list('pods').map(({ metadata }) => metadata.uid);
  const before = uids();
  api.delete('statefulsets', 'default', 'db', { propagationPolicy: 'Orphan' }, 'input');
  cluster.advanceTo(8000);
  assert.equal(cluster.read.list('statefulsets').length, 0);
  api.create('statefulsets', workload('db', 2, { serviceName: 'db' }, {}, 'db:1'), 'input');
  cluster.advanceTo(12_000);
  assert.deepEqual(uids(), before);
  assert.equal(cluster.read.get('statefulsets', 'default', 'db')?.status?.readyReplicas, 2);
});
