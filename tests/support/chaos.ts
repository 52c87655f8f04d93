// A small cluster to which anything may happen: commands and faults drawn from a seed, and a way back to health.

import type { Client } from '../../src/sim/api/client.ts';
import { ApiError } from '../../src/sim/api/status.ts';
import type { Cluster, ClusterOptions } from '../../src/sim/cluster.ts';
import { performFault } from '../../src/sim/faults.ts';
import type { PodDisruptionBudget } from '../../src/sim/types.ts';
import { newCluster, workload } from './cluster.ts';
import { healthyPodsOf } from './invariants.ts';
import { jobBody } from './jobs.ts';

/** Whole numbers below a bound, by a generator of its own, so that a seed names one run for ever. */
export type Draw = (below: number) => number;

export function drawer(seed: number): Draw {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PROGRAMS = {
  'web:1': { startAfter: '300ms', readyAfter: '700ms', stopAfter: '1s' },
  'web:2': { readyAfter: '1s' },
  'web:bad': { pull: 'fail' },
  'worker:1': { election: { lease: 'worker' } },
  'task:1': { exitAfter: '2s', exitCode: [0, 1, 0, 0, 1, 0] },
};
const CLAIMS = {
  volumeClaimTemplates: [
    { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  ],
  persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
};
export const NODES = ['node-1', 'node-2', 'node-3'] as const;
const BAD_NODE = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };

export interface World {
  readonly cluster: Cluster;
  readonly api: Client;
}

/** A Deployment with a Service and a budget, one with a leader, an ordered and a parallel StatefulSet, a Job with indexes. */
export function startWorld(seed: number, options: Partial<ClusterOptions> = {}): World {
  const made = newCluster({
    nodes: 3,
    seed,
    nodeMonitorGraceSeconds: 12,
    defaultTolerationSeconds: 10,
    programs: PROGRAMS,
    ...options,
  });
  const { api, cluster } = made;
  const rolling = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } };
  const named = (spec: object) => ({ metadata: { name: 'web', namespace: 'default' }, spec });
  api.create('deployments', workload('web', 4, rolling), 'input');
  api.create('deployments', workload('worker', 3, {}, {}, 'worker:1'), 'input');
  api.create('services', named({ selector: { app: 'web' }, ports: [{ port: 80 }] }), 'input');
  api.create('poddisruptionbudgets', named({ minAvailable: 2, selector: { matchLabels: { app: 'web' } } }), 'input');
  api.create('statefulsets', workload('db', 3, { serviceName: 'db', ...CLAIMS }), 'input');
  api.create('statefulsets', workload('cache', 2, { serviceName: 'cache', podManagementPolicy: 'Parallel' }), 'input');
  const indexed = { completionMode: 'Indexed', completions: 4, parallelism: 2, backoffLimit: 100 };
  api.create('jobs', jobBody('pi', 'task:1', indexed), 'input');
  cluster.advanceTo(5000);
  return made;
}

export type Deed = (world: World, draw: Draw) => void;

const nodeOf = (draw: Draw) => NODES[draw(3)] as string;
function podOf({ cluster }: World, draw: Draw): string {
  const pods = cluster.read.list('pods');
  return pods[draw(pods.length)]?.metadata.name ?? 'none';
}
const setImage =
  (resource: string, name: string, image: string): Deed =>
  ({ api }) =>
    void api.patch(
      resource,
      'default',
      name,
      { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } },
      'strategic',
      'input',
    );
const scaleTo =
  (resource: string, name: string, most: number): Deed =>
  ({ api }, draw) =>
    void api.scale(resource, 'default', name, draw(most + 1), 'input');
const taint = ({ api, cluster }: World, node: string, isOut: boolean) => {
  const taints = cluster.read.get('nodes', '', node)?.spec.taints?.filter(({ key }) => key !== BAD_NODE.key) ?? [];
  api.patch('nodes', '', node, { spec: { taints: isOut ? [...taints, BAD_NODE] : taints } }, 'merge', 'input');
};

/** Evicts; fails when the budget of `web` was kept by its numbers and is broken now (PDB-06). */
function evict({ cluster, api }: World, pod: string): void {
  const budget = () => cluster.read.get('poddisruptionbudgets', 'default', 'web') as PodDisruptionBudget;
  const before = budget();
  const isUpToDate = !cluster.state.pending.has('disruption-controller\ndefault/web');
  const healthy = healthyPodsOf(cluster, before);
  api.evict('default', pod, {}, 'input');
  const now = healthyPodsOf(cluster, before);
  if (now < healthy && isUpToDate && now < before.status.desiredHealthy)
    throw new Error(`PDB-06 evicting ${pod} left ${now} healthy of ${before.status.desiredHealthy}`);
  if (now < healthy && budget().status.disruptionsAllowed >= before.status.disruptionsAllowed)
    throw new Error(`PDB-06 evicting ${pod} cost the budget nothing`);
}

export const COMMANDS: readonly Deed[] = [
  scaleTo('deployments', 'web', 6),
  scaleTo('statefulsets', 'db', 4),
  scaleTo('statefulsets', 'cache', 4),
  (world, draw) => setImage('deployments', 'web', ['web:1', 'web:2', 'web:bad'][draw(3)] as string)(world, draw),
  (world, draw) => setImage('statefulsets', 'db', ['web:1', 'web:2'][draw(2)] as string)(world, draw),
  (world, draw) => setImage('statefulsets', 'cache', ['web:1', 'web:bad'][draw(2)] as string)(world, draw),
  (world, draw) => void world.api.delete('pods', 'default', podOf(world, draw), {}, 'input'),
  (world, draw) => void world.api.delete('pods', 'default', podOf(world, draw), { gracePeriodSeconds: 0 }, 'input'),
  (world, draw) => evict(world, podOf(world, draw)),
  (world, draw) => {
    for (const { metadata } of world.cluster.read.podsOn(nodeOf(draw))) attempt(() => evict(world, metadata.name));
  },
  ({ api }, draw) => void api.patch('nodes', '', nodeOf(draw), { spec: { unschedulable: draw(2) === 0 } }, 'merge', 'input'),
  (world, draw) => {
    const labels = { app: ['web', 'db', 'other'][draw(3)] as string };
    world.api.patch('pods', 'default', podOf(world, draw), { metadata: { labels } }, 'merge', 'input');
  },
  ({ api }, draw) => {
    const rollingUpdate = { maxSurge: draw(3), maxUnavailable: draw(2) === 0 ? '50%' : 1 };
    api.patch('deployments', 'default', 'web', { spec: { strategy: { rollingUpdate } } }, 'merge', 'input');
  },
  ({ api }, draw) => void api.patch('deployments', 'default', 'web', { spec: { paused: draw(2) === 0 } }, 'merge', 'input'),
  ({ api }, draw) => void api.patch('jobs', 'default', 'pi', { spec: { suspend: draw(2) === 0 } }, 'merge', 'input'),
  ({ api }, draw) => void api.patch('jobs', 'default', 'pi', { spec: { parallelism: draw(4) } }, 'merge', 'input'),
  ({ api }, draw) => {
    const policy = ['Orphan', 'Background', 'Foreground'][draw(3)] as 'Orphan';
    api.delete('statefulsets', 'default', 'cache', { propagationPolicy: policy }, 'input');
  },
  ({ api }) =>
    void api.create('statefulsets', workload('cache', 2, { serviceName: 'cache', podManagementPolicy: 'Parallel' }), 'input'),
];

/** Switches the power of a node. */
export const performNodeFault = (cluster: Cluster, node: string, isOff: boolean): void =>
  void performFault(cluster, { node, power: isOff ? 'off' : 'on' });

export const FAULTS: readonly Deed[] = [
  ({ cluster }, draw) => performNodeFault(cluster, nodeOf(draw), draw(2) === 0),
  ({ cluster }, draw) => void performFault(cluster, { node: nodeOf(draw), network: draw(2) === 0 ? 'off' : 'on' }),
  (world, draw) => {
    const container = ['freeze', 'thaw', 'crash', 'sick', 'well'][draw(5)] as string;
    performFault(world.cluster, { container, pod: podOf(world, draw) });
  },
  (world, draw) => taint(world, nodeOf(draw), draw(2) === 0),
];

/** Does it; what the API server refuses is no fault of the deed. */
export function attempt(deed: () => void): void {
  try {
    deed();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** Ends all faults and asks for what can be reached: no image that is missing, nothing paused, no stray Pods. */
export function heal(world: World): void {
  const { cluster, api } = world;
  const last: Draw = (below) => Math.min(3, below - 1);
  for (const node of NODES) {
    performFault(cluster, { node, power: 'on' });
    performFault(cluster, { node, network: 'on' });
    taint(world, node, false);
    api.patch('nodes', '', node, { spec: { unschedulable: null } }, 'merge', 'input');
  }
  for (const { metadata } of cluster.read.list('pods')) {
    for (const container of ['thaw', 'well']) performFault(cluster, { container, pod: metadata.name });
    if (!metadata.ownerReferences?.length) attempt(() => api.delete('pods', 'default', metadata.name, {}, 'input'));
  }
  api.patch('deployments', 'default', 'web', { spec: { paused: null } }, 'merge', 'input');
  api.patch('jobs', 'default', 'pi', { spec: { suspend: false, parallelism: 2 } }, 'merge', 'input');
  setImage('deployments', 'web', 'web:1')(world, last);
  scaleTo('deployments', 'web', 3)(world, last);
  scaleTo('statefulsets', 'db', 3)(world, last);
  attempt(() => setImage('statefulsets', 'cache', 'web:1')(world, last));
}

/** Lets time pass until a minute brings no news but heartbeats and no key waits for another try; false when the limit came first. */
export function settles(cluster: Cluster, limitMs: number): boolean {
  const endMs = cluster.nowMs + limitMs;
  while (cluster.nowMs < endMs) {
    const from = cluster.logLength;
    cluster.advanceTo(cluster.nowMs + 60_000);
    const isNews = ({ verb, object }: { verb: string; object?: { resource: string } }) =>
      verb !== 'observe' && object?.resource !== 'leases' && object?.resource !== 'events';
    if (!cluster.log(from).some(isNews) && cluster.state.failures.size === 0) return true;
  }
  return false;
}
