import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/sim/cluster.ts';
import { performFault } from '../../src/sim/faults.ts';
import { fileOf, linesOf } from '../../src/sim/observe.ts';
import { majorityOf } from '../../src/sim/programs/quorum.ts';
import { isNewer } from '../../src/sim/programs/replica.ts';
import { newCluster, workload } from '../support/cluster.ts';
import { execIn } from '../support/exec.ts';
import { ask, makeMember, replicated } from '../support/quorum.ts';

const THREE = ['node-1', 'node-2', 'node-3'];
const disk = (cluster: Cluster, pod: string, name = 'store') => fileOf(cluster.state, cluster.read, pod, `/data/${name}`);
const said = (cluster: Cluster, pod: string, text: string) => linesOf(cluster.state, pod, text);
const after = (cluster: Cluster, ms: number) => cluster.advanceTo(cluster.nowMs + ms);

test('a majority, and which version is newer', () => {
  assert.deepEqual([1, 2, 3, 4, 5].map(majorityOf), [1, 2, 2, 3, 3]);
  const version = (number: number, writer = 'db-0', value = 'a') => ({ number, writer, value });
  assert.deepEqual(
    [
      isNewer(version(1), undefined),
      isNewer(version(2), version(1, 'db-1', 'z')),
      isNewer(version(2), version(2)),
      isNewer(version(2, 'db-1'), version(2)),
      isNewer(version(2, 'db-0', 'b'), version(2)),
      isNewer(version(1, 'db-9'), version(2)),
    ],
    [true, true, false, true, true, false],
  );
});

test('APP-08 members found the store together; a write is on most of them, a read finds it from any', () => {
  const cluster = replicated(THREE);
  assert.equal(disk(cluster, 'db-1', 'members'), 'db-0\ndb-1\ndb-2\n');
  assert.equal(said(cluster, 'db-2', 'members db-0, db-1, db-2: 2 of 3 decide'), 1);
  assert.deepEqual(ask(cluster, 0, 'PUT', 'colour', 'blue'), { status: 200, text: 'stored by db-0, db-1, db-2' });
  assert.equal(ask(cluster, 2, 'GET', 'colour').text, 'blue');
  assert.deepEqual(ask(cluster, 2, 'GET', 'shape'), { status: 404, text: '404 no shape at db-0, db-1, db-2' });
  assert.equal(ask(cluster, 1, 'PUT', 'colour', 'red=1 #9 x').status, 200);
  assert.equal(disk(cluster, 'db-0'), 'colour=red=1 #9 x #2 db-1\n');
  assert.equal(ask(cluster, 0, 'GET', 'colour').text, 'red=1 #9 x');
  assert.equal(said(cluster, 'db-0', 'stored colour=blue #1 on db-0, db-1, db-2 for client'), 1);
  assert.equal(said(cluster, 'db-1', 'keeps colour=blue #1 from db-0'), 1);
});

test('APP-08 one of three may freeze: it lags, and a read brings it up to date', () => {
  const cluster = replicated(THREE);
  ask(cluster, 0, 'PUT', 'colour', 'blue');
  performFault(cluster, { container: 'freeze', pod: 'db-2' });
  assert.equal(ask(cluster, 0, 'PUT', 'colour', 'red').text, 'stored by db-0, db-1');
  assert.equal(said(cluster, 'db-0', 'stored colour=red #2 on db-0, db-1 for client (db-2: timeout)'), 1);
  performFault(cluster, { container: 'thaw', pod: 'db-2' });
  assert.equal(disk(cluster, 'db-2'), 'colour=blue #1 db-0\n');
  assert.equal(ask(cluster, 2, 'GET', 'colour').text, 'red');
  assert.equal(disk(cluster, 'db-2'), 'colour=red #2 db-0\n');
  assert.equal(said(cluster, 'db-2', 'colour=red #2 was missing on db-2 and was copied there'), 1);
});

test('APP-09 without a majority nothing is written and nothing is read', () => {
  const cluster = replicated(THREE);
  ask(cluster, 0, 'PUT', 'colour', 'blue');
  performFault(cluster, { node: 'node-2', network: 'off' });
  performFault(cluster, { node: 'node-3', power: 'off' });
  const text = '503 no majority: 1 of 3 members answer';
  assert.deepEqual(ask(cluster, 0, 'PUT', 'colour', 'red'), { status: 503, text });
  assert.deepEqual([ask(cluster, 0, 'GET', 'colour').text, ask(cluster, 1, 'GET', 'colour').text], [text, text]);
  assert.equal(disk(cluster, 'db-0'), 'colour=blue #1 db-0\n');
  assert.equal(said(cluster, 'db-0', 'refused colour=red for client: 1 of 3 members answer (db-1: timeout; db-2: timeout)'), 1);
  performFault(cluster, { node: 'node-2', network: 'on' });
  after(cluster, 2000);
  assert.equal(ask(cluster, 1, 'GET', 'colour').text, 'blue');
});

test('APP-08 all processes may die at once: the disks remember', () => {
  const cluster = replicated(THREE);
  ask(cluster, 1, 'PUT', 'colour', 'blue');
  performFault(cluster, { container: 'crash', of: 'app=db', pick: 'all' });
  after(cluster, 5000);
  assert.equal(ask(cluster, 2, 'GET', 'colour').text, 'blue');
});

/** A Pod goes for good, with its claim and so its disk. */
function loseDisk(cluster: Cluster, i: number, node: string): void {
  const api = cluster.client('test', null);
  api.delete('pods', 'default', `db-${i}`, {}, 'input');
  api.delete('persistentvolumeclaims', 'default', `data-db-${i}`, {}, 'input');
  after(cluster, 3000);
  makeMember(cluster, i, node, true);
  after(cluster, 4000);
}

test('APP-08 a member with a new disk copies what most have before it counts again', () => {
  const cluster = replicated(THREE);
  performFault(cluster, { container: 'freeze', pod: 'db-2' });
  ask(cluster, 0, 'PUT', 'colour', 'blue');
  performFault(cluster, { container: 'thaw', pod: 'db-2' });
  performFault(cluster, { container: 'freeze', pod: 'db-0' });
  loseDisk(cluster, 1, 'node-2');
  // db-1 had the value and lost it; only db-0 still has it, and it is frozen. db-1 and db-2 must not decide without it.
  assert.equal(said(cluster, 'db-1', 'catching up: 2 other members are needed, 1 answers'), 1);
  assert.equal(ask(cluster, 2, 'GET', 'colour').text, '503 no majority: 1 of 3 members answer');
  assert.equal(ask(cluster, 1, 'GET', 'colour').text, '503 db-1 has no list of members yet');
  performFault(cluster, { container: 'thaw', pod: 'db-0' });
  after(cluster, 2000);
  assert.equal(said(cluster, 'db-1', 'caught up: copied 1 value from db-0, db-2'), 1);
  assert.equal(ask(cluster, 1, 'GET', 'colour').text, 'blue');
});

test('APP-08 a member that comes later decides nothing and passes requests on', () => {
  const cluster = replicated(THREE);
  makeMember(cluster, 3, 'node-4', true);
  after(cluster, 4000);
  assert.equal(
    said(cluster, 'db-3', 'members db-0, db-1, db-2: 2 of 3 decide; db-3 is none of them and passes requests on'),
    1,
  );
  assert.equal(ask(cluster, 3, 'PUT', 'colour', 'blue').text, 'stored by db-0, db-1, db-2');
  assert.equal(disk(cluster, 'db-3'), null);
});

test('APP-08 APP-09 a full disk cannot store, and says so', () => {
  const cluster = replicated(THREE);
  execIn(cluster, 'db-0', 'sh', '-c', 'echo x > /data/fill');
  const filler = 'x'.repeat(1000);
  for (let i = 0; i < 65; i++) execIn(cluster, 'db-0', 'sh', '-c', `echo ${filler} >> /data/fill`);
  for (let i = 0; i < 4; i++) execIn(cluster, 'db-0', 'sh', '-c', `echo ${'y'.repeat(120)} >> /data/fill`);
  const value = 'z'.repeat(250);
  assert.match(ask(cluster, 0, 'PUT', 'colour', value).text, /^507 db-0 could not store it: No space left/);
  assert.match(ask(cluster, 1, 'PUT', 'colour', value).text, /^stored by db-1, db-2$/);
});

test('APP-08 a StatefulSet with a headless Service finds its members by SRV, one after the other', () => {
  const { cluster, api } = newCluster({ programs: { 'db:1': { store: { dir: '/data', peers: 'db' } } } });
  const spec = { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 7000 }] };
  api.create('services', { metadata: { name: 'db', namespace: 'default' }, spec }, 'input');
  const claims = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const container = { name: 'c', image: 'db:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  const set = workload('db', 3, { serviceName: 'db', volumeClaimTemplates: [claims] }, { containers: [container] });
  api.create('statefulsets', set, 'input');
  cluster.advanceTo(1500);
  assert.equal(said(cluster, 'db-0', 'waiting: db does not name db-0 yet'), 1);
  assert.equal(said(cluster, 'db-0', 'waiting for members: 2 of 3 answer, db names db-0, db-1'), 1);
  assert.equal(ask(cluster, 0, 'PUT', 'colour', 'blue').text, '503 db-0 has no list of members yet');
  cluster.advanceTo(9000);
  assert.equal(
    execIn(cluster, 'db-2', 'curl', '-s', '-X', 'PUT', '-d', 'blue', 'http://db/colour').out,
    'stored by db-0, db-1, db-2\n',
  );
  assert.equal(execIn(cluster, 'db-0', 'curl', '-s', 'db-1.db:7000/colour').out, 'blue\n');
});
