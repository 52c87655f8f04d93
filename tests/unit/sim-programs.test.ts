import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/sim/cluster.ts';
import { performFault } from '../../src/sim/faults.ts';
import { leadersOf, linesOf } from '../../src/sim/observe.ts';
import { exitCodeOf, parseDuration, parseProgram } from '../../src/sim/programs/program.ts';
import { nextTickMs } from '../../src/sim/programs/run.ts';
import { eventsOf, newCluster, workload } from '../support/cluster.ts';

test('a program is read from the scenario file, and faults in it are named', () => {
  assert.deepEqual(
    [parseDuration('500ms'), parseDuration('1m30s'), parseDuration(2), parseDuration('soon')],
    [500, 90_000, 2000, Number.NaN],
  );
  assert.deepEqual(parseProgram({ readyAfter: 'never', pull: 'fail' }).readyAfterMs, null);
  assert.throws(() => parseProgram({ startAfter: 'soon' }), /startAfter: "soon" is not a duration/);
  assert.throws(() => parseProgram({ election: {} }), /lease: a name is needed/);
  const codes = (exitCode: never) => [0, 1, 2, 3].map((start) => exitCodeOf(parseProgram({ exitCode }), start, String(start)));
  assert.deepEqual(codes([1, 1, 0] as never), [1, 1, 0, 0]);
  assert.deepEqual(codes({ 1: 1, 3: 7 } as never), [0, 1, 0, 7]);
});

test('APP-01 an aligned task is due at whole multiples of its period', () => {
  const task = { name: 't', everyMs: 10_000, isAligned: true, hasToken: false };
  assert.equal(nextTickMs(task, 500, 3000), 7000);
  assert.equal(nextTickMs({ ...task, isAligned: false }, 500, 3000), 10_500);
});

const serviceFor = (name: string) => ({
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
});

test('APP-01 APP-02 three replicas of a periodic task send three reports at each tick', () => {
  const { cluster, api } = newCluster({
    programs: {
      'report:1': { task: { name: 'report', every: '10s', aligned: true, to: 'inbox' } },
      'inbox:1': { receive: {} },
    },
  });
  api.create('services', serviceFor('inbox'), 'input');
  api.create('deployments', workload('inbox', 1, {}, {}, 'inbox:1'), 'input');
  api.create('deployments', workload('report', 1, {}, {}, 'report:1'), 'input');
  cluster.advanceTo(12_000);
  api.scale('deployments', 'default', 'report', 3, 'input');
  cluster.advanceTo(22_000);
  const lines = (text: string) => linesOf(cluster.state, 'app=inbox', text);
  assert.deepEqual([lines('report for 00:00:10'), lines('report for 00:00:20')], [1, 3]);
});

function elected(settings: { readonly fencing?: boolean; readonly release?: boolean } = {}): Cluster {
  const { cluster, api } = newCluster({
    programs: {
      'worker:1': {
        election: { lease: 'worker', release: settings.release === true },
        task: { name: 'write', every: '1s', to: 'store', token: true },
      },
      'store:1': { receive: { fencing: settings.fencing === true } },
    },
  });
  api.create('services', serviceFor('store'), 'input');
  api.create('deployments', workload('store', 1, {}, {}, 'store:1'), 'input');
  api.create('deployments', workload('worker', 3, {}, {}, 'worker:1'), 'input');
  cluster.advanceTo(10_000);
  return cluster;
}

const leaseOf = (cluster: Cluster) => cluster.read.get('leases', 'default', 'worker');
/** Seconds from now until the Lease has another holder. */
function handoverSeconds(cluster: Cluster): number {
  const [startMs, holder] = [cluster.nowMs, leaseOf(cluster)?.spec.holderIdentity];
  while (cluster.nowMs < startMs + 60_000) {
    cluster.nextEvent();
    const now = leaseOf(cluster)?.spec.holderIdentity;
    if (now && now !== holder) return (cluster.nowMs - startMs) / 1000;
  }
  return Number.POSITIVE_INFINITY;
}

test('LE-02 LE-03 LE-05 one of three gets the Lease and keeps it', () => {
  const cluster = elected();
  assert.equal(leadersOf(cluster.state, 'app=worker'), 1);
  const first = leaseOf(cluster);
  assert.deepEqual([first?.spec.leaseTransitions, first?.spec.leaseDurationSeconds], [0, 15]);
  cluster.advanceTo(60_000);
  assert.equal(leaseOf(cluster)?.spec.holderIdentity, first?.spec.holderIdentity);
  assert.equal(leaseOf(cluster)?.spec.acquireTime, first?.spec.acquireTime);
  assert.notEqual(leaseOf(cluster)?.spec.renewTime, first?.spec.renewTime);
});

test('T-18 LE-04 a killed leader is followed after 15 to 24 seconds, one that releases after at most 4.4', () => {
  const crash = elected();
  performFault(crash, { container: 'crash', of: 'app=worker', pick: 'leader' });
  const late = handoverSeconds(crash);
  assert.ok(late >= 12.5 && late <= 24, `${late} s`);
  assert.equal(leaseOf(crash)?.spec.leaseTransitions, 1);
  const polite = elected({ release: true });
  const leader = leaseOf(polite)?.spec.holderIdentity?.replace(/_\d+$/, '') ?? '';
  polite.client('test', null).delete('pods', 'default', leader, {}, 'input');
  const soon = handoverSeconds(polite);
  assert.ok(soon <= 4.5, `${soon} s`);
});

test('LE-06 a leader cut off from the API server stops by itself before another takes over', () => {
  const cluster = elected();
  const leader = leaseOf(cluster)?.spec.holderIdentity?.replace(/_\d+$/, '') ?? '';
  const node = cluster.read.get('pods', 'default', leader)?.spec.nodeName ?? '';
  performFault(cluster, { node, network: 'off' });
  let most = 0;
  while (cluster.nowMs < 50_000) {
    cluster.nextEvent();
    most = Math.max(most, leadersOf(cluster.state, 'app=worker'));
  }
  assert.equal(most, 1);
  assert.notEqual(leaseOf(cluster)?.spec.holderIdentity?.replace(/_\d+$/, ''), leader);
});

for (const fencing of [false, true])
  test(`T-19 LE-10 a leader frozen for long thaws into a second leader; ${fencing ? 'a fencing store refuses' : 'a trusting store accepts'} what it writes`, () => {
    const cluster = elected({ fencing });
    const holder = leaseOf(cluster)?.spec.holderIdentity;
    performFault(cluster, { container: 'freeze', of: 'app=worker', pick: 'leader' });
    cluster.advanceTo(cluster.nowMs + 30_000);
    assert.notEqual(leaseOf(cluster)?.spec.holderIdentity, holder);
    const accepted = () => linesOf(cluster.state, 'app=store', 'token 0 from');
    const refused = () => linesOf(cluster.state, 'app=store', 'token 0 is older than 1');
    const before = accepted();
    performFault(cluster, { container: 'thaw', of: 'app=worker' });
    cluster.advanceTo(cluster.nowMs + 3000);
    assert.equal(leadersOf(cluster.state, 'app=worker'), 2);
    cluster.advanceTo(cluster.nowMs + 12_000);
    assert.equal(leadersOf(cluster.state, 'app=worker'), 1);
    const late = accepted() - before - (fencing ? refused() : 0);
    assert.deepEqual([late > 0, refused() > 0], fencing ? [false, true] : [true, false]);
  });

test('LE-09 events on the Lease', () => {
  const cluster = elected();
  assert.match(eventsOf(cluster.log(), 'LeaderElection')[0] ?? '', /^worker-\w+-\w+_0 became leader$/);
});

test('APP-04 requests follow ready endpoints; a sick one without a readiness probe goes on answering 500', () => {
  const { cluster, api } = newCluster({ programs: { 'client:1': { requests: { to: 'web', every: '200ms' } } } });
  api.create('services', serviceFor('web'), 'input');
  api.create('deployments', workload('web', 2), 'input');
  cluster.advanceTo(3000);
  api.create(
    'pods',
    { metadata: { name: 'client', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'client:1' }] } },
    'input',
  );
  cluster.advanceTo(8000);
  assert.equal(linesOf(cluster.state, 'client', '500 from'), 0);
  assert.ok(linesOf(cluster.state, 'client', '200 from') > 10);
  performFault(cluster, { container: 'sick', of: 'app=web' });
  cluster.advanceTo(12_000);
  assert.ok(linesOf(cluster.state, 'client', '500 from') > 2);
  api.scale('deployments', 'default', 'web', 0, 'input');
  cluster.advanceTo(14_000);
  assert.ok(linesOf(cluster.state, 'client', 'connection refused') > 0);
});
