import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, forbidden } from '../../src/sim/api/status.ts';
import { planClaims } from '../../src/sim/controllers/ownership.ts';
import { isAvailable, nextAvailabilityMs } from '../../src/sim/controllers/pods.ts';
import { rankForDeletion } from '../../src/sim/controllers/ranking.ts';
import { planReplicaSet, replicaSetController } from '../../src/sim/controllers/replicaset.ts';
import { eventsOf, newCluster, type PodShape, podOf, podTrace, START_MS, setOf, workload } from '../support/cluster.ts';

const NOW = START_MS + 3_600_000;
const ready = (name: string, more: Partial<PodShape> = {}): PodShape => ({ name, readyAt: 10, ...more });

test('RS-01 RS-07 creates what is missing, deletes what is too much, both up to 500', async (t) => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => ready(`p${i}`));
  const cases = [
    { name: 'creates what is missing', want: 2, have: [], create: 2, remove: 0 },
    { name: 'does nothing when the number is right', want: 1, have: many(1), create: 0, remove: 0 },
    { name: 'creates 500 at most', want: 700, have: [], create: 500, remove: 0 },
    { name: 'deletes 500 at most', want: 0, have: many(700), create: 0, remove: 500 },
    { name: 'deletes all without ranking', want: 0, have: many(3), create: 0, remove: 3 },
  ];
  for (const { name, want, have, create, remove } of cases)
    await t.test(name, () => {
      const pods = have.map(podOf);
      const plan = planReplicaSet(setOf({ name: 'web', replicas: want }), pods, pods, NOW);
      assert.deepEqual([plan.create, plan.remove.length], [create, remove]);
    });
});

test('RS-06 who goes first', async (t) => {
  const cases: readonly { name: string; first: PodShape; second: PodShape; family?: readonly PodShape[] }[] = [
    {
      name: '① without a node, before one that has one',
      first: { name: 'z', node: '' },
      second: { name: 'a', phase: 'Pending' },
    },
    { name: '② Pending before Running', first: { name: 'z', phase: 'Pending' }, second: ready('a') },
    { name: '② Unknown before Running', first: { name: 'z', phase: 'Unknown' }, second: { name: 'a' } },
    {
      name: '③ not Ready before Ready, whatever it costs',
      first: { name: 'z', cost: 100 },
      second: ready('a', { cost: -100 }),
    },
    { name: '④ the lower cost', first: ready('z', { cost: -1 }), second: ready('a') },
    {
      name: '⑤ the fuller node',
      first: ready('z', { node: 'node-2' }),
      second: ready('a'),
      family: [ready('y', { node: 'node-2' })],
    },
    { name: '⑥ Ready for a shorter time', first: ready('z', { readyAt: 3000 }), second: ready('a') },
    { name: '⑥ the same power of two: smaller uid', first: ready('a', { readyAt: 10 }), second: ready('z', { readyAt: 12 }) },
    { name: '⑦ more restarts', first: ready('z', { restarts: 3 }), second: ready('a') },
    { name: '⑧ younger', first: ready('z', { createdAt: 3000 }), second: ready('a') },
    { name: '⑧ equal in everything: smaller uid', first: ready('a'), second: ready('z') },
  ];
  for (const { name, first, second, family = [] } of cases)
    await t.test(name, () => {
      const pods = [second, first].map(podOf);
      assert.equal(rankForDeletion(pods, [...pods, ...family.map(podOf)], NOW)[0]?.metadata.name, first.name);
    });
});

test('CTL-07 keeps, adopts and releases', () => {
  const owner = setOf({ name: 'web', replicas: 3 });
  const pods = [
    podOf({ name: 'own', owner: 'web' }),
    podOf({ name: 'relabelled', owner: 'web', labels: { app: 'other' } }),
    podOf({ name: 'foreign', owner: 'other' }),
    podOf({ name: 'orphan' }),
    podOf({ name: 'leaving-orphan', going: true }),
    podOf({ name: 'stranger', labels: { app: 'other' } }),
  ];
  const names = (list: readonly { metadata: { name: string } }[]) => list.map((pod) => pod.metadata.name);
  const plan = planClaims(owner, owner.spec.selector, pods);
  assert.deepEqual([names(plan.keep), names(plan.adopt), names(plan.release)], [['own'], ['orphan'], ['relabelled']]);
  const going = { ...owner, metadata: { ...owner.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  const late = planClaims(going, owner.spec.selector, pods);
  assert.deepEqual([names(late.keep), names(late.adopt), names(late.release)], [['own'], [], []]);
});

test('CTL-11 CTL-14 available once Ready for minReadySeconds, counted in whole seconds', () => {
  const pod = podOf(ready('a', { readyAt: 10 }));
  assert.equal(isAvailable(pod, 0, START_MS + 10_000), true);
  assert.equal(isAvailable(pod, 5, START_MS + 14_999), false);
  assert.equal(isAvailable(pod, 5, START_MS + 15_000), true);
  assert.equal(nextAvailabilityMs([pod], 5, START_MS + 12_000), 3000);
  assert.equal(nextAvailabilityMs([podOf({ name: 'b' })], 5, START_MS + 12_000), null);
});

test('RS-02 a terminating Pod is replaced at once, while it still runs', () => {
  const { cluster, api } = newCluster({ programs: { 'web:1': { stopAfter: '5s' } } });
  api.create('replicasets', workload('web', 1), 'input');
  cluster.advanceTo(3000);
  const [pod] = cluster.read.list('pods');
  api.delete('pods', 'default', pod?.metadata.name ?? '', {}, 'input');
  cluster.advanceTo(5000);
  assert.deepEqual(
    cluster.read.list('pods').map((other) => Boolean(other.metadata.deletionTimestamp)),
    [true, false],
  );
  assert.equal(cluster.read.get('replicasets', 'default', 'web')?.status.terminatingReplicas, 1);
  cluster.advanceTo(10_000);
  assert.equal(cluster.read.list('pods').length, 1);
});

test('RS-03 RS-08 RS-09 creates that fail stop after the first batch, with event and condition, and are tried again', () => {
  const { cluster, api } = newCluster();
  api.create('replicasets', workload('web', 5), 'input');
  let calls = 0;
  const refuse = () => {
    calls++;
    throw forbidden({ group: '', resource: 'pods' }, '', 'exceeded quota');
  };
  cluster.act('replicaset-controller', null, (ctx) => {
    const broken = new Proxy(ctx.api, {
      get: (client, name) => (name === 'create' ? refuse : Reflect.get(client, name).bind(client)),
    });
    assert.throws(() => replicaSetController.sync('default/web', { ...ctx, api: broken }), ApiError);
  });
  assert.equal(calls, 1);
  assert.deepEqual(eventsOf(cluster.log(), 'FailedCreate'), ['Error creating: pods is forbidden: exceeded quota']);
  const conditions = () =>
    cluster.read.get('replicasets', 'default', 'web')?.status.conditions?.map(({ type, reason }) => [type, reason]);
  assert.deepEqual(conditions(), [['ReplicaFailure', 'FailedCreate']]);
  cluster.advanceTo(2000);
  assert.equal(cluster.read.list('pods').length, 5);
  assert.equal(conditions(), undefined);
});

test('RS-04 a Failed Pod is replaced and stays listed', () => {
  const { cluster, api } = newCluster({ programs: { 'web:1': {} } });
  api.create('replicasets', workload('web', 1), 'input');
  cluster.advanceTo(2000);
  const pod = cluster.read.list('pods')[0];
  assert.ok(pod);
  cluster.act('kubelet', null, ({ machines }) => machines.delete(`local/${pod.spec.nodeName}/${pod.metadata.uid}`));
  api.updateStatus('pods', { ...pod, status: { ...pod.status, phase: 'Failed' } }, 'input');
  cluster.advanceTo(4000);
  assert.deepEqual(
    cluster.read.list('pods').map(({ status }) => status.phase),
    ['Failed', 'Running'],
  );
});

test('RS-10 RS-11 a relabelled Pod is released and replaced; a matching stranger too many is adopted and deleted', () => {
  const { cluster, api } = newCluster();
  api.create('replicasets', workload('web', 1), 'input');
  cluster.advanceTo(2000);
  const name = cluster.read.list('pods')[0]?.metadata.name ?? '';
  api.patch('pods', 'default', name, { metadata: { labels: { app: 'other' } } }, 'merge', 'input');
  cluster.advanceTo(4000);
  assert.equal(cluster.read.get('pods', 'default', name)?.metadata.ownerReferences, undefined);
  assert.equal(cluster.read.list('pods').length, 2);
  const from = cluster.logLength;
  api.create(
    'pods',
    {
      metadata: { name: 'bare', namespace: 'default', labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'web:1' }] },
    },
    'input',
  );
  cluster.advanceTo(6000);
  assert.deepEqual(eventsOf(cluster.log(from), 'SuccessfulDelete'), ['Deleted pod: bare']);
  assert.equal(podTrace(cluster.log(from)).at(-1), 'bare gone');
});
