import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tolerates } from '../../src/sim/scheduler/filter.ts';
import { type NodeInfo, nodeInfoOf } from '../../src/sim/scheduler/node.ts';
import { planSchedule } from '../../src/sim/scheduler/scheduler.ts';
import { leastAllocated } from '../../src/sim/scheduler/score.ts';
import type { Node, Pod } from '../../src/sim/types.ts';
import { eventsOf, newCluster, podOf, workload } from '../support/cluster.ts';

interface NodeShape {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: Node['spec']['taints'];
  readonly unschedulable?: boolean;
  readonly pods?: readonly Pod[];
}

const info = ({ name, labels = {}, taints = [], unschedulable = false, pods = [] }: NodeShape): NodeInfo =>
  nodeInfoOf(
    {
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
      spec: { taints, ...(unschedulable ? { unschedulable } : {}) },
      status: { allocatable: { cpu: '4', memory: '8Gi', pods: '3' } },
    } as unknown as Node,
    pods,
  );

const wanting = (spec: object, requests: Readonly<Record<string, string>> = {}): Pod => {
  const pod = podOf({ name: 'new', node: '' });
  return {
    ...pod,
    spec: { ...pod.spec, containers: [{ name: 'c', image: 'web:1', resources: { requests } }], ...spec },
  } as unknown as Pod;
};
const using = (name: string, requests: Readonly<Record<string, string>>, labels?: Readonly<Record<string, string>>): Pod => ({
  ...wanting({}, requests),
  metadata: { ...podOf({ name, ...(labels ? { labels } : {}) }).metadata },
});
const tail = (count: number, text: string) =>
  ` no new claims to deallocate, preemption: 0/${count} nodes are available: ${text}.`;

test('SCH-04 why no node can take a Pod', async (t) => {
  const taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' as const };
  const anti = {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    },
  };
  const spread = {
    topologySpreadConstraints: [
      {
        topologyKey: 'kubernetes.io/hostname',
        maxSkew: 1,
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'web' } },
      },
    ],
  };
  const cases = [
    {
      name: 'reasons are counted and sorted as texts',
      pod: wanting({}, { cpu: '64', memory: '1Ti' }),
      nodes: [{ name: 'a' }, { name: 'b', unschedulable: true }, { name: 'c', taints: [taint] }],
      want: `0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.${tail(3, '3 Preemption is not helpful for scheduling')}`,
    },
    {
      name: 'a lack of free room could be helped by preemption, a lack of size could not',
      pod: wanting({}, { cpu: '3' }),
      nodes: [{ name: 'a', pods: [using('x', { cpu: '2' })] }],
      want: `0/1 nodes are available: 1 Insufficient cpu.${tail(1, '1 No preemption victims found for incoming pod')}`,
    },
    {
      name: 'selector',
      pod: wanting({ nodeSelector: { disk: 'ssd' } }),
      nodes: [{ name: 'a' }],
      want: `0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.${tail(1, '1 Preemption is not helpful for scheduling')}`,
    },
    {
      name: 'too many Pods',
      pod: wanting({}),
      nodes: [{ name: 'a', pods: ['x', 'y', 'z'].map((name) => using(name, {})) }],
      want: `0/1 nodes are available: 1 Too many pods.${tail(1, '1 No preemption victims found for incoming pod')}`,
    },
    {
      name: 'anti-affinity',
      pod: wanting(anti),
      nodes: [{ name: 'a', pods: [using('x', {})] }],
      want: `0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.${tail(1, '1 No preemption victims found for incoming pod')}`,
    },
    {
      name: 'spread',
      pod: wanting(spread),
      nodes: [
        { name: 'a', pods: [using('x', {})] },
        { name: 'b', taints: [taint] },
      ],
      want: `0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) had untolerated taint(s).${tail(2, '1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling')}`,
    },
    { name: 'no nodes', pod: wanting({}), nodes: [], want: 'no nodes available to schedule pods' },
  ];
  for (const { name, pod, nodes, want } of cases)
    await t.test(name, () => {
      const plan = planSchedule(pod, nodes.map(info), null);
      assert.equal(plan.node === null ? plan.message : plan.node, want);
    });
});

test('SCH-01 SCH-02 SCH-03 which node wins', async (t) => {
  const prefer = (node: string) => ({
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            preference: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
          },
        ],
      },
    },
  });
  const web = { matchLabels: { app: 'web' } };
  const cases = [
    { name: 'of equal nodes the first', pod: wanting({}), nodes: [{ name: 'a' }, { name: 'b' }], selector: null, want: 'a' },
    {
      name: 'the emptier one',
      pod: wanting({}),
      nodes: [{ name: 'a', pods: [using('x', {}, {})] }, { name: 'b' }],
      selector: null,
      want: 'b',
    },
    {
      name: 'spreads over hosts',
      pod: wanting({}),
      nodes: [
        { name: 'a', pods: [using('x', {})] },
        { name: 'b', pods: [using('y', {}, {})] },
      ],
      selector: web,
      want: 'b',
    },
    {
      name: 'a preference outweighs spreading',
      pod: wanting(prefer('a')),
      nodes: [{ name: 'a', pods: [using('x', {})] }, { name: 'b' }],
      selector: web,
      want: 'a',
    },
    {
      name: 'avoids PreferNoSchedule',
      pod: wanting({}),
      nodes: [{ name: 'a', taints: [{ key: 'k', effect: 'PreferNoSchedule' as const }] }, { name: 'b' }],
      selector: null,
      want: 'b',
    },
    {
      name: 'an ended Pod takes no room',
      pod: wanting({}, { cpu: '3' }),
      nodes: [{ name: 'a', pods: [{ ...using('x', { cpu: '2' }), status: { phase: 'Succeeded' as const } }] }],
      selector: null,
      want: 'a',
    },
  ];
  for (const { name, pod, nodes, selector, want } of cases)
    await t.test(name, () => assert.equal(planSchedule(pod, nodes.map(info), selector).node, want));
  assert.equal(leastAllocated(wanting({}), info({ name: 'a' })), 97);
  assert.equal(leastAllocated(wanting({}, { cpu: '2', memory: '4Gi' }), info({ name: 'a' })), 50);
});

test('SCH-01 tolerations', () => {
  const taint = { key: 'k', value: 'v', effect: 'NoSchedule' as const };
  const cases: readonly [toleration: Parameters<typeof tolerates>[0], want: boolean][] = [
    [{ key: 'k', operator: 'Exists' }, true],
    [{ key: 'k', operator: 'Equal', value: 'v' }, true],
    [{ key: 'k', value: 'w' }, false],
    [{ operator: 'Exists' }, true],
    [{ operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: 'other', operator: 'Exists' }, false],
  ];
  for (const [toleration, want] of cases) assert.equal(tolerates(toleration, taint), want, JSON.stringify(toleration));
});

test('SCH-05 a Pod that did not fit is placed as soon as a node changes so that it does', () => {
  const { cluster, api } = newCluster({ nodes: 1 });
  api.patch('nodes', '', 'node-1', { spec: { unschedulable: true } }, 'merge', 'input');
  api.create(
    'pods',
    { ...podOf({ name: 'a', node: '' }), status: undefined, metadata: { name: 'a', namespace: 'default' } },
    'input',
  );
  cluster.advanceTo(3000);
  assert.equal(cluster.read.list('pods')[0]?.status.phase, 'Pending');
  assert.equal(new Set(eventsOf(cluster.log(), 'FailedScheduling')).size, 1);
  api.patch('nodes', '', 'node-1', { spec: { unschedulable: false } }, 'merge', 'input');
  cluster.advanceTo(4000);
  assert.equal(cluster.read.list('pods')[0]?.status.phase, 'Running');
});

test('SCH-03 replicas go round the nodes', () => {
  const { cluster, api } = newCluster();
  api.create('replicasets', workload('web', 6), 'input');
  cluster.advanceTo(2000);
  const nodes = cluster.read.list('pods').map((pod) => pod.spec.nodeName);
  assert.deepEqual(nodes, ['node-1', 'node-2', 'node-3', 'node-1', 'node-2', 'node-3']);
});
