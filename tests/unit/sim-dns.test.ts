import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/sim/api/client.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { candidatesOf, resolve, resolveFrom } from '../../src/sim/dns.ts';
import { newCluster, workload } from '../support/cluster.ts';

const PROGRAMS = { 'sick:1': { readyAfter: 'never' } };
const CLUSTER = 'svc.cluster.local';

function service(api: Client, name: string, spec: object, namespace = 'default'): void {
  api.create('services', { metadata: { name, namespace }, spec: { selector: { app: 'db' }, ...spec } }, 'input');
}

/** Two database Pods behind a headless Service `db` and a virtual address `front`. */
function database(pod: object = {}, image = 'db:1'): { readonly cluster: Cluster; readonly api: Client } {
  const { cluster, api } = newCluster({ programs: PROGRAMS });
  service(api, 'db', { clusterIP: 'None', ports: [{ name: 'peer', port: 7000 }] });
  service(api, 'front', { ports: [{ port: 80 }] });
  api.create('statefulsets', workload('db', 2, { serviceName: 'db', podManagementPolicy: 'Parallel' }, pod, image), 'input');
  cluster.advanceTo(2000);
  return { cluster, api };
}

/** Answers as `data` of the records, addresses named by their Pods. */
function asked({ read }: Cluster, name: string, type = 'A'): string {
  const { status, records } = resolve(read, name, type);
  const holder = (address: string) => {
    const pod = read.list('pods').find((candidate) => candidate.status.podIP === address);
    return pod?.metadata.name ?? read.list('services').find(({ spec }) => spec.clusterIP === address)?.metadata.name ?? address;
  };
  return [status, ...records.map(({ type: kind, data }) => (kind === 'A' ? holder(data) : `${kind} ${data}`))].join(' ');
}

test('DNS-01 names are tried along the search path; five dots or a last dot make a name whole', () => {
  assert.deepEqual(candidatesOf('db', 'shop'), [`db.shop.${CLUSTER}.`, `db.${CLUSTER}.`, 'db.cluster.local.', 'db.']);
  assert.deepEqual(candidatesOf('db.', 'shop'), ['db.']);
  assert.equal(candidatesOf('a.b.c.d.e.f', 'shop')[0], 'a.b.c.d.e.f.');
  const { cluster } = database();
  assert.equal(resolveFrom(cluster.read, 'default', 'db-0.db').records[0]?.name, `db-0.db.default.${CLUSTER}.`);
  assert.equal(resolveFrom(cluster.read, 'kube-system', 'db-0.db').status, 'NXDOMAIN');
  assert.equal(resolveFrom(cluster.read, 'kube-system', 'db.default').records.length, 2);
});

test('DNS-02 DNS-05 a headless Service is one address for each ready endpoint, and nothing without any', () => {
  assert.equal(asked(database().cluster, `db.default.${CLUSTER}`), 'NOERROR db-0 db-1');
  const { cluster } = database({}, 'sick:1');
  assert.equal(asked(cluster, `db.default.${CLUSTER}`), 'NXDOMAIN');
  assert.equal(asked(cluster, `front.default.${CLUSTER}`), 'NOERROR front');
});

test('DNS-02 a Pod that is going away leaves the answer while its object is still there', () => {
  const { cluster, api } = newCluster({ programs: { 'db:1': { stopAfter: '9s' } } });
  service(api, 'db', { clusterIP: 'None' });
  api.create('statefulsets', workload('db', 2, { serviceName: 'db', podManagementPolicy: 'Parallel' }, {}, 'db:1'), 'input');
  cluster.advanceTo(2000);
  api.delete('pods', 'default', 'db-1', {}, 'input');
  cluster.advanceTo(3000);
  assert.ok(cluster.read.get('pods', 'default', 'db-1'));
  assert.equal(asked(cluster, `db.default.${CLUSTER}`), 'NOERROR db-0');
  assert.equal(asked(cluster, `db-1.db.default.${CLUSTER}`), 'NXDOMAIN');
});

test('DNS-03 EPS-02 a Pod has a name when it is ready, or when its Service publishes unready ones', () => {
  assert.equal(asked(database().cluster, `db-1.db.default.${CLUSTER}`), 'NOERROR db-1');
  const { cluster, api } = database({}, 'sick:1');
  assert.equal(asked(cluster, `db-1.db.default.${CLUSTER}`), 'NXDOMAIN');
  api.patch('services', 'default', 'db', { spec: { publishNotReadyAddresses: true } }, 'merge', 'input');
  cluster.advanceTo(3000);
  assert.equal(asked(cluster, `db-1.db.default.${CLUSTER}`), 'NOERROR db-1');
});

test('DNS-04 EPS-03 under another Service’s name a Pod has only its address for a name', () => {
  const { cluster, api } = database();
  service(api, 'other', { clusterIP: 'None' });
  cluster.advanceTo(3000);
  assert.equal(asked(cluster, `db-0.other.default.${CLUSTER}`), 'NXDOMAIN');
  assert.equal(asked(cluster, `db-0.nothere.default.${CLUSTER}`), 'NXDOMAIN');
  const address = cluster.read.get('pods', 'default', 'db-0')?.status.podIP?.replaceAll('.', '-');
  assert.equal(asked(cluster, `${address}.other.default.${CLUSTER}`), 'NOERROR db-0', 'DNS-06');
  assert.equal(asked(cluster, `${address}.db.default.${CLUSTER}`), 'NXDOMAIN', 'it has a host name there');
  assert.equal(asked(cluster, `${address}.default.pod.cluster.local`), 'NOERROR db-0');
});

test('DNS-06 Pods of a Deployment behind a headless Service are known by their addresses', () => {
  const { cluster, api } = newCluster();
  service(api, 'web', { clusterIP: 'None', selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] });
  api.create('deployments', workload('web', 1), 'input');
  cluster.advanceTo(3000);
  const ip = cluster.read.list('pods')[0]?.status.podIP ?? '';
  const host = `${ip.replaceAll('.', '-')}.web.default.${CLUSTER}.`;
  assert.equal(asked(cluster, `web.default.${CLUSTER}`, 'SRV'), `NOERROR SRV 0 100 80 ${host}`);
  assert.equal(resolve(cluster.read, host, 'A').records[0]?.data, ip);
});

test('DNS-07 SRV: one for each ready endpoint and port, weight shared, addresses of the targets beside', () => {
  const { cluster } = database();
  const both = `SRV 0 50 7000 db-0.db.default.${CLUSTER}. SRV 0 50 7000 db-1.db.default.${CLUSTER}.`;
  assert.equal(asked(cluster, `_peer._tcp.db.default.${CLUSTER}`, 'SRV'), `NOERROR ${both}`);
  assert.equal(asked(cluster, `db.default.${CLUSTER}`, 'SRV'), `NOERROR ${both}`);
  assert.equal(asked(cluster, `_peer._udp.db.default.${CLUSTER}`, 'SRV'), 'NXDOMAIN');
  assert.equal(asked(cluster, `_http._tcp.db.default.${CLUSTER}`, 'SRV'), 'NXDOMAIN');
  assert.equal(asked(cluster, `front.default.${CLUSTER}`, 'SRV'), `NOERROR SRV 0 100 80 front.default.${CLUSTER}.`);
  assert.equal(asked(cluster, `db-0.db.default.${CLUSTER}`, 'SRV'), `NOERROR SRV 0 100 7000 db-0.db.default.${CLUSTER}.`);
  assert.deepEqual(
    resolve(cluster.read, `db.default.${CLUSTER}`, 'SRV').extra.map(({ name }) => name),
    ['db-0', 'db-1'].map((host) => `${host}.db.default.${CLUSTER}.`),
  );
});

test('DNS-07 a Service without ports has addresses and no SRV', () => {
  const { cluster, api } = database();
  service(api, 'bare', { clusterIP: 'None' });
  cluster.advanceTo(3000);
  assert.equal(asked(cluster, `bare.default.${CLUSTER}`), 'NOERROR db-0 db-1');
  assert.equal(asked(cluster, `bare.default.${CLUSTER}`, 'SRV'), 'NOERROR');
});

test('DNS-08 an address has the name of its Service, or of the endpoint that has a host name', () => {
  const { cluster } = database();
  const back = (address = '') => asked(cluster, `${address.split('.').reverse().join('.')}.in-addr.arpa`, 'PTR');
  assert.equal(back(cluster.read.get('pods', 'default', 'db-1')?.status.podIP), `NOERROR PTR db-1.db.default.${CLUSTER}.`);
  assert.equal(back(cluster.read.get('services', 'default', 'front')?.spec.clusterIP), `NOERROR PTR front.default.${CLUSTER}.`);
  assert.equal(back('10.1.2.3'), 'NXDOMAIN');
});

test('DNS-10 what does not exist, and what exists with another type', () => {
  const { cluster } = database();
  assert.equal(asked(cluster, `nothere.default.${CLUSTER}`), 'NXDOMAIN');
  assert.equal(asked(cluster, `db.nowhere.${CLUSTER}`), 'NXDOMAIN');
  assert.equal(asked(cluster, `a.b.c.db.default.${CLUSTER}`), 'NXDOMAIN');
  assert.equal(asked(cluster, 'example.com'), 'NXDOMAIN');
  assert.equal(asked(cluster, `db.default.${CLUSTER}`, 'AAAA'), 'NOERROR');
  assert.equal(asked(cluster, `default.${CLUSTER}`), 'NOERROR');
  assert.equal(asked(cluster, `DB.Default.${CLUSTER}.`), 'NOERROR db-0 db-1');
});

test('DNS-12 ExternalName is another name; one inside the cluster is followed, round in circles it is not', () => {
  const { cluster, api } = database();
  const alias = (name: string, externalName: string) =>
    api.create('services', { metadata: { name, namespace: 'default' }, spec: { type: 'ExternalName', externalName } }, 'input');
  alias('out', 'db.example.com');
  alias('in', `db.default.${CLUSTER}`);
  alias('left', `right.default.${CLUSTER}`);
  alias('right', `left.default.${CLUSTER}`);
  assert.equal(asked(cluster, `out.default.${CLUSTER}`), 'NOERROR CNAME db.example.com.');
  assert.equal(asked(cluster, `in.default.${CLUSTER}`), `NOERROR CNAME db.default.${CLUSTER}. db-0 db-1`);
  assert.match(asked(cluster, `left.default.${CLUSTER}`), /^NOERROR CNAME right/);
});

function executed(
  cluster: Cluster,
  ...command: readonly string[]
): { readonly out: string; readonly err: string; readonly exit: number } {
  const path = '/api/v1/namespaces/default/pods/db-0/exec';
  const { body } = cluster.request(
    { verb: 'create', path, body: { container: 'c', command } },
    { actor: 'test', cause: null, why: 'input' },
  );
  return body as unknown as { out: string; err: string; exit: number };
}

test('DNS-11 dig takes a name as it is, with +search it looks along the path; nslookup always does', () => {
  const { cluster } = database();
  const ip = cluster.read.get('pods', 'default', 'db-1')?.status.podIP;
  assert.match(executed(cluster, 'dig', 'db-1.db').out, /status: NXDOMAIN.*QUERY: 1, ANSWER: 0/s);
  const full = `db-1.db.default.${CLUSTER}.`;
  const text = executed(cluster, 'dig', '+search', 'db-1.db').out;
  assert.match(text, /->>HEADER<<- opcode: QUERY, status: NOERROR, id: \d+\n;; flags: qr aa rd; QUERY: 1, ANSWER: 1,/);
  assert.ok(text.includes(`;; ANSWER SECTION:\n${full}\t30\tIN\tA\t${ip}\n`));
  assert.equal(executed(cluster, 'dig', '+short', full).out, `${ip}\n`);
  assert.equal(executed(cluster, 'dig', '-x', ip ?? '', '+short').out, `${full}\n`);
  assert.match(executed(cluster, 'dig', 'SRV', `_peer._tcp.db.default.${CLUSTER}`).out, /ADDITIONAL SECTION:\ndb-0/);
  assert.match(executed(cluster, 'nslookup', 'db-1.db').out, new RegExp(`Name:\tdb-1.db.default.${CLUSTER}\nAddress: ${ip}\n`));
  assert.deepEqual(executed(cluster, 'nslookup', 'nothere'), {
    out: "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n** server can't find nothere: NXDOMAIN\n\n",
    err: '',
    exit: 1,
  });
  assert.match(
    executed(cluster, 'cat', '/etc/resolv.conf').out,
    /^search default\.svc\.cluster\.local .*\n.*\noptions ndots:5\n$/,
  );
});

test('DNS-10 a name without records of the type ends the search: no answer, which is not “no such name”', () => {
  const { cluster, api } = database();
  service(api, 'no-ports', { clusterIP: 'None' });
  cluster.advanceTo(3000);
  const { out, exit } = executed(cluster, 'nslookup', '-type=srv', 'no-ports');
  assert.match(out, /\*\*\* Can't find no-ports: No answer/);
  assert.equal(exit, 1);
  assert.match(
    executed(cluster, 'dig', '+search', 'SRV', 'no-ports').out,
    /status: NOERROR.*ANSWER: 0.*;no-ports\.default\.svc/s,
  );
});

test('SVC-01 SVC-02 a request follows the name: to a ready endpoint, to the very Pod, or nowhere', () => {
  const { cluster, api } = database();
  service(api, 'empty', { selector: { app: 'nobody' }, ports: [{ port: 80 }] });
  cluster.advanceTo(3000);
  assert.match(executed(cluster, 'curl', '-s', 'http://front').out, /^200 from db-[01]\n$/);
  assert.equal(executed(cluster, 'curl', 'http://db-1.db:7000/').out, '200 from db-1\n');
  assert.equal(
    executed(cluster, 'curl', 'empty').err,
    'curl: (7) Failed to connect to empty port 80 after 1 ms: Could not connect to server\n',
  );
  assert.deepEqual(executed(cluster, 'curl', '-s', 'nothere'), { out: '', err: '', exit: 6 });
  assert.equal(executed(cluster, 'curl', '-m', '2', 'front:81').exit, 28);
  assert.equal(executed(cluster, 'wget', '-qO-', 'db-1.db').out, '200 from db-1\n');
  assert.equal(executed(cluster, 'wget', '-q', 'nothere').err, "wget: bad address 'nothere'\n");
});

test('SVC-02 a Service with an address sends on to its target port; a headless one leaves the port to the caller', () => {
  const { cluster, api } = newCluster();
  const ports = [{ name: 'web', port: 80, targetPort: 8080 }];
  service(api, 'db', { clusterIP: 'None', ports });
  service(api, 'front', { ports });
  service(api, 'named', { ports: [{ port: 80, targetPort: 'http' }] });
  service(api, 'wrong', { ports: [{ port: 80, targetPort: 9 }] });
  const containers = [{ name: 'c', image: 'db:1', ports: [{ name: 'http', containerPort: 8080 }] }];
  api.create(
    'statefulsets',
    workload('db', 2, { serviceName: 'db', podManagementPolicy: 'Parallel' }, { containers }),
    'input',
  );
  cluster.advanceTo(2000);
  for (const url of ['http://front', 'http://named', 'http://db:8080', 'http://db-0.db:8080'])
    assert.match(executed(cluster, 'curl', '-s', url).out, /^200 from db-/, url);
  for (const url of ['http://db', 'http://db-0.db', 'http://wrong']) assert.equal(executed(cluster, 'curl', url).exit, 7, url);
});

test('EPS-01 EPS-02 the old Endpoints list ready addresses and others, sorted; Pods that go only where unready ones are published', () => {
  const { cluster, api } = database();
  service(api, 'all', { clusterIP: 'None', publishNotReadyAddresses: true });
  service(api, 'nobody', { selector: { app: 'none' }, ports: [{ port: 80 }] });
  cluster.advanceTo(3000);
  const subsets = (name: string) => cluster.read.get('endpoints', 'default', name)?.['subsets'];
  const names = (name: string) => subsets(name)?.[0].addresses.map((at: { targetRef: { name: string } }) => at.targetRef.name);
  assert.deepEqual(
    [names('front').sort(), subsets('front')[0].ports, subsets('nobody')],
    [['db-0', 'db-1'], [{ port: 80, protocol: 'TCP' }], undefined],
  );
  api.delete('pods', 'default', 'db-1', {}, 'input');
  cluster.advanceTo(3200);
  assert.deepEqual([names('front'), names('all').length], [['db-0'], 2]);
  api.delete('services', 'default', 'front', {}, 'input');
  cluster.advanceTo(4000);
  assert.equal(cluster.read.get('endpoints', 'default', 'front'), undefined);
});
