// Lists the Pods behind each Service in EndpointSlices.
// Models staging/src/k8s.io/endpointslice/{reconciler,utils}.go and pkg/controller/endpointslice (v1.36), rules EPS-01 … EPS-06.
// Differs: a named target port is looked up in the first Pod for all; no topology hints; IPv4 only.

import { isSame } from '../../base/json.ts';
import type { Actor, SyncContext, Watch } from '../actor.ts';
import { matchesSelector } from '../api/selectors.ts';
import type { Endpoint, EndpointSlice, Pod, Service } from '../types.ts';
import { itself, keyFor, splitKey } from './keys.ts';
import { controllerReference } from './ownership.ts';
import { isReady, isTerminal } from './pods.ts';

const MAX_ENDPOINTS = 100;
const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';

/** EPS-01: whether a selected Pod is listed at all. */
export function isListed(pod: Pod): boolean {
  return Boolean(pod.status.podIP) && !isTerminal(pod);
}

/** EPS-01 … EPS-03: a Pod as an endpoint of a Service. */
export function endpointOf(pod: Pod, service: Service, zone?: string): Endpoint {
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const { name, namespace = '', uid } = pod.metadata;
  const isNamed = Boolean(pod.spec.hostname) && pod.spec.subdomain === service.metadata.name;
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: { ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(isNamed ? { hostname: pod.spec.hostname as string } : {}),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    ...(zone ? { zone } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** The ports of a Service as its endpoints offer them. */
export function portsOf(service: Service, pod: Pod | undefined): EndpointSlice['ports'] {
  if (!pod) return [];
  return (service.spec.ports ?? []).flatMap(({ name = '', protocol, port, targetPort }) => {
    const named = pod.spec.containers.flatMap((container) => container.ports ?? []).find((other) => other.name === targetPort);
    const number = typeof targetPort === 'string' ? named?.containerPort : (targetPort ?? port);
    return number === undefined ? [] : [{ name, port: number, protocol: protocol ?? 'TCP' }];
  });
}

/** EPS-04, EPS-06: endpoints by slice; those that are known keep their place, new ones follow, full slices overflow into new ones. */
export function planSlices(
  present: readonly (readonly Endpoint[])[],
  wanted: readonly Endpoint[],
): readonly (readonly Endpoint[])[] {
  const byUid = new Map(wanted.map((endpoint) => [endpoint.targetRef?.uid, endpoint]));
  const slices = present.map((endpoints) =>
    endpoints.flatMap(({ targetRef }) => {
      const kept = byUid.get(targetRef?.uid);
      byUid.delete(targetRef?.uid);
      return kept ? [kept] : [];
    }),
  );
  for (const endpoint of byUid.values()) {
    const roomy = slices.find((endpoints) => endpoints.length < MAX_ENDPOINTS);
    if (roomy) roomy.push(endpoint);
    else slices.push([endpoint]);
  }
  return slices.length > 0 ? slices : [[]];
}

function write(
  service: Service,
  slice: EndpointSlice | undefined,
  endpoints: readonly Endpoint[],
  ports: EndpointSlice['ports'],
  ctx: SyncContext,
): void {
  const { name, namespace = '', labels: own } = service.metadata;
  const isHeadless = service.spec.clusterIP === 'None';
  const labels = {
    ...own,
    [SERVICE_NAME]: name,
    [MANAGED_BY]: MANAGER,
    ...(isHeadless ? { 'service.kubernetes.io/headless': '' } : {}),
  };
  const facts = {
    service: name,
    endpoints: endpoints.length,
    ready: endpoints.filter(({ conditions }) => conditions.ready).length,
  };
  if (!slice) {
    const metadata = { generateName: `${name}-`, namespace, labels, ownerReferences: [controllerReference(service)] };
    ctx.api.create('endpointslices', { metadata, addressType: 'IPv4', endpoints, ports }, 'EPS-01', facts);
  } else if (!isSame([slice.endpoints ?? [], slice.ports ?? [], slice.metadata.labels], [endpoints, ports, labels])) {
    ctx.api.update('endpointslices', { ...slice, metadata: { ...slice.metadata, labels }, endpoints, ports }, 'EPS-01', facts);
  }
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const service = ctx.read.get('services', namespace, name);
  if (!service?.spec.selector || service.spec.type === 'ExternalName' || service.metadata.deletionTimestamp) return;
  const selector = { matchLabels: service.spec.selector };
  const pods = ctx.read
    .list('pods', namespace)
    .filter((pod) => matchesSelector(selector, pod.metadata.labels) && isListed(pod));
  const zoneOf = (pod: Pod) =>
    ctx.read.get('nodes', '', pod.spec.nodeName ?? '')?.metadata.labels?.['topology.kubernetes.io/zone'];
  const slices = ctx.read.controlledBy('endpointslices', service.metadata.uid);
  const ports = portsOf(service, pods[0]);
  const wanted = planSlices(
    slices.map((slice) => slice.endpoints ?? []),
    pods.map((pod) => endpointOf(pod, service, zoneOf(pod))),
  );
  wanted.forEach((endpoints, i) => {
    const slice = slices[i];
    if (slice && endpoints.length === 0 && wanted.length > 1 && i > 0) {
      ctx.api.delete('endpointslices', namespace, slice.metadata.name, {}, 'EPS-04', { service: name });
    } else write(service, slice, endpoints, ports, ctx);
  });
}

/** Wakes the Services that select a Pod, before or after a change. */
export const podWatch: Watch = (object, before, read) => {
  const states = before && !isSame(before.metadata.labels, object.metadata.labels) ? [object, before] : [object];
  const selects = ({ spec }: Service) =>
    spec.selector &&
    states.some((pod) => matchesSelector({ matchLabels: spec.selector as Record<string, string> }, pod.metadata.labels));
  return read.list('services', object.metadata.namespace).filter(selects).map(keyFor);
};

export const endpointSliceController: Actor = {
  name: 'endpoint-slice-controller',
  latencyMs: [3, 15],
  watches: {
    services: itself,
    pods: podWatch,
    endpointslices: (slice) => {
      const service = slice.metadata.labels?.[SERVICE_NAME];
      return service ? [`${slice.metadata.namespace ?? ''}/${service}`] : [];
    },
  },
  sync,
};
