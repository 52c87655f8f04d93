// The cluster as it stands: nodes with their Pods, and one line each for workloads, Services, budgets and leases.

import type { Condition, KubeObject } from '../sim/types.ts';
import { isReady, type PodPicture, type PodState, podPictureOf } from './pod.ts';
import { controllerOf, type Process, type Scene, shortRefOf } from './scene.ts';

/** More Pods than this on one node are drawn as groups, one disc for each state of each owner. */
const POD_LIMIT = 16;

/** Many Pods of one owner in one state, drawn as one disc with their number. */
export interface PodGroup {
  readonly key: string;
  readonly name: string;
  readonly state: PodState;
  readonly round: boolean;
  readonly word: string;
  readonly count: number;
  /** What is looked at when the group is chosen: the owner, or the first Pod. */
  readonly uid: string;
}

export interface NodePicture {
  readonly key: string;
  readonly uid: string;
  readonly name: string;
  /** As `kubectl get nodes` prints it: `Ready`, `NotReady`, `Ready,SchedulingDisabled`. */
  readonly word: string;
  readonly ready: boolean;
  readonly power: boolean;
  readonly network: boolean;
  readonly cordoned: boolean;
  readonly pods: readonly ShownPod[];
  readonly groups: readonly PodGroup[];
  readonly count: number;
  /** Programs that run here for Pods that the API no longer knows. */
  readonly ghosts: readonly { readonly key: string; readonly name: string; readonly leads: boolean }[];
}

/** A Pod with what only its machine knows. */
export interface ShownPod extends PodPicture {
  readonly leads: boolean;
  readonly frozen: boolean;
}

export interface WorkloadPicture {
  readonly key: string;
  readonly uid: string;
  readonly ref: string;
  readonly wanted: number;
  readonly ready: number;
  readonly round: boolean;
  /** A Job's successes; null for what should run on. */
  readonly work: WorkPicture | null;
}

export interface WorkPicture {
  readonly done: number;
  readonly wanted: number;
  readonly end: 'complete' | 'failed' | null;
}

export interface ServicePicture {
  readonly key: string;
  readonly uid: string;
  readonly ref: string;
  readonly headless: boolean;
  readonly ready: number;
  readonly total: number;
}

export interface BudgetPicture {
  readonly key: string;
  readonly uid: string;
  readonly ref: string;
  readonly allowed: number;
  readonly healthy: number;
  readonly desired: number;
}

export interface LeasePicture {
  readonly key: string;
  readonly uid: string;
  readonly ref: string;
  readonly holder: string;
}

export interface ClusterPicture {
  readonly nodes: readonly NodePicture[];
  /** Pods that no node has been chosen for. */
  readonly unplaced: Pick<NodePicture, 'pods' | 'groups' | 'count'>;
  readonly workloads: readonly WorkloadPicture[];
  readonly services: readonly ServicePicture[];
  readonly budgets: readonly BudgetPicture[];
  readonly leases: readonly LeasePicture[];
}

export function clusterPictureOf(scene: Scene): ClusterPicture {
  const byNode = new Map<string, ShownPod[]>();
  const processes = new Map(scene.processes.map((process) => [process.uid, process]));
  for (const pod of scene.list('pods')) {
    const process = processes.get(pod.metadata.uid);
    processes.delete(pod.metadata.uid);
    const picture = { ...podPictureOf(pod), leads: process?.leads === true, frozen: process?.frozen === true };
    const there = byNode.get(picture.node ?? '');
    if (there) there.push(picture);
    else byNode.set(picture.node ?? '', [picture]);
  }
  const known = new Set<string>();
  const nodes = scene.list('nodes').map((node) => {
    known.add(node.metadata.name);
    const ghosts = [...processes.values()].filter((process) => process.node === node.metadata.name && process.running > 0);
    return nodePictureOf(scene, node, byNode.get(node.metadata.name) ?? [], ghosts);
  });
  const lost = [...byNode].filter(([name]) => !known.has(name)).flatMap(([, pods]) => pods);
  return {
    nodes,
    unplaced: gather(scene, lost),
    workloads: workloadsOf(scene),
    services: servicesOf(scene),
    budgets: scene.list('poddisruptionbudgets').map(budgetOf),
    leases: scene
      .list('leases')
      .filter((lease) => lease.metadata.namespace !== 'kube-node-lease')
      .map((lease) => ({ ...nameOf(lease), holder: lease.spec?.holderIdentity ?? '' })),
  };
}

const nameOf = (object: KubeObject) => ({
  key: object.metadata.uid,
  uid: object.metadata.uid,
  ref: shortRefOf(object.kind, object.metadata.name),
});

function nodePictureOf(scene: Scene, node: KubeObject, pods: readonly ShownPod[], ghosts: readonly Process[]): NodePicture {
  const ready = isReady(node);
  const cordoned = node.spec?.unschedulable === true;
  return {
    key: node.metadata.uid,
    uid: node.metadata.uid,
    name: node.metadata.name,
    word: (ready ? 'Ready' : 'NotReady') + (cordoned ? ',SchedulingDisabled' : ''),
    ready,
    cordoned,
    ...scene.machineOf(node.metadata.name),
    ...gather(scene, pods),
    ghosts: ghosts.map(({ uid, name, leads }) => ({ key: uid, name, leads })),
  };
}

/** Pods one by one while they are few, groups when they are many. Numbered ones come in the order of their numbers. */
function gather(scene: Scene, pods: readonly ShownPod[]): Pick<NodePicture, 'pods' | 'groups' | 'count'> {
  if (pods.length <= POD_LIMIT) {
    return { pods: [...pods].sort(byOwnerThenOrdinal), groups: [], count: pods.length };
  }
  const owners = new Map<string, KubeObject>();
  for (const resource of ['replicasets', 'statefulsets', 'jobs', 'daemonsets']) {
    for (const owner of scene.list(resource)) owners.set(owner.metadata.uid, owner);
  }
  const groups = new Map<string, PodGroup>();
  for (const pod of pods) {
    const key = `${pod.owner ?? pod.uid} ${pod.word}`;
    const group = groups.get(key);
    const owner = pod.owner ? owners.get(pod.owner) : undefined;
    groups.set(key, {
      key,
      name: owner?.metadata.name ?? pod.name,
      state: pod.state,
      round: pod.round,
      word: pod.word,
      count: (group?.count ?? 0) + 1,
      uid: owner?.metadata.uid ?? pod.uid,
    });
  }
  return { pods: [], groups: [...groups.values()], count: pods.length };
}

function byOwnerThenOrdinal(a: PodPicture, b: PodPicture): number {
  if (a.round !== b.round) return a.round ? 1 : -1;
  const stem = (pod: PodPicture) => (pod.ordinal === null ? pod.name : pod.name.slice(0, pod.name.lastIndexOf('-')));
  const [left, right] = [stem(a), stem(b)];
  if (a.ordinal !== null && b.ordinal !== null && left === right) return a.ordinal - b.ordinal;
  return 0; // As the store lists them: the older stays where it is when a younger one appears.
}

const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'jobs'];

function workloadsOf(scene: Scene): readonly WorkloadPicture[] {
  const pictures: WorkloadPicture[] = [];
  for (const resource of WORKLOADS) {
    for (const object of scene.list(resource)) {
      // A Deployment speaks for its ReplicaSets.
      if (resource === 'replicasets' && controllerOf(object)) continue;
      pictures.push({
        ...nameOf(object),
        wanted: wantedOf(object),
        ready:
          resource === 'daemonsets'
            ? (object.status?.numberReady ?? 0)
            : (object.status?.readyReplicas ?? object.status?.ready ?? 0),
        round: resource !== 'statefulsets',
        work: object.kind === 'Job' ? workOf(object) : null,
      });
    }
  }
  return pictures;
}

/** How many Pods a workload should have. */
export function wantedOf(object: KubeObject): number {
  if (object.kind === 'DaemonSet') return object.status?.desiredNumberScheduled ?? 0;
  if (object.kind === 'Job') {
    const missing =
      object.spec?.completions === undefined ? Number.POSITIVE_INFINITY : workOf(object).wanted - workOf(object).done;
    return Math.min(object.spec?.parallelism ?? 1, missing);
  }
  return object.spec?.replicas ?? 1;
}

/** How far a Job has come. Without completions each of its workers is to end well. */
export function workOf(job: KubeObject): WorkPicture {
  const held = (type: string) =>
    (job.status?.conditions ?? []).some((condition: Condition) => condition.type === type && condition.status === 'True');
  return {
    done: job.status?.succeeded ?? 0,
    wanted: job.spec?.completions ?? job.spec?.parallelism ?? 1,
    end: held('Complete') ? 'complete' : held('Failed') ? 'failed' : null,
  };
}

function servicesOf(scene: Scene): readonly ServicePicture[] {
  const services = scene.list('services').filter((service) => service.metadata.name !== 'kubernetes');
  if (services.length === 0) return [];
  const slices = scene.list('endpointslices');
  return services.map((service) => {
    const mine = slices.filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name);
    return { ...nameOf(service), headless: service.spec?.clusterIP === 'None', ...addressesOf(mine) };
  });
}

/** How many addresses slices hold, and how many of them are ready; one that does not say is ready (EPS API rule). */
export function addressesOf(slices: readonly KubeObject[]): { ready: number; total: number } {
  let ready = 0;
  let total = 0;
  for (const slice of slices) {
    for (const endpoint of slice['endpoints'] ?? []) {
      total++;
      if (endpoint.conditions?.ready !== false) ready++;
    }
  }
  return { ready, total };
}

function budgetOf(budget: KubeObject): BudgetPicture {
  return {
    ...nameOf(budget),
    allowed: budget.status?.disruptionsAllowed ?? 0,
    healthy: budget.status?.currentHealthy ?? 0,
    desired: budget.status?.desiredHealthy ?? 0,
  };
}
