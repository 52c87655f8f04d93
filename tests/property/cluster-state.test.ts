// The state is a value: a snapshot goes on like the original, a fork never touches where it came from, a seed decides everything.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ApiRequest } from '../../src/sim/api/door.ts';
import { Cluster } from '../../src/sim/cluster.ts';
import { ACTORS } from '../../src/sim/controllers/all.ts';
import { DEPLOYMENTS, deployment, PODS } from '../support/server.ts';

const FROM = { actor: 'kubectl', cause: null, why: 'input' };
const MERGE = 'application/merge-patch+json';

type Move = { readonly wait: number } | { readonly request: ApiRequest } | { readonly deletePod: number };

const web = `${DEPLOYMENTS}/web`;
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ wait: fc.integer({ min: 1, max: 20_000 }) }),
  fc
    .integer({ min: 0, max: 6 })
    .map((replicas): Move => ({ request: { verb: 'patch', path: web, body: { spec: { replicas } }, contentType: MERGE } })),
  fc.integer({ min: 1, max: 4 }).map(
    (n): Move => ({
      request: {
        verb: 'patch',
        path: web,
        body: { spec: { template: { spec: { containers: [{ name: 'web', image: `web:${n}` }] } } } },
        contentType: 'application/strategic-merge-patch+json',
      },
    }),
  ),
  fc.record({ deletePod: fc.nat(5) }),
  fc.constant<Move>({ request: { verb: 'delete', path: web } }),
  fc.constant<Move>({ request: { verb: 'create', path: DEPLOYMENTS, body: deployment({ replicas: 2 }) } }),
);

function play(cluster: Cluster, moves: readonly Move[]): Cluster {
  for (const step of moves) {
    if ('wait' in step) cluster.advanceTo(cluster.nowMs + step.wait);
    else if ('request' in step) cluster.request(step.request, FROM);
    else {
      const name = cluster.read.list('pods')[step.deletePod]?.metadata.name;
      if (name) cluster.request({ verb: 'delete', path: `${PODS}/${name}` }, FROM);
    }
  }
  return cluster;
}

const begin = (seed: number) => Cluster.create({ nodes: 2, seed, actors: ACTORS });
const historyOf = (cluster: Cluster) => JSON.stringify(cluster.log());

test('snapshot and continue is the same as continue', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.array(move, { maxLength: 12 }), fc.array(move, { maxLength: 12 }), (seed, before, after) => {
      const straight = play(play(begin(seed), before), after);
      const resumed = play(Cluster.from(play(begin(seed), before).snapshot(), ACTORS), after);
      assert.equal(historyOf(resumed), historyOf(straight));
    }),
    { numRuns: 30 },
  );
});

test('a fork never affects its origin', () => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.array(move, { maxLength: 8 }),
      fc.array(move, { maxLength: 8 }),
      fc.array(move, { maxLength: 8 }),
      (seed, before, aside, after) => {
        const origin = play(begin(seed), before);
        const taken = origin.snapshot();
        play(Cluster.from(taken, ACTORS), aside);
        const again = play(Cluster.from(taken, ACTORS), after);
        play(origin, after);
        assert.equal(historyOf(origin), historyOf(play(play(begin(seed), before), after)));
        assert.equal(historyOf(again), historyOf(origin));
      },
    ),
    { numRuns: 20 },
  );
});

test('the same seed and moves write the same log; how time is cut changes nothing', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.array(move, { maxLength: 8 }), fc.integer({ min: 1, max: 500 }), (seed, moves, slice) => {
      const whole = play(begin(seed), moves);
      const sliced = begin(seed);
      for (const step of moves) {
        if (!('wait' in step)) play(sliced, [step]);
        else for (let left = step.wait; left > 0; left -= slice) sliced.advanceTo(sliced.nowMs + Math.min(slice, left));
      }
      assert.equal(historyOf(sliced), historyOf(whole));
    }),
    { numRuns: 20 },
  );
});

test('no object in the log is ever changed afterwards', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.array(move, { maxLength: 10 }), fc.array(move, { maxLength: 10 }), (seed, before, after) => {
      const cluster = play(begin(seed), before);
      const entries = cluster.log();
      const text = JSON.stringify(entries);
      play(cluster, after);
      assert.equal(JSON.stringify(entries), text);
    }),
    { numRuns: 20 },
  );
});
