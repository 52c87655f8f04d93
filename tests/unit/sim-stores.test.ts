import assert from 'node:assert/strict';
import { test } from 'node:test';
import { performFault } from '../../src/sim/faults.ts';
import { linesOf } from '../../src/sim/observe.ts';
import { parseProgram } from '../../src/sim/programs/program.ts';
import type { Json } from '../../src/sim/types.ts';
import { newCluster, workload } from '../support/cluster.ts';
import { execIn } from '../support/exec.ts';
import { Terminal } from '../support/terminal.ts';

const serviceFor = (name: string) => ({
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
});

/** Deployments of one container each with a Service of their name, and a Pod `client` to ask from. */
function running(programs: Readonly<Record<string, Json>>, replicas: Readonly<Record<string, number>>) {
  const { cluster, api } = newCluster({ programs });
  for (const [name, count] of Object.entries(replicas)) {
    api.create('services', serviceFor(name), 'input');
    api.create('deployments', workload(name, count, {}, {}, `${name}:1`), 'input');
  }
  const spec = { containers: [{ name: 'c', image: 'client:1' }] };
  api.create('pods', { metadata: { name: 'client', namespace: 'default' }, spec: spec as never }, 'input');
  cluster.advanceTo(3000);
  const curl = (...args: readonly string[]) => execIn(cluster, 'client', 'curl', '-s', ...args).out.trimEnd();
  return { cluster, api, curl };
}

test('a store is read from the scenario file, and faults in it are named', () => {
  assert.deepEqual(parseProgram({ store: {} }).store, { members: 3 });
  assert.deepEqual(parseProgram({ store: { dir: '/data' } }).store, { dir: '/data', members: 3 });
  assert.throws(() => parseProgram({ store: { peers: 'db' } }), /peers: a replicated store needs a dir/);
  assert.throws(() => parseProgram({ store: { dir: '/data', members: 0 } }), /members: a whole number from 1 to 9/);
  assert.throws(() => parseProgram({ store: { to: '' } }), /to: a name is needed/);
});

test('APP-07 a store in memory answers until its process ends; with a dir it goes on where it was', () => {
  for (const [store, after] of [
    [{}, /^404 no colour at web-/],
    [{ dir: '/tmp' }, /^404 no colour at web-/],
  ] as const) {
    const { cluster, curl } = running({ 'web:1': { store } }, { web: 1 });
    assert.match(curl('http://web/colour'), /^404 no colour at web-/);
    assert.match(curl('-X', 'PUT', '-d', 'blue', 'http://web/colour'), /^stored by web-\w+-\w+$/);
    assert.equal(curl('http://web:80/colour'), 'blue');
    assert.match(curl('web'), /^200 from web-/);
    assert.equal(linesOf(cluster.state, 'app=web', 'stored colour=blue for client'), 1);
    performFault(cluster, { container: 'crash', of: 'app=web' });
    cluster.advanceTo(6000);
    assert.match(curl('http://web/colour'), after);
  }
});

test('APP-07 what is kept in a directory on a volume outlives the process', () => {
  const { cluster, api } = newCluster({ programs: { 'db:1': { store: { dir: '/data/' } } } });
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  api.create('persistentvolumeclaims', { metadata: { name: 'data', namespace: 'default' }, spec }, 'input');
  api.create('services', serviceFor('db'), 'input');
  const container = { name: 'c', image: 'db:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  api.create('deployments', workload('db', 1, {}, { containers: [container], volumes }), 'input');
  cluster.advanceTo(3000);
  const [pod] = cluster.read.list('pods');
  const ask = (line: string) => execIn(cluster, cluster.read.list('pods')[0]?.metadata.name ?? '', 'sh', '-c', line).out;
  ask('curl -s -XPUT --data=a=b http://db/x; curl -sd two db/y');
  assert.equal(ask('cat /data/store'), 'x=a=b\ny=two\n');
  api.delete('pods', 'default', pod?.metadata.name ?? '', {}, 'input');
  cluster.advanceTo(8000);
  assert.equal(ask('curl -s db/x db; curl -s http://db/y'), 'a=b\ntwo\n');
});

test('APP-07 a store with a Service behind it keeps nothing itself', () => {
  const programs = { 'shop:1': { store: { to: 'baskets' } }, 'baskets:1': { store: {} } };
  const { cluster, api, curl } = running(programs, { shop: 3, baskets: 1 });
  for (const item of ['tea', 'cup', 'pot'])
    assert.match(curl('-X', 'PUT', '-d', item, `http://shop/${item}`), /^stored by baskets-/);
  api.delete(
    'pods',
    'default',
    cluster.read.list('pods').find((pod) => pod.metadata.labels?.['app'] === 'shop')?.metadata.name ?? '',
    {},
    'input',
  );
  cluster.advanceTo(6000);
  assert.deepEqual(
    ['tea', 'cup', 'pot'].map((item) => curl(`http://shop/${item}`)),
    ['tea', 'cup', 'pot'],
  );
  assert.ok(linesOf(cluster.state, 'app=shop', 'GET tea passed on to baskets: tea') === 1);
  api.scale('deployments', 'default', 'baskets', 0, 'input');
  cluster.advanceTo(9000);
  assert.equal(curl('http://shop/tea'), '502 baskets: connection refused');
  assert.equal(
    execIn(cluster, 'client', 'curl', '-f', 'http://shop/tea').err,
    'curl: (22) The requested URL returned error: 502\n',
  );
  assert.match(execIn(cluster, 'client', 'wget', '-qO-', 'http://shop/tea').err, /HTTP\/1\.1 502 Bad Gateway/);
});

test('APP-07 a circle of stores is broken, and wrong requests are named', () => {
  const { curl } = running(
    { 'a:1': { store: { to: 'b' } }, 'b:1': { store: { to: 'a' } }, 'c:1': { store: {} } },
    { a: 1, b: 1, c: 1 },
  );
  assert.match(curl('http://a/x'), /^508 passed on in a circle/);
  assert.match(curl('-X', 'DELETE', 'http://c/x'), /^405 /);
  assert.match(curl('-d', 'x', 'http://c/'), /^400 name a key/);
  assert.match(curl('-d', 'x', 'http://c/a/b'), /^400 a key is/);
  assert.match(curl('-d', 'x'.repeat(300), 'http://c/a'), /^400 a value is/);
  for (let i = 0; i < 70; i++) curl('-d', 'x'.repeat(250), `http://c/k${i}`);
  assert.match(curl('-d', 'x'.repeat(250), 'http://c/full'), /^507 c-\S+ could not store it: the memory is full$/);
});

test('APP-04 a client may write a number under a key again and again, or ask for one', () => {
  const programs = {
    'web:1': { store: {} },
    'client:1': { requests: { to: 'web', every: '500ms', put: 'n' } },
    'reader:1': { requests: { to: 'web', every: '500ms', get: 'n' } },
  };
  const { cluster } = running(programs, { web: 1, reader: 1 });
  cluster.advanceTo(8000);
  assert.ok(linesOf(cluster.state, 'client', ': stored by web-') > 5);
  assert.ok(linesOf(cluster.state, 'client', 'put n=3: stored by web-') === 1);
  assert.ok(linesOf(cluster.state, 'app=reader', 'get n: 5') >= 1);
});

test('APP-07 the API server passes a GET on to a Pod, and what goes wrong is named as kubectl does', () => {
  const container = { name: 'c', image: 'web:1', ports: [{ containerPort: 7000 }] };
  const pod = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0' }, spec: { containers: [container] } });
  const terminal = new Terminal({ 'web.yaml': pod }, 2, { 'web:1': { store: {} } });
  const type = (line: string) => terminal.type(line);
  terminal.do('kubectl apply -f web.yaml').settle();
  const raw = (path: string) => {
    const { out, err } = type(`kubectl get --raw '${path}'`);
    return out + err;
  };
  const at = (namespace: string, name: string, path = '') => raw(`/api/v1/namespaces/${namespace}/pods/${name}/proxy/${path}`);
  assert.equal(at('default', 'web-0'), '200 from web-0\n');
  assert.equal(at('default', 'http:web-0:7000'), '200 from web-0\n');
  assert.equal(type('kubectl exec web-0 -- curl -s -d blue http://localhost:7000/colour').out, 'stored by web-0\n');
  assert.equal(at('default', 'web-0', 'colour'), 'blue\n');
  assert.equal(at('default', 'web-0', 'x'), 'Error from server (NotFound): the server could not find the requested resource\n');
  assert.equal(at('defualt', 'web-0'), 'Error from server (NotFound): pods "web-0" not found\n');
  assert.match(
    at('default', 'web-0:80'),
    /^Error from server \(ServiceUnavailable\): error trying to reach service: dial tcp 10\.244\.\d\.\d:80: connect: connection refused\n$/,
  );
  assert.equal(raw('/api/v1/namespaces/default/pods/web-0/log?tailLines=1'), 'stored colour=blue for web-0\n');
  assert.equal(JSON.parse(raw('/api/v1/namespaces/default/pods')).items[0].metadata.name, 'web-0');
  assert.equal(JSON.parse(raw('/api/v1/nodes/node-1')).kind, 'Node');
  performFault(terminal.run.cluster, { container: 'freeze', pod: 'web-0' });
  assert.match(at('default', 'web-0'), /: i\/o timeout\n$/);
  assert.equal(type('kubectl get pods --raw /x').err, 'error: arguments may not be passed when --raw is specified\n');
});
