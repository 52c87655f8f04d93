// When a lab has settled, as far as it can be told without a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScenario } from '../../src/scenario/parse.ts';
import { ScenarioRun } from '../../src/scenario/run.ts';
import { isStopping } from '../../src/ui/lab/ahead.ts';

const FILE = `name: slow
title: slow
cluster: {nodes: 1}
programs: {'web:1': {startAfter: 300ms, readyAfter: 700ms, stopAfter: 5s}}
files:
  web.yaml: |
    apiVersion: v1
    kind: Pod
    metadata: {name: web}
    spec: {containers: [{name: web, image: "web:1"}]}
steps:
- run: kubectl apply -f web.yaml
- settle: 3s
- run: kubectl delete pod web --wait=false
`;

/** A run one second after the deletion was asked for. */
function deleted(): ScenarioRun {
  const run = ScenarioRun.start(parseScenario(FILE, 'stop.yaml'));
  while (run.stepIndex < 3) run.advanceTo(run.nowMs + 100);
  assert.equal(run.cluster.read.list('pods').length, 1);
  run.advanceTo(run.nowMs + 1000);
  return run;
}

test('a program that needs longer to stop than a lab waits for news keeps it from being settled', () => {
  const run = deleted();
  run.advanceTo(run.nowMs + 3000);
  assert.equal(isStopping(run), true);
  run.advanceTo(run.nowMs + 2000);
  assert.equal(run.cluster.read.list('pods').length, 0);
  assert.equal(isStopping(run), false);
});

test('a Pod whose time to stop is over, on a node that cannot say so, is waited for no longer', () => {
  const run = deleted();
  run.input({ power: 'off', node: 'node-1' });
  run.advanceTo(run.nowMs + 31_000);
  assert.equal(run.cluster.read.list('pods').length, 1);
  assert.equal(isStopping(run), false);
});
