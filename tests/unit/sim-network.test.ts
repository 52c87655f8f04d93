import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/sim/cluster.ts';
import { budgetNumbers } from '../../src/sim/controllers/disruption.ts';
import { endpointOf, isListed, planSlices } from '../../src/sim/controllers/endpointslice.ts';
import { linesOf } from '../../src/sim/kubelet/machine.ts';
import { targetsOf } from '../../src/sim/network.ts';
import type { Endpoint, Pod, PodDisruptionBudget, Service } from '../../src/sim/types.ts';
import { newCluster, podOf, workload } from '../support/cluster.ts';

const service = (spec: object = {}) => ({ metadata: { name: 'web', namespace: 'default' }, spec }) as unknown as Service;
const withIp = (pod: Pod, spec: object = {}): Pod => ({
  ...pod,
  spec: { ...pod.spec, ...spec },
  status: { ...pod.status, podIP: '10.244.0.2' },
});

test('EPS-01 EPS-02 ready, serving and terminating', () => {
  const conditions = (pod: Pod, spec?: object) => Object.values(endpointOf(withIp(pod), service(spec)).conditions);
  assert.deepEqual(conditions(podOf({ name: 'a', readyAt: 1 })), [true, true, false]);
  assert.deepEqual(conditions(podOf({ name: 'a' })), [false, false, false]);
  assert.deepEqual(conditions(podOf({ name: 'a', readyAt: 1, going: true })), [false, true, true]);
  assert.deepEqual(conditions(podOf({ name: 'a', going: true }), { publishNotReadyAddresses: true }), [true, false, true]);
  assert.equal(isListed(podOf({ name: 'a', readyAt: 1 })), false);
  assert.equal(isListed(withIp(podOf({ name: 'a', phase: 'Succeeded' }))), false);
});

test('EPS-03 a hostname only for Pods whose subdomain is the Service', () => {
  const pod = podOf({ name: 'web-0', readyAt: 1 });
  assert.equal(endpointOf(withIp(pod, { hostname: 'web-0', subdomain: 'web' }), service()).hostname, 'web-0');
  assert.equal(endpointOf(withIp(pod, { hostname: 'web-0', subdomain: 'other' }), service()).hostname, undefined);
});

test('EPS-04 EPS-06 known endpoints keep their place, new ones follow, 100 to a slice', () => {
  const endpoint = (uid: string): Endpoint => ({
    addresses: [uid],
    conditions: {},
    targetRef: { kind: 'Pod', namespace: 'default', name: uid, uid },
  });
  const uids = (slices: readonly (readonly Endpoint[])[]) => slices.map((slice) => slice.map((other) => other.targetRef?.uid));
  assert.deepEqual(uids(planSlices([['a', 'b', 'c'].map(endpoint)], ['d', 'c', 'a'].map(endpoint))), [['a', 'c', 'd']]);
  assert.deepEqual(uids(planSlices([], [])), [[]]);
  const many = Array.from({ length: 150 }, (_, i) => endpoint(`p${i}`));
  assert.deepEqual(
    planSlices([], many).map((slice) => slice.length),
    [100, 50],
  );
});

test('SVC-01 with no ready endpoint, those that are serving and terminating', () => {
  const { cluster, api } = newCluster({ programs: { 'web:1': { stopAfter: '9s' } } });
  api.create('replicasets', workload('web', 2), 'input');
  api.create(
    'services',
    { metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } },
    'input',
  );
  cluster.advanceTo(3000);
  assert.equal(targetsOf(cluster.read, 'default', 'web').length, 2);
  api.scale('replicasets', 'default', 'web', 1, 'input');
  cluster.advanceTo(4000);
  assert.equal(targetsOf(cluster.read, 'default', 'web').length, 1);
  api.scale('replicasets', 'default', 'web', 0, 'input');
  cluster.advanceTo(5000);
  assert.equal(targetsOf(cluster.read, 'default', 'web').length, 2);
  cluster.advanceTo(20_000);
  assert.equal(targetsOf(cluster.read, 'default', 'web').length, 0);
});

test('PDB-01 PDB-02 what a budget allows', () => {
  const cases: readonly [
    spec: PodDisruptionBudget['spec'],
    pods: number,
    scale: number,
    healthy: number,
    want: readonly number[],
  ][] = [
    [{ minAvailable: 3 }, 2, 0, 2, [0, 2, 3, 2]],
    [{ minAvailable: 3 }, 4, 0, 4, [1, 4, 3, 4]],
    [{ minAvailable: '50%' }, 3, 3, 3, [1, 3, 2, 3]],
    [{ maxUnavailable: '30%' }, 7, 7, 7, [3, 7, 4, 7]],
    [{ maxUnavailable: '30%' }, 3, 3, 3, [1, 3, 2, 3]],
    [{ maxUnavailable: 2 }, 1, 7, 1, [0, 1, 5, 7]],
    [{ maxUnavailable: 2 }, 1, 5, 1, [0, 1, 3, 5]],
    [{ maxUnavailable: 0 }, 3, 3, 3, [0, 3, 3, 3]],
    [{ minAvailable: 0 }, 0, 0, 0, [0, 0, 0, 0]],
  ];
  for (const [spec, pods, scale, healthy, want] of cases) {
    const numbers = budgetNumbers(spec, pods, scale, healthy);
    assert.deepEqual(
      [numbers.disruptionsAllowed, numbers.currentHealthy, numbers.desiredHealthy, numbers.expectedPods],
      want,
      JSON.stringify(spec),
    );
  }
});

test('PDB-03 scaling the workload changes what is expected before its Pods follow', () => {
  const { cluster, api } = newCluster();
  api.create('deployments', workload('web', 3), 'input');
  api.create(
    'poddisruptionbudgets',
    { metadata: { name: 'web', namespace: 'default' }, spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } } },
    'input',
  );
  cluster.advanceTo(3000);
  const status = () => cluster.read.get('poddisruptionbudgets', 'default', 'web')?.status;
  assert.deepEqual([status()?.expectedPods, status()?.disruptionsAllowed], [3, 1]);
  api.scale('deployments', 'default', 'web', 5, 'input');
  cluster.advanceTo(3100);
  assert.deepEqual([status()?.expectedPods, status()?.currentHealthy, status()?.disruptionsAllowed], [5, 3, 0]);
});

test('PDB-06 a second eviction in the same instant sees the lower number', () => {
  const { cluster, api } = newCluster();
  api.create('deployments', workload('web', 3), 'input');
  api.create(
    'poddisruptionbudgets',
    { metadata: { name: 'web', namespace: 'default' }, spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } } },
    'input',
  );
  cluster.advanceTo(3000);
  const [first = '', second = ''] = cluster.read.list('pods').map((pod) => pod.metadata.name);
  api.evict('default', first, {}, 'input');
  assert.throws(() => api.evict('default', second, {}, 'input'), /violate the pod's disruption budget/);
  cluster.advanceTo(6000);
  api.evict('default', second, {}, 'input');
});

/** Two Pods behind a Service, and a client that asks it each second for a while: who answered, in order. */
function askedWith(spec: object): { readonly cluster: Cluster; readonly answers: () => readonly string[] } {
  const { cluster, api } = newCluster({ programs: { 'client:1': { requests: { to: 'web', every: '1s' } } } });
  api.create('replicasets', workload('web', 2), 'input');
  api.create(
    'services',
    { metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec } },
    'input',
  );
  cluster.advanceTo(3000);
  api.create('replicasets', workload('client', 1, {}, {}, 'client:1'), 'input');
  cluster.advanceTo(23_000);
  const answers = () => {
    const client = cluster.read.list('pods').find((pod) => pod.metadata.labels?.['app'] === 'client');
    return linesOf(cluster.state.machines, client?.metadata.uid ?? '', 'c').map(({ text }) => text);
  };
  return { cluster, answers };
}

test('SVC-03 with sessionAffinity ClientIP a caller stays with one Pod until that is gone, and then with another', () => {
  const spread = askedWith({}).answers();
  assert.equal(new Set(spread).size, 2);
  const { cluster, answers } = askedWith({ sessionAffinity: 'ClientIP' });
  assert.equal(new Set(answers()).size, 1);
  const first = answers()[0]?.replace('200 from ', '') ?? '';
  cluster.client('test', null).delete('pods', 'default', first, {}, 'input');
  cluster.advanceTo(43_000);
  const later = answers().slice(-10);
  assert.equal(new Set(later).size, 1);
  assert.notEqual(later[0], `200 from ${first}`);
});
