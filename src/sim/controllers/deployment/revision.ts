// Templates, hashes and revisions: which ReplicaSet is the present one, and what a new one looks like.
// Models pkg/controller/deployment/util/deployment_util.go FindNewReplicaSet, SetNewReplicaSetAnnotations and
// pkg/controller/deployment/sync.go getNewReplicaSet (v1.36), rules DEP-03, DEP-04, DEP-11, CTL-09.
// Differs: the hash is FNV-1a of canonical JSON, not of Go's printed structs, so its letters differ from upstream's.

import { isSame, sortedJson } from '../../../base/json.ts';
import { hashText } from '../../../base/random.ts';
import type { Deployment, KubeObject, PodTemplate, ReplicaSet } from '../../types.ts';
import { controllerReference } from '../ownership.ts';
import { maxReplicasOf } from './fenceposts.ts';

export const HASH_LABEL = 'pod-template-hash';
export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAX = 'deployment.kubernetes.io/max-replicas';
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MAX,
  'deprecated.deployment.rollback.to',
]);
const DIGITS = '456789bcdf';

type Annotations = Readonly<Record<string, string>>;

/** CTL-09: a 32-bit hash of any content in decimal, each digit replaced by a letter that makes no word. */
export function hashSuffix(content: unknown, collisionCount?: number): string {
  const hash = hashText(collisionCount === undefined ? '' : String(collisionCount), hashText(sortedJson(content)));
  return String(hash).replace(/\d/g, (digit) => DIGITS[Number(digit)] as string);
}

/** Older first; the name decides between equals. */
export function byCreation(a: KubeObject, b: KubeObject): number {
  const [left, right] = [a.metadata, b.metadata];
  if (left.creationTimestamp !== right.creationTimestamp) return left.creationTimestamp < right.creationTimestamp ? -1 : 1;
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

/** Whether two templates are equal but for the label that the controller adds. */
export function isSameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  const bare = (template: PodTemplate) => {
    const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
    return { ...template, metadata: { ...template.metadata, labels } };
  };
  return isSame(bare(a), bare(b));
}

/** DEP-03: the oldest ReplicaSet with the Deployment's present template. */
export function findNewReplicaSet(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return [...replicaSets].sort(byCreation).find((rs) => isSameTemplate(rs.spec.template, deployment.spec.template));
}

/** The revision number in an object's annotation; 0 when there is none. */
export function revisionOf(object: KubeObject): number {
  return Number.parseInt(object.metadata.annotations?.[REVISION] ?? '0', 10) || 0;
}

/** The number in the desired-replicas or max-replicas annotation; undefined when there is none. */
export function replicasAnnotation(rs: ReplicaSet, which: 'desired' | 'max'): number | undefined {
  const text = rs.metadata.annotations?.[which === 'desired' ? DESIRED : MAX];
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

/** Annotations that remember the Deployment's size on a ReplicaSet, for proportional scaling (DEP-10). */
export function sizeAnnotations(deployment: Deployment): Annotations {
  return { [DESIRED]: String(deployment.spec.replicas), [MAX]: String(maxReplicasOf(deployment)) };
}

/** DEP-04, DEP-11: annotations of the present ReplicaSet, given those it has; a former revision moves to the history. */
export function revisionAnnotations(deployment: Deployment, present: Annotations, revision: number): Annotations {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key));
  const next: Record<string, string> = { ...present, ...Object.fromEntries(copied) };
  const former = present[REVISION];
  if (Number(former ?? 0) >= revision) return next;
  next[REVISION] = String(revision);
  if (former !== undefined) next[HISTORY] = present[HISTORY] ? `${present[HISTORY]},${former}` : former;
  return next;
}

/** DEP-04: a ReplicaSet for the present template; its size is the caller's decision. */
export function newReplicaSetOf(deployment: Deployment, replicas: number, revision: number): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = hashSuffix(template, deployment.status.collisionCount);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  const name = `${deployment.metadata.name.slice(0, 253 - hash.length - 1)}-${hash}`;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: { ...revisionAnnotations(deployment, {}, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment)],
    } as unknown as ReplicaSet['metadata'],
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}

/** DEP-18: old ReplicaSets beyond revisionHistoryLimit that can go, lowest revision first. */
export function planHistory(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const alive = old.filter((rs) => rs.metadata.deletionTimestamp === undefined);
  const surplus = alive.length - deployment.spec.revisionHistoryLimit;
  if (surplus <= 0) return [];
  const isIdle = ({ spec, status, metadata }: ReplicaSet) =>
    status.replicas === 0 && spec.replicas === 0 && (metadata.generation ?? 0) <= (status.observedGeneration ?? 0);
  return [...alive]
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, surplus)
    .filter(isIdle);
}
