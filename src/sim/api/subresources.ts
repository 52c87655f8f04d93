// Subresources that are not objects of their own: scale and binding.
// Models pkg/registry/apps/*/storage (ScaleREST) and pkg/registry/core/pod/storage/storage.go (BindingREST, setPodNodeAndMetadata).

import type { KubeObject, LabelSelector, Pod } from '../types.ts';
import type { Desk, Draft } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { FieldErrors } from './fields.ts';
import { formatSelector } from './selectors.ts';
import { badRequest, conflict, invalid, STALE } from './status.ts';
import { replace, save, stored } from './write.ts';

const keysOf = (path: string) => path.split('.').filter(Boolean);
const numberAt = (object: Draft, path: string): number => keysOf(path).reduce((value, key) => value?.[key], object) ?? 0;

/** A copy with a number at a path. */
function withNumber(object: Draft, [key = '', ...rest]: readonly string[], value: number): Draft {
  return { ...object, [key]: rest.length ? withNumber(object?.[key], rest, value) : value };
}

const PATHS = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };

/** The autoscaling/v1 Scale of an object. */
export function scaleOf(object: KubeObject, { scale: paths = PATHS }: Pick<ResourceInfo, 'scale'>): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = formatSelector(object.spec?.selector as LabelSelector | undefined);
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberAt(object, paths.specReplicasPath) },
    status: { replicas: numberAt(object, paths.statusReplicasPath), ...(selector === '<none>' ? {} : { selector }) },
  };
}

/** PUT …/scale: changes spec.replicas alone. */
export function updateScale(desk: Desk, info: ResourceInfo, namespace: string, name: string, body: Draft): KubeObject {
  const old = stored(desk, info, namespace, name);
  const version = body?.metadata?.resourceVersion;
  if (version && version !== old.metadata.resourceVersion) throw conflict(info, name, STALE);
  const replicas = body?.spec?.replicas ?? 0;
  if (!Number.isInteger(replicas) || replicas < 0) {
    const errors = new FieldErrors();
    errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, errors.causes);
  }
  const path = keysOf((info.scale ?? PATHS).specReplicasPath);
  const next = replace({ ...desk, subresource: 'scale' }, info, old, structuredDraft(withNumber(old, path, replicas)));
  return scaleOf(next, info);
}

/** A draft to change: metadata and the top level are its own, what lies deeper is shared and must not be changed in place. */
const structuredDraft = (object: KubeObject): Draft => ({ ...object, metadata: { ...object.metadata } });

/** POST pods/binding: gives a Pod its node, once. */
export function bindPod(desk: Desk, info: ResourceInfo, namespace: string, name: string, body: Draft): KubeObject {
  const pod = stored(desk, info, namespace, name) as Pod;
  const node = body?.target?.name;
  if (!node) throw badRequest('target.name: Required value');
  const already = `pod ${name} is already assigned to node "${pod.spec.nodeName}"`;
  if (pod.metadata.deletionTimestamp)
    throw conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw conflict({ group: '', resource: 'pods/binding' }, name, already);
  const others = (pod.status.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled');
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: desk.now,
    observedGeneration: pod.metadata.generation,
  };
  return save(desk, info, pod, {
    ...pod,
    spec: { ...pod.spec, nodeName: node },
    status: { ...pod.status, conditions: [...others, scheduled] },
  });
}
