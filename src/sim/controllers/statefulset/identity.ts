// What makes a Pod of a StatefulSet that very Pod: name, ordinal, labels, host name, claims.
// Models pkg/controller/statefulset/stateful_set_utils.go (v1.36), rules STS-01 … STS-07, STS-29, STS-34.

import type { Volume } from '../../pod-parts.ts';
import type { Json, KubeObject, LabelSelector, Pod, PodTemplate } from '../../types.ts';
import { controllerReference, podFromTemplate } from '../ownership.ts';

export interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector;
    readonly serviceName?: string;
    readonly template: PodTemplate;
    readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
    readonly updateStrategy?: {
      readonly type?: 'RollingUpdate' | 'OnDelete';
      readonly rollingUpdate?: { readonly partition?: number };
    };
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit?: number;
    readonly ordinals?: { readonly start?: number };
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string; readonly whenScaled?: string };
    readonly volumeClaimTemplates?: readonly KubeObject[];
  };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas: number;
    readonly readyReplicas?: number;
    readonly currentReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly collisionCount?: number;
  };
}

export const POD_NAME = 'statefulset.kubernetes.io/pod-name';
export const POD_INDEX = 'apps.kubernetes.io/pod-index';
export const REVISION_LABEL = 'controller-revision-hash';

export const startOf = (set: StatefulSet) => set.spec.ordinals?.start ?? 0;
export const podNameOf = (set: StatefulSet, ordinal: number) => `${set.metadata.name}-${ordinal}`;
export const revisionOfPod = (pod: Pod) => pod.metadata.labels?.[REVISION_LABEL] ?? '';

/** STS-01: name of the set and ordinal in a Pod's name; ordinal −1 when there is none. */
export function parsePodName(name: string): readonly [parent: string, ordinal: number] {
  const match = /^(.*)-([0-9]+)$/.exec(name);
  return match && Number(match[2]) <= 2_147_483_647 ? [match[1] as string, Number(match[2])] : ['', -1];
}

export const ordinalOf = (pod: Pod) => parsePodName(pod.metadata.name)[1];
export const claimName = (template: KubeObject, set: StatefulSet, ordinal: number) =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`;

/** STS-07: the claims of an ordinal, as they would be created. */
export function claimsOf(set: StatefulSet, ordinal: number): readonly KubeObject[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...(template.metadata.annotations && { annotations: template.metadata.annotations }),
      name: claimName(template, set, ordinal),
      namespace: set.metadata.namespace ?? '',
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    } as KubeObject['metadata'],
    spec: template.spec as Json,
  }));
}

/** STS-07: volumes of a Pod with those of its claims in the place of others of the same name. */
function withClaimVolumes(set: StatefulSet, ordinal: number, volumes: readonly Volume[]): readonly Volume[] {
  const own = (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: claimName(template, set, ordinal) },
  }));
  return [...own, ...volumes.filter((volume) => !own.some(({ name }) => name === volume.name))];
}

/** STS-02, STS-03: a new Pod for an ordinal from the template of a revision. */
export function newPod(set: StatefulSet, ordinal: number, template: PodTemplate, revision: string) {
  const pod = podFromTemplate(set, template);
  const name = podNameOf(set, ordinal);
  const volumes = withClaimVolumes(set, ordinal, template.spec.volumes ?? []);
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      name,
      labels: { ...template.metadata?.labels, [POD_NAME]: name, [POD_INDEX]: String(ordinal), [REVISION_LABEL]: revision },
    },
    spec: {
      ...template.spec,
      hostname: name,
      ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
      ...(volumes.length > 0 && { volumes }),
    },
  };
}

/** STS-04: whether name label and volumes are as they must be. */
export function matchesIdentity(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(pod);
  const hasClaim = (template: KubeObject) =>
    (pod.spec.volumes ?? []).some(
      (volume) =>
        volume.name === template.metadata.name && volume.persistentVolumeClaim?.claimName === claimName(template, set, ordinal),
    );
  return pod.metadata.labels?.[POD_NAME] === pod.metadata.name && (set.spec.volumeClaimTemplates ?? []).every(hasClaim);
}

/** STS-04: the Pod with its identity repaired. */
export function repaired(set: StatefulSet, pod: Pod): Pod {
  const ordinal = ordinalOf(pod);
  const labels = { ...pod.metadata.labels, [POD_NAME]: pod.metadata.name, [POD_INDEX]: String(ordinal) };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: { ...pod.spec, volumes: withClaimVolumes(set, ordinal, pod.spec.volumes ?? []) },
  };
}

/** STS-29, STS-34: whether an ordinal is (re-)created from the current revision instead of the updated one. */
export function usesCurrentRevision(set: StatefulSet, ordinal: number): boolean {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return false;
  const below = rollingUpdate ? (rollingUpdate.partition ?? 0) : (set.status.currentReplicas ?? 0);
  return ordinal < startOf(set) + below;
}

/** STS-40: the owner that a claim must have: the set, the condemned Pod, or nobody. */
export function claimOwnerOf(set: StatefulSet, pod: Pod, isCondemned: boolean) {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenScaled === 'Delete' && isCondemned) return controllerReference({ ...pod, apiVersion: 'v1', kind: 'Pod' });
  return whenDeleted === 'Delete' ? controllerReference({ ...set, apiVersion: 'apps/v1', kind: 'StatefulSet' }) : null;
}
