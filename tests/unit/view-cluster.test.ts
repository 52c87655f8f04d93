import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterPictureOf } from '../../src/view/cluster.ts';
import { diffOf } from '../../src/view/diff.ts';
import { podPictureOf } from '../../src/view/pod.ts';
import { shortNameOf } from '../../src/view/scene.ts';
import { made, pod, sceneOf } from '../support/scene.ts';

const set = made('ReplicaSet', 'web-85d5b476dd', { spec: { replicas: 3 } });
const sts = made('StatefulSet', 'db', { spec: { replicas: 2 }, status: { readyReplicas: 1 } });

const looks = [
  { name: 'a Pod nobody has placed is a dashed outline', look: 'pending', state: 'pending', word: 'Pending' },
  { name: 'a running Pod that is not ready is half full', look: 'starting', state: 'starting', word: 'Running 0/1' },
  { name: 'a ready Pod is solid', look: 'ready', state: 'ready', word: 'Running 1/1' },
  { name: 'deletion shows whatever the containers do', look: 'leaving', state: 'leaving', word: 'Terminating' },
  { name: 'a crash loop is broken although the phase is Running', look: 'crashing', state: 'failed', word: 'CrashLoopBackOff' },
  { name: 'a finished Pod is done', look: 'done', state: 'done', word: 'Completed' },
  { name: 'a failed Pod says why', look: 'failed', state: 'failed', word: 'Error' },
] as const;
for (const { name, look, state, word } of looks) {
  test(name, () => {
    const picture = podPictureOf(pod('web-1', look));
    assert.deepEqual([picture.state, picture.word], [state, word]);
  });
}

const shapes = [
  { name: "a StatefulSet's Pod keeps its number", pod: pod('db-0', 'ready', { owner: sts }), round: false, ordinal: 0 },
  {
    name: "a ReplicaSet's Pod is interchangeable",
    pod: pod('web-85d5b476dd-4tfc6', 'ready', { owner: set }),
    round: true,
    ordinal: null,
  },
  { name: 'a Pod somebody named has an identity, but no number', pod: pod('toolbox-7', 'ready'), round: false, ordinal: null },
];
for (const { name, pod: given, round, ordinal } of shapes) {
  test(name, () => assert.deepEqual([podPictureOf(given).round, podPictureOf(given).ordinal], [round, ordinal]));
}

const names = [
  ['web-85d5b476dd-4tfc6', 'web-…4tfc6'],
  ['db-0', 'db-0'],
  ['my-long-web-6444769cf-dz5rx', 'my-long-web-…dz5rx'],
  ['plain', 'plain'],
] as const;
for (const [given, want] of names) test(`${given} is shown as ${want}`, () => assert.equal(shortNameOf(given), want));

const node = (name: string, ready: boolean, spec: object = {}) =>
  made('Node', name, { spec, status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] } });

test('Pods stand on their nodes, numbered ones in order, unplaced ones apart', () => {
  const picture = clusterPictureOf(
    sceneOf({
      objects: [
        node('node-1', true),
        node('node-2', false, { unschedulable: true }),
        pod('web-85d5b476dd-4tfc6', 'ready', { owner: set, node: 'node-1' }),
        pod('db-1', 'ready', { owner: sts, node: 'node-1' }),
        pod('db-0', 'ready', { owner: sts, node: 'node-1' }),
        pod('db-2', 'pending', { owner: sts }),
      ],
      machines: { 'node-2': { power: false, network: true } },
    }),
  );
  assert.deepEqual(
    picture.nodes.map((one) => [one.name, one.word, one.power, one.pods.map((here) => here.name)]),
    [
      ['node-1', 'Ready', true, ['db-0', 'db-1', 'web-85d5b476dd-4tfc6']],
      ['node-2', 'NotReady,SchedulingDisabled', false, []],
    ],
  );
  assert.deepEqual(
    picture.unplaced.pods.map((one) => one.name),
    ['db-2'],
  );
});

test('a Pod on a node that is no longer listed is not lost', () => {
  const picture = clusterPictureOf(sceneOf({ objects: [pod('db-0', 'ready', { owner: sts, node: 'gone' })] }));
  assert.equal(picture.unplaced.count, 1);
});

test('what runs for a Pod that was removed by force stays visible, and a leader is marked', () => {
  const process = (name: string, leads = false) => ({
    node: 'node-1',
    uid: `uid-${name}`,
    name,
    running: 1,
    frozen: false,
    leads,
  });
  const picture = clusterPictureOf(
    sceneOf({
      objects: [node('node-1', true), pod('db-1', 'ready', { owner: sts, node: 'node-1' })],
      processes: [process('db-0'), process('db-1', true)],
    }),
  );
  const [one] = picture.nodes;
  assert.deepEqual(
    one?.ghosts.map((ghost) => ghost.name),
    ['db-0'],
  );
  assert.deepEqual(
    one?.pods.map((here) => [here.name, here.leads]),
    [['db-1', true]],
  );
});

test('many Pods on one node become one disc for each state of each owner', () => {
  const many = Array.from({ length: 40 }, (_, i) =>
    pod(`web-85d5b476dd-${i}`, i < 30 ? 'ready' : 'starting', { owner: set, node: 'node-1' }),
  );
  const [picture] = clusterPictureOf(sceneOf({ objects: [set, node('node-1', true), ...many] })).nodes;
  assert.deepEqual(
    picture?.groups.map((group) => [group.name, group.state, group.count, group.uid]),
    [
      ['web-85d5b476dd', 'ready', 30, 'uid-web-85d5b476dd'],
      ['web-85d5b476dd', 'starting', 10, 'uid-web-85d5b476dd'],
    ],
  );
  assert.deepEqual([picture?.pods.length, picture?.count], [0, 40]);
});

test('a Job shows its successes; a queue of workers wants each of them to end well', () => {
  const job = (name: string, spec: object, status: object) => made('Job', name, { spec, status });
  const picture = clusterPictureOf(
    sceneOf({
      objects: [
        job('five', { completions: 5, parallelism: 2 }, { succeeded: 2, active: 2, ready: 2 }),
        job('mails', { parallelism: 3 }, { succeeded: 3, conditions: [{ type: 'Complete', status: 'True' }] }),
        job('pi', { completions: 1 }, { failed: 3, conditions: [{ type: 'Failed', status: 'True' }] }),
      ],
    }),
  );
  assert.deepEqual(
    picture.workloads.map(({ ref, work }) => [ref, work?.done, work?.wanted, work?.end]),
    [
      ['job/five', 2, 5, null],
      ['job/mails', 3, 3, 'complete'],
      ['job/pi', 0, 1, 'failed'],
    ],
  );
});

test('a Deployment speaks for its ReplicaSets; a Service counts ready addresses; node Leases stay out', () => {
  const deployment = made('Deployment', 'web', { spec: { replicas: 3 }, status: { readyReplicas: 2 } });
  const picture = clusterPictureOf(
    sceneOf({
      objects: [
        deployment,
        made('ReplicaSet', 'web-1', { owner: deployment, spec: { replicas: 3 } }),
        sts,
        made('Service', 'db', { spec: { clusterIP: 'None' } }),
        made('EndpointSlice', 'db-x', {
          meta: { labels: { 'kubernetes.io/service-name': 'db' } },
          endpoints: [{ conditions: { ready: true } }, { conditions: { ready: false } }, { conditions: {} }],
        }),
        made('PodDisruptionBudget', 'web', { status: { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 } }),
        made('Lease', 'worker', { spec: { holderIdentity: 'worker-1' } }),
        made('Lease', 'node-1', { meta: { namespace: 'kube-node-lease' } }),
      ],
    }),
  );
  assert.deepEqual(
    picture.workloads.map((one) => [one.ref, one.ready, one.wanted, one.round]),
    [
      ['deploy/web', 2, 3, true],
      ['sts/db', 1, 2, false],
    ],
  );
  assert.deepEqual(
    picture.services.map((one) => [one.ref, one.headless, one.ready, one.total]),
    [['svc/db', true, 2, 3]],
  );
  assert.deepEqual(
    picture.budgets.map((one) => [one.ref, one.allowed]),
    [['pdb/web', 0]],
  );
  assert.deepEqual(
    picture.leases.map((one) => [one.ref, one.holder]),
    [['lease/worker', 'worker-1']],
  );
});

const diffs = [
  { name: 'one field', before: { spec: { replicas: 1 } }, after: { spec: { replicas: 3 } }, paths: ['.spec.replicas'] },
  { name: 'a new list item', before: { a: [1] }, after: { a: [1, 2] }, paths: ['.a[1]'] },
  {
    name: 'what changes on every write is left out',
    before: { metadata: { resourceVersion: '1' } },
    after: { metadata: { resourceVersion: '2' } },
    paths: [],
  },
  { name: 'a field that went', before: { a: 1, b: 2 }, after: { a: 1 }, paths: ['.b'] },
];
for (const { name, before, after, paths } of diffs) {
  test(`diff: ${name}`, () =>
    assert.deepEqual(
      diffOf(before, after).map((change) => change.path),
      paths,
    ));
}
