import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/sim/cluster.ts';
import { planCollection } from '../../src/sim/controllers/garbagecollector.ts';
import { evictionGapMs, noScheduleTaints, withTaints } from '../../src/sim/controllers/nodelifecycle.ts';
import { planPodGc } from '../../src/sim/controllers/podgc.ts';
import { toleratedMs } from '../../src/sim/controllers/tainteviction.ts';
import { performFault } from '../../src/sim/faults.ts';
import { probedAtMs } from '../../src/sim/kubelet/advance.ts';
import { processesOf } from '../../src/sim/observe.ts';
import type { Probe } from '../../src/sim/pod-parts.ts';
import type { Node, OwnerReference, Pod } from '../../src/sim/types.ts';
import { eventsOf, newCluster, podOf, podTrace, stateOf, workload } from '../support/cluster.ts';

const NEAR = {
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          preference: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-1'] }] },
        },
      ],
    },
  },
};

test('NODE-04 DRAIN-04 taints follow conditions and cordons', () => {
  const node = (ready: string, unschedulable = false) =>
    ({ spec: { unschedulable }, status: { conditions: [{ type: 'Ready', status: ready }] } }) as unknown as Node;
  assert.deepEqual(noScheduleTaints(node('True')), []);
  assert.deepEqual(noScheduleTaints(node('Unknown', true)), [
    'node.kubernetes.io/unreachable',
    'node.kubernetes.io/unschedulable',
  ]);
  assert.deepEqual(noScheduleTaints(node('False')), ['node.kubernetes.io/not-ready']);
  const own = { key: 'dedicated', effect: 'NoSchedule' as const };
  const stale = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' as const };
  assert.deepEqual(withTaints([own, stale], 'NoSchedule', ['node.kubernetes.io/not-ready'], 'now'), [
    own,
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule', timeAdded: 'now' },
  ]);
});

test('NODE-05 how fast nodes may be emptied', () => {
  const cases: readonly [ready: number, notReady: number, want: number | null][] = [
    [2, 1, 10_000],
    [1, 2, 10_000],
    [0, 3, null],
    [2, 3, null],
    [40, 60, 100_000],
    [0, 0, 10_000],
  ];
  for (const [ready, notReady, want] of cases)
    assert.equal(evictionGapMs(ready, notReady), want, `${ready} ready, ${notReady} not`);
});

test('NODE-07 how long a Pod stays beside NoExecute taints', () => {
  const taint = { key: 'k', effect: 'NoExecute' as const };
  const pod = (tolerations: readonly object[]) => ({ spec: { tolerations } }) as unknown as Pod;
  assert.equal(toleratedMs(pod([]), [taint]), 0);
  assert.equal(toleratedMs(pod([{ key: 'k', operator: 'Exists' }]), [taint]), null);
  assert.equal(
    toleratedMs(
      pod([
        { key: 'k', operator: 'Exists', tolerationSeconds: 30 },
        { operator: 'Exists', tolerationSeconds: 10 },
      ]),
      [taint],
    ),
    10_000,
  );
  assert.equal(toleratedMs(pod([{ key: 'k', operator: 'Exists' }]), [taint, { key: 'other', effect: 'NoExecute' }]), 0);
});

function withTwoOnNode1(options: object = {}): { readonly cluster: Cluster; readonly names: readonly string[] } {
  const { cluster, api } = newCluster({ nodes: 2, nodeMonitorGraceSeconds: 12, defaultTolerationSeconds: 10, ...options });
  api.create('deployments', workload('web', 2, {}, NEAR), 'input');
  cluster.advanceTo(4600);
  const pods = cluster.read.list('pods');
  assert.deepEqual(
    pods.map((pod) => pod.spec.nodeName),
    ['node-1', 'node-1'],
  );
  return { cluster, names: pods.map((pod) => pod.metadata.name) };
}

test('NODE-02 NODE-03 NODE-08 NODE-17 a node dies: Running for long, then Terminating for ever; replacements elsewhere', () => {
  const { cluster, names } = withTwoOnNode1();
  assert.equal(performFault(cluster, { node: 'node-1', power: 'off' }), null);
  cluster.advanceTo(23_500);
  const node = cluster.read.get('nodes', '', 'node-1');
  assert.equal(node?.status.conditions?.find(({ type }) => type === 'Ready')?.status, 'Unknown');
  assert.deepEqual(
    node?.spec.taints?.map(({ key, effect }) => `${key}:${effect}`),
    ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
  );
  assert.deepEqual(
    names.map((name) => stateOf(cluster.read.get('pods', 'default', name) as Pod)),
    ['Running 1/1', 'Running 1/1'],
  );
  assert.deepEqual(
    names.map(
      (name) => cluster.read.get('pods', 'default', name)?.status.conditions?.find(({ type }) => type === 'Ready')?.status,
    ),
    ['False', 'False'],
  );
  cluster.advanceTo(600_000);
  assert.deepEqual(
    names.map((name) => stateOf(cluster.read.get('pods', 'default', name) as Pod)),
    ['Running 1/1 terminating', 'Running 1/1 terminating'],
  );
  assert.equal(cluster.read.list('pods').filter((pod) => pod.spec.nodeName === 'node-2').length, 2);
  assert.equal(processesOf(cluster.state, 'app=web'), 2);
});

test('NODE-12 a node that returns in time keeps its Pods', () => {
  const { cluster, names } = withTwoOnNode1({ defaultTolerationSeconds: 60 });
  performFault(cluster, { node: 'node-1', network: 'off' });
  cluster.advanceTo(30_000);
  performFault(cluster, { node: 'node-1', network: 'on' });
  cluster.advanceTo(40_000);
  assert.deepEqual(
    cluster.read.list('pods').map((pod) => [pod.metadata.name, stateOf(pod)]),
    names.map((name) => [name, 'Running 1/1']),
  );
  assert.ok(
    eventsOf(cluster.log(), 'TaintManagerEviction').every((text) => text.startsWith('Cancelling deletion of Pod default/web-')),
  );
  assert.deepEqual(cluster.read.get('nodes', '', 'node-1')?.spec.taints ?? [], []);
  assert.deepEqual(
    cluster.read.list('pods').map((pod) => pod.status.conditions?.find(({ type }) => type === 'Ready')?.status),
    ['True', 'True'],
  );
});

test('NODE-11 NODE-13 force delete behind a cut cable leaves a process, until the node is back', () => {
  const { cluster, names } = withTwoOnNode1();
  const name = names[0] as string;
  performFault(cluster, { node: 'node-1', network: 'off' });
  cluster.client('test', null).delete('pods', 'default', name, { gracePeriodSeconds: 0 }, 'input');
  cluster.advanceTo(15_000);
  assert.equal(cluster.read.get('pods', 'default', name), undefined);
  assert.equal(processesOf(cluster.state, name), 1);
  performFault(cluster, { node: 'node-1', network: 'on' });
  cluster.advanceTo(18_000);
  assert.equal(processesOf(cluster.state, name), 0);
});

test('NODE-10 out-of-service frees the names at the next pass', () => {
  const { cluster, names } = withTwoOnNode1();
  performFault(cluster, { node: 'node-1', power: 'off' });
  cluster.advanceTo(42_000);
  const from = cluster.logLength;
  const node = cluster.read.get('nodes', '', 'node-1') as Node;
  const taints = [
    ...(node.spec.taints ?? []),
    { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' as const },
  ];
  cluster.client('test', null).patch('nodes', '', 'node-1', { spec: { taints } }, 'merge', 'input');
  cluster.advanceTo(70_000);
  const trace = podTrace(cluster.log(from));
  for (const name of names)
    assert.deepEqual(trace.filter((line) => line.startsWith(name)).slice(-2), [`${name} Failed terminating`, `${name} gone`]);
});

test('NODE-10 NODE-16 one pass of Pod garbage collection', () => {
  const gone = podOf({ name: 'gone', node: 'node-9', readyAt: 1 });
  const going = podOf({ name: 'unplaced', node: '', phase: 'Pending', going: true });
  const names = (plan: ReturnType<typeof planPodGc>) => plan.remove.map(({ pod }) => pod.metadata.name);
  const first = planPodGc([gone, going], [], new Set());
  assert.deepEqual([first.missing, names(first)], [['node-9'], ['unplaced']]);
  assert.deepEqual(names(planPodGc([gone], [], new Set(['node-9']))), ['gone']);
});

test('NODE-10 the Pods of a deleted Node end Failed and go, after the quarantine', () => {
  const { cluster, names } = withTwoOnNode1();
  performFault(cluster, { node: 'node-1', power: 'off' });
  cluster.client('test', null).delete('nodes', '', 'node-1', {}, 'input');
  const from = cluster.logLength;
  cluster.advanceTo(4600 + 39_000);
  assert.ok(cluster.read.get('pods', 'default', names[0] as string));
  cluster.advanceTo(4600 + 85_000);
  assert.deepEqual(
    podTrace(cluster.log(from)).filter((line) => line.startsWith(names[0] as string)),
    ['Failed', 'Failed terminating', 'gone'].map((state) => `${names[0]} ${state}`),
  );
});

test('GC-01 GC-02 GC-04 what becomes of what is owned', () => {
  const reference = (uid: string): OwnerReference => ({ apiVersion: 'v1', kind: 'X', name: uid, uid, controller: uid === 'a' });
  const object = (uids: readonly string[]) => ({
    ...podOf({ name: 'p' }),
    metadata: { ...podOf({ name: 'p' }).metadata, ownerReferences: uids.map(reference) },
  });
  const state =
    (of: Readonly<Record<string, 'solid' | 'gone' | 'waiting'>>) =>
    ({ uid }: OwnerReference) =>
      of[uid] ?? 'gone';
  assert.equal(planCollection(object([]), state({}), false).act, 'keep');
  assert.equal(planCollection(object(['a']), state({ a: 'solid' }), false).act, 'keep');
  assert.deepEqual(planCollection(object(['a']), state({}), false), { act: 'delete', policy: 'Background', why: 'GC-01' });
  assert.deepEqual(planCollection(object(['a']), state({ a: 'waiting' }), true), {
    act: 'delete',
    policy: 'Foreground',
    why: 'GC-02',
  });
  assert.deepEqual(planCollection(object(['a', 'b']), state({ b: 'solid' }), false), { act: 'unlink', keep: [reference('b')] });
});

test('GC-01 GC-02 GC-03 background, foreground and orphan', () => {
  const start = () => {
    const made = newCluster({ programs: { 'web:1': { stopAfter: '1s' } } });
    made.api.create('deployments', workload('web', 2), 'input');
    made.cluster.advanceTo(3000);
    return made;
  };
  const counts = (cluster: Cluster) =>
    ['deployments', 'replicasets', 'pods'].map((resource) => cluster.read.list(resource).length);
  const background = start();
  background.api.delete('deployments', 'default', 'web', { propagationPolicy: 'Background' }, 'input');
  assert.deepEqual(counts(background.cluster), [0, 1, 2]);
  background.cluster.advanceTo(5000);
  assert.deepEqual(counts(background.cluster), [0, 0, 0]);
  const foreground = start();
  foreground.api.delete('deployments', 'default', 'web', { propagationPolicy: 'Foreground' }, 'input');
  foreground.cluster.advanceTo(3500);
  assert.deepEqual(counts(foreground.cluster), [1, 1, 2]);
  foreground.cluster.advanceTo(6000);
  assert.deepEqual(counts(foreground.cluster), [0, 0, 0]);
  const orphan = start();
  orphan.api.delete('deployments', 'default', 'web', { propagationPolicy: 'Orphan' }, 'input');
  orphan.cluster.advanceTo(6000);
  assert.deepEqual(counts(orphan.cluster), [0, 1, 2]);
  assert.equal(orphan.cluster.read.list('replicasets')[0]?.metadata.ownerReferences, undefined);
});

test('POD-07 POD-08 T-17 a crash loop starts at 0, r, 2r+10, 3r+30 …', () => {
  const { cluster, api } = newCluster({
    nodes: 1,
    programs: { 'web:1': { startAfter: '100ms', exitAfter: '1s', exitCode: 1 } },
  });
  api.create(
    'pods',
    { metadata: { name: 'a', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'web:1' }] } },
    'input',
  );
  cluster.advanceTo(400_000);
  const starts = new Map<number, number>();
  for (const entry of cluster.log()) {
    const status =
      entry.object?.resource === 'pods' ? (entry.after as Pod | undefined)?.status.containerStatuses?.[0] : undefined;
    if (status?.state.running && !starts.has(status.restartCount))
      starts.set(status.restartCount, Math.round(entry.atMs / 1000));
  }
  assert.deepEqual([...starts.values()].slice(0, 7), [0, 1, 12, 33, 74, 155, 316]);
  assert.match(eventsOf(cluster.log(), 'BackOff')[0] ?? '', /^Back-off restarting failed container c in pod a_default\(/);
});

test('POD-10 probes flip after so many in a row, on their own beat', () => {
  const probe = { periodSeconds: 10, initialDelaySeconds: 5 } as Probe;
  assert.equal(probedAtMs(probe, 1000, 7000, 3), 36_000);
  assert.equal(probedAtMs(probe, 1000, 16_000, 1), 16_000);
  assert.equal(probedAtMs(probe, 1000, 0, 1), 6000);
});

test('POD-11 POD-12 a sick container: without probes Ready, with readiness not, with liveness restarted', () => {
  const run = (probes: object) => {
    const { cluster, api } = newCluster({ nodes: 1 });
    const container = { name: 'c', image: 'web:1', ...probes };
    api.create('pods', { metadata: { name: 'a', namespace: 'default' }, spec: { containers: [container] } }, 'input');
    cluster.advanceTo(3000);
    performFault(cluster, { container: 'sick', pod: 'a' });
    cluster.advanceTo(12_000);
    const pod = cluster.read.get('pods', 'default', 'a') as Pod;
    return [stateOf(pod), pod.status.containerStatuses?.[0]?.restartCount];
  };
  const http = { httpGet: { path: '/', port: 80 }, periodSeconds: 2, failureThreshold: 2 };
  assert.deepEqual(run({}), ['Running 1/1', 0]);
  assert.deepEqual(run({ readinessProbe: http }), ['Running 0/1', 0]);
  assert.deepEqual(run({ livenessProbe: http }), ['Running 1/1', 1]);
});

test('POD-15 POD-17 SIGKILL when the grace period is over; a second delete shortens it', () => {
  const run = (grace: readonly number[]) => {
    const { cluster, api } = newCluster({ nodes: 1, programs: { 'web:1': { stopAfter: '60s' } } });
    api.create(
      'pods',
      { metadata: { name: 'a', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'web:1' }] } },
      'input',
    );
    cluster.advanceTo(3000);
    for (const gracePeriodSeconds of grace) api.delete('pods', 'default', 'a', { gracePeriodSeconds }, 'input');
    const from = cluster.logLength;
    cluster.advanceTo(100_000);
    const ended = cluster.log(from).find((entry) => entry.object?.resource === 'pods' && entry.verb === 'remove');
    return [podTrace(cluster.log(from)).at(-2), Math.round((ended?.atMs ?? 0) / 1000)];
  };
  assert.deepEqual(run([10]), ['a Failed terminating', 13]);
  assert.deepEqual(run([30, 5]), ['a Failed terminating', 8]);
});

test('POD-16 POD-18 an unplaced Pod goes at once', () => {
  const { cluster, api } = newCluster({ nodes: 1 });
  api.create(
    'pods',
    {
      metadata: { name: 'a', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'web:1' }], nodeSelector: { no: 'node' } },
    },
    'input',
  );
  cluster.advanceTo(1000);
  api.delete('pods', 'default', 'a', {}, 'input');
  assert.equal(cluster.read.list('pods').length, 0);
});
