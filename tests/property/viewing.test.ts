// How a reader looks never changes what happens: frame rate, pausing, stepping, seeking, forking, leaving and coming back by a link.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashText } from '../../src/base/random.ts';
import { ScenarioRun } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { Input } from '../../src/scenario/timeline.ts';
import { deployment } from '../support/terminal.ts';

const END_MS = 60_000;
const scenario: Scenario = {
  name: 'viewing',
  title: 'viewing',
  cluster: { nodes: 2, nodeMonitorGrace: '10s', defaultToleration: '5s' },
  programs: { 'web:2': { readyAfter: '2s' } },
  files: { 'web.yaml': deployment('web', 'web:1', 3) },
  steps: [
    { run: 'kubectl apply -f web.yaml' },
    { settle: '2s' },
    { id: 'update', run: 'kubectl set image deploy/web web=web:2' },
    { run: 'kubectl rollout status deploy/web --timeout=20s' },
    { wait: '5s' },
    { id: 'off', node: 'node-2', power: 'off' },
    { wait: '20s' },
    { run: 'kubectl get pods' },
  ],
};

/** What a reader does, each some time after the one before. */
const DEEDS: readonly Input[] = [
  { run: 'kubectl scale deploy web --replicas=4' },
  { run: 'kubectl delete pod -l app=web' },
  { run: 'kubectl get pods -w --request-timeout=3s' },
  { run: 'kubectl rollout restart deploy/web' },
  { node: 'node-1', power: 'off' },
  { node: 'node-1', power: 'on' },
  { container: 'crash', of: 'app=web' },
  { file: 'web.yaml', text: deployment('web', 'web:3', 2) },
  { run: 'kubectl apply -f web.yaml' },
  { script: 'hold' },
  { script: 'go' },
];
const deeds = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 12_000 }), deed: fc.constantFrom(...DEEDS) }), {
  maxLength: 5,
});

/** What a reader does to look. Times are parts of what there is to see. */
type Look =
  | { readonly frames: number; readonly everyMs: number }
  | { readonly event: number }
  | { readonly cause: true }
  | { readonly seek: number }
  | { readonly fork: number }
  | { readonly link: true };
const looks = fc.array(
  fc.oneof(
    fc.record({ frames: fc.integer({ min: 1, max: 40 }), everyMs: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ event: fc.integer({ min: 1, max: 8 }) }),
    fc.constant<Look>({ cause: true }),
    fc.record({ seek: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ fork: fc.nat(DEEDS.length - 1) }),
    fc.constant<Look>({ link: true }),
  ),
  { maxLength: 12 },
);

/** Looks around; returns the run to go on with (a link opens a new one). */
function look(run: ScenarioRun, way: Look, isFree: boolean): ScenarioRun {
  if ('frames' in way) for (let i = 0; i < way.frames; i++) run.advanceTo(run.nowMs + way.everyMs);
  else if ('event' in way) for (let i = 0; i < way.event; i++) run.nextEvent(5000);
  else if ('cause' in way) run.nextCause(undefined, 5000);
  else if ('seek' in way) run.seek(Math.round(way.seek * run.endMs));
  else if ('fork' in way) {
    const fork = run.fork();
    fork.input(DEEDS[way.fork] as Input);
    fork.advanceTo(fork.nowMs + 20_000);
  } else if (isFree) return ScenarioRun.replay(scenario, run.history);
  return run;
}

const fingerprintOf = (run: ScenarioRun): string =>
  [...run.cluster.log(), ...run.outputs].reduce((sum, part) => hashText(JSON.stringify(part), sum), 7).toString(16);

interface Story {
  readonly atMs: number;
  readonly deed: Input;
}

function told(seed: number, story: readonly Story[], between: (run: ScenarioRun) => ScenarioRun): ScenarioRun {
  let run = ScenarioRun.start(scenario, { seed });
  for (const { atMs, deed } of story) {
    run = between(run);
    if (run.nowMs > atMs || run.endMs > atMs) run.seek(atMs);
    run.advanceTo(atMs);
    run.input(deed);
  }
  run = between(run);
  if (run.endMs > END_MS) run.seek(END_MS);
  run.advanceTo(END_MS);
  return run;
}

test('frame rate, pausing, stepping, seeking, forking and links never change history', () => {
  fc.assert(
    fc.property(fc.nat(10_000), deeds, fc.infiniteStream(looks), (seed, acts, ways) => {
      let atMs = 0;
      const story = acts.map(({ afterMs, deed }) => {
        atMs += afterMs;
        return { atMs, deed };
      });
      const plain = told(seed, story, (run) => run);
      const viewed = told(seed, story, (run) =>
        (ways.next().value as readonly Look[]).reduce((now, way) => look(now, way, now.nowMs === now.endMs), run),
      );
      assert.equal(viewed.nowMs, plain.nowMs);
      assert.equal(fingerprintOf(viewed), fingerprintOf(plain));
      assert.deepEqual(viewed.inputs, plain.inputs);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 60) },
  );
});

test('after a rewind, going on repeats what was done; doing something else instead forgets it', () => {
  const run = told(1, [{ atMs: 5000, deed: { run: 'kubectl scale deploy web --replicas=4' } }], (now) => now);
  const whole = fingerprintOf(run);
  run.seek(1000);
  run.advanceTo(30_000);
  run.nextEvent();
  run.advanceTo(END_MS);
  assert.equal(fingerprintOf(run), whole);
  run.seek(1000);
  run.input({ run: 'kubectl get nodes' });
  run.advanceTo(END_MS);
  assert.deepEqual(
    run.inputs.map(({ input }) => input),
    [{ run: 'kubectl get nodes' }],
  );
  assert.notEqual(run.cluster.read.get('deployments', 'default', 'web')?.spec.replicas, 4);
});
