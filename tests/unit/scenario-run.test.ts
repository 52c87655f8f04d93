// A run is a function of scenario, seed and inputs: stopping, seeking, forking and rebuilding never change history.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { parseShared, replayShared, sharedOf } from '../../src/scenario/link.ts';
import { ScenarioRun } from '../../src/scenario/run.ts';
import { type Scenario, ScenarioError } from '../../src/scenario/scenario.ts';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}
`;

const scenario: Scenario = {
  name: 'small',
  title: 'small',
  cluster: { nodes: 2 },
  programs: {},
  files: { 'web.yaml': WEB },
  steps: [
    { run: 'kubectl apply -f web.yaml' },
    { settle: '3s' },
    { id: 'update', run: 'kubectl set image deploy/web web=web:2' },
    { run: 'kubectl rollout status deploy/web' },
    { wait: '10s' },
    { id: 'last', run: 'kubectl get pods' },
  ],
};

const imageOf = (run: ScenarioRun) => run.outputs.map(({ out, err, exit, atMs, endMs }) => ({ out, err, exit, atMs, endMs }));
/** A short stand-in for the whole log, so that a failure can be read. */
const logOf = (run: ScenarioRun, untilMs = Number.POSITIVE_INFINITY) =>
  createHash('sha256')
    .update(JSON.stringify(run.cluster.log().filter((entry) => entry.atMs <= untilMs)))
    .digest('hex');
const finished = () => {
  const run = ScenarioRun.start(scenario);
  run.finish();
  return run;
};

test('the same seed gives the same history, another seed another one', () => {
  assert.equal(logOf(finished()), logOf(finished()));
  const other = ScenarioRun.start(scenario, { seed: 2 });
  other.finish();
  assert.notEqual(logOf(other), logOf(finished()));
});

test('small steps of time make the same history as one big step', () => {
  const whole = finished();
  const run = ScenarioRun.start(scenario);
  while (run.nowMs < whole.nowMs) run.advanceTo(Math.min(whole.nowMs, run.nowMs + 7));
  assert.deepEqual(imageOf(run), imageOf(whole));
  assert.equal(logOf(run), logOf(whole));
});

test('one event after the other makes the same history', () => {
  const whole = finished();
  const run = ScenarioRun.start(scenario);
  let events = 0;
  while (run.nowMs < whole.nowMs && run.nextEvent(20_000)) events++;
  run.advanceTo(whole.nowMs);
  assert.ok(events > 20);
  assert.equal(logOf(run, whole.nowMs), logOf(whole));
});

test('seeking anywhere and back restores every byte', () => {
  const run = finished();
  run.advanceTo(120_000);
  const [log, image] = [logOf(run), imageOf(run)];
  for (const ms of [0, 1, 60, 777, 4000, 4001, 60_000, 119_999, 30_000]) {
    run.seek(ms);
    assert.equal(run.nowMs, ms);
  }
  run.seek(run.endMs);
  assert.equal(logOf(run), log);
  assert.deepEqual(imageOf(run), image);
});

test('a seek into the middle of a waiting command shows it running, and it ends as before', () => {
  const run = finished();
  const status = run.outputs.find((output) => 'run' in output.input && output.input.run.includes('rollout status'));
  assert.ok(status?.endMs);
  run.seek(status.atMs + 200);
  const half = run.outputs.at(-1);
  assert.equal(half?.endMs, null);
  assert.match(half?.out ?? '', /Waiting for deployment/);
  run.seek(run.endMs);
  assert.deepEqual(imageOf(run), imageOf(finished()));
});

test('a step can be held, and time stands still before it', () => {
  const run = ScenarioRun.start(scenario);
  run.advanceTo(60_000, { holdBefore: new Set(['update']) });
  assert.equal(run.held, 'update');
  assert.ok(run.nowMs < 10_000);
  const at = run.nowMs;
  run.advanceTo(60_000, { holdBefore: new Set(['update']) });
  assert.equal(run.nowMs, at);
  assert.equal(run.nextEvent(60_000, { holdBefore: new Set(['update']) }), null);
  assert.deepEqual([run.held, run.nowMs], ['update', at]);
  run.nextStep();
  assert.equal(run.held, null);
  assert.equal(run.outputs.at(-1)?.out, 'deployment.apps/web image updated\n');
});

test('what a reader does at a held step is rebuilt at the same place', () => {
  const run = ScenarioRun.start(scenario);
  run.advanceTo(60_000, { holdBefore: new Set(['update']) });
  run.input({ run: 'kubectl scale deploy web --replicas=3' });
  run.input({ script: 'hold' });
  run.advanceTo(run.nowMs + 5000);
  run.input({ script: 'go' });
  run.advanceTo(run.nowMs + 20_000);
  const again = ScenarioRun.replay(scenario, run.history);
  assert.equal(logOf(again), logOf(run));
  assert.deepEqual(imageOf(again), imageOf(run));
  assert.equal(again.stepIndex, run.stepIndex);
});

test('a fork goes its own way', () => {
  const run = finished();
  const before = logOf(run);
  const fork = run.fork();
  fork.input({ node: 'node-1', power: 'off' });
  fork.advanceTo(fork.nowMs + 400_000);
  assert.equal(logOf(run), before);
  assert.equal(
    fork.cluster.read.get('nodes', '', 'node-1')?.status.conditions?.find((c) => c.type === 'Ready')?.status,
    'Unknown',
  );
});

test('a new input in the past drops what lay ahead', () => {
  const run = finished();
  const end = run.endMs;
  run.seek(2000);
  const steps = run.stepIndex;
  run.input({ script: 'drop' });
  run.advanceTo(end);
  assert.equal(run.stepIndex, steps);
  assert.equal(run.endMs, end);
});

test('an edited file is what apply reads', () => {
  const run = ScenarioRun.start(scenario);
  run.input({ script: 'drop' });
  run.input({ file: 'web.yaml', text: WEB.replace('replicas: 2', 'replicas: 1') });
  run.input({ run: 'kubectl apply -f web.yaml' });
  run.settle();
  assert.equal(run.cluster.read.list('pods').length, 1);
});

test('Ctrl-C ends a watch', () => {
  const run = ScenarioRun.start({ ...scenario, steps: [] });
  const watch = run.input({ run: 'kubectl get pods -w' }) as number;
  run.input({ run: 'kubectl apply -f web.yaml' });
  run.advanceTo(1000);
  assert.equal(run.outputs[watch]?.endMs, null);
  run.input({ cancel: watch });
  assert.equal(run.outputs[watch]?.exit, 130);
  const printed = run.outputs[watch]?.out;
  run.advanceTo(5000);
  assert.equal(run.outputs[watch]?.out, printed);
});

test('a next event that never comes leaves the run where it was', () => {
  const run = finished();
  run.settle();
  const [at, log, end] = [run.nowMs, logOf(run), run.endMs];
  assert.equal(run.nextEvent(60_000), null);
  assert.deepEqual([run.nowMs, logOf(run), run.endMs], [at, log, end]);
});

test('next cause follows one chain', () => {
  const run = ScenarioRun.start({ ...scenario, steps: [] });
  run.input({ run: 'kubectl apply -f web.yaml' });
  const chain: string[] = [];
  for (let entry = run.nextEvent(); entry && chain.length < 5; entry = run.nextCause(entry.id, 5000))
    chain.push(entry.object?.resource ?? '');
  assert.deepEqual(chain.slice(0, 3), ['deployments', 'replicasets', 'pods']);
});

test('a step that never ends is given up with its name', () => {
  const run = ScenarioRun.start({ ...scenario, steps: [{ id: 'for-ever', run: 'kubectl get pods -w' }] });
  run.finish();
  assert.match(run.halted ?? '', /step for-ever has not ended/);
});

test('a link rebuilds a run, and a damaged one says so', () => {
  const run = ScenarioRun.start(scenario);
  run.advanceTo(5000);
  run.input({ run: 'kubectl get deploy' });
  run.advanceTo(9000);
  const shared = JSON.parse(JSON.stringify(sharedOf(run)));
  assert.equal(logOf(replayShared(scenario, parseShared(shared))), logOf(run));
  const damages: unknown[] = [
    null,
    'small',
    {},
    { ...shared, version: 2 },
    { ...shared, scenario: 7 },
    { ...shared, atMs: -1 },
    { ...shared, inputs: [{ atMs: 1 }] },
    { ...shared, inputs: 'x' },
    { ...shared, seed: 'x' },
    { ...shared, inputs: [{ atMs: 5000, step: 1, input: { nonsense: true } }] },
  ];
  for (const damage of damages)
    assert.throws(
      () => parseShared(damage),
      (error) => error instanceof ScenarioError && /(link|lab)/.test(error.message) && /(again|afresh)/.test(error.message),
    );
  assert.throws(() => replayShared({ ...scenario, name: 'other' }, parseShared(shared)), /belongs to the lab "small"/);
});
