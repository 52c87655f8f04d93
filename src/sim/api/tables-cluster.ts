// Tables of nodes, network, storage, events and small kinds (K-04, K-05).

import type { EndpointSlice, EventObject, KubeObject, Node, Service } from '../types.ts';
import type { Printer } from './printer.ts';

const NONE = '<none>';
const UNSET = '<unset>';
const MOST_LISTED = 3;

function nodeStatusOf({ spec, status }: Node): string {
  const ready = (status.conditions ?? []).find((condition) => condition.type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (spec.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

const ROLE = 'node-role.kubernetes.io/';

function rolesOf({ metadata }: KubeObject): string {
  const labels = metadata.labels ?? {};
  const roles = Object.keys(labels).flatMap((key) => {
    if (key.startsWith(ROLE) && key.length > ROLE.length) return [key.slice(ROLE.length)];
    return key === 'kubernetes.io/role' && labels[key] ? [labels[key] as string] : [];
  });
  return roles.sort().join(',') || NONE;
}

const nodes: Printer = {
  columns: 'Name|Status|Roles|Age|Version|+Internal-IP|+External-IP|+OS-Image|+Kernel-Version|+Container-Runtime',
  row(object, age) {
    const node = object as Node;
    const address = (type: string) => node.status.addresses?.find((a) => a.type === type)?.address ?? NONE;
    const info = node.status.nodeInfo ?? {};
    return [
      node.metadata.name,
      nodeStatusOf(node),
      rolesOf(node),
      age(node.metadata.creationTimestamp),
      info['kubeletVersion'] ?? '',
      address('InternalIP'),
      address('ExternalIP'),
      info['osImage'] ?? '<unknown>',
      info['kernelVersion'] ?? '<unknown>',
      info['containerRuntimeVersion'] ?? '<unknown>',
    ];
  },
};

function externalAddressOf({ spec, status }: Service): string {
  if (spec.type === 'ExternalName') return spec.externalName ?? NONE;
  const given = spec.externalIPs?.join(',');
  if (spec.type !== 'LoadBalancer') return given || NONE;
  const { ingress = [] } = (status?.['loadBalancer'] ?? {}) as { ingress?: readonly { ip?: string; hostname?: string }[] };
  return [...ingress.map((i) => i.ip ?? i.hostname ?? ''), ...(given ? [given] : [])].join(',') || '<pending>';
}

const labelsText = (labels: Readonly<Record<string, string>> | undefined) =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',') || NONE;

const services: Printer = {
  columns: 'Name|Type|Cluster-IP|External-IP|Port(s)|Age|+Selector',
  row(object, age) {
    const service = object as Service;
    const { spec } = service;
    const ports = (spec.ports ?? []).map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol}`);
    return [
      service.metadata.name,
      spec.type,
      spec.clusterIPs?.[0] || NONE,
      externalAddressOf(service),
      ports.join(',') || NONE,
      age(service.metadata.creationTimestamp),
      labelsText(spec.selector),
    ];
  },
};

const listed = (items: readonly (string | number)[]) =>
  items.length > MOST_LISTED
    ? `${items.slice(0, MOST_LISTED).join(',')} + ${items.length - MOST_LISTED} more...`
    : items.join(',') || UNSET;

const endpointslices: Printer = {
  columns: 'Name|AddressType|Ports|Endpoints|Age',
  row(object, age) {
    const slice = object as EndpointSlice;
    return [
      slice.metadata.name,
      slice.addressType,
      listed((slice.ports ?? []).map((port) => port.port ?? (port.name || '*'))),
      listed((slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses)),
      age(slice.metadata.creationTimestamp),
    ];
  },
};

const endpoints: Printer = {
  columns: 'Name|Endpoints|Age',
  row(object, age) {
    const all = (object['subsets'] ?? []).flatMap((subset: { addresses?: { ip: string }[]; ports?: { port: number }[] }) =>
      (subset.ports?.length ? subset.ports.map(({ port }) => `:${port}`) : ['']).flatMap((port) =>
        (subset.addresses ?? []).map(({ ip }) => `${ip}${port}`),
      ),
    );
    return [object.metadata.name, all.length ? listed(all) : NONE, age(object.metadata.creationTimestamp)];
  },
};

const SHORT_MODES = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const;

/** Access modes in kubectl's short forms and order (VOL-13). */
export const accessModesText = (modes: readonly string[] | undefined) =>
  SHORT_MODES.filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',');

const phaseOf = ({ metadata, status }: KubeObject) => (metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''));

const persistentvolumeclaims: Printer = {
  columns: 'Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|+VolumeMode',
  row(object, age) {
    const { spec, status, metadata } = object;
    const isBound = Boolean(spec.volumeName);
    return [
      metadata.name,
      phaseOf(object),
      spec.volumeName ?? '',
      isBound ? (status?.capacity?.storage ?? '0') : '',
      isBound ? accessModesText(status?.accessModes) : '',
      spec.storageClassName ?? '',
      spec.volumeAttributesClassName ?? UNSET,
      age(metadata.creationTimestamp),
      spec.volumeMode ?? UNSET,
    ];
  },
};

const persistentvolumes: Printer = {
  columns: 'Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age|+VolumeMode',
  row(object, age) {
    const { spec, status, metadata } = object;
    return [
      metadata.name,
      spec.capacity?.storage ?? '0',
      accessModesText(spec.accessModes),
      spec.persistentVolumeReclaimPolicy ?? '',
      phaseOf(object),
      spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '',
      spec.storageClassName ?? '',
      spec.volumeAttributesClassName ?? UNSET,
      status?.reason ?? '',
      age(metadata.creationTimestamp),
      spec.volumeMode ?? UNSET,
    ];
  },
};

const storageclasses: Printer = {
  columns: 'Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age',
  row: (object, age) =>
    [
      object.metadata.name +
        (object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? ' (default)' : ''),
      object['provisioner'],
      object['reclaimPolicy'] ?? 'Delete',
      object['volumeBindingMode'] ?? UNSET,
      object['allowVolumeExpansion'] === true,
      age(object.metadata.creationTimestamp),
    ].map(String),
};

const events: Printer = {
  columns: 'Last Seen|Type|Reason|Object|+Subobject|+Source|Message|+First Seen|+Count|+Name',
  row(object, age) {
    const event = object as EventObject;
    const { involvedObject: involved, source } = event;
    return [
      age(event.lastTimestamp ?? event.firstTimestamp),
      event.type ?? '',
      event.reason ?? '',
      `${involved.kind?.toLowerCase() ?? ''}/${involved.name ?? ''}`,
      involved.fieldPath ?? '',
      [source?.component, source?.host].filter(Boolean).join(', '),
      (event.message ?? '').trim(),
      age(event.firstTimestamp),
      event.count ?? 1,
      event.metadata.name,
    ];
  },
};

/** A kind that shows its name, one thing and its age. */
const simple = (column: string, cell: (object: KubeObject) => string | number): Printer => ({
  columns: `Name|${column}|Age`,
  row: (object, age) => [object.metadata.name, cell(object), age(object.metadata.creationTimestamp)],
});

const dataCount = (object: KubeObject) =>
  Object.keys(object['data'] ?? {}).length + Object.keys(object['binaryData'] ?? {}).length;

export const clusterPrinters: Readonly<Record<string, Printer>> = {
  nodes,
  services,
  endpointslices,
  endpoints,
  persistentvolumeclaims,
  persistentvolumes,
  storageclasses,
  events,
  leases: simple('Holder', (object) => object.spec?.holderIdentity ?? ''),
  namespaces: simple('Status', (object) => object.status?.phase ?? ''),
  configmaps: simple('Data', dataCount),
  secrets: {
    columns: 'Name|Type|Data|Age',
    row: (object, age) => [
      object.metadata.name,
      object['type'] ?? '',
      dataCount(object),
      age(object.metadata.creationTimestamp),
    ],
  },
  serviceaccounts: {
    columns: 'Name|Age',
    row: (object, age) => [object.metadata.name, age(object.metadata.creationTimestamp)],
  },
};
