// What a cluster has before anybody uses it: namespaces, the API's own Service, storage classes, nodes that report Ready.

import type { Client, NewObject } from './api/client.ts';
import type { Taint } from './types.ts';

/** A node of a scenario; what is absent is as the oracle's nodes are. */
export interface NodeSpec {
  readonly name: string;
  readonly cpu?: string | number;
  readonly memory?: string;
  readonly pods?: string | number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
}

export interface StorageClassSpec {
  readonly name: string;
  readonly default?: boolean;
  readonly binding?: 'Immediate' | 'WaitForFirstConsumer';
  readonly reclaimPolicy?: 'Delete' | 'Retain';
}

export interface Premises {
  readonly nodes: readonly NodeSpec[];
  readonly storageClasses: readonly StorageClassSpec[];
}

const WHY = 'bootstrap';
const VERSION = 'v1.36.3';

/** Nodes named `node-1` …, for a scenario that only says how many. */
export const nodesNamed = (count: number): readonly NodeSpec[] =>
  Array.from({ length: count }, (_, i) => ({ name: `node-${i + 1}` }));

/** The class that provisions at once, which a cluster has when nothing is said. */
export const STANDARD_CLASS: StorageClassSpec = { name: 'standard', default: true };

/** Creates the premises through the door. `now` is the API's clock. */
export function bootstrap(api: Client, premises: Premises, now: string): void {
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    api.create('namespaces', { metadata: { name } }, WHY);
  api.create('services', apiService(), WHY);
  for (const spec of premises.storageClasses) api.create('storageclasses', storageClass(spec), WHY);
  for (const [i, spec] of premises.nodes.entries()) {
    const node = api.create('nodes', nodeObject(spec, i), WHY);
    api.updateStatus('nodes', { ...node, status: nodeStatus(spec, i, now) }, WHY);
  }
}

const apiService = (): NewObject => ({
  metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: { type: 'ClusterIP', clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
});

const storageClass = ({
  name,
  default: isDefault = false,
  binding = 'Immediate',
  reclaimPolicy = 'Delete',
}: StorageClassSpec): NewObject => ({
  metadata: { name, ...(isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}) },
  provisioner: 'kubernetes.io/host-path',
  reclaimPolicy,
  volumeBindingMode: binding,
});

const nodeObject = ({ name, labels, taints }: NodeSpec, index: number): NewObject => ({
  metadata: {
    name,
    labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
  },
  spec: { podCIDR: `10.244.${index}.0/24`, podCIDRs: [`10.244.${index}.0/24`], ...(taints?.length ? { taints } : {}) },
});

function nodeStatus({ name, cpu = '4', memory = '8Gi', pods = '110' }: NodeSpec, index: number, now: string) {
  const room = { cpu: String(cpu), memory: String(memory), pods: String(pods) };
  const healthy = (type: string, reason: string, message: string) => ({
    type,
    status: 'False' as const,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return {
    capacity: room,
    allocatable: room,
    addresses: [
      { type: 'InternalIP', address: `172.18.${Math.floor((index + 2) / 256)}.${(index + 2) % 256}` },
      { type: 'Hostname', address: name },
    ],
    conditions: [
      healthy('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      healthy('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      healthy('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      {
        type: 'Ready',
        status: 'True' as const,
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      architecture: 'amd64',
      containerRuntimeVersion: 'containerd://2.1.4',
      kernelVersion: '6.8.0',
      kubeletVersion: VERSION,
      operatingSystem: 'linux',
      osImage: 'Simulated Linux',
    },
  };
}
