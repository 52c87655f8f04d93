// Random commands and faults on many seeds: what must never happen, and that the cluster comes to rest once faults are over.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/sim/api/client.ts';
import { ApiError } from '../../src/sim/api/status.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { fencepostsOf } from '../../src/sim/controllers/deployment/fenceposts.ts';
import { performFault } from '../../src/sim/faults.ts';
import type { Deployment, Lease, LogEntry, Pod, PodDisruptionBudget } from '../../src/sim/types.ts';
import { newCluster, workload } from '../support/cluster.ts';

/** More with `SEEDS=200 node --test tests/property/sim-invariants.test.ts`. */
const SEEDS = Number(process.env['SEEDS'] ?? 24);

/** A small generator of its own, so that a failing seed can be named and replayed. */
function chance(seed: number): (below: number) => number {
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
};

function start(seed: number): { readonly cluster: Cluster; readonly api: Client } {
  const made = newCluster({ nodes: 3, seed, nodeMonitorGraceSeconds: 12, defaultTolerationSeconds: 10, programs: PROGRAMS });
  const rolling = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } };
  made.api.create('deployments', workload('web', 4, rolling), 'input');
  made.api.create('deployments', workload('worker', 3, {}, {}, 'worker:1'), 'input');
  made.api.create(
    'services',
    { metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } },
    'input',
  );
  made.api.create(
    'poddisruptionbudgets',
    { metadata: { name: 'web', namespace: 'default' }, spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } } },
    'input',
  );
  made.api.create('statefulsets', workload('db', 3, { serviceName: 'db' }), 'input');
  made.cluster.advanceTo(5000);
  return made;
}

type Deed = (cluster: Cluster, api: Client, draw: (below: number) => number) => void;

const nodeName = (draw: (below: number) => number) => `node-${1 + draw(3)}`;
const podName = (cluster: Cluster, draw: (below: number) => number) => {
  const pods = cluster.read.list('pods');
  return pods[draw(pods.length)]?.metadata.name ?? 'none';
};
const COMMANDS: Deed[] = [
  (_, api, draw) => api.scale('deployments', 'default', 'web', draw(7), 'input'),
  (_, api, draw) =>
    api.patch(
      'deployments',
      'default',
      'web',
      {
        spec: { template: { spec: { containers: [{ name: 'c', image: ['web:1', 'web:2', 'web:bad'][draw(3)] as string }] } } },
      },
      'strategic',
      'input',
    ),
  (cluster, api, draw) => api.delete('pods', 'default', podName(cluster, draw), {}, 'input'),
  (cluster, api, draw) => api.evict('default', podName(cluster, draw), {}, 'input'),
  (_, api, draw) => api.patch('nodes', '', nodeName(draw), { spec: { unschedulable: draw(2) === 0 } }, 'merge', 'input'),
  (cluster, api, draw) =>
    api.patch(
      'pods',
      'default',
      podName(cluster, draw),
      { metadata: { labels: { app: draw(2) === 0 ? 'web' : 'other' } } },
      'merge',
      'input',
    ),
];
COMMANDS.push(
  (_, api, draw) => api.scale('statefulsets', 'default', 'db', draw(5), 'input'),
  (_, api, draw) =>
    api.patch(
      'statefulsets',
      'default',
      'db',
      { spec: { template: { spec: { containers: [{ name: 'c', image: ['web:1', 'web:2'][draw(2)] as string }] } } } },
      'strategic',
      'input',
    ),
  (cluster, api, draw) => api.delete('pods', 'default', podName(cluster, draw), { gracePeriodSeconds: 0 }, 'input'),
);
const FAULTS: readonly Deed[] = [
  (cluster, _, draw) => void performFault(cluster, { node: nodeName(draw), power: draw(2) === 0 ? 'off' : 'on' }),
  (cluster, _, draw) => void performFault(cluster, { node: nodeName(draw), network: draw(2) === 0 ? 'off' : 'on' }),
  (cluster, _, draw) =>
    void performFault(cluster, {
      container: ['freeze', 'thaw', 'crash', 'sick', 'well'][draw(5)] as string,
      pod: podName(cluster, draw),
    }),
];

function perform(deed: Deed, cluster: Cluster, api: Client, draw: (below: number) => number): void {
  try {
    deed(cluster, api, draw);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** What must hold of each write. */
function check(entry: LogEntry, cluster: Cluster, seed: number): void {
  const { after, before } = entry;
  if (
    entry.object?.resource === 'replicasets' &&
    entry.why === 'DEP-06' &&
    after &&
    before &&
    after.spec.replicas > before.spec.replicas
  ) {
    const deployment = cluster.read.get(
      'deployments',
      'default',
      after.metadata.ownerReferences?.[0]?.name ?? '',
    ) as Deployment;
    const total = cluster.read
      .controlledBy('replicasets', deployment.metadata.uid)
      .reduce((sum, rs) => sum + rs.spec.replicas, 0);
    assert.ok(
      total <= deployment.spec.replicas + fencepostsOf(deployment).maxSurge,
      `seed ${seed}: DEP-06 surge at ${entry.atMs}`,
    );
  }
  if (entry.object?.resource === 'poddisruptionbudgets' && after) {
    const { disruptionsAllowed } = (after as PodDisruptionBudget).status;
    assert.ok(disruptionsAllowed === undefined || disruptionsAllowed >= 0, `seed ${seed}: PDB-06 at ${entry.atMs}`);
  }
  if (entry.object?.resource === 'leases' && after && before && after.metadata.namespace === 'default') {
    const [old, next] = [(before as Lease).spec, (after as Lease).spec];
    const isTaken = old.holderIdentity !== '' && next.holderIdentity !== old.holderIdentity && next.holderIdentity !== '';
    const validUntil = Date.parse(old.renewTime ?? '') + (old.leaseDurationSeconds ?? 0) * 1000;
    assert.ok(
      !isTaken || validUntil <= Date.parse(next.renewTime ?? ''),
      `seed ${seed}: LE-03 taken while held at ${entry.atMs}`,
    );
  }
}

/** STS-14: an ordinal is only made when all lower ones are up. The log tells what was there at that moment. */
function checkOrder(entry: LogEntry, seed: number, live: Map<string, Pod>): void {
  if (entry.object?.resource !== 'pods' || !entry.object.name.startsWith('db-')) return;
  const { name } = entry.object;
  if (entry.verb === 'create') {
    assert.ok(!live.has(name), `seed ${seed}: STS-17 two ${name} at ${entry.atMs}`);
    for (let ordinal = Number(name.slice(3)) - 1; entry.why === 'STS-13' && ordinal >= 0; ordinal--) {
      const lower = live.get(`db-${ordinal}`);
      const isUp =
        lower?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') &&
        !lower.metadata.deletionTimestamp;
      assert.ok(isUp, `seed ${seed}: STS-14 ${name} made before db-${ordinal} was up, at ${entry.atMs}`);
    }
  }
  if (entry.after) live.set(name, entry.after as Pod);
  else live.delete(name);
}

function settle(cluster: Cluster, limitMs: number): boolean {
  const isQuiet = (entry: LogEntry) =>
    entry.verb === 'observe' || entry.object?.resource === 'leases' || entry.object?.resource === 'events';
  const endMs = cluster.nowMs + limitMs;
  for (;;) {
    const from = cluster.logLength;
    cluster.advanceTo(cluster.nowMs + 60_000);
    if (cluster.log(from).every(isQuiet)) return true;
    if (cluster.nowMs >= endMs) return false;
  }
}

test('surge, budgets and leases hold after every write, and the cluster settles once faults are over', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const draw = chance(seed);
    const { cluster, api } = start(seed);
    const live = new Map<string, Pod>();
    for (const entry of cluster.log()) checkOrder(entry, seed, live);
    let seen = cluster.logLength;
    for (let round = 0; round < 12; round++) {
      const deeds = draw(3) === 0 ? FAULTS : COMMANDS;
      perform(deeds[draw(deeds.length)] as Deed, cluster, api, draw);
      const untilMs = cluster.nowMs + draw(8000);
      do {
        for (const entry of cluster.log(seen)) {
          check(entry, cluster, seed);
          checkOrder(entry, seed, live);
        }
        seen = cluster.logLength;
      } while (cluster.nextEvent(untilMs));
      cluster.advanceTo(untilMs);
    }
    for (const node of ['node-1', 'node-2', 'node-3']) {
      performFault(cluster, { node, power: 'on' });
      performFault(cluster, { node, network: 'on' });
      api.patch('nodes', '', node, { spec: { unschedulable: null } }, 'merge', 'input');
    }
    for (const pod of cluster.read.list('pods'))
      for (const deed of ['thaw', 'well']) performFault(cluster, { container: deed, pod: pod.metadata.name });
    perform(COMMANDS[1] as Deed, cluster, api, () => 0);
    perform(COMMANDS[0] as Deed, cluster, api, () => 3);
    perform(COMMANDS[6] as Deed, cluster, api, () => 3);
    assert.ok(settle(cluster, 1_200_000), `seed ${seed}: does not settle`);
    const { status, spec } = cluster.read.get('deployments', 'default', 'web') as Deployment;
    assert.deepEqual(
      [status.updatedReplicas, status.availableReplicas, status.replicas],
      [spec.replicas, spec.replicas, spec.replicas],
      `seed ${seed}`,
    );
  }
});

test('CTL-01 dropping and repeating wake-ups changes no final state', () => {
  const finalOf = (distort: (cluster: Cluster, n: number) => void) => {
    const { cluster, api } = start(7);
    const run = (ms: number) => {
      const untilMs = cluster.nowMs + ms;
      for (let n = 0; cluster.nextEvent(untilMs); n++) distort(cluster, n);
      cluster.advanceTo(untilMs);
    };
    api.scale('deployments', 'default', 'web', 6, 'input');
    run(5000);
    api.patch(
      'deployments',
      'default',
      'web',
      { spec: { template: { spec: { containers: [{ name: 'c', image: 'web:2' }] } } } },
      'strategic',
      'input',
    );
    run(30_000);
    return ['pods', 'replicasets', 'deployments', 'poddisruptionbudgets'].map((resource) =>
      cluster.read
        .list(resource)
        .map(({ spec, status }) => [spec?.replicas, status?.replicas, status?.availableReplicas, status?.disruptionsAllowed])
        .sort(),
    );
  };
  const plain = finalOf(() => undefined);
  const repeated = finalOf((cluster, n) => {
    if (n % 3 !== 0) return;
    for (const [actor, resource] of [
      ['deployment-controller', 'deployments'],
      ['replicaset-controller', 'replicasets'],
      ['disruption-controller', 'poddisruptionbudgets'],
    ] as const)
      for (const { metadata } of cluster.read.list(resource))
        cluster.act(actor, null, (ctx) => ctx.after(1 + (n % 5), `${metadata.namespace}/${metadata.name}`));
  });
  assert.deepEqual(repeated, plain);
});
