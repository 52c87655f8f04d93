// kubectl describe of Services, nodes, budgets, claims and volumes. Models the describers in kubectl/pkg/describe/describe.go.

import { quantityOf } from '../../sim/api/quantity.ts';
import { formatSelector } from '../../sim/api/selectors.ts';
import type { EndpointSlice, KubeObject, Node, Pod, PodDisruptionBudget, Service, ServicePort } from '../../sim/types.ts';
import type { Context } from '../context.ts';
import { agoOf, eventLines, headLines, type Lines, labelLines, longTime } from './lines.ts';
import { formatPairs } from './settings.ts';

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
const modesOf = (modes: readonly string[] = []) => modes.map((mode) => MODES[mode] ?? mode).join(',');

/** `10.244.0.2:7000,…` of the ready endpoints for one port; three at most. */
function endpointsText(port: ServicePort, slices: readonly EndpointSlice[]): string {
  const found = slices.flatMap((slice) =>
    slice.ports
      .filter((candidate) => (candidate.name ?? '') === (port.name ?? ''))
      .flatMap((candidate) =>
        slice.endpoints.filter((e) => e.conditions.ready !== false).map((e) => `${e.addresses[0]}:${candidate.port}`),
      ),
  );
  if (slices.length === 0) return '<none>';
  return found.length > 3 ? `${found.slice(0, 3).join(',')} + ${found.length - 3} more...` : found.join(',');
}

export function describeService(object: KubeObject, ctx: Context): Lines {
  const service = object as Service;
  const { spec, metadata } = service;
  const slices = ctx.api.list('endpointslices', {
    namespace: metadata.namespace ?? '',
    labelSelector: `kubernetes.io/service-name=${metadata.name}`,
  });
  return [
    ...headLines(service),
    ...labelLines(service),
    `Selector:\t${formatPairs(spec.selector)}`,
    `Type:\t${spec.type}`,
    ...(spec.ipFamilyPolicy ? [`IP Family Policy:\t${spec.ipFamilyPolicy}`] : []),
    `IP Families:\t${spec.ipFamilies?.join(',') || '<none>'}`,
    `IP:\t${spec.clusterIP ?? ''}`,
    ...(spec.clusterIPs?.length ? [`IPs:\t${spec.clusterIPs.join(',')}`] : ['IPs:\t<none>']),
    ...(spec.externalIPs?.length ? [`External IPs:\t${spec.externalIPs.join(',')}`] : []),
    ...(spec.externalName ? [`External Name:\t${spec.externalName}`] : []),
    ...(spec.ports ?? []).flatMap((port) => [
      `Port:\t${port.name || '<unset>'}\t${port.port}/${port.protocol}`,
      `TargetPort:\t${port.targetPort}/${port.protocol}`,
      ...(port.appProtocol ? [`AppProtocol:\t${port.appProtocol}`] : []),
      ...(port.nodePort ? [`NodePort:\t${port.name || '<unset>'}\t${port.nodePort}/${port.protocol}`] : []),
      `Endpoints:\t${endpointsText(port, slices)}`,
    ]),
    `Session Affinity:\t${spec.sessionAffinity ?? ''}`,
    ...(spec.externalTrafficPolicy ? [`External Traffic Policy:\t${spec.externalTrafficPolicy}`] : []),
    ...(spec.internalTrafficPolicy ? [`Internal Traffic Policy:\t${spec.internalTrafficPolicy}`] : []),
    ...eventLines(service, ctx),
  ];
}

export function describeBudget(object: KubeObject, ctx: Context): Lines {
  const { spec, status, ...rest } = object as PodDisruptionBudget;
  const deep = '    ';
  return [
    ...headLines(rest as KubeObject),
    ...(spec.minAvailable === undefined ? [] : [`Min available:\t${spec.minAvailable}`]),
    ...(spec.maxUnavailable === undefined || spec.minAvailable !== undefined
      ? []
      : [`Max unavailable:\t${spec.maxUnavailable}`]),
    `Selector:\t${spec.selector ? formatSelector(spec.selector) : '<unset>'}`,
    'Status:',
    `${deep}Allowed disruptions:\t${status.disruptionsAllowed}`,
    `${deep}Current:\t${status.currentHealthy}`,
    `${deep}Desired:\t${status.desiredHealthy}`,
    `${deep}Total:\t${status.expectedPods}`,
    ...eventLines(object, ctx),
  ];
}

export function describeClaim(claim: KubeObject, ctx: Context): Lines {
  const { metadata, spec, status = {} } = claim;
  const users = ctx.api
    .list('pods', { namespace: metadata.namespace ?? '' })
    .filter((pod) => pod.spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === metadata.name))
    .map((pod) => pod.metadata.name);
  const isBound = Boolean(spec.volumeName);
  const deleted = metadata.deletionTimestamp
    ? `Terminating (lasts ${agoOf(metadata.deletionTimestamp, ctx)})`
    : (status.phase ?? 'Pending');
  return [
    ...headLines(claim),
    `StorageClass:\t${spec.storageClassName ?? ''}`,
    `Status:\t${deleted}`,
    `Volume:\t${spec.volumeName ?? ''}`,
    ...labelLines(claim),
    `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]`,
    `Capacity:\t${isBound ? (status.capacity?.storage ?? '') : ''}`,
    `Access Modes:\t${isBound ? modesOf(status.accessModes) : ''}`,
    `VolumeMode:\t${spec.volumeMode ?? 'Filesystem'}`,
    users.length ? users.map((user, i) => (i === 0 ? `Used By:\t${user}` : `\t${user}`)).join('\n') : 'Used By:\t<none>',
    ...eventLines(claim, ctx),
  ];
}

interface SelectorTerm {
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

function affinityLines(terms: readonly SelectorTerm[] | undefined): Lines {
  if (!terms) return ['Node Affinity:\t<none>'];
  const rows = terms.flatMap(({ matchExpressions = [] }, i) =>
    matchExpressions.map(({ key, operator, values = [] }, at) => {
      const asked = `${key} ${operator.toLowerCase()}${values.length ? ` [${values.join(', ')}]` : ''}`;
      return `    ${at === 0 ? `Term ${i}:` : ''}\t${asked}`;
    }),
  );
  return ['Node Affinity:\t', '  Required Terms:\t', ...rows];
}

export function describeVolume(volume: KubeObject, ctx: Context): Lines {
  const { metadata, spec, status = {} } = volume;
  const claim = spec.claimRef;
  const { hostPath, local } = spec;
  return [
    `Name:\t${metadata.name}`,
    ...labelLines(volume),
    `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]`,
    `StorageClass:\t${spec.storageClassName ?? ''}`,
    `Status:\t${metadata.deletionTimestamp ? `Terminating (lasts ${agoOf(metadata.deletionTimestamp, ctx)})` : (status.phase ?? '')}`,
    `Claim:\t${claim ? `${claim.namespace}/${claim.name}` : ''}`,
    `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy}`,
    `Access Modes:\t${modesOf(spec.accessModes)}`,
    `VolumeMode:\t${spec.volumeMode ?? 'Filesystem'}`,
    `Capacity:\t${spec.capacity?.storage ?? ''}`,
    ...affinityLines(spec.nodeAffinity?.required?.nodeSelectorTerms),
    `Message:\t${status.message ?? ''}`,
    'Source:',
    ...(hostPath
      ? [
          '    Type:\tHostPath (bare host directory volume)',
          `    Path:\t${hostPath.path}`,
          `    HostPathType:\t${hostPath.type ?? ''}`,
        ]
      : local
        ? ['    Type:\tLocalVolume (a persistent volume backed by local storage on a node)', `    Path:\t${local.path}`]
        : ['  <unknown>']),
    ...eventLines(volume, ctx),
  ];
}

// ---- nodes ----------------------------------------------------------------------------------------------------------------------

const taintText = (taint: { readonly key: string; readonly value?: string; readonly effect: string }) =>
  `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`;

function leaseLines(node: Node, ctx: Context): Lines {
  const lease = ctx.api
    .list('leases', { namespace: 'kube-node-lease' })
    .find((candidate) => candidate.metadata.name === node.metadata.name);
  if (!lease) return [`Lease:\tFailed to get lease: leases.coordination.k8s.io "${node.metadata.name}" not found`];
  return [
    'Lease:',
    `  HolderIdentity:\t${lease.spec.holderIdentity ?? '<unset>'}`,
    `  AcquireTime:\t${lease.spec.acquireTime ? longTime(lease.spec.acquireTime) : '<unset>'}`,
    `  RenewTime:\t${longTime(lease.spec.renewTime)}`,
  ];
}

interface Sums {
  readonly requests: number;
  readonly limits: number;
}

function sumOf(pods: readonly Pod[], resource: string): Sums {
  const total = (kind: 'requests' | 'limits') =>
    pods.reduce(
      (sum, pod) =>
        sum + pod.spec.containers.reduce((inner, container) => inner + quantityOf(container.resources?.[kind]?.[resource]), 0),
      0,
    );
  return { requests: total('requests'), limits: total('limits') };
}

const shownAmount = (resource: string, value: number): string => {
  if (value === 0) return '0';
  if (resource === 'cpu') return Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`;
  const gi = value / 2 ** 30;
  const mi = value / 2 ** 20;
  return Number.isInteger(gi) ? `${gi}Gi` : Number.isInteger(mi) ? `${mi}Mi` : String(value);
};

function usageLines(node: Node, pods: readonly Pod[], ctx: Context): Lines {
  const share = (resource: string, value: number) => {
    const all = quantityOf(node.status.allocatable?.[resource]);
    return `${shownAmount(resource, value)} (${all ? Math.floor((value / all) * 100) : 0}%)`;
  };
  const row = (pod: Pod) => {
    const [cpu, memory] = [sumOf([pod], 'cpu'), sumOf([pod], 'memory')];
    const { namespace, name, creationTimestamp } = pod.metadata;
    return `  ${namespace}\t${name}\t\t${share('cpu', cpu.requests)}\t${share('cpu', cpu.limits)}\t${share('memory', memory.requests)}\t${share('memory', memory.limits)}\t${agoOf(creationTimestamp, ctx)}`;
  };
  const totals = ['cpu', 'memory', 'ephemeral-storage'].map((resource) => {
    const sums = sumOf(pods, resource);
    return `  ${resource}\t${share(resource, sums.requests)}\t${share(resource, sums.limits)}`;
  });
  return [
    `Non-terminated Pods:\t(${pods.length} in total)`,
    '  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge',
    '  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---',
    ...pods.map(row),
    'Allocated resources:',
    '  (Total limits may be over 100 percent, i.e., overcommitted.)',
    '  Resource\tRequests\tLimits',
    '  --------\t--------\t------',
    ...totals,
  ];
}

const INFO: readonly (readonly [string, string])[] = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
];

/** The names after `node-role.kubernetes.io/`, and the value of the older label (findNodeRoles). */
function rolesOf(node: Node): string {
  const PREFIX = 'node-role.kubernetes.io/';
  const roles = Object.entries(node.metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(PREFIX)) return key.length > PREFIX.length ? [key.slice(PREFIX.length)] : [];
    return key === 'kubernetes.io/role' && value ? [value] : [];
  });
  return [...new Set(roles)].sort().join(',');
}

export function describeNode(object: KubeObject, ctx: Context): Lines {
  const node = object as Node;
  const { metadata, spec, status } = node;
  const order = (taint: { readonly effect: string; readonly key: string }) => `${taint.effect},${taint.key}`;
  const taints = [...(spec.taints ?? [])].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const pods = ctx.api
    .list('pods', { fieldSelector: `spec.nodeName=${metadata.name}` })
    .filter((pod) => pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed');
  const amounts = (title: string, list: Readonly<Record<string, string>> = {}) => [
    `${title}:`,
    ...Object.keys(list)
      .sort()
      .map((key) => `  ${key}:\t${list[key]}`),
  ];
  return [
    `Name:\t${metadata.name}`,
    `Roles:\t${rolesOf(node) || '<none>'}`,
    ...labelLines(node),
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    ...(taints.length ? taints.map((taint, i) => `${i === 0 ? 'Taints:' : ''}\t${taintText(taint)}`) : ['Taints:\t<none>']),
    `Unschedulable:\t${spec.unschedulable ?? false}`,
    ...leaseLines(node, ctx),
    'Conditions:',
    '  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage',
    '  ----\t------\t-----------------\t------------------\t------\t-------',
    ...(status.conditions ?? []).map(
      (c) =>
        `  ${c.type} \t${c.status} \t${longTime(c.lastHeartbeatTime)} \t${longTime(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}`,
    ),
    'Addresses:',
    ...(status.addresses ?? []).map(({ type, address }) => `  ${type}:\t${address}`),
    ...amounts('Capacity', status.capacity),
    ...amounts('Allocatable', status.allocatable),
    'System Info:',
    ...INFO.map(([title, key]) => `  ${title}:\t${status.nodeInfo?.[key] ?? ''}`),
    ...(spec.podCIDR ? [`PodCIDR:\t${spec.podCIDR}`, `PodCIDRs:\t${spec.podCIDR}`] : []),
    ...usageLines(node, pods, ctx),
    ...eventLines(node, ctx),
  ];
}

export function describeSlice(object: KubeObject, ctx: Context): Lines {
  const slice = object as EndpointSlice;
  const bool = (value: boolean | undefined) => String(value ?? '<unset>');
  return [
    ...headLines(slice),
    ...labelLines(slice),
    `AddressType:\t${slice.addressType}`,
    ...(slice.ports.length
      ? [
          'Ports:',
          '  Name\tPort\tProtocol',
          '  ----\t----\t--------',
          ...slice.ports.map((p) => `  ${p.name || '<unset>'}\t${p.port ?? '<unset>'}\t${p.protocol ?? ''}`),
        ]
      : ['Ports: <unset>']),
    ...(slice.endpoints.length ? ['Endpoints:'] : ['Endpoints: <none>']),
    ...slice.endpoints.flatMap((endpoint) => [
      `  - Addresses:\t${endpoint.addresses.join(', ') || '<none>'}`,
      '    Conditions:',
      `      Ready:\t${bool(endpoint.conditions.ready)}`,
      `    Hostname:\t${endpoint.hostname ?? '<unset>'}`,
      ...(endpoint.targetRef ? [`    TargetRef:\t${endpoint.targetRef.kind}/${endpoint.targetRef.name}`] : []),
      `    NodeName:\t${endpoint.nodeName ?? '<unset>'}`,
      `    Zone:\t${endpoint.zone ?? '<unset>'}`,
    ]),
    ...eventLines(slice, ctx),
  ];
}
