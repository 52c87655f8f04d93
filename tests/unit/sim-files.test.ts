import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPredicate, holds } from '../../src/scenario/predicate.ts';
import type { Client } from '../../src/sim/api/client.ts';
import { Cluster } from '../../src/sim/cluster.ts';
import { ACTORS } from '../../src/sim/controllers/all.ts';
import { performFault } from '../../src/sim/faults.ts';
import { fileOf, linesOf } from '../../src/sim/observe.ts';
import { newCluster } from '../support/cluster.ts';
import { execIn } from '../support/exec.ts';

const sh = (cluster: Cluster, pod: string, line: string) => execIn(cluster, pod, 'sh', '-c', line);

/** A Pod with a claim at /data, an emptyDir at /tmp/cache and one more claim, read-only, at /old. */
function apply(api: Client, name: string, more: { readonly node?: string; readonly image?: string } = {}): void {
  const volumeMounts = [
    { name: 'data', mountPath: '/data' },
    { name: 'cache', mountPath: '/tmp/cache/' },
    { name: 'data', mountPath: '/old', readOnly: true },
    { name: 'data', mountPath: '/part', subPath: 'a/b' },
    { name: 'data', mountPath: '/mine', subPathExpr: 'of/$(SELF)' },
  ];
  const env = [
    { name: 'COLOUR', value: 'blue' },
    { name: 'SELF', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'BOTH', value: '$(COLOUR) $(SELF) $(NONE)' },
  ];
  const spec = {
    ...(more.node === undefined ? {} : { nodeName: more.node }),
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'c', image: more.image ?? 'db:1', volumeMounts, env }],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'cache', emptyDir: {} },
    ],
  };
  const metadata = { name, namespace: 'default', labels: { app: 'db' } };
  api.create('pods', { metadata, spec: spec as never }, 'input');
}

function claim(api: Client): void {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  api.create('persistentvolumeclaims', { metadata: { name: 'data', namespace: 'default' }, spec }, 'input');
}

function started(programs: object = {}) {
  const { cluster, api } = newCluster({ programs: programs as never });
  claim(api);
  apply(api, 'db');
  cluster.advanceTo(3000);
  return { cluster, api };
}

const READ_ALL = 'cat /data/x /tmp/cache/x /x';

test('APP-06 files live as long as their container, their Pod or their disk', () => {
  const { cluster, api } = started();
  sh(cluster, 'db', 'echo disk > /data/x; echo dir > /tmp/cache/x && echo own > /x');
  assert.equal(sh(cluster, 'db', READ_ALL).out, 'disk\ndir\nown\n');
  performFault(cluster, { container: 'crash', pod: 'db' });
  cluster.advanceTo(6000);
  assert.deepEqual(sh(cluster, 'db', READ_ALL), {
    out: 'disk\ndir\n',
    err: "cat: can't open '/x': No such file or directory\n",
    exit: 1,
  });
  api.delete('pods', 'default', 'db', {}, 'input');
  cluster.advanceTo(9000);
  apply(api, 'db', { node: 'node-2' });
  cluster.advanceTo(12_000);
  assert.equal(sh(cluster, 'db', READ_ALL).out, 'disk\n');
  api.delete('pods', 'default', 'db', {}, 'input');
  api.delete('persistentvolumeclaims', 'default', 'data', {}, 'input');
  cluster.advanceTo(15_000);
  assert.deepEqual(
    [...cluster.state.machines.keys()].filter((key) => /^(files|disk)\//.test(key)),
    [],
  );
  claim(api);
  apply(api, 'db');
  cluster.advanceTo(20_000);
  assert.equal(sh(cluster, 'db', READ_ALL).out, '');
});

test('APP-06 a retained disk keeps its files, on the node where its path is', () => {
  const { cluster, api } = newCluster({ storageClasses: [] });
  const volume = {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: '/srv/db' },
  };
  const offer = () => api.create('persistentvolumes', { metadata: { name: 'disk' }, spec: volume }, 'input');
  offer();
  claim(api);
  apply(api, 'db', { node: 'node-1' });
  cluster.advanceTo(3000);
  sh(cluster, 'db', 'echo kept > /data/x');
  api.delete('pods', 'default', 'db', {}, 'input');
  api.delete('persistentvolumeclaims', 'default', 'data', {}, 'input');
  cluster.advanceTo(6000);
  api.delete('persistentvolumes', '', 'disk', {}, 'input');
  cluster.advanceTo(7000);
  offer();
  cluster.advanceTo(7500);
  claim(api);
  apply(api, 'db', { node: 'node-1' });
  apply(api, 'far', { node: 'node-2' });
  cluster.advanceTo(12_000);
  assert.equal(sh(cluster, 'db', 'cat /data/x').out, 'kept\n');
  assert.equal(sh(cluster, 'far', 'cat /data/x').exit, 1);
});

test('APP-06 a fork and a snapshot carry their own files', () => {
  const { cluster } = started();
  sh(cluster, 'db', 'echo one >> /data/x');
  const snapshot = cluster.snapshot();
  sh(cluster, 'db', 'echo two >> /data/x');
  const fork = Cluster.from(snapshot, ACTORS);
  sh(fork, 'db', 'echo three >> /data/x');
  assert.deepEqual(
    [cluster, fork, Cluster.from(snapshot, ACTORS)].map((each) => sh(each, 'db', 'cat /data/x').out),
    ['one\ntwo\n', 'one\nthree\n', 'one\n'],
  );
});

test('APP-06 what the small shell knows, and what it says otherwise', () => {
  const { cluster } = started();
  const cases: readonly (readonly [line: string, out: string, err?: string, exit?: number])[] = [
    [`echo "a  b" '$SELF' $SELF-$\{COLOUR} "$BOTH"`, 'a  b $SELF db-blue blue db $(NONE)\n'],
    ['printf x', '', 'sh: printf: not found\n', 127],
    ['false || echo no && echo both; true || echo never', 'no\nboth\n'],
    ['false && echo never; echo $?', '1\n'],
    ['nothere 2>/dev/null || echo $?', '127\n'],
    ['echo 1 > /data/n; echo 2 >> /data/n; echo 3 >> /data/n; tail -n 2 /data/n | grep -v 3; wc -l < /data/n', '2\n3\n'],
    ['echo $(cat /etc/hostname) $(hostname -f)', 'db db\n'],
    ['cat /nothere > /data/e 2>&1; wc -l < /data/e', '1\n'],
    ['cat /nothere 2>&1 > /data/e; wc -l < /data/e', "cat: can't open '/nothere': No such file or directory\n0\n"],
    ['echo x > /old/x', '', "sh: can't create /old/x: Read-only file system\n", 1],
    ['echo x > /no/x', '', "sh: can't create /no/x: No such file or directory\n", 1],
    ['mkdir -p /data/a/b && echo sub > /part/f && cat /data/a/b/f && ls /data /part', 'sub\na\ne\nn\nf\n'],
    ['rm /data/a', '', "rm: can't remove '/data/a': Is a directory\n", 1],
    ['rm -r /data/a /data/e && rm -f /data/e && ls /data', 'n\n'],
    ['ls /nothere', '', 'ls: /nothere: No such file or directory\n', 1],
    ['ls; ls /tmp; [ -f /data/n ] && test ! -f /x', 'data\netc\nmine\nold\npart\ntmp\nvar\ncache\n'],
    ['test 1 = 1', '', 'sh: test: only -e, -f, -d and -s are known here\n', 2],
    ['X=1; echo $X', '', 'sh: X=1: this small shell knows commands, | && || ; > >> < and $NAME only\n', 2],
    ['touch /data/t; [ -s /data/t ] || echo empty; exit 3; echo never', 'empty\n', '', 3],
    ['for x in 1 2; do echo $x; done', '', 'sh: for: this small shell knows commands, | && || ; > >> < and $NAME only\n', 2],
    ['echo "open', '', 'sh: syntax error: unterminated quoted string\n', 2],
    ['echo a &&', '', 'sh: syntax error: unexpected "newline"\n', 2],
  ];
  for (const [line, out, err = '', exit = 0] of cases) {
    assert.deepEqual({ line, ...sh(cluster, 'db', line) }, { line, out, err, exit });
  }
  assert.equal(execIn(cluster, 'db', 'printenv', 'KUBERNETES_SERVICE_PORT').out, '443\n');
  assert.match(execIn(cluster, 'db', '/usr/bin/env').out, /^HOSTNAME=db\nKUBERNETES_SERVICE_HOST=10\.96\.0\.1\n.*SELF=db\n/s);
  assert.match(execIn(cluster, 'db', 'vi').message ?? '', /exec: "vi": executable file not found/);
});

test('APP-06 a place that is full says so and keeps what it has', () => {
  const { cluster } = started();
  const line = 'x'.repeat(1023);
  for (let i = 0; i < 64; i++) assert.equal(sh(cluster, 'db', `echo ${line} >> /data/log`).exit, 0);
  assert.match(sh(cluster, 'db', 'echo y >> /data/log').err, /^sh: write error: No space left on device \(64 KiB in 200 files/);
  assert.equal(sh(cluster, 'db', 'wc -l /data/log').out, '64\n');
  for (let i = 0; i < 200; i++) sh(cluster, 'db', `touch /tmp/f${i}`);
  assert.match(sh(cluster, 'db', 'touch /tmp/one-more').err, /No space left on device/);
});

test('APP-06 a task may write to a file, and a predicate may ask what a file holds', () => {
  const { cluster } = started({ 'db:1': { task: { name: 'tick', every: '1s', file: '/data/ticks' } } });
  cluster.advanceTo(5500);
  assert.match(sh(cluster, 'db', 'head -n 2 /data/ticks').out, /^db tick 1\ndb tick 2\n$/);
  const before = sh(cluster, 'db', 'cat /data/ticks').out;
  performFault(cluster, { container: 'crash', pod: 'db' });
  cluster.advanceTo(7500);
  const after = sh(cluster, 'db', 'cat /data/ticks').out;
  assert.ok(after.startsWith(before) && after.slice(before.length).startsWith('db tick 1\n'), after);
  const isSo = (path: string, wanted: string) => holds({ [`file db ${path}`]: wanted }, cluster);
  assert.deepEqual(
    [isSo('/data/ticks', 'tick 2'), isSo('/data/ticks', 'tick 99'), isSo('/data/ticks', 'gone'), isSo('/data/none', 'gone')],
    [true, false, false, true],
  );
  assert.equal(fileOf(cluster.state, cluster.read, 'nobody', '/data/ticks'), undefined);
  assert.equal(holds({ 'file nobody /data/ticks': 'gone' }, cluster), false);
  assert.equal(checkPredicate({ 'file db /data/ticks': 'x' }), null);
  assert.match(checkPredicate({ 'file db /data/ticks': 3 })?.next ?? '', /of a file/);
});

test('APP-06 a task says when its disk is full', () => {
  const { cluster } = started({ 'db:1': { task: { name: 'x'.repeat(2000), every: '10ms', file: '/data/ticks' } } });
  assert.equal(linesOf(cluster.state, 'db', 'failed: /data/ticks: No space left on device') > 100, true);
  const text = fileOf(cluster.state, cluster.read, 'db', '/data/ticks') ?? '';
  assert.ok(text.length <= 65_536 && text.length > 63_000);
});

test('a predicate about the files of all Pods with a label holds when each that runs sees the same', () => {
  const { cluster, api } = started();
  apply(api, 'two');
  cluster.advanceTo(6000);
  const isSo = (path: string, wanted: string) => holds({ [`file app=db ${path}`]: wanted }, cluster);
  sh(cluster, 'db', 'echo all > /data/shared; echo own > /tmp/own');
  assert.equal(isSo('/data/shared', 'all'), true, 'both mount the claim');
  assert.equal(isSo('/tmp/own', 'own'), false, 'one of two');
  assert.equal(isSo('/tmp/own', 'gone'), false, 'the other of two');
  assert.equal(isSo('/data/none', 'gone'), true);
  assert.equal(holds({ 'file app=none /data/none': 'gone' }, cluster), false, 'no Pod, no file');
});

test('APP-06 subPathExpr gives each Pod of one template a directory of its own', () => {
  const { cluster, api } = started();
  apply(api, 'two');
  cluster.advanceTo(6000);
  sh(cluster, 'db', 'echo one > /mine/x');
  sh(cluster, 'two', 'echo two > /mine/x');
  assert.deepEqual([sh(cluster, 'db', 'cat /mine/x').out, sh(cluster, 'two', 'cat /mine/x').out], ['one\n', 'two\n']);
  assert.equal(sh(cluster, 'db', 'cat /data/of/two/x').out, 'two\n');
});
