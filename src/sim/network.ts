// Who answers when a program calls a name or an address.
// Models pkg/proxy/topology.go CategorizeEndpoints: ready endpoints; with none of them, serving ones that are terminating (SVC-01).
// SVC-02: a headless Service has no address, so a caller that uses its name reaches a Pod at the very port it asked for.
// Models pkg/proxy/iptables/proxier.go, the rules of sessionAffinity ClientIP (SVC-03).
// Differs: an endpoint, or one of several addresses, is drawn by chance for each request, not for each connection; no network policies;
// a program listens on the ports that its containers declare.

import type { Reader, SyncContext } from './actor.ts';
import { resolveFrom } from './dns.ts';
import { isReachable, type LocalContainer, localPodOf } from './kubelet/machine.ts';
import type { Endpoint, Pod, Service } from './types.ts';

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
      readonly address: string;
    }
  | { readonly kind: 'timeout'; readonly address: string }
  | { readonly kind: 'refused'; readonly address: string }
  | { readonly kind: 'unknown' };

type Context = Pick<SyncContext, 'read' | 'machines' | 'random' | 'nowMs'>;

/** Where a Pod reaches itself. */
const LOCAL = '127.0.0.1';

/** Who calls: a Pod, from the node it runs on. */
export interface Caller {
  readonly node: string;
  readonly pod: Pod;
}

interface Target {
  readonly node: string;
  readonly uid: string;
  readonly pod: string;
}

const drawn = <T>(all: readonly T[], ctx: Context): T | undefined => all[Math.floor(ctx.random() * all.length)];

/** Whether a program in a Pod listens on a port: on those that its containers declare, and on any when they declare none. */
function listensOn(pod: Pod, port: number | string | undefined): boolean {
  const open = pod.spec.containers.flatMap(({ ports = [] }) => ports);
  return (
    port === undefined || open.length === 0 || open.some(({ name, containerPort }) => port === containerPort || port === name)
  );
}

/** SVC-03: with sessionAffinity ClientIP a caller keeps its endpoint while that may be used and is asked again within three hours. */
function endpointFor(service: Service, from: Caller, ctx: Context): Endpoint | undefined {
  const targets = targetsOf(ctx.read, service.metadata.namespace ?? '', service.metadata.name);
  const { sessionAffinity, sessionAffinityConfig } = service.spec;
  if (sessionAffinity !== 'ClientIP') return drawn(targets, ctx);
  const key = `affinity/${from.node}/${service.metadata.uid}/${from.pod.metadata.uid}`;
  const last = ctx.machines.get(key) as { readonly uid: string; readonly atMs: number } | undefined;
  const limitMs = (sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) * 1000;
  const kept =
    last && ctx.nowMs - last.atMs < limitMs ? targets.find(({ targetRef }) => targetRef?.uid === last.uid) : undefined;
  const target = kept ?? drawn(targets, ctx);
  if (target?.targetRef) ctx.machines.set(key, { uid: target.targetRef.uid, atMs: ctx.nowMs });
  return target;
}

/** Where an address leads: to an endpoint of the Service that has it, or to the Pod; a word when to nobody. */
function targetAt(address: string, port: number | null, from: Caller, ctx: Context): Target | 'timeout' | 'refused' {
  if (address === LOCAL) {
    const { name, uid } = from.pod.metadata;
    return listensOn(from.pod, port ?? undefined) ? { node: from.node, uid, pod: name } : 'refused';
  }
  const service = ctx.read.list('services').find(({ spec }) => spec.clusterIP === address);
  if (!service) {
    const pod = ctx.read.list('pods').find(({ status }) => status.podIP === address && status.phase === 'Running');
    const { name, uid } = pod?.metadata ?? {};
    if (pod && !listensOn(pod, port ?? undefined)) return 'refused';
    return pod ? { node: pod.spec.nodeName ?? '', uid: uid as string, pod: name as string } : 'timeout';
  }
  const open = service.spec.ports?.find((candidate) => port === null || candidate.port === port);
  if (port !== null && !open) return 'timeout';
  const target = endpointFor(service, from, ctx);
  if (!target?.targetRef || !target.nodeName) return 'refused';
  const pod = ctx.read.get('pods', target.targetRef.namespace ?? '', target.targetRef.name);
  if (pod && port !== null && !listensOn(pod, open?.targetPort ?? open?.port)) return 'refused';
  return { node: target.nodeName, uid: target.targetRef.uid, pod: target.targetRef.name };
}

/** Who takes a call from a Pod to a name (or address): a container that runs, or the way in which the call fails. */
export function call(namespace: string, host: string, from: Caller, ctx: Context, port: number | null = null): Answer {
  if (host === 'localhost') return call(namespace, LOCAL, from, ctx, port);
  const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
  const found = isAddress ? [] : resolveFrom(ctx.read, namespace, host).records.filter(({ type }) => type === 'A');
  const address = isAddress ? host : found.length > 1 ? drawn(found, ctx)?.data : found[0]?.data;
  if (address === undefined) return { kind: 'unknown' };
  const target = targetAt(address, port, from, ctx);
  if (typeof target === 'string') return { kind: target, address };
  const isNear = target.node === from.node;
  if (!isNear && !(isReachable(ctx.machines, target.node) && isReachable(ctx.machines, from.node)))
    return { kind: 'timeout', address };
  const local = localPodOf(ctx.machines, target.node, target.uid);
  const [name, container] =
    Object.entries<LocalContainer>(local?.containers ?? {}).find(([, candidate]) => candidate.state === 'running') ?? [];
  if (!name || !container) return { kind: 'refused', address };
  if (container.isFrozen) return { kind: 'timeout', address };
  return { kind: 'reached', ...target, container: name, isSick: container.isSick, address };
}
