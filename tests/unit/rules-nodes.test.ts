// Rules of nodes, Pods on them, budgets, scheduling and garbage collection that only a running cluster shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/sim/api/client.ts';
import { ApiError } from '../../src/sim/api/status.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { performFault } from '../../src/sim/faults.ts';
import type { Pod, PodDisruptionBudget } from '../../src/sim/types.ts';
import { eventsOf, newCluster, podTrace, stateOf, workload } from '../support/cluster.ts';
import { jobBody } from '../support/jobs.ts';

const bare = (name: string, image: string, pod: object = {}, labels: Readonly<Record<string, string>> = {}) => ({
  metadata: { name, namespace: 'default', labels },
  spec: { containers: [{ name: 'c', image }], ...pod },
});
const budget = (spec: object) => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
});
const podOf = (cluster: Cluster, name: string) => cluster.read.get('pods', 'default', name) as Pod;
const conditionOf = (pod: Pod, wanted: string) => pod.status.conditions?.find(({ type }) => type === wanted);
const budgetOf = (cluster: Cluster) => cluster.read.get('poddisruptionbudgets', 'default', 'web') as PodDisruptionBudget;
const secondsUntil = (cluster: Cluster, limit: number, holds: () => boolean): number => {
  const fromMs = cluster.nowMs;
  while (!holds() && cluster.nextEvent(fromMs + limit * 1000));
  return (cluster.nowMs - fromMs) / 1000;
};
function refusal(api: Client, name: string): string {
  try {
    api.evict('default', name, {}, 'input');
    return 'accepted';
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

test('NODE-01 each node renews its Lease, which lasts 40 s', () => {
  const { cluster } = newCluster({ nodes: 2 });
  const from = cluster.logLength;
  cluster.advanceTo(30_000);
  for (const name of ['node-1', 'node-2']) {
    const renewals = cluster.log(from).filter(({ object, why }) => object?.name === name && why === 'NODE-01');
    assert.equal(renewals.length, 10, 'every 3 s, as the limits page says');
    assert.equal(renewals[0]?.after?.spec.leaseDurationSeconds, 40);
  }
});

test('NODE-09 from power-off to the replacement, with the times of a cluster: 50 s of grace, 300 s of toleration', () => {
  const { cluster, api } = newCluster({ nodes: 2 });
  api.patch('nodes', '', 'node-2', { spec: { unschedulable: true } }, 'merge', 'input');
  cluster.advanceTo(500);
  api.create('deployments', workload('web', 1), 'input');
  api.create('statefulsets', workload('db', 1, { serviceName: 'db' }), 'input');
  cluster.advanceTo(3000);
  api.patch('nodes', '', 'node-2', { spec: { unschedulable: null } }, 'merge', 'input');
  const [web] = cluster.read.list('pods').filter(({ metadata }) => metadata.labels?.['app'] === 'web') as [Pod];
  performFault(cluster, { node: 'node-1', power: 'off' });
  const ready = () => conditionOf(podOf(cluster, web.metadata.name), 'Ready')?.status;
  const notReady = secondsUntil(cluster, 100, () => ready() === 'False');
  assert.ok(notReady >= 40 && notReady <= 60, `unready after ${notReady} s`);
  const replaced = notReady + secondsUntil(cluster, 400, () => cluster.read.list('pods').length === 3);
  assert.ok(replaced >= 340 && replaced <= 362, `replaced after ${replaced} s`);
  cluster.advanceTo(7_200_000);
  assert.equal(stateOf(podOf(cluster, 'db-0')), 'Running 1/1 terminating', 'a StatefulSet’s Pod never by itself');
});

test('NODE-15 a Job’s Pod on a dead node counts as failed and is replaced', () => {
  const { cluster, api } = newCluster({ nodes: 2, nodeMonitorGraceSeconds: 12, defaultTolerationSeconds: 10 });
  api.patch('nodes', '', 'node-2', { spec: { unschedulable: true } }, 'merge', 'input');
  cluster.advanceTo(500);
  api.create('jobs', jobBody('pi', 'work:1'), 'input');
  cluster.advanceTo(3000);
  api.patch('nodes', '', 'node-2', { spec: { unschedulable: null } }, 'merge', 'input');
  performFault(cluster, { node: 'node-1', power: 'off' });
  cluster.advanceTo(60_000);
  const { failed, active } = api.get('jobs', 'default', 'pi').status;
  assert.deepEqual([failed, active], [1, 1]);
  assert.deepEqual(
    cluster.read.list('pods').map(({ spec }) => spec.nodeName),
    ['node-1', 'node-2'],
  );
});

test('POD-02 POD-03 POD-19 conditions and phases of a Pod that starts, crashes and starts again as itself', () => {
  const { cluster, api } = newCluster({ programs: { 'app:1': { exitAfter: '5s', exitCode: 1 } } });
  api.create('pods', bare('app', 'app:1'), 'input');
  const looks: string[] = [];
  const look = () => {
    const pod = podOf(cluster, 'app');
    const held = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].filter(
      (type) => conditionOf(pod, type)?.status === 'True',
    );
    const text = `${pod.status.phase}: ${held.join(' ')}`;
    if (looks.at(-1) !== text) looks.push(text);
  };
  look();
  const first = podOf(cluster, 'app').metadata.uid;
  let unready: unknown;
  while (cluster.nextEvent(6000)) {
    look();
    const ready = conditionOf(podOf(cluster, 'app'), 'Ready');
    if (ready?.status === 'False') unready = [ready.reason, ready.message];
  }
  assert.deepEqual(looks, [
    'Pending: ',
    'Pending: PodScheduled',
    'Pending: PodScheduled Initialized',
    'Running: PodScheduled Initialized',
    'Running: PodScheduled Initialized ContainersReady Ready',
    'Running: PodScheduled Initialized',
    'Running: PodScheduled Initialized ContainersReady Ready',
  ]);
  assert.deepEqual(unready, ['ContainersNotReady', 'containers with unready status: [c]']);
  const { metadata, status, spec } = podOf(cluster, 'app');
  assert.deepEqual([metadata.uid, status.containerStatuses?.[0]?.restartCount], [first, 1]);
  api.delete('pods', 'default', 'app', {}, 'input');
  cluster.advanceTo(60_000);
  assert.equal(cluster.read.list('pods').length, 0, `a bare Pod of ${spec.nodeName} is not replaced`);
});

test('POD-03 POD-04 how containers end and wait, and the phase they make', () => {
  const { cluster, api } = newCluster({
    programs: {
      'done:1': { exitAfter: '1s' },
      'fails:1': { exitAfter: '1s', exitCode: 2 },
      'missing:1': { pull: 'fail' },
      'slow:1': { startAfter: '10m' },
    },
  });
  const cases: readonly (readonly [name: string, image: string, policy: string, phase: string, state: string])[] = [
    ['done', 'done:1', 'Never', 'Succeeded', 'Completed'],
    ['fails', 'fails:1', 'Never', 'Failed', 'Error'],
    ['again', 'fails:1', 'Always', 'Running', 'CrashLoopBackOff'],
    ['missing', 'missing:1', 'Always', 'Pending', 'ImagePullBackOff'],
    ['slow', 'slow:1', 'Always', 'Pending', 'ContainerCreating'],
  ];
  for (const [name, image, restartPolicy] of cases) api.create('pods', bare(name, image, { restartPolicy }), 'input');
  cluster.advanceTo(6000);
  for (const [name, , , phase, reason] of cases) {
    const { status } = podOf(cluster, name);
    const { terminated, waiting } = status.containerStatuses?.[0]?.state ?? {};
    assert.deepEqual([status.phase, (terminated ?? waiting)?.reason], [phase, reason], name);
  }
});

test('POD-14 while a Pod is being deleted its readiness is still probed, its liveness is not', () => {
  const probe = { httpGet: { path: '/', port: 80 }, periodSeconds: 1, failureThreshold: 1 };
  const { cluster, api } = newCluster({ programs: { 'app:1': { stopAfter: '20s' } } });
  const container = { name: 'c', image: 'app:1', readinessProbe: probe, livenessProbe: { ...probe, initialDelaySeconds: 1 } };
  api.create('pods', bare('app', 'app:1', { containers: [container] }), 'input');
  cluster.advanceTo(5000);
  api.delete('pods', 'default', 'app', {}, 'input');
  cluster.advanceTo(8000);
  assert.equal(stateOf(podOf(cluster, 'app')), 'Running 1/1 terminating');
  performFault(cluster, { container: 'sick', pod: 'app' });
  cluster.advanceTo(15_000);
  assert.equal(stateOf(podOf(cluster, 'app')), 'Running 0/1 terminating');
  assert.equal(podOf(cluster, 'app').status.containerStatuses?.[0]?.restartCount, 0);
  assert.deepEqual(eventsOf(cluster.log(), 'Killing'), []);
});

test('POD-13 a startup probe holds the others back until it succeeds, and kills what does not start in time', () => {
  const probe = { httpGet: { path: '/', port: 80 }, periodSeconds: 2, failureThreshold: 1 };
  const started = (readyAfter: string, failureThreshold: number) => {
    const { cluster, api } = newCluster({ programs: { 'app:1': { readyAfter } } });
    const container = { name: 'c', image: 'app:1', livenessProbe: probe, startupProbe: { ...probe, failureThreshold } };
    api.create('pods', bare('app', 'app:1', { containers: [container] }), 'input');
    const readyAfterS = secondsUntil(cluster, 60, () => conditionOf(podOf(cluster, 'app'), 'Ready')?.status === 'True');
    const { restartCount, started: hasStarted } = podOf(cluster, 'app').status.containerStatuses?.[0] ?? {};
    return { cluster, readyAfterS, restartCount, hasStarted };
  };
  const slow = started('7s', 10);
  assert.ok(slow.readyAfterS >= 8 && slow.readyAfterS < 9, `ready after ${slow.readyAfterS} s, at the fifth probe`);
  assert.deepEqual([slow.restartCount, slow.hasStarted], [0, true]);
  performFault(slow.cluster, { container: 'sick', pod: 'app' });
  slow.cluster.advanceTo(slow.cluster.nowMs + 3000);
  assert.match(eventsOf(slow.cluster.log(), 'Killing')[0] ?? '', /failed liveness probe/);
  const never = started('7s', 3);
  assert.deepEqual([conditionOf(podOf(never.cluster, 'app'), 'Ready')?.status, never.hasStarted], ['False', false]);
  assert.ok((never.restartCount ?? 0) >= 2);
  assert.deepEqual(eventsOf(never.cluster.log(), 'Killing'), ['Container c failed startup probe, will be restarted']);
});

test('SCH-06 Pods that have a node stay there, whatever becomes of the others', () => {
  const { cluster, api } = newCluster({ nodes: 2 });
  api.patch('nodes', '', 'node-2', { spec: { unschedulable: true } }, 'merge', 'input');
  cluster.advanceTo(500);
  api.create('deployments', workload('web', 4), 'input');
  cluster.advanceTo(3000);
  const placed = () => cluster.read.list('pods').map(({ metadata, spec }) => `${metadata.name} ${spec.nodeName}`);
  const before = placed();
  api.patch('nodes', '', 'node-2', { spec: { unschedulable: null } }, 'merge', 'input');
  api.patch('nodes', '', 'node-1', { spec: { unschedulable: true } }, 'merge', 'input');
  cluster.advanceTo(600_000);
  assert.deepEqual(placed(), before);
  assert.ok(before.every((line) => line.endsWith('node-1')));
});

test('GC-06 Pods keep their grace period when they are deleted along with their owner', () => {
  const { cluster, api } = newCluster({ programs: { 'web:1': { stopAfter: '4s' } } });
  api.create('deployments', workload('web', 1, {}, {}, 'web:1'), 'input');
  cluster.advanceTo(3000);
  const from = cluster.logLength;
  api.delete('deployments', 'default', 'web', { propagationPolicy: 'Background' }, 'input');
  const gone = secondsUntil(cluster, 60, () => cluster.read.list('pods').length === 0);
  assert.ok(gone >= 4 && gone < 5, `${gone} s`);
  assert.equal(
    cluster.log(from).find(({ verb, object }) => verb === 'delete' && object?.resource === 'pods')?.after?.metadata
      .deletionGracePeriodSeconds,
    30,
  );
});

test('PDB-04 conditions of a budget, and its Event when there is nothing to protect', () => {
  const { cluster, api } = newCluster();
  api.create('poddisruptionbudgets', budget({ minAvailable: 1 }), 'input');
  const condition = () => {
    const { status, reason } = budgetOf(cluster).status.conditions?.[0] ?? {};
    return [status, reason];
  };
  cluster.advanceTo(1000);
  assert.deepEqual(condition(), ['False', 'InsufficientPods']);
  assert.deepEqual(eventsOf(cluster.log(), 'NoPods'), ['No matching pods found']);
  api.create('deployments', workload('web', 2), 'input');
  cluster.advanceTo(4000);
  assert.deepEqual(condition(), ['True', 'SufficientPods']);
});

test('PDB-04 PDB-03 a budget that counts on a controller without a size allows nothing', () => {
  const { cluster, api } = newCluster();
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'own', controller: true };
  const { uid } = api.create('configmaps', { metadata: { name: 'own', namespace: 'default' } }, 'input').metadata;
  const pod = bare('p', 'web:1', {}, { app: 'web' });
  api.create('pods', { ...pod, metadata: { ...pod.metadata, ownerReferences: [{ ...owner, uid }] } }, 'input');
  api.create('poddisruptionbudgets', budget({ maxUnavailable: 1 }), 'input');
  cluster.advanceTo(3000);
  const { conditions, disruptionsAllowed } = budgetOf(cluster).status;
  assert.deepEqual([disruptionsAllowed, conditions?.[0]?.status, conditions?.[0]?.reason], [0, 'False', 'SyncFailed']);
});

test('PDB-08 a delete does not ask the budget, but uses it up', () => {
  const { cluster, api } = newCluster();
  api.create('deployments', workload('web', 3), 'input');
  api.create('poddisruptionbudgets', budget({ minAvailable: 2 }), 'input');
  cluster.advanceTo(4000);
  const names = cluster.read.list('pods').map(({ metadata }) => metadata.name);
  assert.equal(budgetOf(cluster).status.disruptionsAllowed, 1);
  for (const name of names.slice(0, 2)) api.delete('pods', 'default', name, {}, 'input');
  cluster.advanceTo(4100);
  assert.deepEqual([budgetOf(cluster).status.currentHealthy, budgetOf(cluster).status.disruptionsAllowed], [1, 0]);
  assert.match(refusal(api, names[2] as string), /^Cannot evict pod as it would violate the pod's disruption budget/);
});

test('PDB-09 minAvailable of all, or maxUnavailable 0, refuses every eviction for ever', () => {
  for (const spec of [{ minAvailable: 2 }, { maxUnavailable: 0 }, { minAvailable: '100%' }]) {
    const { cluster, api } = newCluster();
    api.create('deployments', workload('web', 2), 'input');
    api.create('poddisruptionbudgets', budget(spec), 'input');
    for (const minutes of [1, 20]) {
      cluster.advanceTo(minutes * 60_000);
      for (const { metadata } of cluster.read.list('pods'))
        assert.match(refusal(api, metadata.name), /^Cannot evict pod/, `${JSON.stringify(spec)} after ${minutes} min`);
    }
  }
});

test('DRAIN-06 without a budget all Pods of a node are evicted in one instant, those of a StatefulSet come back one by one', () => {
  const { cluster, api } = newCluster({ nodes: 2 });
  api.patch('nodes', '', 'node-2', { spec: { unschedulable: true } }, 'merge', 'input');
  cluster.advanceTo(500);
  api.create('statefulsets', workload('db', 3, { serviceName: 'db' }), 'input');
  cluster.advanceTo(8000);
  api.patch('nodes', '', 'node-1', { spec: { unschedulable: true } }, 'merge', 'input');
  api.patch('nodes', '', 'node-2', { spec: { unschedulable: null } }, 'merge', 'input');
  const from = cluster.logLength;
  for (const { metadata } of cluster.read.list('pods')) api.evict('default', metadata.name, {}, 'input');
  assert.deepEqual(
    cluster.read.list('pods').map(stateOf),
    [0, 1, 2].map(() => 'Running 1/1 terminating'),
  );
  cluster.advanceTo(20_000);
  assert.deepEqual(
    podTrace(cluster.log(from))
      .filter((line) => /^db-\d Pending$|Running 1\/1/.test(line))
      .slice(6),
    [0, 1, 2].flatMap((ordinal) => [`db-${ordinal} Pending`, `db-${ordinal} Running 1/1`]),
  );
  assert.deepEqual(eventsOf(cluster.log(from), 'SuccessfulDelete'), []);
});
