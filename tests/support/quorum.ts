// A replicated store of Pods with disks of their own, and requests that reach one member as from a program on the same node.

import type { Cluster } from '../../src/sim/cluster.ts';
import { FAULT_ACTOR } from '../../src/sim/faults.ts';
import { localPods } from '../../src/sim/kubelet/machine.ts';
import { deliver } from '../../src/sim/programs/http.ts';
import { newCluster } from './cluster.ts';

export const memberPod = (i: number): string => `db-${i}`;

const claimOf = (i: number) => ({
  metadata: { name: `data-db-${i}`, namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});

const podOf = (i: number, node: string) => ({
  metadata: { name: memberPod(i), namespace: 'default', labels: { app: 'db' } },
  spec: {
    nodeName: node,
    hostname: memberPod(i),
    subdomain: 'db',
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'c', image: 'db:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-db-${i}` } }],
  },
});

/** Makes a Pod that has gone anew, on its old disk or, when `isNew`, with a new one. */
export function makeMember(cluster: Cluster, i: number, node: string, isNew: boolean): void {
  const api = cluster.client('test', null);
  if (isNew) api.create('persistentvolumeclaims', claimOf(i), 'input');
  api.create('pods', podOf(i, node) as never, 'input');
}

/** Members on the nodes named, at rest; nobody is evicted while a test runs. */
export function replicated(nodes: readonly string[], seed = 1): Cluster {
  const { cluster, api } = newCluster({
    nodes: 5,
    seed,
    defaultTolerationSeconds: 100_000,
    programs: { 'db:1': { store: { dir: '/data', peers: 'db', members: nodes.length } } },
  });
  const spec = { clusterIP: 'None', publishNotReadyAddresses: true, selector: { app: 'db' }, ports: [{ port: 7000 }] };
  api.create('services', { metadata: { name: 'db', namespace: 'default' }, spec }, 'input');
  nodes.forEach((node, i) => {
    makeMember(cluster, i, node, true);
  });
  cluster.advanceTo(6000);
  return cluster;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** What a member answers; status 0 when no process of that name can answer. */
export function ask(cluster: Cluster, i: number, method: 'GET' | 'PUT', key: string, value = ''): Reply {
  const found = localPods(cluster.state.machines).find(({ local }) => local.pod.metadata.name === memberPod(i));
  const container = found?.local.containers['c'];
  if (!found || container?.state !== 'running' || container.isFrozen) return { status: 0, text: 'timeout' };
  let reply: Reply = { status: 0, text: '' };
  cluster.act(FAULT_ACTOR, null, (ctx) => {
    const { node, local } = found;
    const reached = {
      kind: 'reached',
      node,
      uid: local.pod.metadata.uid,
      pod: memberPod(i),
      container: 'c',
      isSick: container.isSick,
      address: local.ip,
    } as const;
    reply = deliver(reached, { method, key, value, from: 'client' }, ctx);
  });
  return reply;
}
