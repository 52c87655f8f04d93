import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stabilized, wantedReplicas } from '../../src/sim/controllers/autoscaler.ts';
import { eventsOf, newCluster, workload } from '../support/cluster.ts';

test('HPA-01 replicas that bring the use to its target', () => {
  const load = (used: readonly number[], unready = 0) => ({ used, requested: used.map(() => 100), unready });
  const cases: readonly [current: number, used: readonly number[], unready: number, want: number][] = [
    [2, [100, 100], 0, 4],
    [4, [25, 25, 25, 25], 0, 2],
    [2, [54, 54], 0, 2],
    [2, [46, 46], 0, 2],
    [3, [100], 2, 3],
    [3, [200], 2, 4],
    [2, [], 2, 2],
  ];
  for (const [current, used, unready, want] of cases)
    assert.equal(wantedReplicas(current, load(used, unready), 50).replicas, want, `${current} ${used} ${unready}`);
});

test('HPA-02 up in bounds, down only after five minutes', () => {
  assert.equal(stabilized(2, 20, [20], 1, 100), 6);
  assert.equal(stabilized(10, 30, [30], 1, 100), 20);
  assert.equal(stabilized(8, 2, [8, 5, 2], 1, 10), 8);
  assert.equal(stabilized(8, 2, [3, 2], 1, 10), 3);
  assert.equal(stabilized(2, 9, [9], 1, 4), 4);
  assert.equal(stabilized(2, 0, [0], 1, 4), 1);
});

test('HPA-01 HPA-03 more clients, more replicas; fewer clients, fewer replicas after five minutes', () => {
  const { cluster, api } = newCluster({
    programs: { 'web:1': { cpuPerRequest: '50ms' }, 'client:1': { requests: { to: 'web', every: '250ms' } } },
  });
  const spec = workload('web', 1);
  const containers = [{ name: 'c', image: 'web:1', resources: { requests: { cpu: '200m' } } }];
  api.create(
    'deployments',
    { ...spec, spec: { ...spec.spec, template: { ...spec.spec.template, spec: { containers } } } },
    'input',
  );
  api.create(
    'services',
    { metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } },
    'input',
  );
  const target = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
  api.create(
    'horizontalpodautoscalers',
    {
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 1,
        maxReplicas: 10,
        metrics: [target],
      },
    },
    'input',
  );
  api.create('deployments', workload('client', 2, {}, {}, 'client:1'), 'input');
  cluster.advanceTo(120_000);
  const replicas = () => cluster.read.get('deployments', 'default', 'web')?.spec.replicas ?? 0;
  assert.ok(replicas() >= 4 && replicas() <= 6, `${replicas()} replicas`);
  assert.match(
    eventsOf(cluster.log(), 'SuccessfulRescale')[0] ?? '',
    /^New size: \d+; reason: cpu resource utilization \(percentage of request\) above target$/,
  );
  api.scale('deployments', 'default', 'client', 0, 'input');
  cluster.advanceTo(300_000);
  assert.ok(replicas() >= 4);
  cluster.advanceTo(900_000);
  assert.equal(replicas(), 1);
});
