import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEntry } from '../../src/sim/types.ts';
import { lanesOf } from '../../src/view/lanes.ts';
import { layoutTimeline, marksOf } from '../../src/view/layout.ts';
import { foldTimeline } from '../../src/view/timeline.ts';
import { logOf, made, pod } from '../support/scene.ts';

const deployment = made('Deployment', 'web', { spec: { replicas: 1 } });
const set = made('ReplicaSet', 'web-85d5b476dd', { owner: deployment, spec: { replicas: 1 } });
const name = 'web-85d5b476dd-4tfc6';
const born = pod(name, 'pending', { owner: set });
const bound = pod(name, 'pending', { owner: set, node: 'node-1' });

/** A Deployment of one, from the command to the ready Pod, then deleted by hand. */
const story = logOf(
  { atMs: 0, actor: 'you', verb: 'input', facts: { run: 'kubectl apply -f web.yaml' } },
  { atMs: 50, actor: 'kubectl', after: deployment, cause: 0 },
  { atMs: 60, actor: 'deployment-controller', after: set, cause: 1 },
  { atMs: 70, actor: 'replicaset-controller', after: born, cause: 2 },
  { atMs: 80, actor: 'default-scheduler', before: born, after: bound, cause: 3 },
  { atMs: 400, actor: 'kubelet', before: bound, after: pod(name, 'starting', { owner: set, node: 'node-1' }), cause: 4 },
  { atMs: 700, actor: 'kubelet', before: bound, after: pod(name, 'ready', { owner: set, node: 'node-1' }), cause: 5 },
  { atMs: 720, actor: 'replicaset-controller', before: set, after: { ...set, status: { readyReplicas: 1 } }, cause: 6 },
  { atMs: 900, actor: 'kubectl', before: bound, after: pod(name, 'leaving', { owner: set, node: 'node-1' }), cause: null },
  { atMs: 1200, actor: 'kubelet', verb: 'remove', before: bound, cause: 8 },
);

const shape = (log: readonly LogEntry[]) =>
  lanesOf(foldTimeline(null, log)).map(({ lane, depth }) => [
    `${'  '.repeat(depth)}${lane.kind} ${lane.name}`,
    lane.bars.map((bar) => `${bar.word} ${bar.fromMs}–${bar.toMs ?? ''}`),
    lane.deeds.map((deed) => `${deed.label.key} ${deed.atMs}`),
  ]);

test('lanes: you, controllers, then workloads with what they own; reports turn bars, decisions are deeds', () => {
  assert.deepEqual(shape(story), [
    ['you you', [], ['input 0']],
    ['actor default-scheduler', [], ['bind 80']],
    ['workload web', [], ['create 60']],
    ['  workload web-85d5b476dd', [], ['create 70']],
    ['    pod web-…4tfc6', ['Pending 70–400', 'Running 0/1 400–700', 'Running 1/1 700–900', 'Terminating 900–1200'], []],
  ]);
});

test('folding a growing log gives what folding it at once gives', () => {
  let fold = foldTimeline(null, story.slice(0, 3));
  for (let n = 4; n <= story.length; n++) fold = foldTimeline(fold, story.slice(0, n));
  assert.deepEqual([...fold.lanes.values()], [...foldTimeline(null, story).lanes.values()]);
});

test('another history starts anew', () => {
  const fold = foldTimeline(null, story);
  const other = logOf({ atMs: 5, actor: 'you', verb: 'input' });
  assert.equal(foldTimeline(fold, other).lanes.size, 1);
});

test('a Service counts the addresses of all its slices', () => {
  const slice = (name: string, ready: number) =>
    made('EndpointSlice', name, {
      meta: { labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: Array.from({ length: ready }, () => ({ conditions: { ready: true } })),
    });
  const fold = foldTimeline(
    null,
    logOf(
      { atMs: 0, actor: 'endpoint-slice-controller', after: slice('a', 2) },
      { atMs: 5, actor: 'endpoint-slice-controller', after: slice('b', 1) },
      { atMs: 9, actor: 'endpoint-slice-controller', before: slice('a', 2), verb: 'remove' },
    ),
  );
  assert.deepEqual(
    fold.lanes.get('service default/web')?.bars.map((bar) => bar.word),
    ['2', '3', '1'],
  );
});

const commands = [
  ['kubectl apply -f web.yaml', 'input'],
  ['kubectl get pods -w', 'look'],
  ['kubectl rollout status deploy/web', 'look'],
  ['kubectl rollout undo deploy/web', 'input'],
  ['kubectl getaway', 'input'],
] as const;
for (const [run, key] of commands) {
  test(`${run} is drawn as ${key}`, () => {
    const you = foldTimeline(null, logOf({ atMs: 0, actor: 'kubectl', verb: 'input', facts: { run } })).lanes.get('you');
    assert.equal(you?.deeds[0]?.label.key, key);
  });
}

test('what a program does are ticks on the lane of its Pod, and refusals are bad ones', () => {
  const store = pod('store-0', 'ready');
  const object = { resource: 'pods', kind: 'Pod', namespace: 'default', name: 'store-0', uid: 'uid-store-0' };
  const note = (id: number, why: string, facts: object): LogEntry => ({
    id,
    atMs: id * 10,
    actor: 'store-0',
    verb: 'observe',
    cause: null,
    why,
    object,
    facts: { ...facts },
  });
  const log = [
    ...logOf({ atMs: 0, actor: 'kubectl', after: store }),
    note(1, 'APP-02', {}),
    note(2, 'APP-03', {}),
    note(3, 'APP-04', { answer: '500 from web' }),
    note(4, 'APP-04', { answer: '200 from web' }),
  ];
  assert.deepEqual(
    foldTimeline(null, log)
      .lanes.get('object uid-store-0')
      ?.ticks.map((tick) => [tick.atMs, tick.bad]),
    [
      [10, false],
      [20, true],
      [30, true],
      [40, false],
    ],
  );
});

const node = (ready: boolean) =>
  made('Node', 'node-1', { status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] } });

test('a node without power looks Ready to the API until somebody notices; the truth is drawn beside', () => {
  const fold = foldTimeline(
    null,
    logOf(
      { atMs: 0, actor: 'kubelet', after: node(true) },
      { atMs: 4000, actor: 'you', verb: 'fault', facts: { node: 'node-1', power: 'off' } },
      { atMs: 16000, actor: 'node-controller', before: node(true), after: node(false), cause: 1 },
      { atMs: 20000, actor: 'you', verb: 'fault', facts: { node: 'node-1', power: 'on' } },
    ),
  );
  const lane = fold.lanes.get('node node-1');
  assert.deepEqual(
    lane?.bars.map((bar) => [bar.look, bar.fromMs, bar.toMs]),
    [
      ['up', 0, 16000],
      ['down', 16000, null],
    ],
  );
  assert.deepEqual(
    lane?.truth.map((bar) => [bar.look, bar.fromMs, bar.toMs]),
    [['off', 4000, 20000]],
  );
});

test('three creations in one breath are one diamond that counts', () => {
  const pods = [1, 2, 3].map((i) => ({
    atMs: 100 + i,
    actor: 'replicaset-controller',
    after: pod(`web-85d5b476dd-${i}`, 'pending', { owner: set }),
  }));
  const lane = foldTimeline(null, logOf({ atMs: 0, actor: 'kubectl', after: set }, ...pods)).lanes.get(
    `object ${set.metadata.uid}`,
  );
  assert.deepEqual(
    lane?.deeds.map((deed) => [deed.label.key, deed.label.facts['count'], deed.entries]),
    [['create', 3, [1, 2, 3]]],
  );
});

test('more than a dozen Pods of one owner share a lane that counts them', () => {
  const entries = [
    { atMs: 0, actor: 'deployment-controller', after: set },
    ...Array.from({ length: 20 }, (_, i) => ({
      atMs: 10,
      actor: 'replicaset-controller',
      after: pod(`web-85d5b476dd-${i}`, 'pending', { owner: set }),
    })),
    { atMs: 500, actor: 'kubelet', after: pod('web-85d5b476dd-0', 'ready', { owner: set }), before: born },
  ];
  const shown = lanesOf(foldTimeline(null, logOf(...entries)));
  const crowd = shown.find((lane) => lane.crowd !== null);
  assert.equal(crowd?.pods, 20);
  assert.deepEqual(
    crowd?.crowd?.map((step) => [step.atMs, step.counts.pending, step.counts.ready, step.total]),
    [
      [10, 20, undefined, 20],
      [500, 19, 1, 20],
    ],
  );
});

const say = (label: { readonly key: string }) => label.key;
const options = { pxPerMs: 0.5, nowMs: 800, headMs: 1200, minWidth: 300, arrowsOf: 6, say };

test('layout: what begins after now is later, what goes on ends at the head, arrows follow causes', () => {
  const layout = layoutTimeline(foldTimeline(null, story), story, options);
  const bars = layout.lanes.at(-1)?.bars ?? [];
  assert.deepEqual(
    bars.map((bar) => [bar.x, bar.width, bar.later]),
    [
      [45, 165, false],
      [210, 150, false],
      [360, 100, false],
      [460, 150, true],
    ],
  );
  // you → deployment → set → Pod, over the scheduler and back to the Pod: one arrow for each change of lane.
  assert.deepEqual(
    layout.arrows.map((arrow) => arrow.key.split(' ')[0]),
    ['2', '3', '3', '4', '5'],
  );
  assert.equal(layout.nowX, 410);
});

test('a label is left out where the next diamond would lie on it', () => {
  const log = logOf({ atMs: 0, actor: 'you', verb: 'input' }, { atMs: 20, actor: 'you', verb: 'input' });
  const [you] = layoutTimeline(foldTimeline(null, log), log, options).lanes;
  assert.deepEqual(
    you?.deeds.map((deed) => deed.shown),
    [false, true],
  );
});

const axes = [
  { pxPerMs: 0.02, step: 5000 },
  { pxPerMs: 1, step: 100 },
  { pxPerMs: 0.0001, step: 1_200_000 },
];
for (const { pxPerMs, step } of axes)
  test(`at ${pxPerMs} px a millisecond the axis steps ${step} ms`, () =>
    assert.equal(marksOf(10 * step, pxPerMs)[1]?.atMs, step));
