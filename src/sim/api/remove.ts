// Deleting: at once, gracefully, or when the last finalizer is gone.
// Models registry/generic/registry/store.go (Delete, DeleteCollection), registry/rest/delete.go (BeforeDelete) and
// pkg/registry/core/pod/strategy.go (CheckGracefulDelete).

import { formatTime, parseTime } from '../../base/time.ts';
import type { KubeObject, Pod } from '../types.ts';
import type { DeleteOptions, PropagationPolicy } from './client.ts';
import type { Desk } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { conflict, forbidden } from './status.ts';
import { isHeld, stored } from './write.ts';

const IMMORTAL = new Set(['default', 'kube-public', 'kube-system']);
const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** Deletes by name; returns the object as it is now, still there or gone. */
export function deleteObject(
  desk: Desk,
  info: ResourceInfo,
  namespace: string,
  name: string,
  options: DeleteOptions,
): { readonly object: KubeObject; readonly isGone: boolean } {
  const object = stored(desk, info, namespace, name);
  requirePreconditions(info, object, options);
  if (info.resource === 'namespaces' && IMMORTAL.has(name)) throw forbidden(info, name, 'this namespace may not be deleted');
  const finalizers = finalizersFor(info, object, options.propagationPolicy);
  return info.resource === 'pods'
    ? deletePod(desk, info, object as Pod, finalizers, options)
    : deleteOther(desk, info, object, finalizers);
}

function requirePreconditions(info: ResourceInfo, { metadata }: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(
      info,
      metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      info,
      metadata.name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    );
}

/** What the propagation policy makes of the finalizers (GC-01 … GC-03). A raw delete of a Job orphans its Pods (JOB-25). */
function finalizersFor(info: ResourceInfo, object: KubeObject, policy: PropagationPolicy | undefined): readonly string[] {
  const own = object.metadata.finalizers ?? [];
  const chosen =
    policy ?? (info.resource === 'jobs' && !own.includes(FOREGROUND) && !own.includes(ORPHAN) ? 'Orphan' : undefined);
  if (!chosen) return own;
  const rest = own.filter((finalizer) => finalizer !== FOREGROUND && finalizer !== ORPHAN);
  if (chosen === 'Background') return rest;
  return [...rest, chosen === 'Foreground' ? FOREGROUND : ORPHAN];
}

const withFinalizers = (object: KubeObject, finalizers: readonly string[]): KubeObject => {
  const { finalizers: _, ...metadata } = object.metadata;
  return { ...object, metadata: finalizers.length ? { ...metadata, finalizers } : metadata };
};

/** CTL-06 */
function deleteOther(desk: Desk, info: ResourceInfo, object: KubeObject, finalizers: readonly string[]) {
  if (!isHeld(withFinalizers(object, finalizers)))
    return { object: desk.store.remove(info.resource, withFinalizers(object, []), desk.from), isGone: true };
  const marked = object.metadata.deletionTimestamp ? object : withDeletion(desk, object, 0);
  const ending = object.kind === 'Namespace' ? { status: { ...object.status, phase: 'Terminating' } } : {};
  const next = { ...withFinalizers(marked, finalizers), ...ending };
  if (marked === object && same(finalizers, object.metadata.finalizers)) return { object, isGone: false };
  return { object: desk.store.put(info.resource, next, 'delete', desk.from), isGone: false };
}

const same = (a: readonly string[], b: readonly string[] = []) => a.length === b.length && a.every((x, i) => x === b[i]);

/** deletionTimestamp is when the grace period ends; deletion is a change of the wish, so the generation grows (CTL-05). */
function withDeletion(desk: Desk, object: KubeObject, graceSeconds: number): KubeObject {
  const { settings, nowMs } = desk.state;
  const { generation } = object.metadata;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: formatTime(settings.epochMs + nowMs + graceSeconds * 1000),
      deletionGracePeriodSeconds: graceSeconds,
      ...(generation ? { generation: generation + 1 } : {}),
    },
  };
}

/** POD-15, POD-17, CTL-13: a Pod keeps its name until its grace period is over and someone confirms with grace 0. */
function deletePod(desk: Desk, info: ResourceInfo, pod: Pod, finalizers: readonly string[], options: DeleteOptions) {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
  const asked = options.gracePeriodSeconds;
  if (deletionTimestamp !== undefined && (asked === undefined || asked >= deletionGracePeriodSeconds))
    return { object: pod, isGone: false };
  const grace = deletionTimestamp === undefined ? graceOf(pod, options) : Math.max(0, asked as number);
  const marked = deletionTimestamp === undefined ? withDeletion(desk, pod, grace) : withShorterGrace(pod, grace);
  const object = desk.store.put(info.resource, withFinalizers(marked, finalizers), 'delete', desk.from);
  if (grace > 0 || finalizers.length) return { object, isGone: false };
  return { object: desk.store.remove(info.resource, object, desk.from), isGone: true };
}

/** The Pod's own wish unless asked otherwise; 0 when no node has it or it ended already. Negative means the default of 1 (POD-20). */
function graceOf(pod: Pod, { gracePeriodSeconds }: DeleteOptions): number {
  const isEnded = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  if (!pod.spec.nodeName || isEnded) return 0;
  const grace = gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  return grace < 0 ? 1 : grace;
}

function withShorterGrace(pod: Pod, grace: number): KubeObject {
  const { deletionTimestamp = '', deletionGracePeriodSeconds = 0 } = pod.metadata;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      deletionTimestamp: formatTime(parseTime(deletionTimestamp) - (deletionGracePeriodSeconds - grace) * 1000),
      deletionGracePeriodSeconds: grace,
    },
  };
}
