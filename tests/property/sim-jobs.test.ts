// Jobs under random commands and faults on many seeds: what must never happen, and that each comes to its end once faults are over.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/sim/api/client.ts';
import { ApiError } from '../../src/sim/api/status.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { endOf, hasFinalizer, type Job, rawIndexOf, trueCondition } from '../../src/sim/controllers/job/model.ts';
import { isActive } from '../../src/sim/controllers/pods.ts';
import { performFault } from '../../src/sim/faults.ts';
import type { LogEntry, Pod } from '../../src/sim/types.ts';
import { newCluster } from '../support/cluster.ts';
import { jobBody } from '../support/jobs.ts';

/** More with `SEEDS=200 node --test tests/property/sim-jobs.test.ts`. */
const SEEDS = Number(process.env['SEEDS'] ?? 16);

/** A small generator of its own, so that a failing seed can be named and replayed. */
function chance(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PROGRAMS = {
  'task:flaky': { exitAfter: '2s', exitCode: [0, 1, 0, 0, 1, 0] },
  'task:odd': { exitAfter: '1s', exitCode: { 1: 1, 4: 1 } },
  'task:slow': { exitAfter: '9s', stopAfter: '4s' },
  'worker:1': { queue: { items: 20, every: '1s' } },
};
const indexed = { completionMode: 'Indexed', completions: 6, parallelism: 3 };
const JOBS: Readonly<Record<string, readonly [string, object]>> = {
  plain: ['task:flaky', { completions: 8, parallelism: 3 }],
  careful: ['task:slow', { completions: 4, parallelism: 2, podReplacementPolicy: 'Failed', activeDeadlineSeconds: 120 }],
  indexed: ['task:slow', indexed],
  each: ['task:odd', { ...indexed, backoffLimitPerIndex: 1 }],
  some: ['task:flaky', { ...indexed, successPolicy: { rules: [{ succeededCount: 3 }] } }],
  queue: ['worker:1', { parallelism: 3 }],
};
const NAMES = Object.keys(JOBS);

function start(seed: number): { readonly cluster: Cluster; readonly api: Client } {
  const made = newCluster({ nodes: 3, seed, nodeMonitorGraceSeconds: 12, defaultTolerationSeconds: 10, programs: PROGRAMS });
  for (const [name, [image, spec]] of Object.entries(JOBS)) made.api.create('jobs', jobBody(name, image, spec), 'input');
  return made;
}

type Draw = (below: number) => number;
type Deed = (cluster: Cluster, api: Client, draw: Draw) => void;
const patch = (api: Client, name: string, spec: object) => api.patch('jobs', 'default', name, { spec }, 'merge', 'input');
const podName = (cluster: Cluster, draw: Draw) => {
  const pods = cluster.read.list('pods');
  return pods[draw(pods.length)]?.metadata.name ?? 'none';
};
const node = (draw: Draw) => `node-${1 + draw(3)}`;
const DEEDS: readonly Deed[] = [
  (_, api, draw) => patch(api, NAMES[draw(NAMES.length)] as string, { parallelism: draw(6) }),
  (_, api, draw) => patch(api, NAMES[draw(NAMES.length)] as string, { suspend: draw(2) === 0 }),
  (_, api, draw) => {
    const size = 2 + draw(6);
    patch(api, 'indexed', { parallelism: size, completions: size });
  },
  (cluster, api, draw) => api.delete('pods', 'default', podName(cluster, draw), {}, 'input'),
  (cluster, api, draw) => api.delete('pods', 'default', podName(cluster, draw), { gracePeriodSeconds: 0 }, 'input'),
  (cluster, _, draw) => void performFault(cluster, { container: 'crash', pod: podName(cluster, draw) }),
  (cluster, _, draw) => void performFault(cluster, { node: node(draw), power: draw(2) === 0 ? 'off' : 'on' }),
  (cluster, _, draw) => void performFault(cluster, { node: node(draw), network: draw(2) === 0 ? 'off' : 'on' }),
];

/** What must hold of each write; `live` are the Pods as of it. */
function check(entry: LogEntry, live: Map<string, Pod>, jobs: Map<string, Job>, seed: number): void {
  const at = `seed ${seed}, ${entry.atMs} ms, ${entry.object?.name}`;
  if (entry.object?.resource === 'pods') {
    if (entry.after) live.set(entry.object.uid, entry.after as Pod);
    else live.delete(entry.object.uid);
    if (entry.verb !== 'create') return;
    const pod = entry.after as Pod;
    const job = jobs.get(pod.metadata.labels?.['app'] ?? '') as Job;
    const own = [...live.values()].filter((other) => other.metadata.labels?.['app'] === job.metadata.name && isActive(other));
    assert.ok(own.length <= job.spec.parallelism, `JOB-06 ${at}: ${own.length} at work`);
    assert.ok(
      !trueCondition(job, 'FailureTarget') && !trueCondition(job, 'SuccessCriteriaMet'),
      `JOB-14 ${at}: made after the end`,
    );
    assert.ok(!job.spec.suspend, `JOB-19 ${at}: made while suspended`);
    const twins = own.filter((other) => rawIndexOf(other) === rawIndexOf(pod));
    assert.ok(job.spec.completionMode !== 'Indexed' || twins.length === 1, `JOB-08 ${at}: an index twice`);
  }
  if (entry.object?.resource !== 'jobs' || !entry.after) return;
  const job = entry.after as Job;
  jobs.set(entry.object.name, job);
  const before = entry.before as Job | undefined;
  assert.ok((job.status.failed ?? 0) >= (before?.status.failed ?? 0), `JOB-23 ${at}: fewer failures`);
  assert.ok(!before || !endOf(before) || endOf(job)?.type === endOf(before)?.type, `JOB-14 ${at}: an end taken back`);
  assert.ok(!(trueCondition(job, 'FailureTarget') && trueCondition(job, 'SuccessCriteriaMet')), `JOB-13 ${at}: two ends`);
  if (endOf(job)) assert.ok(!job.status.active && !job.status.terminating, `JOB-14 ${at}: an end with Pods at work`);
  const { succeeded = 0, uncountedTerminatedPods: uncounted } = job.status;
  const isReached = (state?: Job) => state && trueCondition(state, 'SuccessCriteriaMet')?.reason === 'CompletionsReached';
  const enough = succeeded + (uncounted?.succeeded?.length ?? 0) >= (job.spec.completions ?? 1);
  assert.ok(enough || isReached(before) || !isReached(job), `JOB-15 ${at}: complete too early`);
}

function calm(cluster: Cluster, api: Client): void {
  for (const name of ['node-1', 'node-2', 'node-3']) {
    performFault(cluster, { node: name, power: 'on' });
    performFault(cluster, { node: name, network: 'on' });
  }
  for (const name of NAMES) patch(api, name, { suspend: false, ...(name === 'indexed' ? {} : { parallelism: 3 }) });
}

test('JOB-06 … JOB-23 hold after every write, and each Job ends once faults are over', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const draw = chance(seed);
    const { cluster, api } = start(seed);
    const live = new Map<string, Pod>();
    const jobs = new Map<string, Job>();
    let seen = 0;
    const run = (ms: number) => {
      cluster.advanceTo(cluster.nowMs + ms);
      for (const entry of cluster.log(seen)) check(entry, live, jobs, seed);
      seen = cluster.logLength;
    };
    for (let round = 0; round < 12; round++) {
      try {
        (DEEDS[draw(DEEDS.length)] as Deed)(cluster, api, draw);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
      run(draw(6000));
    }
    calm(cluster, api);
    run(3_000_000);
    for (const name of NAMES) assert.ok(endOf(jobs.get(name) as Job), `seed ${seed}: Job ${name} has no end`);
    const tracked = cluster.read.list('pods').filter(hasFinalizer);
    assert.deepEqual(
      tracked.map(({ metadata }) => metadata.name),
      [],
      `seed ${seed}: JOB-04 Pods nobody lets go`,
    );
  }
});

test('CTL-01 more syncs than needed change nothing in the end', () => {
  const finalOf = (distort: (cluster: Cluster, n: number) => void) => {
    const { cluster, api } = start(5);
    // How many of these two get ready in time depends on when they are looked at.
    for (const name of ['some', 'plain']) api.delete('jobs', 'default', name, { propagationPolicy: 'Background' }, 'input');
    for (let n = 0; cluster.nextEvent(200_000); n++) distort(cluster, n);
    return cluster.read.list('jobs').map(({ metadata, status }) => {
      const { conditions = [], succeeded, failed, completedIndexes, failedIndexes } = status as Job['status'];
      return [
        metadata.name,
        conditions.map(({ type, reason }) => [type, reason]),
        succeeded,
        failed,
        completedIndexes,
        failedIndexes,
      ];
    });
  };
  const repeated = finalOf((cluster, n) => {
    if (n % 11 !== 0) return;
    const keys = NAMES.flatMap((name) => [`default/${name}`, `~default/${name}`, `+default/${name}`]);
    cluster.act('job-controller', null, (ctx) => {
      for (const key of keys) ctx.after(1 + (n % 7), key);
    });
  });
  assert.deepEqual(
    repeated,
    finalOf(() => undefined),
  );
});
