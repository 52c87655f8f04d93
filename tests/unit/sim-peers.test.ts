// Programs that look for their peers by SRV records, and the standstill of those that all wait for each other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/sim/api/client.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { performFault } from '../../src/sim/faults.ts';
import { linesOf } from '../../src/sim/observe.ts';
import { newCluster, workload } from '../support/cluster.ts';

const PROGRAMS = {
  'member:1': { peers: { service: 'db' } },
  'member:wait': { peers: { service: 'db', needs: 3 } },
};

function members(image: string, spec: object = {}, service: object = {}): { cluster: Cluster; api: Client } {
  const { cluster, api } = newCluster({ programs: PROGRAMS });
  const own = { clusterIP: 'None', selector: { app: 'db' }, ports: [{ name: 'peer', port: 7000 }], ...service };
  api.create('services', { metadata: { name: 'db', namespace: 'default' }, spec: own }, 'input');
  api.create('statefulsets', workload('db', 3, { serviceName: 'db', ...spec }, {}, image), 'input');
  return { cluster, api };
}

const said = (cluster: Cluster, pod: string, text: string) => linesOf(cluster.state, pod, text);
const ready = (cluster: Cluster) => cluster.read.get('statefulsets', 'default', 'db')?.status.readyReplicas ?? 0;

test('APP-10 DNS-07 a member logs its peers when the answer changes: first nobody, then those who are ready, itself among them', () => {
  const { cluster, api } = members('member:1');
  cluster.advanceTo(9000);
  const texts = ['db: nobody', 'db: db-0', 'db: db-0, db-1, db-2'];
  assert.deepEqual(
    texts.map((line) => said(cluster, 'db-0', line)),
    [1, 2, 1],
  );
  assert.equal(said(cluster, 'db-2', 'db: nobody'), 0);
  api.scale('statefulsets', 'default', 'db', 1, 'input');
  cluster.advanceTo(18_000);
  assert.equal(said(cluster, 'db-0', 'db: db-0'), 4, 'two more: db-2 has left, then db-1');
});

test('APP-10 STS-13 members that wait for all before they are ready stand still under OrderedReady', () => {
  const { cluster } = members('member:wait', {}, { publishNotReadyAddresses: true });
  cluster.advanceTo(60_000);
  assert.deepEqual([cluster.read.list('pods').length, ready(cluster), said(cluster, 'db-0', 'db: db-0')], [1, 0, 1]);
});

test('APP-10 DNS-03 and under Parallel too, unless the Service publishes those who are not ready', () => {
  const { cluster, api } = members('member:wait', { podManagementPolicy: 'Parallel' });
  cluster.advanceTo(60_000);
  assert.deepEqual([cluster.read.list('pods').length, ready(cluster), said(cluster, 'db-0', 'db: nobody')], [3, 0, 1]);
  api.patch('services', 'default', 'db', { spec: { publishNotReadyAddresses: true } }, 'merge', 'input');
  cluster.advanceTo(70_000);
  assert.deepEqual([ready(cluster), said(cluster, 'db-0', 'db: db-0, db-1, db-2')], [3, 1]);
});

test('APP-10 a restarted member waits anew, and one without network hears nothing', () => {
  const { cluster } = members('member:wait', { podManagementPolicy: 'Parallel' }, { publishNotReadyAddresses: true });
  cluster.advanceTo(10_000);
  assert.equal(ready(cluster), 3);
  performFault(cluster, { container: 'crash', pod: 'db-0' });
  cluster.advanceTo(20_000);
  assert.deepEqual([ready(cluster), said(cluster, 'db-0', 'db: db-0, db-1, db-2')], [3, 2]);
  const node = cluster.read.get('pods', 'default', 'db-1')?.spec.nodeName ?? '';
  performFault(cluster, { node, network: 'off' });
  cluster.advanceTo(25_000);
  assert.equal(said(cluster, 'db-1', 'no answer from DNS'), 1);
});
