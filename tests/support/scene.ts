// Objects, logs and scenes made by hand, for tests of pictures.

import type { KubeObject, LogEntry } from '../../src/sim/types.ts';
import type { Machine, Process, Scene, Timer } from '../../src/view/scene.ts';

const RESOURCES: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Node: 'nodes',
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  StatefulSet: 'statefulsets',
  Service: 'services',
  EndpointSlice: 'endpointslices',
  Lease: 'leases',
  PodDisruptionBudget: 'poddisruptionbudgets',
  Job: 'jobs',
};

export interface Made {
  readonly spec?: object;
  readonly status?: object;
  readonly owner?: KubeObject;
  readonly meta?: object;
  readonly [field: string]: unknown;
}

/** An object of a kind; its uid is `uid-<name>`. */
export function made(kind: string, name: string, { spec, status, owner, meta, ...rest }: Made = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(owner && {
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true },
        ],
      }),
      ...meta,
    },
    ...(spec && { spec }),
    ...(status && { status }),
    ...rest,
  };
}

type PodLook = 'pending' | 'starting' | 'ready' | 'leaving' | 'crashing' | 'done' | 'failed';

/** A Pod with one container, as a state looks in the API. */
export function pod(name: string, look: PodLook, options: Made & { readonly node?: string } = {}): KubeObject {
  const { node, ...rest } = options;
  const phase = {
    pending: 'Pending',
    starting: 'Running',
    ready: 'Running',
    leaving: 'Running',
    crashing: 'Running',
    done: 'Succeeded',
    failed: 'Failed',
  }[look];
  const ready = look === 'ready' || look === 'leaving';
  const state =
    look === 'crashing'
      ? { waiting: { reason: 'CrashLoopBackOff' } }
      : look === 'done'
        ? { terminated: { reason: 'Completed', exitCode: 0 } }
        : look === 'failed'
          ? { terminated: { reason: 'Error', exitCode: 1 } }
          : { running: {} };
  return made('Pod', name, {
    spec: { containers: [{ name: 'main', image: 'web:1' }], ...(node && { nodeName: node }) },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      ...(look !== 'pending' && { containerStatuses: [{ name: 'main', ready, state }] }),
    },
    ...rest,
    ...(look === 'leaving' && {
      meta: { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30, ...(rest.meta ?? {}) },
    }),
  });
}

export type Happened = Partial<Omit<LogEntry, 'object'>> & { readonly atMs: number; readonly actor: string };

/** A log: ids are indexes, the object is named from what the entry carries. */
export function logOf(...entries: readonly Happened[]): LogEntry[] {
  return entries.map((entry, id) => {
    const object = entry.after ?? entry.before;
    return {
      id,
      verb: entry.before ? (entry.after ? 'update' : 'remove') : entry.after ? 'create' : 'input',
      cause: null,
      why: 'TEST-01',
      ...entry,
      ...(object && {
        object: {
          resource: RESOURCES[object.kind] ?? 'things',
          kind: object.kind,
          namespace: object.metadata.namespace ?? '',
          name: object.metadata.name,
          uid: object.metadata.uid,
        },
      }),
    };
  });
}

interface SceneParts {
  readonly nowMs?: number;
  readonly objects?: readonly KubeObject[];
  readonly log?: readonly LogEntry[];
  readonly machines?: Readonly<Record<string, Machine>>;
  readonly timers?: readonly Timer[];
  readonly processes?: readonly Process[];
}

export function sceneOf({ nowMs = 0, objects = [], log = [], machines = {}, timers = [], processes = [] }: SceneParts): Scene {
  return {
    nowMs,
    log,
    timers,
    processes,
    list: (resource) => objects.filter((object) => RESOURCES[object.kind] === resource),
    machineOf: (node) => machines[node] ?? { power: true, network: true },
  };
}
