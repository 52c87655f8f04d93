// Whatever fails, in whatever order: a replicated store never lets both sides of a partition write, and never forgets or mixes up what
// it has confirmed, as long as fewer than half of its disks are lost at a time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Cluster } from '../../src/sim/cluster.ts';
import { performFault } from '../../src/sim/faults.ts';
import { localPods } from '../../src/sim/kubelet/machine.ts';
import { ask, memberPod, replicated } from '../support/quorum.ts';

const NODES = ['node-1', 'node-2', 'node-3', 'node-4'] as const;
const places = fc
  .constantFrom(3, 5)
  .chain((count) => fc.array(fc.constantFrom(...NODES), { minLength: count, maxLength: count }));

test('APP-08 APP-09 two writers on both sides of a partition never both succeed', () => {
  const taken = { one: 0, none: 0 };
  fc.assert(
    fc.property(places, fc.subarray([...NODES]), fc.nat(1000), (nodes, cut, seed) => {
      const cluster = replicated(nodes, seed);
      for (const node of cut) performFault(cluster, { node, network: 'off' });
      const writes = nodes.map((node, i) => ({
        // A cut node reaches nobody, so each is a side of its own; the others are one side.
        side: cut.includes(node) ? node : 'together',
        reply: ask(cluster, i, 'PUT', 'colour', `from ${i}`),
      }));
      const sides = new Set(writes.filter(({ reply }) => reply.status === 200).map(({ side }) => side));
      assert.ok(sides.size <= 1, JSON.stringify({ nodes, cut, writes }));
      taken[sides.size === 0 ? 'none' : 'one']++;
      for (const node of cut) performFault(cluster, { node, network: 'on' });
      cluster.advanceTo(cluster.nowMs + 3000);
      const last = writes.findLastIndex(({ reply }) => reply.status === 200);
      const read = nodes.map((_, i) => ask(cluster, i, 'GET', 'colour').text);
      if (last >= 0) assert.deepEqual([...new Set(read)], [`from ${last}`]);
    }),
    { numRuns: 60, seed: 7 },
  );
  assert.ok(taken.one > 20 && taken.none > 3, JSON.stringify(taken));
});

type Deed =
  | { readonly kind: 'put' | 'get'; readonly at: number }
  | { readonly kind: 'freeze' | 'thaw' | 'crash' | 'lose'; readonly at: number }
  | { readonly kind: 'cut' | 'join' | 'off' | 'on'; readonly node: number }
  | { readonly kind: 'wait'; readonly ms: number };

const deeds = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('put', 'get'), at: fc.nat(4) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('freeze', 'thaw', 'crash', 'lose'), at: fc.nat(4) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cut', 'join', 'off', 'on'), node: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 1, max: 4000 }) }) },
  ),
  { minLength: 10, maxLength: 60 },
) as fc.Arbitrary<readonly Deed[]>;

/** Members whose disk knows who the members are: the others wait to catch up. */
function isWhole(cluster: Cluster, i: number): boolean {
  const claim = cluster.read.get('persistentvolumeclaims', 'default', `data-db-${i}`);
  const disk = cluster.state.machines.get(`disk/volume/${claim?.spec.volumeName}`) as { readonly texts?: object } | undefined;
  return Object.keys(disk?.texts ?? {}).includes('/members');
}

/** A disk breaks: its files are gone, and the process with them. */
function loseDisk(cluster: Cluster, i: number): void {
  const claim = cluster.read.get('persistentvolumeclaims', 'default', `data-db-${i}`);
  cluster.act('kubelet', null, (ctx) => ctx.machines.delete(`disk/volume/${claim?.spec.volumeName}`));
  performFault(cluster, { container: 'crash', pod: memberPod(i) });
  const running = localPods(cluster.state.machines).find(({ local }) => local.pod.metadata.name === memberPod(i));
  // A machine that is off keeps no process to end; its next start finds the new disk.
  assert.ok(running);
}

function perform(cluster: Cluster, deed: Deed, count: number): void {
  if (deed.kind === 'wait') cluster.advanceTo(cluster.nowMs + deed.ms);
  else if ('node' in deed) {
    const node = NODES[deed.node] as string;
    if (deed.kind === 'cut' || deed.kind === 'join')
      performFault(cluster, { node, network: deed.kind === 'cut' ? 'off' : 'on' });
    else performFault(cluster, { node, power: deed.kind });
  } else {
    const at = deed.at % count;
    const whole = Array.from({ length: count }, (_, i) => i).filter((i) => isWhole(cluster, i));
    const most = Math.floor(count / 2) + 1;
    if (deed.kind !== 'lose') performFault(cluster, { container: deed.kind, pod: memberPod(at) });
    else if (!whole.includes(at) || whole.length > most) loseDisk(cluster, at);
  }
}

test('APP-08 an acknowledged write is read after any loss of a minority, and nothing else is ever read', () => {
  const seen = { put: 0, get: 0, refused: 0, lost: 0 };
  fc.assert(
    fc.property(places, deeds, fc.nat(1000), (nodes, script, seed) => {
      const cluster = replicated(nodes, seed);
      let last = '';
      let writes = 0;
      for (const deed of script) {
        if (deed.kind === 'lose') seen.lost++;
        if (deed.kind !== 'put' && deed.kind !== 'get') {
          perform(cluster, deed, nodes.length);
          continue;
        }
        const value = `v${writes++}`;
        const at = deed.at % nodes.length;
        const { status, text } = ask(cluster, at, deed.kind === 'put' ? 'PUT' : 'GET', 'colour', value);
        if (status === 503 || status === 0) seen.refused++;
        else if (deed.kind === 'put') {
          assert.equal(status, 200, text);
          last = value;
          seen.put++;
        } else {
          assert.equal(status === 404 ? '' : text, last, JSON.stringify({ nodes, script }));
          seen.get++;
        }
      }
      for (const node of NODES) {
        performFault(cluster, { node, network: 'on' });
        performFault(cluster, { node, power: 'on' });
      }
      nodes.forEach((_, i) => {
        performFault(cluster, { container: 'thaw', pod: memberPod(i) });
      });
      cluster.advanceTo(cluster.nowMs + 400_000);
      nodes.forEach((_, i) => {
        const { status, text } = ask(cluster, i, 'GET', 'colour');
        assert.equal(status === 404 ? '' : text, last, `at the end db-${i}: ${text} ${JSON.stringify({ nodes, script })}`);
      });
    }),
    { numRuns: 60, seed: 11 },
  );
  assert.ok(seen.put > 100 && seen.get > 100 && seen.refused > 100 && seen.lost > 20, JSON.stringify(seen));
});
