// Lists the Pods behind each Service in the old way too: one Endpoints object for each Service.
// Models pkg/controller/endpoint/endpoints_controller.go and pkg/api/v1/endpoints RepackSubsets (v1.36), rule EPS-01.
// Differs: a named target port is looked up in the first Pod for all; no limit of 1000 addresses.

import { isSame } from '../../base/json.ts';
import type { Actor, SyncContext } from '../actor.ts';
import { matchesSelector } from '../api/selectors.ts';
import type { Pod, Service } from '../types.ts';
import { endpointOf, isListed, podWatch, portsOf } from './endpointslice.ts';
import { itself, splitKey } from './keys.ts';

interface Subset {
  readonly addresses?: readonly object[];
  readonly notReadyAddresses?: readonly object[];
  readonly ports?: readonly object[];
}

/** Ready addresses and others, each sorted; nothing when there is neither. Terminating Pods are left out unless unready ones are published. */
export function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  const isPublished = service.spec.publishNotReadyAddresses === true;
  const listed = pods.filter((pod) => isListed(pod) && (isPublished || !pod.metadata.deletionTimestamp));
  const address = (pod: Pod) => {
    const { addresses, hostname, nodeName, targetRef } = endpointOf(pod, service);
    return { ip: addresses[0] ?? '', ...(hostname && { hostname }), ...(nodeName && { nodeName }), targetRef };
  };
  const sorted = (ready: boolean) =>
    listed
      .filter((pod) => endpointOf(pod, service).conditions.ready === ready)
      .map(address)
      .sort((a, b) => (a.ip < b.ip ? -1 : 1));
  const [addresses, notReadyAddresses] = [sorted(true), sorted(false)];
  if (listed.length === 0) return [];
  const ports = portsOf(service, listed[0]).map(({ name, ...port }) => (name ? { name, ...port } : port));
  return [
    {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ...(ports.length > 0 && { ports }),
    },
  ];
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const service = ctx.read.get('services', namespace, name);
  const present = ctx.read.get('endpoints', namespace, name);
  if (!service) {
    const facts = { service: name, endpoints: 0, ready: 0 };
    if (present) ctx.api.delete('endpoints', namespace, name, {}, 'EPS-01', facts);
    return;
  }
  const { selector, clusterIP, type } = service.spec;
  if (!selector || type === 'ExternalName') return;
  const pods = ctx.read
    .list('pods', namespace)
    .filter((pod) => matchesSelector({ matchLabels: selector }, pod.metadata.labels));
  const labels = {
    ...service.metadata.labels,
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    ...(clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
  };
  const subsets = subsetsOf(service, pods);
  const content = subsets.length > 0 ? { subsets } : {};
  const ready = subsets[0]?.addresses?.length ?? 0;
  const facts = { service: name, endpoints: ready + (subsets[0]?.notReadyAddresses?.length ?? 0), ready };
  if (!present) ctx.api.create('endpoints', { metadata: { name, namespace, labels }, ...content }, 'EPS-01', facts);
  else if (!isSame([present['subsets'] ?? [], present.metadata.labels], [subsets, labels])) {
    const { subsets: _, ...rest } = present;
    ctx.api.update('endpoints', { ...rest, metadata: { ...present.metadata, labels }, ...content }, 'EPS-01', facts);
  }
}

export const endpointsController: Actor = {
  name: 'endpoint-controller',
  latencyMs: [5, 20],
  watches: { services: itself, pods: podWatch },
  sync,
};
