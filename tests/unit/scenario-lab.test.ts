// What a lab adds to a scenario: predicates, predictions, goals, narration; and what a wrong file is told.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { consoleText, runConsole } from '../../src/scenario/console.ts';
import { checkGoal, isGoalReached, Narrator } from '../../src/scenario/goal.ts';
import { outputDifference } from '../../src/scenario/mask.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { checkPredicate, holds } from '../../src/scenario/predicate.ts';
import { answerOf } from '../../src/scenario/predict.ts';
import { ScenarioRun } from '../../src/scenario/run.ts';
import { ScenarioError } from '../../src/scenario/scenario.ts';

const FILE = `name: small
title: small
cluster: {nodes: 2}
programs: {'web:1': {startAfter: 300ms, readyAfter: 700ms}}
files:
  web.yaml: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {app: web}}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: "web:1"}]}
steps:
- run: kubectl apply -f web.yaml
- settle: 3s
- id: scale
  run: kubectl scale deploy web --replicas=3
- settle: 3s
- id: list
  run: kubectl get deploy
lab:
  title: {en: Small, zh: 小}
  narration:
  - {when: {ready app=web: 2}, en: Two., zh: 两个。}
  - {when: {pods app=web: 3}, en: Three., zh: 三个。}
  predictions:
  - id: how-many
    stop: scale
    read: list
    ask: {en: How many?, zh: 几个？}
    choices:
    - {when: {ready app=web: 2}, en: Two, zh: 两个}
    - {when: {ready app=web: 3}, en: Three, zh: 三个}
    why: {en: Because., zh: 因为。}
  - id: and-without
    stop: scale
    read: list
    instead: {scale: {run: kubectl get pods}}
    ask: {en: How many?, zh: 几个？}
    choices:
    - {when: {pods app=web: '< 3'}, en: Two, zh: 两个}
    - {when: {pods app=web: '>= 3'}, en: Three, zh: 三个}
    why: {en: Because., zh: 因为。}
  goal:
    ask: {en: Get to four., zh: 到四个。}
    check: {ready app=web: 4}
    without: ['--force']
    hints: [{en: Scale., zh: 扩。}, {en: Type it., zh: 打字。}]
    solutions:
    - [{run: kubectl scale deploy web --replicas=4}, {settle: 3s}]
`;

const scenario = parseScenario(FILE, 'small.yaml');

test('a fork decides which choice is right', () => {
  assert.equal(answerOf(scenario, 'how-many').choice, 1);
  assert.equal(answerOf(scenario, 'and-without').choice, 0);
});

test('none or two right choices are an error', () => {
  const both = parseScenario(FILE.replace('{ready app=web: 2}, en: Two, zh', "{ready app=web: '>= 3'}, en: Two, zh"), 'x.yaml');
  assert.throws(() => answerOf(both, 'how-many'), /has 2 right choices after step "list"/);
  const none = parseScenario(FILE.replace('{ready app=web: 3}, en: Three', '{ready app=web: 9}, en: Three'), 'x.yaml');
  assert.throws(() => answerOf(none, 'how-many'), /has no right choice/);
  assert.throws(() => answerOf(scenario, 'nope'), /there is no prediction "nope". Known are: how-many, and-without/);
});

test('the goal is reached by its solution, and not by a forbidden word', () => {
  checkGoal(scenario);
  const run = ScenarioRun.start(scenario);
  run.finish();
  assert.equal(isGoalReached(run), false);
  run.input({ run: 'kubectl scale deploy web --replicas=4' });
  run.settle();
  assert.equal(isGoalReached(run), true);
  run.input({ run: 'kubectl delete pod nothing --force' });
  run.settle();
  assert.equal(isGoalReached(run), false);
  const early = parseScenario(FILE.replace('check: {ready app=web: 4}', 'check: {ready app=web: 3}'), 'x.yaml');
  assert.throws(() => checkGoal(early), /holds before anybody did anything/);
  const weak = parseScenario(FILE.replace('web --replicas=4}, {settle', 'web --replicas=5}, {settle'), 'x.yaml');
  assert.throws(() => checkGoal(weak), /solution 1 does not reach the goal/);
});

test('a solution may write a file, which the next command reads', () => {
  const edited = FILE.replace('- [{run: kubectl scale deploy web --replicas=4}, {settle: 3s}]', (line) => {
    const text = FILE.slice(FILE.indexOf('    apiVersion'), FILE.indexOf('steps:'))
      .replaceAll('\n    ', '\n')
      .replace('replicas: 2', 'replicas: 4');
    return `${line}\n    - [{file: web.yaml, text: ${JSON.stringify(text.trim())}}, {run: kubectl apply -f web.yaml}, {settle: 3s}]`;
  });
  checkGoal(parseScenario(edited, 'edited.yaml'));
  assert.throws(() => parseScenario(edited.replace(', text: ', ', txt: '), 'x.yaml'), /solutions\.1\.0\.txt is not known here/);
  assert.throws(
    () => parseScenario(edited.replace('file: web.yaml', 'file: 3'), 'x.yaml'),
    /solutions\.1\.0\.file is not a text/,
  );
});

test('notes appear in order, once, and a rewind takes them back', () => {
  const run = ScenarioRun.start(scenario);
  const narrator = new Narrator();
  for (let ms = 50; ms <= 12_000; ms += 50) {
    run.advanceTo(ms);
    narrator.look(run);
  }
  assert.deepEqual(
    narrator.told.map((note) => note.index),
    [0, 1],
  );
  run.seek((narrator.told[1]?.atMs ?? 0) - 100);
  narrator.look(run);
  assert.equal(narrator.told.length, 1);
});

const shown = ScenarioRun.start(scenario);
shown.finish();
shown.input({ node: 'node-1', network: 'off' });
const pod = shown.cluster.read.list('pods')[0];
const predicates: readonly (readonly [Readonly<Record<string, string | number>>, boolean])[] = [
  [{ 'ready app=web': 3 }, true],
  [{ 'ready app=web': '>= 3', 'pods app=web': '< 4' }, true],
  [{ 'ready app=web': 3, 'pods app=web': 4 }, false],
  [{ 'pods app=web on node-9': 0 }, true],
  [{ 'pods app=web with web:1': 3, 'pods app=web with web:2': 0 }, true],
  [{ 'ready app=web with web:1 on node-9': 0 }, true],
  [{ 'field deployments/web spec.strategy.type': 'RollingUpdate' }, true],
  [{ 'field deployments/web spec.strategy.type': 'Recreate' }, false],
  [{ 'field deployments/web spec.paused': 'gone', 'field deployments/other spec.replicas': 'gone' }, true],
  [{ 'processes app=web': 3 }, true],
  [{ 'processes nobody': 0 }, true],
  [{ 'leaders app=web': 0 }, true],
  [{ "lines app=web 'x'": 0 }, true],
  [{ [`pod/${pod?.metadata.name}`]: 'Running 1/1' }, true],
  [{ 'pod/nothing': 'gone' }, true],
  [{ 'node/node-1': 'Ready' }, true],
  [{ 'node/node-1': 'NotReady' }, false],
  [{ 'holder lease/nobody': 'gone' }, true],
  [{ 'answers kubernetes': 1, 'answers kubernetes.default.svc.cluster.local A': 1 }, true],
  [{ 'answers nobody': 0, 'answers nobody SRV': 0 }, true],
  [{ 'answers kubernetes': 0 }, false],
];
for (const [predicate, wanted] of predicates)
  test(`${JSON.stringify(predicate)} is ${wanted}`, () => {
    assert.equal(checkPredicate(predicate), null);
    assert.equal(holds(predicate, shown.cluster), wanted);
  });

test('predicates see volumes: one by name, and how many are in a phase', () => {
  const path = 'tests/golden/scenarios/storage-static-binding.yaml';
  const run = ScenarioRun.start(parseScenario(readFileSync(path, 'utf8'), path));
  run.finish();
  const seen = { 'pv/five': 'Bound', 'pv/two': 'Released', 'pv/none': 'gone', volumes: 3, 'volumes Available': 1 };
  assert.equal(checkPredicate(seen), null);
  assert.equal(holds(seen, run.cluster), true);
  assert.equal(holds({ 'pv/two': 'Available' }, run.cluster), false);
  assert.equal(holds({ 'volumes Released': 2 }, run.cluster), false);
});

const wrongs: readonly (readonly [from: string, to: string, says: RegExp])[] = [
  ['name: small\n', '', /^f\.yaml:1: the file has no name\. Add name/],
  ['- settle: 3s', '- settle: 3', /^f\.yaml:18: steps\.1\.settle is not a text\. /],
  [
    '- settle: 3s',
    '- settle: soon',
    /^f\.yaml:18: steps\.1\.settle is "soon", which is no duration\. Write it as 500ms, 3s or 2m\.$/,
  ],
  ['- settle: 3s', '- {node: node-1, power: true}', /steps\.1\.power is true. Write 'on' or 'off', in quotes\.$/],
  ['- settle: 3s', '- {node: node-1}', /steps\.1 says nothing about the node/],
  ['- settle: 3s', '- {settle: 3s, wait: 2s}', /steps\.1 is no step/],
  ['- settle: 3s', '- {dns: db}', /steps\.1 has no type/],
  ['- settle: 3s', '- {container: burn, pod: x}', /steps\.1\.container is "burn"/],
  ['cluster: {nodes: 2}', 'cluster: {nods: 2}', /^f\.yaml:3: cluster\.nods is not known here\. Known are: nodes/],
  ['stop: scale', 'stop: scael', /stop is "scael", and no step has that id\. Known are: scale, list/],
  ['zh: 几个？', 'cn: 几个？', /ask has no text in "zh"/],
  [
    'ready app=web: 2}, en: Two.',
    'redy app=web: 2}, en: Two.',
    /narration\.0\.when cannot be read: "redy app=web" is not known\. Write pod\/<name>/,
  ],
  ['ready app=web: 2}, en: Two.', 'ready app=web: many}, en: Two.', /is compared with "many"\. Write a number/],
  ['hints: [{en: Scale., zh: 扩。}, ', 'hints: [', /hints does not hold two entries/],
  ['- id: list', '- id: scale', /steps\.4\.id is "scale", which an earlier step has/],
  ['lab:', 'lab: [', /this is not YAML/],
];
for (const [from, to, says] of wrongs)
  test(`a scenario with ${to || 'no name'} is refused with place and next step`, () => {
    assert.ok(FILE.includes(from));
    assert.throws(
      () => parseScenario(FILE.replace(from, to), 'f.yaml'),
      (error) => error instanceof ScenarioError && says.test(error.message) && /^f\.yaml:\d+: /.test(error.message),
    );
  });

test('a console block is what the run steps print, ages and generated names aside', () => {
  const entries = runConsole(scenario);
  assert.deepEqual(
    entries.map((entry) => entry.command),
    ['kubectl apply -f web.yaml', 'kubectl scale deploy web --replicas=3', 'kubectl get deploy'],
  );
  const text = consoleText(entries[2] as (typeof entries)[number]);
  assert.match(text, /^NAME {3}READY .*\nweb {4}3\/3 /);
  assert.deepEqual(outputDifference('kubectl get deploy', text.replace(/\d+s$/, '99m'), text), []);
  assert.deepEqual(outputDifference('kubectl get deploy', text.replace('3/3', '2/3'), text), [
    '- web | 2/3 | 3 | 3 | ~',
    '+ web | 3/3 | 3 | 3 | ~',
  ]);
  const pods =
    'NAME                   READY   STATUS    RESTARTS   AGE\nweb-8698b85fd5-rg7x8   1/1     Running   0          9s\n';
  assert.deepEqual(
    outputDifference('kubectl get pods', pods, pods.replace('8698b85fd5-rg7x8', '6b9f7cd4d8-zzkq2').replace('9s', '8s')),
    [],
  );
  assert.notDeepEqual(outputDifference('kubectl get pods', pods, pods.replace('Running', 'Pending')), []);
});
