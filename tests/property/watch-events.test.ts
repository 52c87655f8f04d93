// Dropping, repeating and reordering watch events changes no final state: actors are driven by what is, not by what they were told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/sim/cluster.ts';
import { ACTORS } from '../../src/sim/controllers/all.ts';
import { controllerOf } from '../../src/sim/controllers/ownership.ts';
import type { Json } from '../../src/sim/types.ts';
import { attempt, type Deed, type Draw, drawer, heal, NODES, performNodeFault, settles, startWorld } from '../support/chaos.ts';
import { type Distortion, withUnreliableWatches } from '../support/watches.ts';

const SEEDS = Number(process.env['SEEDS'] ?? 30);
/** Seeds that once failed, beyond the first ones; they stay. 262: a claim that outlived its Pod, see `endOf`. */
const KEPT: readonly number[] = [262];
const seeds = [...KEPT, ...Array.from({ length: SEEDS }, (_, i) => i + 1)];

const image =
  (resource: string, name: string): Deed =>
  ({ api }, draw) => {
    const containers = [{ name: 'c', image: ['web:1', 'web:2'][draw(2)] as string }];
    api.patch(resource, 'default', name, { spec: { template: { spec: { containers } } } }, 'strategic', 'input');
  };
const scale =
  (resource: string, name: string): Deed =>
  ({ api }, draw) =>
    void api.scale(resource, 'default', name, draw(6), 'input');
const remove =
  (prefix: string): Deed =>
  ({ api, cluster }) => {
    const pod = cluster.read.list('pods').find(({ metadata }) => metadata.name.startsWith(prefix));
    if (pod) api.delete('pods', 'default', pod.metadata.name, {}, 'input');
  };

/** What does not ask how far things have got: the same deeds make sense in both runs. */
const DEEDS: readonly Deed[] = [
  scale('deployments', 'web'),
  scale('statefulsets', 'db'),
  scale('statefulsets', 'cache'),
  image('deployments', 'web'),
  image('statefulsets', 'db'),
  image('statefulsets', 'cache'),
  remove('web-'),
  remove('db-'),
  remove('pi-'),
  ({ api }, draw) => void api.patch('jobs', 'default', 'pi', { spec: { parallelism: draw(4) } }, 'merge', 'input'),
  ({ api }, draw) =>
    void api.patch('nodes', '', NODES[draw(3)] as string, { spec: { unschedulable: draw(2) === 0 } }, 'merge', 'input'),
  ({ api }, draw) =>
    void api.patch('poddisruptionbudgets', 'default', 'web', { spec: { minAvailable: draw(4) } }, 'merge', 'input'),
  ({ cluster }, draw) => performNodeFault(cluster, NODES[draw(3)] as string, draw(2) === 0),
];

/** The end as a reader sees it, without what chance names: times, uids, generated names, places. */
function endOf(cluster: Cluster): Json {
  const counts = (resource: 'deployments' | 'statefulsets') =>
    cluster.read.list(resource).map(({ metadata, spec, status }) => {
      const { replicas = 0, readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
      return [metadata.name, spec.replicas, replicas, readyReplicas, updatedReplicas, availableReplicas];
    });
  const pods = cluster.read.list('pods').map((pod) => {
    const owner = controllerOf(pod);
    const name = owner?.kind === 'StatefulSet' ? pod.metadata.name : owner?.name.replace(/-[0-9a-f]+$/, '');
    return `${name} ${pod.spec.containers[0]?.image} ${pod.status.phase}`;
  });
  const { disruptionsAllowed, currentHealthy, desiredHealthy } =
    cluster.read.get('poddisruptionbudgets', 'default', 'web')?.status ?? {};
  const [slice] = cluster.read.list('endpointslices');
  // A Pod beyond the range that is gone before its set can look at its claim leaves it behind (STS-12, STS-42): that is a matter of timing.
  const db = cluster.read.get('statefulsets', 'default', 'db');
  const job = cluster.read.get('jobs', 'default', 'pi')?.status;
  return JSON.parse(
    JSON.stringify({
      deployments: counts('deployments'),
      sets: counts('statefulsets'),
      pods: pods.filter((line) => !line.startsWith('pi')).sort(),
      budget: [disruptionsAllowed, currentHealthy, desiredHealthy],
      endpoints: (slice?.endpoints as { conditions: unknown }[] | undefined)?.map(({ conditions }) => conditions),
      claims: cluster.read
        .list('persistentvolumeclaims')
        .filter(({ metadata }) => Number(metadata.name.split('-').at(-1)) < (db?.spec.replicas ?? 0))
        .map(({ metadata, status }) => `${metadata.name} ${status?.phase}`)
        .sort(),
      job: [job?.succeeded, job?.active ?? 0, job?.completedIndexes],
      nodes: cluster.read.list('nodes').map(({ spec }) => spec.taints ?? []),
    }),
  ) as Json;
}

function play(seed: number, distort: Draw | null, seen: Distortion): Json {
  const world = startWorld(seed, distort ? { actors: withUnreliableWatches(ACTORS, distort, seen) } : {});
  const draw = drawer(seed);
  for (let round = 0; round < 10; round++) {
    const deed = DEEDS[draw(DEEDS.length)] as Deed;
    const numbers = [draw(1000), draw(1000)];
    attempt(() => deed(world, (below) => (numbers.shift() ?? 0) % below));
    world.cluster.advanceTo(world.cluster.nowMs + draw(6000));
  }
  heal(world);
  assert.ok(settles(world.cluster, 2_400_000), `seed ${seed}: does not settle`);
  return endOf(world.cluster);
}

test(`watch events lost, repeated and out of order change no final state, on ${seeds.length} seeds`, () => {
  const seen: Distortion = { lost: 0, repeated: 0 };
  for (const seed of seeds) assert.deepEqual(play(seed, drawer(seed + 1000), seen), play(seed, null, seen), `seed ${seed}`);
  assert.ok(seen.lost > 100 * seeds.length && seen.repeated > 30 * seeds.length, JSON.stringify(seen));
});
