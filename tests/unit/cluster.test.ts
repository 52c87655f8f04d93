// The loop, the recorder and the log (behaviours.md, section 0), with small actors made for the purpose.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Actor, SyncContext } from '../../src/sim/actor.ts';
import { badRequest } from '../../src/sim/api/status.ts';
import { Cluster } from '../../src/sim/cluster.ts';
import { pod } from '../support/server.ts';

const FROM = { actor: 'kubectl', cause: null, why: 'input' };
const PODS = '/api/v1/namespaces/default/pods';

/** An actor that watches Pods and remembers when it was asked what. */
function recorder(
  sync: (key: string, ctx: SyncContext) => void,
  latencyMs: readonly [number, number] = [5, 5],
): Actor & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    name: 'recorder',
    latencyMs,
    watches: { pods: (object) => [object.metadata.name] },
    calls,
    sync(key, ctx) {
      calls.push(`${ctx.nowMs} ${key}`);
      sync(key, ctx);
    },
  };
}

const start = (...actors: readonly Actor[]) => Cluster.create({ nodes: 1, actors });
const create = (cluster: Cluster, name: string, cause: number | null = null) =>
  cluster.request({ verb: 'create', path: PODS, body: pod(name) }, { ...FROM, cause });

test('CTL-01 several changes of one object collapse into one key', () => {
  const actor = recorder(() => {});
  const cluster = start(actor);
  create(cluster, 'a');
  const client = cluster.client('kubectl', null);
  client.patch('pods', 'default', 'a', { metadata: { labels: { x: '1' } } }, 'merge', 'input');
  client.patch('pods', 'default', 'a', { metadata: { labels: { x: '2' } } }, 'merge', 'input');
  cluster.advanceTo(100);
  assert.deepEqual(actor.calls, ['5 a']);
});

test('CTL-01 a change made while syncing queues the key again', () => {
  const actor = recorder((key, { read, api }) => {
    if (!read.get('pods', 'default', key)?.metadata.labels)
      api.patch('pods', 'default', key, { metadata: { labels: { seen: 'yes' } } }, 'merge', 'T-00');
  });
  const cluster = start(actor);
  create(cluster, 'a');
  cluster.advanceTo(100);
  assert.deepEqual(actor.calls, ['5 a', '10 a']);
});

test('CTL-02 a failed sync comes back after 5 ms, doubling to 1000 s, and a success resets', () => {
  let failures = 20;
  const actor = recorder(() => {
    if (failures-- > 0) throw badRequest('not yet');
  });
  const cluster = start(actor);
  create(cluster, 'a');
  cluster.advanceTo(4_000_000);
  const times = actor.calls.map((call) => Number(call.split(' ')[0]));
  const delays = times.slice(1).map((time, i) => time - (times[i] as number));
  assert.deepEqual(delays.slice(0, 5), [5, 10, 20, 40, 80]);
  assert.deepEqual(delays.slice(-2), [1_000_000, 1_000_000]);
  create(cluster, 'b');
  failures = 1;
  cluster.advanceTo(4_000_100);
  assert.deepEqual(actor.calls.slice(-2), ['4000005 b', '4000010 b']);
});

test('a wake-up asked for keeps the earlier time', () => {
  const actor = recorder((key, { after, nowMs }) => {
    if (nowMs > 5) return;
    after(1000, key);
    after(50, key);
    after(400, key);
  });
  const cluster = start(actor);
  create(cluster, 'a');
  cluster.advanceTo(5000);
  assert.deepEqual(actor.calls, ['5 a', '55 a']);
});

test('each write names the entry that made it happen, back to the input', () => {
  const actor = recorder((key, { read, api, after, nowMs }) => {
    const object = read.get('pods', 'default', key);
    if (nowMs === 5) after(200, key);
    else if (!object?.metadata.labels)
      api.patch('pods', 'default', key, { metadata: { labels: { late: 'yes' } } }, 'merge', 'T-00');
  });
  const cluster = start(actor);
  const input = cluster.input('input', 'reader', { run: 'kubectl run a' });
  create(cluster, 'a', input);
  cluster.advanceTo(1000);
  const last = cluster.log().at(-1);
  assert.deepEqual([last?.why, last?.atMs], ['T-00', 205]);
  const made = cluster.entry(last?.cause as number);
  assert.deepEqual([made?.verb, made?.cause], ['create', input]);
});

const eventsOf = (cluster: Cluster) => cluster.read.list('events').map((event) => `${event.count} ${event.message}`);

test('CTL-10 the same event is counted, not repeated', () => {
  const cluster = start();
  create(cluster, 'a');
  const object = cluster.read.list('pods')[0]!;
  for (let i = 0; i < 3; i++) cluster.act('recorder', null, (ctx) => ctx.event(object, 'Normal', 'Seen', 'here'));
  assert.deepEqual(eventsOf(cluster), ['3 here']);
});

test('CTL-10 from the tenth different message on all go into one', () => {
  const cluster = start();
  create(cluster, 'a');
  const object = cluster.read.list('pods')[0]!;
  for (let i = 1; i <= 13; i++)
    cluster.act('recorder', null, (ctx) => ctx.event(object, 'Normal', 'SuccessfulCreate', `Created pod: ${i}`));
  const all = eventsOf(cluster);
  assert.equal(all.length, 10);
  assert.equal(all.at(-1), '4 (combined from similar events): Created pod: 13');
});

test('CTL-10 a source that says too much about an object is not heard', () => {
  const cluster = start();
  create(cluster, 'a');
  const object = cluster.read.list('pods')[0]!;
  for (let i = 1; i <= 30; i++) cluster.act('recorder', null, (ctx) => ctx.event(object, 'Normal', `Reason${i}`, 'x'));
  assert.equal(eventsOf(cluster).length, 25);
  cluster.advanceTo(300_000);
  for (let i = 31; i <= 33; i++) cluster.act('recorder', null, (ctx) => ctx.event(object, 'Normal', `Reason${i}`, 'x'));
  assert.equal(eventsOf(cluster).length, 26);
});

test('SCH-07 the scheduler’s events are counted by version of the Pod', () => {
  const scheduler: Actor = { name: 'default-scheduler', latencyMs: [1, 1], watches: {}, eventsByVersion: true, sync: () => {} };
  const cluster = start(scheduler);
  create(cluster, 'a');
  const say = (message: string) =>
    cluster.act('default-scheduler', null, (ctx) =>
      ctx.event(ctx.read.list('pods')[0]!, 'Warning', 'FailedScheduling', message),
    );
  say('first');
  say('second');
  cluster.client('kubectl', null).patch('pods', 'default', 'a', { metadata: { labels: { x: '1' } } }, 'merge', 'input');
  say('third');
  assert.deepEqual(eventsOf(cluster), ['2 first', '1 third']);
});

test('CTL-14 API times are whole seconds', () => {
  const cluster = Cluster.create({ actors: [], startAtSecond: 58 });
  cluster.advanceTo(2999);
  create(cluster, 'a');
  assert.equal(cluster.read.get('pods', 'default', 'a')?.metadata.creationTimestamp, '2026-01-01T00:01:00Z');
});

test('a watch sees an object that leaves its selection go', () => {
  const cluster = start();
  const since = cluster.revision;
  const client = cluster.client('kubectl', null);
  client.create('pods', pod('a', {}, { labels: { app: 'web' } }), 'input');
  client.patch('pods', 'default', 'a', { metadata: { labels: { app: 'other' } } }, 'merge', 'input');
  client.patch('pods', 'default', 'a', { metadata: { labels: { app: 'web' } } }, 'merge', 'input');
  client.delete('pods', 'default', 'a', {}, 'input');
  const seen = cluster.changes(since, 'pods', { labelSelector: 'app=web' }).map((change) => change.type);
  assert.deepEqual(seen, ['ADDED', 'DELETED', 'ADDED', 'MODIFIED', 'DELETED']);
});

test('lists by owner, orphans and node keep the order of creation, whatever happened in between', () => {
  const cluster = start();
  const client = cluster.client('kubectl', null);
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true };
  for (const name of ['a', 'b', 'c']) client.create('pods', pod(name), 'input');
  assert.deepEqual(cluster.read.orphans('pods', 'default').length, 3);
  client.bind('default', 'c', 'node-1', 'input');
  client.bind('default', 'a', 'node-1', 'input');
  for (const name of ['c', 'a'])
    client.patch('pods', 'default', name, { metadata: { ownerReferences: [owner] } }, 'merge', 'input');
  const names = (read: Cluster['read']) => [
    read.controlledBy('pods', 'u').map((p) => p.metadata.name),
    read.orphans('pods', 'default').map((p) => p.metadata.name),
    read.podsOn('node-1').map((p) => p.metadata.name),
    read.dependents('u').map(({ object }) => object.metadata.name),
  ];
  assert.deepEqual(names(cluster.read), [['a', 'c'], ['b'], ['a', 'c'], ['a', 'c']]);
  assert.deepEqual(names(Cluster.from(cluster.snapshot(), []).read), names(cluster.read));
});
