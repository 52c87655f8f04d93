// What must hold after every write, checked against a copy of the objects that is built from the log, write by write.

import assert from 'node:assert/strict';
import { matchesSelector } from '../../src/sim/api/selectors.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { maxReplicasOf, minAvailableOf } from '../../src/sim/controllers/deployment/fenceposts.ts';
import { controllerOf } from '../../src/sim/controllers/ownership.ts';
import { isActive, isReady } from '../../src/sim/controllers/pods.ts';
import { ordinalOf } from '../../src/sim/controllers/statefulset/identity.ts';
import type { Deployment, KubeObject, Lease, LogEntry, Pod, PodDisruptionBudget, ReplicaSet } from '../../src/sim/types.ts';

const INDEX = 'batch.kubernetes.io/job-completion-index';
const isUp = (pod: Pod | undefined): boolean => pod !== undefined && isReady(pod) && !pod.metadata.deletionTimestamp;

/** Follows a cluster's log; `look` throws at the first write that breaks a rule. */
export class Invariants {
  readonly #cluster: Cluster;
  readonly #name: string;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  #seen = 0;
  #version = 0;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(cluster: Cluster, name: string) {
    this.#cluster = cluster;
    this.#name = name;
  }

  /** Checks everything that was written since the last look. */
  look(): void {
    for (const entry of this.#cluster.log(this.#seen)) {
      this.#checkLog(entry);
      if (entry.object) this.#checkWrite(entry);
    }
    this.#seen = this.#cluster.logLength;
  }

  #holds(condition: boolean, entry: LogEntry, rule: string): void {
    assert.ok(condition, `${this.#name}, ${entry.atMs} ms, entry ${entry.id} (${entry.object?.name}): ${rule}`);
  }

  #list<T extends KubeObject>(resource: string): readonly T[] {
    return [...(this.#objects.get(resource)?.values() ?? [])] as T[];
  }

  /** Time and versions only grow, and what caused an entry stands before it. */
  #checkLog(entry: LogEntry): void {
    this.#holds(entry.atMs >= this.#atMs, entry, 'time goes back');
    this.#atMs = entry.atMs;
    this.#holds(entry.cause === null || entry.cause < entry.id, entry, 'caused by what comes later');
    if (entry.resourceVersion === undefined) return;
    this.#holds(entry.resourceVersion > this.#version, entry, 'CTL-04 a resourceVersion that does not grow');
    this.#version = entry.resourceVersion;
  }

  #checkWrite(entry: LogEntry): void {
    const { resource, namespace, name } = entry.object as NonNullable<LogEntry['object']>;
    const objects = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    this.#objects.set(resource, objects);
    const key = `${namespace}/${name}`;
    if (entry.verb === 'create') this.#holds(!objects.has(key), entry, 'STS-17 a second object of one name');
    if (entry.verb === 'delete' && resource === 'pods') this.#checkDelete(entry);
    if (entry.after) objects.set(key, entry.after);
    else if (entry.before) objects.delete(key);
    if (!entry.after) return;
    if (resource === 'pods' && entry.verb === 'create') this.#checkNewPod(entry, entry.after as Pod);
    if (resource === 'replicasets' && entry.why === 'DEP-06' && entry.before) this.#checkResize(entry);
    if (resource === 'poddisruptionbudgets') this.#checkBudget(entry, entry.after as PodDisruptionBudget);
    if (resource === 'leases' && entry.before) this.#checkLease(entry);
    if (resource === 'persistentvolumes') this.#checkVolume(entry);
  }

  #podsOf(uid: string): readonly Pod[] {
    return this.#list<Pod>('pods').filter((pod) => controllerOf(pod)?.uid === uid);
  }

  /** RS-01: not more than wanted. STS-14: all lower ordinals are up. JOB-08: one active Pod for an index. */
  #checkNewPod(entry: LogEntry, pod: Pod): void {
    const owner = controllerOf(pod);
    if (!owner) return;
    const kin = this.#podsOf(owner.uid);
    if (owner.kind === 'ReplicaSet') {
      const set = this.#list<ReplicaSet>('replicasets').find(({ metadata }) => metadata.uid === owner.uid);
      this.#holds(set !== undefined && kin.filter(isActive).length <= set.spec.replicas, entry, 'RS-01 more Pods than wanted');
    }
    if (owner.kind === 'Job') {
      const index = pod.metadata.annotations?.[INDEX];
      const twins = kin.filter((other) => isActive(other) && other.metadata.annotations?.[INDEX] === index);
      this.#holds(index === undefined || twins.length === 1, entry, 'JOB-08 two active Pods for one index');
    }
    if (owner.kind !== 'StatefulSet') return;
    const same = kin.filter((other) => ordinalOf(other) === ordinalOf(pod));
    this.#holds(same.length === 1, entry, 'STS-17 two Pods of one ordinal');
    const set = this.#list('statefulsets').find(({ metadata }) => metadata.uid === owner.uid);
    if (set?.spec.podManagementPolicy === 'Parallel') return;
    for (let ordinal = set?.spec.ordinals?.start ?? 0; ordinal < ordinalOf(pod); ordinal++)
      this.#holds(isUp(kin.find((other) => ordinalOf(other) === ordinal)), entry, `STS-14 made before ${ordinal} was up`);
  }

  /** STS-19: from the top, one at a time. STS-27: only when all above it are up. */
  #checkDelete(entry: LogEntry): void {
    const pod = (entry.before ?? entry.after) as Pod;
    const owner = controllerOf(pod);
    if (owner?.kind !== 'StatefulSet') return;
    const set = this.#list('statefulsets').find(({ metadata }) => metadata.uid === owner.uid);
    const above = this.#podsOf(owner.uid).filter((other) => ordinalOf(other) > ordinalOf(pod));
    const end = (set?.spec.ordinals?.start ?? 0) + (set?.spec.replicas ?? 0);
    const kept = above.filter((other) => ordinalOf(other) < end);
    if (entry.why === 'STS-27') this.#holds(kept.every(isUp), entry, 'STS-27 a higher ordinal is not up');
    if (entry.why === 'STS-19' && set?.spec.podManagementPolicy !== 'Parallel')
      this.#holds(above.length === 0, entry, 'STS-19 a higher ordinal is still there');
  }

  /** DEP-06: a rolling update never asks for more than the surge, and never takes away what must stay available. */
  #checkResize(entry: LogEntry): void {
    const [before, after] = [entry.before as ReplicaSet, entry.after as ReplicaSet];
    const uid = controllerOf(after)?.uid;
    const deployment = this.#list<Deployment>('deployments').find(({ metadata }) => metadata.uid === uid);
    if (!deployment) return;
    const sets = this.#list<ReplicaSet>('replicasets').filter((set) => controllerOf(set)?.uid === uid);
    const total = sets.reduce((sum, { spec }) => sum + spec.replicas, 0);
    const grows = after.spec.replicas > before.spec.replicas;
    this.#holds(!grows || total <= maxReplicasOf(deployment), entry, 'DEP-06 more than maxSurge');
    const staying = ({ spec, status }: ReplicaSet) => Math.min(spec.replicas, status.availableReplicas ?? 0);
    const now = sets.reduce((sum, set) => sum + staying(set), 0);
    const then = now - staying(after) + staying(before);
    this.#holds(now >= minAvailableOf(deployment) || now >= then, entry, 'DEP-06 more than maxUnavailable');
  }

  #checkBudget(entry: LogEntry, { status }: PodDisruptionBudget): void {
    const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = status ?? {};
    this.#holds(disruptionsAllowed >= 0, entry, 'PDB-06 more evictions than allowed');
    if (entry.why !== 'PDB-01') return;
    const room = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
    this.#holds(disruptionsAllowed === room, entry, 'PDB-01 the sum is wrong');
  }

  /** LE-03: by the API's clock a Lease is taken only when it is empty or has run out. */
  #checkLease(entry: LogEntry): void {
    const [old, next] = [(entry.before as Lease).spec, (entry.after as Lease).spec];
    const isTaken = old.holderIdentity && next.holderIdentity && next.holderIdentity !== old.holderIdentity;
    const untilMs = Date.parse(old.renewTime ?? '') + (old.leaseDurationSeconds ?? 0) * 1000;
    this.#holds(!isTaken || untilMs <= Date.parse(next.renewTime ?? ''), entry, 'LE-03 taken while it was held');
  }

  /** VOL-05: one to one. */
  #checkVolume(entry: LogEntry): void {
    const claim = entry.after?.spec.claimRef?.uid;
    const others = this.#list('persistentvolumes').filter(({ spec }) => claim && spec.claimRef?.uid === claim);
    this.#holds(others.length <= 1, entry, 'VOL-05 two volumes for one claim');
  }
}

/** Pods that count for a budget now: ready, not leaving (PDB-01). */
export function healthyPodsOf(cluster: Cluster, budget: PodDisruptionBudget): number {
  const pods = cluster.read.list('pods', budget.metadata.namespace);
  return pods.filter((pod) => matchesSelector(budget.spec.selector, pod.metadata.labels) && isUp(pod) && isActive(pod)).length;
}
