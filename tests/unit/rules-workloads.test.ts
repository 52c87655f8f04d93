// Rules of ReplicaSets, Deployments, leases and the machinery under them that only a running cluster shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/sim/cluster.ts';
import { ACTORS } from '../../src/sim/controllers/all.ts';
import { isActive } from '../../src/sim/controllers/pods.ts';
import { performFault } from '../../src/sim/faults.ts';
import { leadersOf } from '../../src/sim/observe.ts';
import { parseProgram } from '../../src/sim/programs/program.ts';
import type { Deployment, Lease, ReplicaSet } from '../../src/sim/types.ts';
import { eventsOf, newCluster, podOf, workload } from '../support/cluster.ts';

const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: name }] } } } });
const deploymentOf = (cluster: Cluster) => cluster.read.get('deployments', 'default', 'web') as Deployment;
const newestSet = (cluster: Cluster) => cluster.read.list('replicasets').at(-1) as ReplicaSet;

test('CTL-03 a controller that is woken again and again does not repeat what it has just done', () => {
  const { cluster, api } = newCluster();
  api.create('replicasets', workload('rs', 5), 'input');
  api.create('deployments', workload('web', 5), 'input');
  api.create('statefulsets', workload('db', 2, { serviceName: 'db' }), 'input');
  for (let ms = 0; ms < 3000; ms++) {
    for (const [actor, key] of [
      ['replicaset-controller', 'default/rs'],
      ['deployment-controller', 'default/web'],
      ['statefulset-controller', 'default/db'],
    ] as const)
      cluster.act(actor, null, (ctx) => ctx.after(1, key));
    cluster.advanceTo(cluster.nowMs + 1);
  }
  const created = cluster.log().filter(({ verb, object }) => verb === 'create' && object?.resource === 'pods');
  assert.equal(created.length, 12);
  assert.equal(cluster.read.list('replicasets').length, 2);
});

test('CTL-12 what counts as active', () => {
  const cases: readonly (readonly [phase: string, going: boolean, active: boolean])[] = [
    ['Pending', false, true],
    ['Running', false, true],
    ['Running', true, false],
    ['Succeeded', false, false],
    ['Failed', false, false],
    ['Failed', true, false],
  ];
  for (const [phase, going, active] of cases)
    assert.equal(isActive(podOf({ name: 'p', phase, going })), active, `${phase} ${going ? 'terminating' : ''}`);
});

test('CTL-15 controllers act 3 to 40 ms after what they saw', () => {
  const { cluster, api } = newCluster();
  api.create('deployments', workload('web', 3), 'input');
  cluster.advanceTo(3000);
  const controllers = new Set(['deployment-controller', 'replicaset-controller', 'endpointslice-controller']);
  const delays = cluster
    .log()
    .filter(({ actor, cause, verb }) => controllers.has(actor) && cause !== null && verb === 'create')
    .map((entry) => entry.atMs - (cluster.entry(entry.cause as number)?.atMs ?? 0));
  assert.ok(delays.length >= 4);
  assert.ok(
    delays.every((ms) => ms >= 3 && ms <= 40),
    `${delays}`,
  );
  for (const { name, latencyMs } of ACTORS) assert.ok(latencyMs[0] >= 0 && latencyMs[0] <= latencyMs[1], name);
});

test('RS-05 names, labels and owner of a ReplicaSet’s Pods', () => {
  const { cluster, api } = newCluster();
  const rs = workload('rs', 2);
  api.create(
    'replicasets',
    {
      ...rs,
      spec: {
        ...rs.spec,
        template: { ...rs.spec.template, metadata: { labels: { app: 'rs', tier: 'x' }, annotations: { note: 'y' } } },
      },
    },
    'input',
  );
  cluster.advanceTo(1000);
  for (const { metadata } of cluster.read.list('pods')) {
    assert.match(metadata.name, /^rs-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.deepEqual([metadata.labels, metadata.annotations], [{ app: 'rs', tier: 'x' }, { note: 'y' }]);
    const [owner] = metadata.ownerReferences ?? [];
    assert.deepEqual([owner?.kind, owner?.name, owner?.controller], ['ReplicaSet', 'rs', true]);
  }
});

test('DEP-04 the new ReplicaSet: name, hash, annotations; a foreign one of its name is gone round', () => {
  const { cluster, api } = newCluster();
  const body = workload('web', 4);
  api.create('deployments', { ...body, metadata: { ...body.metadata, annotations: { team: 'a' } } }, 'input');
  cluster.advanceTo(2000);
  const { metadata, spec } = newestSet(cluster);
  const hash = metadata.labels?.['pod-template-hash'];
  assert.equal(metadata.name, `web-${hash}`);
  assert.equal(spec.selector.matchLabels?.['pod-template-hash'], hash);
  assert.equal(spec.template.metadata?.labels?.['pod-template-hash'], hash);
  assert.deepEqual(metadata.annotations, {
    team: 'a',
    'deployment.kubernetes.io/desired-replicas': '4',
    'deployment.kubernetes.io/max-replicas': '5',
    'deployment.kubernetes.io/revision': '1',
  });
  // The same template elsewhere has the same hash, so the name can be taken before the Deployment comes.
  const other = newCluster();
  other.api.create(
    'replicasets',
    { ...workload('other', 0), metadata: { name: metadata.name, namespace: 'default' } },
    'input',
  );
  other.api.create('deployments', workload('web', 1), 'input');
  other.cluster.advanceTo(3000);
  assert.equal(deploymentOf(other.cluster).status.collisionCount, 1);
  assert.equal(deploymentOf(other.cluster).status.readyReplicas, 1);
});

test('DEP-07 Pods that are terminating are not seen, so there may be more than replicas and surge', () => {
  const { cluster, api } = newCluster({ programs: { 'web:1': { stopAfter: '20s' } } });
  api.create('deployments', workload('web', 3), 'input');
  cluster.advanceTo(3000);
  api.patch('deployments', 'default', 'web', image('web:2'), 'strategic', 'input');
  let most = 0;
  let mostActive = 0;
  while (cluster.nextEvent(10_000)) {
    const pods = cluster.read.list('pods');
    most = Math.max(most, pods.length);
    mostActive = Math.max(mostActive, pods.filter(isActive).length);
  }
  assert.equal(mostActive, 4);
  assert.equal(most, 6);
});

test('DEP-16 DEP-17 the status sums up the ReplicaSets; Available as long as no more than maxUnavailable are missing', () => {
  const { cluster, api } = newCluster({ programs: { 'web:bad': { pull: 'fail' } } });
  const bounds = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } };
  api.create('deployments', workload('web', 4, bounds), 'input');
  cluster.advanceTo(100);
  const available = () => {
    const { status, reason, message } = deploymentOf(cluster).status.conditions?.find(({ type }) => type === 'Available') ?? {};
    return [status, reason, message];
  };
  assert.deepEqual(available(), ['False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.']);
  cluster.advanceTo(3000);
  assert.deepEqual(available(), ['True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.']);
  api.patch('deployments', 'default', 'web', image('web:bad'), 'strategic', 'input');
  cluster.advanceTo(9000);
  const { replicas, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas } = deploymentOf(cluster).status;
  assert.deepEqual([replicas, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas], [5, 2, 3, 3, 2]);
  assert.equal(available()[0], 'True');
});

test('DEP-19 no event when a ReplicaSet is made with nothing in it', () => {
  const { cluster, api } = newCluster();
  api.create('deployments', workload('web', 0), 'input');
  cluster.advanceTo(2000);
  assert.equal(cluster.read.list('replicasets').length, 1);
  assert.deepEqual(eventsOf(cluster.log(), 'ScalingReplicaSet'), []);
});

function elected(election: object = {}): Cluster {
  const { cluster, api } = newCluster({ programs: { 'worker:1': { election: { lease: 'worker', ...election } } } as never });
  api.create('deployments', workload('worker', 3, {}, {}, 'worker:1'), 'input');
  cluster.advanceTo(10_000);
  return cluster;
}
const leaseWrites = (cluster: Cluster, from = 0) =>
  cluster.log(from).filter(({ object }) => object?.resource === 'leases' && object.name === 'worker');

test('LE-01 15, 10 and 2 seconds unless the program says otherwise', () => {
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = parseProgram({ election: { lease: 'a' } }).election ?? {};
  assert.deepEqual([leaseDurationMs, renewDeadlineMs, retryPeriodMs], [15_000, 10_000, 2000]);
  const times = leaseWrites(elected()).map(({ atMs }) => atMs);
  assert.ok(times.length >= 4);
  for (let i = 1; i < times.length; i++) assert.equal((times[i] as number) - (times[i - 1] as number), 2000);
});

test('LE-07 a leader whose Lease was changed by another hand reads it again and goes on', () => {
  const cluster = elected();
  const before = cluster.read.get('leases', 'default', 'worker') as Lease;
  const from = cluster.logLength;
  cluster
    .client('test', null)
    .patch('leases', 'default', 'worker', { metadata: { labels: { seen: 'yes' } } }, 'merge', 'input');
  cluster.advanceTo(cluster.nowMs + 10_000);
  const after = cluster.read.get('leases', 'default', 'worker') as Lease;
  assert.deepEqual(
    [after.spec.holderIdentity, after.spec.leaseTransitions, after.metadata.labels?.['seen']],
    [before.spec.holderIdentity, 0, 'yes'],
  );
  assert.ok(leaseWrites(cluster, from).length >= 5);
});

test('LE-08 a leader that releases leaves the Lease empty for one second, transitions unchanged', () => {
  const cluster = elected({ release: true });
  const leader = (cluster.read.get('leases', 'default', 'worker') as Lease).spec.holderIdentity?.replace(/_\d+$/, '') ?? '';
  const from = cluster.logLength;
  cluster.client('test', null).delete('pods', 'default', leader, {}, 'input');
  cluster.advanceTo(cluster.nowMs + 6000);
  const writes = leaseWrites(cluster, from);
  const released = writes.find(({ why }) => why === 'LE-08')?.after as Lease;
  assert.deepEqual(
    [released.spec.holderIdentity, released.spec.leaseDurationSeconds, released.spec.leaseTransitions],
    ['', 1, 0],
  );
  const next = writes.find(({ why, id }) => why === 'LE-05' && id > from)?.after as Lease;
  assert.equal(next.spec.leaseTransitions, 1);
});

test('LE-11 two lead from the takeover until the frozen one has looked', () => {
  const cluster = elected();
  performFault(cluster, { container: 'freeze', of: 'app=worker', pick: 'leader' });
  cluster.advanceTo(cluster.nowMs + 30_000);
  performFault(cluster, { container: 'thaw', of: 'app=worker' });
  const thawedMs = cluster.nowMs;
  assert.equal(leadersOf(cluster.state, 'app=worker'), 2, 'the frozen one believes it still leads');
  while (leadersOf(cluster.state, 'app=worker') > 1 && cluster.nextEvent(thawedMs + 60_000));
  const window = cluster.nowMs - thawedMs;
  assert.ok(window > 0 && window <= 12_000, `${window} ms`);
});
