// Jobs, their Pods and clusters that run them, for tests.

import type { Client } from '../../src/sim/api/client.ts';
import { ApiError } from '../../src/sim/api/status.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { NO_FAILURES } from '../../src/sim/controllers/job/backoff.ts';
import { FINALIZER, INDEX, type Job, type JobStatus } from '../../src/sim/controllers/job/model.ts';
import { viewOf } from '../../src/sim/controllers/job/view.ts';
import type { Pod } from '../../src/sim/types.ts';
import { at, newCluster, podTrace, START, START_MS } from './cluster.ts';

/** What the images of these tests do, as in the recordings. */
export const PROGRAMS = {
  'task:1': { exitAfter: '1s' },
  'task:3': { exitAfter: '3s' },
  'task:quick': { exitAfter: '300ms' },
  'task:fails': { exitAfter: '500ms', exitCode: 1 },
  'task:42': { exitAfter: '500ms', exitCode: 42 },
  'task:third': { exitAfter: '500ms', exitCode: [1, 1, 0] },
  'task:long': { exitAfter: '60s' },
  'task:slow-stop': { stopAfter: '3s' },
  'task:odd3': { exitAfter: '3s', exitCode: { 1: 1 } },
  'task:odd': { exitAfter: '700ms', exitCode: { 1: 1, 3: 1 } },
};

/** What a user writes for a Job of one container. */
export function jobBody(name: string, image: string, spec: object = {}, pod: object = {}) {
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      ...spec,
      template: {
        metadata: { labels: { app: name } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'task', image }], ...pod },
      },
    },
  };
}

export interface JobRun {
  readonly cluster: Cluster;
  readonly api: Client;
  job(name?: string): Job;
  pods(): readonly Pod[];
  /** States of Pods as `name state`, generated ends cut off. */
  trace(): readonly string[];
  /** True conditions with their reasons, and counters. */
  summary(): string;
}

/** A cluster in which a Job was just created. */
export function runJob(image: string, spec: object = {}, pod: object = {}): JobRun {
  const { cluster, api } = newCluster({ programs: PROGRAMS });
  api.create('jobs', jobBody('pi', image, spec, pod), 'test');
  const job = (name = 'pi') => api.get('jobs', 'default', name) as Job;
  return {
    cluster,
    api,
    job,
    pods: () => cluster.read.list('pods', 'default'),
    trace: () => podTrace(cluster.log()).map((line) => line.replace(/-[a-z0-9]{5} /, ' ')),
    summary: () => {
      const { conditions = [], succeeded = 0, failed = 0, active = 0 } = job().status;
      const held = conditions.filter(({ status }) => status === 'True').map(({ type, reason }) => `${type}=${reason}`);
      return [...held, `active ${active}`, `succeeded ${succeeded}`, `failed ${failed}`].join(', ');
    },
  };
}

/** A Job as its controller sees it. */
export function jobOf(spec: Partial<Job['spec']> = {}, status: JobStatus = {}): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'pi',
      namespace: 'default',
      uid: 'uid-pi',
      resourceVersion: '1',
      creationTimestamp: START,
      generation: 1,
    },
    spec: {
      parallelism: 2,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { job: 'pi' } },
      template: {
        metadata: { labels: { job: 'pi' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'task', image: 'task:1' }] },
      },
      ...spec,
    },
    status: { startTime: START, ...status },
  } as unknown as Job;
}

export interface JobPodShape {
  readonly name: string;
  readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly index?: number;
  readonly code?: number;
  /** Seconds after START. */
  readonly finishedAt?: number;
  readonly readyAt?: number;
  readonly createdAt?: number;
  readonly restarts?: number;
  readonly going?: boolean;
  /** Counted already: without its finalizer. */
  readonly counted?: boolean;
  readonly failures?: number;
  readonly ignored?: number;
  readonly node?: string;
  readonly condition?: string;
}

/** A Pod of that Job. */
export function jobPod(shape: JobPodShape): Pod {
  const { name, phase = 'Running', index, code = phase === 'Failed' ? 1 : 0, finishedAt = 0, readyAt, createdAt = 0 } = shape;
  const { restarts = 0, going, counted, failures, ignored, node = 'node-1', condition } = shape;
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const conditions = [
    { type: 'Ready', status: readyAt === undefined ? 'False' : 'True', lastTransitionTime: at(readyAt ?? createdAt) },
    ...(condition ? [{ type: condition, status: 'True' }] : []),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: at(createdAt),
      labels: { job: 'pi' },
      annotations: {
        ...(index !== undefined && { [INDEX]: String(index) }),
        ...(failures !== undefined && { 'batch.kubernetes.io/job-index-failure-count': String(failures) }),
        ...(ignored !== undefined && { 'batch.kubernetes.io/job-index-ignored-failure-count': String(ignored) }),
      },
      ...(counted ? {} : { finalizers: [FINALIZER] }),
      ...(going ? { deletionTimestamp: at(finishedAt + 30), deletionGracePeriodSeconds: 30 } : {}),
    },
    spec: { containers: [{ name: 'task', image: 'task:1' }], ...(node && { nodeName: node }) },
    status: {
      phase,
      conditions,
      containerStatuses: [
        {
          name: 'task',
          restartCount: restarts,
          state: isOver ? { terminated: { exitCode: code, finishedAt: at(finishedAt) } } : { running: {} },
        },
      ],
    },
  } as unknown as Pod;
}

/** What a sync of that Job sees so many seconds after START. */
export const viewAt = (second: number, job: Job, shapes: readonly JobPodShape[], record = NO_FAILURES) =>
  viewOf(job, shapes.map(jobPod), record, START_MS + second * 1000, at(second));

export const names = (pods: readonly Pod[]) => pods.map((pod) => pod.metadata.name);

/** The message of the API's refusal, or `accepted`. */
export function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'accepted';
}
