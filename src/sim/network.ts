// Who answers when a program calls a Service.
// Models pkg/proxy/topology.go CategorizeEndpoints: ready endpoints; with none of them, serving ones that are terminating (SVC-01).
// Differs: names resolve to the Service at once; an endpoint is drawn by chance for each request; no session affinity.

import type { Reader, SyncContext } from './actor.ts';
import { isReachable, type LocalContainer, localPodOf } from './kubelet/machine.ts';
import type { Endpoint } from './types.ts';

/** SVC-01: the endpoints that a request to a Service may go to. */
export function targetsOf(read: Reader, namespace: string, service: string): readonly Endpoint[] {
  const endpoints = read
    .list('endpointslices', namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap((slice) => slice.endpoints ?? []);
  const ready = endpoints.filter(({ conditions }) => conditions.ready);
  return ready.length > 0 ? ready : endpoints.filter(({ conditions }) => conditions.serving && conditions.terminating);
}

export type Answer =
  | {
      readonly kind: 'reached';
      readonly node: string;
      readonly uid: string;
      readonly pod: string;
      readonly container: string;
      readonly isSick: boolean;
    }
  | { readonly kind: 'timeout' | 'refused' | 'unknown' };

/** Who takes a call from a node to a Service: a container that runs, or the way in which the call fails. */
export function call(
  namespace: string,
  service: string,
  fromNode: string,
  ctx: Pick<SyncContext, 'read' | 'machines' | 'random'>,
): Answer {
  if (!ctx.read.get('services', namespace, service)) return { kind: 'unknown' };
  const targets = targetsOf(ctx.read, namespace, service);
  const target = targets[Math.floor(ctx.random() * targets.length)];
  if (!target?.targetRef || !target.nodeName) return { kind: 'refused' };
  const { nodeName, targetRef } = target;
  const isNear = nodeName === fromNode;
  if (!isNear && !(isReachable(ctx.machines, nodeName) && isReachable(ctx.machines, fromNode))) return { kind: 'timeout' };
  const local = localPodOf(ctx.machines, nodeName, targetRef.uid);
  const running = Object.entries<LocalContainer>(local?.containers ?? {}).filter(
    ([, container]) => container.state === 'running',
  );
  const [name, container] = running[0] ?? [];
  if (!name || !container) return { kind: 'refused' };
  if (container.isFrozen) return { kind: 'timeout' };
  return {
    kind: 'reached',
    node: nodeName,
    uid: targetRef.uid,
    pod: targetRef.name,
    container: name,
    isSick: container.isSick,
  };
}
