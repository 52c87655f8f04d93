// Init containers run one after another before the others, and a preStop hook takes its time out of the grace period.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScenarioRun } from '../../src/scenario/run.ts';
import type { Json } from '../../src/sim/types.ts';

const pod = (spec: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n${spec}`;
const TWO = `  initContainers:
  - {name: first, image: "first:1"}
  - {name: second, image: "second:1"}
  containers: [{name: main, image: "main:1"}]
`;
const PROGRAMS = {
  'first:1': { exitAfter: '2s' },
  'second:1': { exitAfter: '3s' },
  'broken:1': { exitAfter: '1s', exitCode: 1 },
};

class World {
  readonly run: ScenarioRun;
  constructor(manifest: string, programs: Readonly<Record<string, Json>> = PROGRAMS) {
    this.run = ScenarioRun.start({
      name: 'init',
      title: 'init',
      cluster: { nodes: 1 },
      programs,
      files: { 'p.yaml': manifest },
      steps: [],
    });
    this.type('kubectl apply -f p.yaml');
  }
  type(line: string, limitMs = 60_000): string {
    const output = this.run.input({ run: line }) as number;
    this.run.waitFor(output, limitMs);
    const { out, err } = this.run.outputs[output] as { out: string; err: string };
    return out + err;
  }
  at(ms: number): string {
    this.run.advanceTo(ms);
    return this.type("kubectl get pod p --no-headers -o custom-columns=':.status.phase'").trim();
  }
  status = () => this.type('kubectl get pod p --no-headers').split(/ +/)[2];
  get = (path: string) => this.type(`kubectl get pod p -o jsonpath='{${path}}'`);
}

test('POD-02 POD-04 init containers run one after another, and only then the others', () => {
  const world = new World(pod(TWO));
  assert.equal(world.at(1500), 'Pending');
  assert.equal(world.status(), 'Init:0/2');
  assert.equal(world.get('.status.containerStatuses[0].state.waiting.reason'), 'PodInitializing');
  assert.equal(
    world.get('.status.conditions[?(@.type=="Initialized")].message'),
    'containers with incomplete status: [first second]',
  );
  world.run.advanceTo(4000);
  assert.equal(world.status(), 'Init:1/2');
  assert.equal(world.get('.status.initContainerStatuses[*].ready'), 'true false');
  world.run.advanceTo(7000);
  assert.equal(world.status(), 'Running');
  assert.equal(world.get('.status.initContainerStatuses[*].state.terminated.reason'), 'Completed Completed');
  const [first, second, main] = [
    'initContainerStatuses[0].state.terminated.finishedAt',
    'initContainerStatuses[1].state.terminated.startedAt',
    'containerStatuses[0].state.running.startedAt',
  ].map((path) => world.get(`.status.${path}`));
  assert.ok((first as string) <= (second as string) && (second as string) < (main as string));
});

test('POD-07 an init container that fails is started again, and the Pod waits', () => {
  const world = new World(pod(TWO.replace('second:1', 'broken:1')));
  world.run.advanceTo(9000);
  assert.match(world.status() as string, /^Init:(Error|CrashLoopBackOff)$/);
  world.run.advanceTo(60_000);
  assert.ok(Number(world.get('.status.initContainerStatuses[1].restartCount')) > 1);
  assert.equal(world.get('.status.initContainerStatuses[0].restartCount'), '0');
  assert.equal(world.get('.status.phase'), 'Pending');
});

test('POD-03 with restartPolicy Never a failed init container fails the Pod', () => {
  const world = new World(pod(`  restartPolicy: Never\n${TWO.replace('first:1', 'broken:1')}`));
  assert.equal(world.at(6000), 'Failed');
  assert.equal(world.status(), 'Init:Error');
  assert.equal(world.get('.status.containerStatuses[0].state.waiting.reason'), 'PodInitializing');
});

test('a Pod can be deleted while it initializes', () => {
  const world = new World(pod(TWO));
  world.run.advanceTo(1500);
  world.type('kubectl delete pod p');
  assert.match(world.type('kubectl get pod p'), /NotFound/);
});

test('an init container whose program is not told to end ends when it would be ready', () => {
  const world = new World(pod(TWO), {});
  assert.equal(world.at(5000), 'Running');
  const waiting = new World(pod(TWO), { 'second:1': { readyAfter: 'never' } });
  waiting.run.advanceTo(30_000);
  assert.equal(waiting.status(), 'Init:1/2');
});

const hooked = (hook: string, grace: number) =>
  pod(
    `  terminationGracePeriodSeconds: ${grace}\n  containers: [{name: main, image: "main:1", lifecycle: {preStop: ${hook}}}]\n`,
  );
const goneAfter = (manifest: string, programs: Readonly<Record<string, Json>> = {}) => {
  const world = new World(manifest, programs);
  world.run.advanceTo(5000);
  world.type('kubectl delete pod p', 120_000);
  return (world.run.nowMs - 5000) / 1000;
};

const hooks: readonly (readonly [
  name: string,
  hook: string,
  grace: number,
  programs: Readonly<Record<string, Json>>,
  from: number,
  to: number,
])[] = [
  ['sleeps before the program is told to stop', '{sleep: {seconds: 5}}', 30, {}, 5.3, 5.7],
  ['may be a command that sleeps', '{exec: {command: [sh, -c, sleep 4]}}', 30, {}, 4.3, 4.7],
  ['comes out of the grace period', '{sleep: {seconds: 5}}', 8, { 'main:1': { stopAfter: '20s' } }, 8, 8.4],
  [
    'is cut off at the end of the grace period, and two seconds are left',
    '{sleep: {seconds: 60}}',
    6,
    { 'main:1': { stopAfter: '20s' } },
    8,
    8.4,
  ],
];
for (const [name, hook, grace, programs, from, to] of hooks)
  test(`POD-15 a preStop hook ${name}`, () => {
    const seconds = goneAfter(hooked(hook, grace), programs);
    assert.ok(seconds >= from && seconds <= to, `gone after ${seconds} s`);
  });
