// Clusters, objects and short names for tests of what acts.

import type { Client } from '../../src/sim/api/client.ts';
import { Cluster, type ClusterOptions } from '../../src/sim/cluster.ts';
import { ACTORS } from '../../src/sim/controllers/all.ts';
import type { Deployment, LogEntry, Pod, ReplicaSet } from '../../src/sim/types.ts';

/** A cluster of three nodes with all actors. */
export function newCluster(options: Partial<ClusterOptions> = {}): { readonly cluster: Cluster; readonly api: Client } {
  const cluster = Cluster.create({ nodes: 3, actors: ACTORS, ...options });
  return { cluster, api: cluster.client('test', null) };
}

/** What a user writes for a Deployment, ReplicaSet or StatefulSet of one container. */
export function workload(name: string, replicas: number, spec: object = {}, pod: object = {}, image = 'web:1') {
  return {
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }], ...pod } },
      ...spec,
    },
  };
}

export interface PodShape {
  readonly name: string;
  readonly phase?: string;
  readonly node?: string;
  /** Seconds after START at which it turned Ready; absent: not Ready. */
  readonly readyAt?: number;
  readonly createdAt?: number;
  readonly cost?: number;
  readonly restarts?: number;
  readonly going?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly owner?: string;
}

export const START = '2026-01-01T00:00:00Z';
export const START_MS = Date.UTC(2026, 0, 1);
export const at = (second: number) => new Date(START_MS + second * 1000).toISOString().replace('.000', '');

/** A Pod as a controller sees it. */
export function podOf(shape: PodShape): Pod {
  const {
    name,
    phase = 'Running',
    node = 'node-1',
    readyAt,
    createdAt = 0,
    cost,
    restarts = 0,
    going = false,
    labels = { app: 'web' },
    owner,
  } = shape;
  const ready = { type: 'Ready', status: readyAt === undefined ? 'False' : 'True', lastTransitionTime: at(readyAt ?? 0) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: at(createdAt),
      labels,
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': String(cost) } }),
      ...(going ? { deletionTimestamp: at(createdAt + 30), deletionGracePeriodSeconds: 30 } : {}),
      ...(owner
        ? {
            ownerReferences: [
              { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: `uid-${owner}`, controller: true },
            ],
          }
        : {}),
    },
    spec: {
      containers: [{ name: 'c', image: 'web:1' }],
      ...(node ? { nodeName: node } : {}),
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
    },
    status: {
      phase,
      conditions: [ready],
      containerStatuses: [
        {
          name: 'c',
          image: 'web:1',
          imageID: '',
          ready: readyAt !== undefined,
          restartCount: restarts,
          state: {},
          lastState: {},
        },
      ],
    },
  } as unknown as Pod;
}

export interface SetShape {
  readonly name: string;
  readonly replicas: number;
  readonly available?: number;
  readonly createdAt?: number;
  readonly max?: number;
  readonly desired?: number;
  readonly revision?: number;
  readonly image?: string;
}

/** A ReplicaSet as the Deployment controller sees it. */
export function setOf({
  name,
  replicas,
  available = replicas,
  createdAt = 0,
  max,
  desired,
  revision,
  image = 'web:1',
}: SetShape): ReplicaSet {
  const prefix = 'deployment.kubernetes.io/';
  const annotations = {
    ...(max === undefined ? {} : { [`${prefix}max-replicas`]: String(max) }),
    ...(desired === undefined ? {} : { [`${prefix}desired-replicas`]: String(desired) }),
    ...(revision === undefined ? {} : { [`${prefix}revision`]: String(revision) }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: at(createdAt),
      generation: 1,
      annotations,
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web', 'pod-template-hash': name } },
        spec: { containers: [{ name: 'c', image }] },
      },
    },
    status: { replicas, availableReplicas: available, readyReplicas: available, observedGeneration: 1 },
  } as unknown as ReplicaSet;
}

/** A Deployment with bounds; `type: 'Recreate'` has none. */
export function deploymentOf(
  replicas: number,
  maxSurge: number | string = '25%',
  maxUnavailable: number | string = '25%',
  more: object = {},
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'uid-web',
      resourceVersion: '1',
      creationTimestamp: START,
      generation: 1,
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'web:1' }] } },
      ...more,
    },
    status: {},
  } as unknown as Deployment;
}

/** The state of a Pod as a trace shows it. */
export function stateOf(pod: Pod): string {
  const ready = (pod.status.containerStatuses ?? []).filter((container) => container.ready).length;
  const phase = pod.status.phase === 'Running' ? `Running ${ready}/${pod.spec.containers.length}` : pod.status.phase;
  return pod.metadata.deletionTimestamp ? `${phase} terminating` : phase;
}

/** Changes of Pods' states in their order: `name state`. */
export function podTrace(log: readonly LogEntry[]): readonly string[] {
  const last = new Map<string, string>();
  return log.flatMap((entry) => {
    if (entry.object?.resource !== 'pods') return [];
    const state = entry.after ? stateOf(entry.after as Pod) : 'gone';
    if (last.get(entry.object.uid) === state) return [];
    last.set(entry.object.uid, state);
    return [`${entry.object.name} ${state}`];
  });
}

/** Messages of Events of a reason, in the order in which they were first recorded. */
export function eventsOf(log: readonly LogEntry[], reason: string): readonly string[] {
  return log
    .filter((entry) => entry.object?.resource === 'events' && entry.verb === 'create' && entry.after?.['reason'] === reason)
    .map((entry) => entry.after?.['message']);
}
