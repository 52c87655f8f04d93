// The operator of Stores: what it makes, what it does before it shrinks a set, and that it does nothing while it does not run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScenarioRun } from '../../src/scenario/run.ts';
import { planStore } from '../../src/sim/controllers/operator.ts';
import type { KubeObject } from '../../src/sim/types.ts';
import { OPERATOR, STORE_CRD, store } from '../support/operator.ts';

const FILES = {
  'crd.yaml': STORE_CRD,
  'operator.yaml': OPERATOR,
  'carts.yaml': store(3),
  'two.yaml': store(2),
  'none.yaml': store(0),
};

class World {
  readonly run = ScenarioRun.start({
    name: 'operator',
    title: 'operator',
    cluster: { nodes: 3 },
    programs: { 'operator:1': { operator: {} }, 'store:1': { store: { dir: '/data' } } },
    files: FILES,
    steps: [],
  });

  type(line: string, limitMs = 120_000): string {
    const output = this.run.input({ run: line }) as number;
    this.run.waitFor(output, limitMs);
    const { out, err } = this.run.outputs[output] as { out: string; err: string };
    return out + err;
  }
  curl = (...words: readonly string[]) => this.type(`kubectl exec client -- curl -s ${words.join(' ')}`).trimEnd();
  put = (member: number, key: string, value: string) =>
    this.curl('-X PUT', `-d ${value}`, `http://carts-${member}.carts/${key}`);
  at = (path: string, object = 'store carts') => this.type(`kubectl get ${object} -o jsonpath='{${path}}'`);
  logs = () => this.type('kubectl logs deploy/operator');
}

/** Three members with a key each, and someone to ask. */
function shop(): World {
  const world = new World();
  for (const line of ['kubectl apply -f crd.yaml', 'kubectl run client --image=client:1']) world.type(line);
  world.run.settle();
  for (const file of ['operator.yaml', 'carts.yaml']) world.type(`kubectl apply -f ${file}`);
  world.run.settle();
  for (const [member, key] of [
    [0, 'anna'],
    [1, 'ben'],
    [2, 'cleo'],
    [2, 'dora'],
  ] as const)
    assert.equal(world.put(member, key, `${key}-7`), `stored by carts-${member}`);
  return world;
}

test('OP-01 OP-02 OP-05 a Store becomes a headless Service and a StatefulSet of its own, and says how it is', () => {
  const world = shop();
  assert.match(world.type('kubectl get stores'), /^NAME +MEMBERS +READY +REASON\ncarts +3 +True +AllMembersReady\n$/);
  assert.equal(world.at('.spec.clusterIP', 'svc carts'), 'None');
  assert.equal(world.at('.metadata.ownerReferences[0].kind', 'sts carts'), 'Store');
  assert.equal(world.at('.status.conditions[0].message'), '3 of 3 members are ready');
});

test('OP-03 OP-04 keys of the members that leave are moved before the set shrinks', () => {
  const world = shop();
  assert.equal(world.type('kubectl scale store carts --replicas=2'), 'store.ordinal.example/carts scaled\n');
  world.run.advanceTo(world.run.nowMs + 100);
  assert.equal(world.at('.spec.replicas', 'sts carts'), '3');
  assert.equal(world.at('.status.conditions[0].reason'), 'MovingKeys');
  world.run.settle();
  assert.equal(world.at('.spec.replicas', 'sts carts'), '2');
  assert.equal(world.curl('http://carts-0.carts/cleo'), 'cleo-7');
  assert.equal(world.curl('http://carts-0.carts/dora'), 'dora-7');
  assert.equal(world.curl('http://carts-1.carts/ben'), 'ben-7');
  assert.match(
    world.logs(),
    /carts: moved cleo from carts-2 to carts-0\n.*carts: moved dora from carts-2 to carts-0\n.*members 3 -> 2\n/s,
  );
  assert.match(
    world.type('kubectl describe store carts'),
    /Normal +Shrunk .* store-operator +moved every key off the leaving members, members 3 -> 2\n/,
  );
  const whys = world.run.cluster.log().map(({ why }) => why);
  assert.ok(whys.lastIndexOf('OP-03') < whys.lastIndexOf('OP-04'));
});

test('OP-04 without the operator nothing happens, and when it is back it goes on where it was', () => {
  const world = shop();
  world.type('kubectl scale deploy operator --replicas=0');
  world.run.settle();
  world.type('kubectl scale store carts --replicas=1');
  world.run.settle(5000);
  assert.equal(world.at('.spec.replicas', 'sts carts'), '3');
  world.type('kubectl scale deploy operator --replicas=1');
  world.run.settle();
  assert.equal(world.at('.spec.replicas', 'sts carts'), '1');
  for (const key of ['anna', 'ben', 'cleo', 'dora']) assert.equal(world.curl(`http://carts-0.carts/${key}`), `${key}-7`);
});

test('OP-03 an operator that is killed in the middle of a move ends it after its return, and loses nothing', () => {
  const world = shop();
  world.type('kubectl scale store carts --replicas=2');
  world.type('kubectl delete pod -l app=operator --grace-period=0 --force');
  world.run.settle();
  assert.equal(world.at('.spec.replicas', 'sts carts'), '2');
  for (const key of ['cleo', 'dora']) assert.equal(world.curl(`http://carts-0.carts/${key}`), `${key}-7`);
});

test('OP-03 a member that does not answer may not leave', () => {
  const world = shop();
  world.run.input({ container: 'freeze', of: 'statefulset.kubernetes.io/pod-name=carts-2' });
  world.type('kubectl scale store carts --replicas=2');
  world.run.advanceTo(world.run.nowMs + 5000);
  assert.equal(world.at('.spec.replicas', 'sts carts'), '3');
  assert.equal(world.at('.status.conditions[0].reason'), 'MemberUnreachable');
  assert.equal(world.at('.status.conditions[0].message'), 'carts-2 cannot leave: carts-2 does not answer (timeout)');
  world.run.input({ container: 'thaw', of: 'statefulset.kubernetes.io/pod-name=carts-2' });
  world.run.settle();
  assert.equal(world.at('.spec.replicas', 'sts carts'), '2');
  assert.equal(world.curl('http://carts-0.carts/cleo'), 'cleo-7');
});

test('OP-04 a set that someone scaled is brought back to what the Store says', () => {
  const world = shop();
  world.type('kubectl scale sts carts --replicas=4');
  world.run.settle();
  assert.equal(world.at('.spec.replicas', 'sts carts'), '3');
  world.type('kubectl delete sts carts --cascade=orphan');
  world.run.settle();
  assert.equal(world.at('.status.readyReplicas', 'sts carts'), '3');
});

test('OP-02 what a Store owns goes with it, but the disks stay', () => {
  const world = shop();
  world.type('kubectl delete store carts');
  world.run.settle();
  assert.match(world.type('kubectl get sts,svc,pods'), /pod\/operator/);
  assert.doesNotMatch(world.type('kubectl get sts,svc,pods'), /carts/);
  assert.match(world.type('kubectl get pvc'), /data-carts-2/);
});

const made = (members: number, replicas: number, image = 'store:1') =>
  [
    { apiVersion: 'ordinal.example/v1', kind: 'Store', metadata: {}, spec: { members, image: 'store:1' } },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: {},
      spec: { replicas, template: { spec: { containers: [{ image }] } } },
    },
  ] as unknown as readonly [KubeObject, KubeObject];

const plans: readonly (readonly [members: number, replicas: number, image: string, plan: unknown])[] = [
  [3, 3, 'store:1', { act: 'nothing' }],
  [3, 3, 'store:0', { act: 'image' }],
  [5, 3, 'store:1', { act: 'grow', from: 3, to: 5 }],
  [1, 3, 'store:1', { act: 'shrink', from: 3, to: 1, leaving: [2, 1] }],
];
for (const [members, replicas, image, plan] of plans)
  test(`OP-04 plan for ${members} members when there are ${replicas} of ${image}`, () =>
    assert.deepEqual(planStore(...made(members, replicas, image), true), plan));
test('OP-01 OP-02 plans for a Store that has nothing yet', () => {
  const [wanted] = made(3, 3);
  assert.deepEqual(planStore(wanted, undefined, false), { act: 'service' });
  assert.deepEqual(planStore(wanted, undefined, true), { act: 'create' });
});
