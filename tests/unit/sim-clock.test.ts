// A machine's clock may be wrong: what a program writes says so, and an election does not care.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/sim/cluster.ts';
import { offsetOf, performFault } from '../../src/sim/faults.ts';
import { linesOf } from '../../src/sim/observe.ts';
import { newCluster, workload } from '../support/cluster.ts';
import { execIn } from '../support/exec.ts';

const PROGRAMS = {
  'worker:1': { election: { lease: 'worker' } },
  'report:1': { task: { name: 'report', every: '60s', aligned: true } },
};

function elected(clock: string, of: 'leader' | 'others' | 'nobody'): { readonly cluster: Cluster; readonly leader: string } {
  const { cluster, api } = newCluster({ nodes: 3, programs: PROGRAMS });
  api.create('deployments', workload('worker', 3, {}, {}, 'worker:1'), 'input');
  cluster.advanceTo(10_000);
  const leader = leaseOf(cluster).holderIdentity?.replace(/_\d+$/, '') as string;
  const home = cluster.read.get('pods', 'default', leader)?.spec.nodeName;
  for (const node of ['node-1', 'node-2', 'node-3'])
    if (of !== 'nobody' && (node === home) === (of === 'leader')) assert.equal(performFault(cluster, { node, clock }), null);
  cluster.advanceTo(60_000);
  return { cluster, leader };
}
const leaseOf = (cluster: Cluster) =>
  cluster.read.get('leases', 'default', 'worker')?.spec as {
    holderIdentity?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };

function takeoverSeconds({ cluster, leader }: ReturnType<typeof elected>): number {
  const from = cluster.nowMs;
  performFault(cluster, { node: cluster.read.get('pods', 'default', leader)?.spec.nodeName as string, power: 'off' });
  while (leaseOf(cluster).holderIdentity?.startsWith(leader)) cluster.nextEvent();
  return (cluster.nowMs - from) / 1000;
}

test('a clock is set ahead or behind by an offset', () => {
  assert.deepEqual(['+20s', '-1h', '5s', 'soon'].map(offsetOf), [20_000, -3_600_000, 5000, Number.NaN]);
  const { cluster } = newCluster();
  assert.match(performFault(cluster, { node: 'node-1', clock: 'soon' }) ?? '', /clock is an offset such as \+20s or -1h/);
  assert.match(performFault(cluster, { node: 'node-9', clock: '+1s' }) ?? '', /no node "node-9"/);
});

test('a program on a machine whose clock is ahead works and dates by that clock', () => {
  const { cluster, api } = newCluster({ nodes: 1, programs: PROGRAMS });
  performFault(cluster, { node: 'node-1', clock: '+20s' });
  api.create('deployments', workload('report', 1, {}, {}, 'report:1'), 'input');
  cluster.advanceTo(41_000);
  assert.equal(linesOf(cluster.state, 'app=report', 'report for 00:01:00'), 1);
  const [pod] = cluster.read.list('pods');
  assert.equal(execIn(cluster, pod?.metadata.name as string, 'date').out, '2026-01-01T00:01:01Z\n');
});

for (const [clock, of] of [
  ['+1h', 'leader'],
  ['-1h', 'leader'],
  ['+1h', 'others'],
] as const)
  test(`LE-03 LE-10 a clock that is ${clock} off (${of}) moves neither the leadership nor the takeover`, () => {
    const { cluster, leader } = elected(clock, of);
    assert.ok(leaseOf(cluster).holderIdentity?.startsWith(leader), 'still the same leader');
    assert.equal(leaseOf(cluster).leaseTransitions, 0);
    if (of === 'leader') assert.match(leaseOf(cluster).renewTime as string, clock === '+1h' ? /T01:00:/ : /T23:00:/);
    const seconds = takeoverSeconds({ cluster, leader });
    const honest = takeoverSeconds(elected('0s', 'nobody'));
    assert.ok(seconds >= 13 && seconds < 20 && Math.abs(seconds - honest) < 5, `${seconds} s, else ${honest} s`);
  });
