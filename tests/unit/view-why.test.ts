import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainOf, isNotable, whyOf } from '../../src/view/cause.ts';
import { formatMoment, formatSpan } from '../../src/view/clock.ts';
import { isStuck, waitsOf } from '../../src/view/waits.ts';
import { logOf, made, pod, sceneOf } from '../support/scene.ts';

const set = made('ReplicaSet', 'web-1', { spec: { replicas: 2 } });

const chain = logOf(
  { atMs: 0, actor: 'you', verb: 'input' },
  { atMs: 10, actor: 'kubectl', after: set, cause: 0 },
  {
    atMs: 11,
    actor: 'replicaset-controller',
    before: set,
    after: { ...set, metadata: { ...set.metadata, resourceVersion: '2' } },
    cause: 1,
  },
  { atMs: 12, actor: 'replicaset-controller', after: pod('web-1-a', 'pending', { owner: set }), cause: 2 },
  { atMs: 13, actor: 'kubelet', before: pod('web-1-a', 'pending'), after: pod('web-1-a', 'ready'), cause: 3 },
  { atMs: 14, actor: 'kubelet', before: pod('web-1-a', 'ready'), after: pod('web-1-a', 'ready'), cause: 4 },
);

test('why: newest first, back to what the reader did; a write that changed nothing to see is left out', () => {
  assert.deepEqual(
    whyOf(chain, 'uid-web-1-a', 100).map((entry) => entry.id),
    [4, 3, 1, 0],
  );
});

test('why, asked earlier, knows only what had happened', () => {
  assert.deepEqual(
    whyOf(chain, 'uid-web-1-a', 12).map((entry) => entry.id),
    [3, 1, 0],
  );
  assert.deepEqual(whyOf(chain, 'uid-web-1-a', 5), []);
});

test('a chain ends at an entry without cause, and an unknown id is an empty chain', () => {
  assert.equal(chainOf(chain, 5).length, 6);
  assert.deepEqual(chainOf(chain, 99), []);
});

test('behind the silence of a node stands what cut it off, not what was done to it since', () => {
  const node = made('Node', 'node-1');
  const log = logOf(
    { atMs: 0, actor: 'reader', verb: 'fault', facts: { node: 'node-1', power: 'off' } },
    { atMs: 5, actor: 'reader', verb: 'fault', facts: { node: 'node-2', power: 'off' } },
    {
      atMs: 9,
      actor: 'node-controller',
      before: node,
      after: { ...node, spec: {} },
      why: 'NODE-02',
      facts: { node: 'node-1' },
    },
    { atMs: 20, actor: 'reader', verb: 'fault', facts: { node: 'node-1', power: 'on' } },
    {
      atMs: 21,
      actor: 'node-controller',
      before: node,
      after: { ...node, spec: {} },
      why: 'NODE-02',
      facts: { node: 'node-1' },
    },
  );
  assert.deepEqual(
    chainOf(log, 2).map((entry) => entry.id),
    [2, 0],
  );
  assert.deepEqual(
    chainOf(log, 4).map((entry) => entry.id),
    [4],
  );
});

test('a Lease that is renewed is no news; one that changes hands is', () => {
  const lease = (holder: string) => made('Lease', 'worker', { spec: { holderIdentity: holder } });
  const [renewed, taken] = logOf(
    { atMs: 0, actor: 'worker', before: lease('a'), after: lease('a') },
    { atMs: 1, actor: 'worker', before: lease('a'), after: lease('b') },
  );
  assert.deepEqual([renewed && isNotable(renewed), taken && isNotable(taken)], [false, true]);
});

const off = { 'node-1': { power: false, network: true } };
const cut = { 'node-1': { power: true, network: false } };
const waits = [
  { name: 'an unplaced Pod waits for the scheduler', object: pod('a', 'pending'), wait: 'schedule' },
  {
    name: 'an unschedulable Pod says what the scheduler said',
    object: made('Pod', 'a', {
      spec: { containers: [] },
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/2 nodes' }] },
    }),
    wait: 'unschedulable',
  },
  { name: 'a placed Pod waits for its kubelet', object: pod('a', 'pending', { node: 'node-1' }), wait: 'start' },
  { name: 'a running Pod waits to become ready', object: pod('a', 'starting', { node: 'node-1' }), wait: 'ready' },
  { name: 'a ready Pod waits for nothing', object: pod('a', 'ready', { node: 'node-1' }), wait: 'nothing' },
  { name: 'a leaving Pod waits for its kubelet to confirm', object: pod('a', 'leaving', { node: 'node-1' }), wait: 'stop' },
  {
    name: 'a leaving Pod on a dead node waits for ever',
    object: pod('a', 'leaving', { node: 'node-1' }),
    machines: off,
    wait: 'stop-unreachable',
  },
  {
    name: 'a cut cable looks the same',
    object: pod('a', 'leaving', { node: 'node-1' }),
    machines: cut,
    wait: 'stop-unreachable',
  },
  { name: 'a crash loop waits for its back-off', object: pod('a', 'crashing', { node: 'node-1' }), wait: 'backoff' },
  { name: 'a ReplicaSet without Pods waits for them', object: set, wait: 'pods' },
  {
    name: 'a Job with too few Pods at work waits for them',
    object: made('Job', 'pi', { spec: { completions: 5, parallelism: 2 }, status: { succeeded: 1, active: 1 } }),
    wait: 'pods',
  },
  {
    name: 'a Job waits for successes, and has no more Pods at work than are missing',
    object: made('Job', 'pi', { spec: { completions: 5, parallelism: 2 }, status: { succeeded: 4, active: 1 } }),
    wait: 'successes',
  },
  {
    name: 'a suspended Job waits for its switch',
    object: made('Job', 'pi', { spec: { parallelism: 2, suspend: true } }),
    wait: 'suspended',
  },
  {
    name: 'a Job that has failed waits for nothing',
    object: made('Job', 'pi', { spec: { completions: 1 }, status: { conditions: [{ type: 'Failed', status: 'True' }] } }),
    wait: 'nothing',
  },
  {
    name: 'a paused Deployment waits for resume',
    object: made('Deployment', 'web', { spec: { replicas: 1, paused: true } }),
    wait: 'paused',
  },
  {
    name: 'a budget that allows none waits for health',
    object: made('PodDisruptionBudget', 'b', { status: { disruptionsAllowed: 0 } }),
    wait: 'budget',
  },
] as const;
for (const one of waits) {
  test(one.name, () => {
    const scene = sceneOf({ objects: [one.object], ...('machines' in one && { machines: one.machines }) });
    assert.equal(waitsOf(scene, one.object).wait.key, one.wait);
  });
}

const timer = (atMs: number, actor: string, key: string) => ({ atMs, key, actor, cause: null });

test('timers of an object: those whose key names it, soonest first, none of the past', () => {
  const timers = [
    timer(500, 'taint-eviction-controller', 'default/a'),
    timer(300, 'kubelet', 'node-1/uid-a/default/a'),
    timer(50, 'taint-eviction-controller', 'default/a'),
    timer(400, 'taint-eviction-controller', 'default/b'),
    timer(450, 'replicaset-controller', 'default/a'),
  ];
  assert.deepEqual(
    waitsOf(sceneOf({ nowMs: 100, timers }), pod('a', 'ready')).timers.map((one) => one.atMs),
    [300, 500],
  );
});

test('only what nobody will ever do is called stuck', () => {
  const dead = sceneOf({ machines: off });
  const alive = sceneOf({});
  const leaving = pod('a', 'leaving', { node: 'node-1' });
  assert.deepEqual([isStuck(waitsOf(dead, leaving)), isStuck(waitsOf(alive, leaving))], [true, false]);
  const waiting = sceneOf({ machines: off, timers: [timer(9, 'kubelet', 'node-1/uid-a/default/a')] });
  assert.equal(isStuck(waitsOf(waiting, leaving)), false);
});

const moments = [
  [44_893, '00:44.893'],
  [0, '00:00.000'],
  [3_723_004, '1:02:03.004'],
] as const;
for (const [ms, text] of moments) test(`${ms} ms is ${text}`, () => assert.equal(formatMoment(ms), text));
const spans = [
  [250, '250 ms'],
  [4_500, '4.5 s'],
  [300_000, '5 min'],
  [7_200_000, '2 h'],
] as const;
for (const [ms, text] of spans) test(`${ms} ms takes ${text}`, () => assert.equal(formatSpan(ms), text));
