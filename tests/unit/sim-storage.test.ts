import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/sim/api/client.ts';
import { ApiError } from '../../src/sim/api/status.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { performFault } from '../../src/sim/faults.ts';
import { eventsOf, newCluster, workload } from '../support/cluster.ts';

const RWO = ['ReadWriteOnce'];
const DEFAULT = { 'storageclass.kubernetes.io/is-default-class': 'true' };
const onHost = (host: string) => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [host] }] }],
    },
  },
});

interface World {
  readonly cluster: Cluster;
  readonly api: Client;
  claim(name: string, spec?: object): void;
  volume(name: string, spec?: object): void;
  pod(name: string, claim: string, spec?: object): void;
  phases(): string;
}

function world(binding: 'Immediate' | 'WaitForFirstConsumer' | null, reclaimPolicy: 'Delete' | 'Retain' = 'Delete'): World {
  const { cluster, api } = newCluster({
    storageClasses: binding ? [{ name: 'standard', default: true, binding, reclaimPolicy }] : [],
  });
  const all = (resource: string) => cluster.read.list(resource);
  return {
    cluster,
    api,
    claim: (name, spec = {}) => {
      const own = { accessModes: RWO, resources: { requests: { storage: '1Gi' } }, ...spec };
      api.create('persistentvolumeclaims', { metadata: { name, namespace: 'default' }, spec: own }, 'input');
    },
    volume: (name, spec = {}) => {
      const own = { capacity: { storage: '2Gi' }, accessModes: RWO, hostPath: { path: `/tmp/${name}` }, ...spec };
      api.create('persistentvolumes', { metadata: { name }, spec: own }, 'input');
    },
    pod: (name, claim, spec = {}) => {
      const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: claim } }];
      const own = { containers: [{ name: 'c', image: 'web:1' }], volumes, terminationGracePeriodSeconds: 1, ...spec };
      api.create('pods', { metadata: { name, namespace: 'default' }, spec: own }, 'input');
    },
    phases: () =>
      [...all('persistentvolumeclaims'), ...all('persistentvolumes')]
        .map(
          ({ metadata, status }) =>
            `${metadata.name.slice(0, 4)} ${status?.phase}${metadata.deletionTimestamp ? ' going' : ''}`,
        )
        .join(', '),
  };
}

test('VOL-05 VOL-15 volume first: bound at once; claim first: bound at the next resync; both ends name each other', () => {
  const { cluster, claim, volume, phases } = world(null);
  volume('one');
  cluster.advanceTo(1000);
  claim('quick');
  cluster.advanceTo(1100);
  assert.equal(phases(), 'quic Bound, one Bound');
  claim('slow');
  cluster.advanceTo(2000);
  volume('two');
  cluster.advanceTo(11_000);
  assert.equal(phases(), 'quic Bound, slow Pending, one Bound, two Available');
  cluster.advanceTo(13_000);
  assert.equal(phases(), 'quic Bound, slow Bound, one Bound, two Bound');
  const [bound, held] = [
    cluster.read.get('persistentvolumeclaims', 'default', 'slow'),
    cluster.read.get('persistentvolumes', '', 'two'),
  ];
  assert.equal(bound?.spec.volumeName, 'two');
  assert.equal(held?.spec.claimRef.uid, bound?.metadata.uid);
  assert.deepEqual(bound?.status, { phase: 'Bound', accessModes: RWO, capacity: { storage: '2Gi' } });
});

test('VOL-06 VOL-16 a class provisions; VOL-10 Delete takes the volume with the claim, Retain leaves it Released', () => {
  for (const [policy, end] of [
    ['Delete', ''],
    ['Retain', 'pvc- Released'],
  ] as const) {
    const { cluster, api, claim, phases } = world('Immediate', policy);
    claim('data');
    cluster.advanceTo(200);
    assert.equal(phases(), 'data Bound, pvc- Bound');
    const [message = ''] = eventsOf(cluster.log(), 'ProvisioningSucceeded');
    assert.match(message, /^Successfully provisioned volume pvc-[-0-9a-f]{36} using kubernetes.io\/host-path$/);
    const { annotations } = cluster.read.get('persistentvolumeclaims', 'default', 'data')?.metadata ?? {};
    assert.deepEqual(Object.keys(annotations ?? {}).sort(), [
      'pv.kubernetes.io/bind-completed',
      'pv.kubernetes.io/bound-by-controller',
      'volume.beta.kubernetes.io/storage-provisioner',
      'volume.kubernetes.io/storage-provisioner',
    ]);
    api.delete('persistentvolumeclaims', 'default', 'data', {}, 'input');
    cluster.advanceTo(1000);
    assert.equal(phases(), end);
  }
});

test('VOL-06 an external provisioner is waited for', () => {
  const { cluster, api, claim, phases } = world(null);
  api.create('storageclasses', { metadata: { name: 'ext' }, provisioner: 'example.com/disk' }, 'input');
  claim('data', { storageClassName: 'ext' });
  cluster.advanceTo(1000);
  assert.equal(phases(), 'data Pending');
  assert.match(
    eventsOf(cluster.log(), 'ExternalProvisioning')[0] ?? '',
    /external provisioner 'example.com\/disk' or manually/,
  );
});

test('VOL-02 a default class that comes late is given to the claims that asked for none, at the resync', () => {
  const { cluster, api, claim, phases } = world(null);
  claim('data');
  claim('none', { storageClassName: '' });
  cluster.advanceTo(500);
  api.create(
    'storageclasses',
    { metadata: { name: 'std', annotations: DEFAULT }, provisioner: 'kubernetes.io/host-path' },
    'input',
  );
  cluster.advanceTo(13_000);
  assert.equal(phases(), 'data Bound, none Pending, pvc- Bound');
});

test('VOL-09 a claim in use stays, terminating, until its Pod has gone; a Pod without a node does not hold it', () => {
  const { cluster, api, claim, pod, phases } = world('Immediate');
  claim('data');
  cluster.advanceTo(200);
  pod('user', 'data');
  cluster.advanceTo(2000);
  api.delete('persistentvolumeclaims', 'default', 'data', {}, 'input');
  cluster.advanceTo(5000);
  assert.equal(phases(), 'data Bound going, pvc- Bound');
  api.delete('pods', 'default', 'user', {}, 'input');
  cluster.advanceTo(8000);
  assert.equal(phases(), '');
  pod('late', 'data', { nodeSelector: { disk: 'none' } });
  claim('data');
  cluster.advanceTo(9000);
  api.delete('persistentvolumeclaims', 'default', 'data', {}, 'input');
  cluster.advanceTo(10_000);
  assert.equal(phases(), '');
});

test('VOL-11 a claim whose volume was torn away is lost', () => {
  const { cluster, api, claim, volume, phases } = world(null);
  volume('disk');
  claim('data');
  cluster.advanceTo(13_000);
  api.delete('persistentvolumes', '', 'disk', {}, 'input');
  cluster.advanceTo(14_000);
  assert.equal(phases(), 'data Bound, disk Bound going');
  api.patch('persistentvolumes', '', 'disk', { metadata: { finalizers: null } }, 'merge', 'input');
  cluster.advanceTo(15_000);
  assert.equal(phases(), 'data Lost');
  assert.deepEqual(eventsOf(cluster.log(), 'ClaimLost'), [
    'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
  ]);
});

test('VOL-10 a Released volume is free again when its claimRef is cleared, and goes when its policy becomes Delete', () => {
  const { cluster, api, claim, volume, phases } = world(null);
  volume('disk');
  cluster.advanceTo(100);
  claim('data');
  cluster.advanceTo(200);
  api.delete('persistentvolumeclaims', 'default', 'data', {}, 'input');
  cluster.advanceTo(1000);
  claim('data');
  cluster.advanceTo(2000);
  assert.equal(phases(), 'data Pending, disk Released');
  api.patch('persistentvolumes', '', 'disk', { spec: { claimRef: null } }, 'merge', 'input');
  cluster.advanceTo(13_000);
  assert.equal(phases(), 'data Bound, disk Bound');
  api.delete('persistentvolumeclaims', 'default', 'data', {}, 'input');
  api.patch('persistentvolumes', '', 'disk', { spec: { persistentVolumeReclaimPolicy: 'Delete' } }, 'merge', 'input');
  cluster.advanceTo(14_000);
  assert.equal(phases(), '');
});

const message = (cluster: Cluster, name: string) =>
  cluster.read.get('pods', 'default', name)?.status.conditions?.find(({ type }) => type === 'PodScheduled')?.message;

test('VOL-08 what keeps a Pod waiting for its claim', () => {
  const { cluster, claim, pod } = world(null);
  pod('missing', 'nothing');
  claim('data');
  pod('waiting', 'data');
  cluster.advanceTo(1000);
  assert.equal(message(cluster, 'missing'), '0/3 nodes are available: persistentvolumeclaim "nothing" not found. not found');
  assert.equal(
    message(cluster, 'waiting'),
    '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
  );
});

test('VOL-07 Pods that wait for their volumes take room on their nodes; each claim is made for the node of its Pod', () => {
  const { cluster, api } = world('WaitForFirstConsumer');
  const template = { metadata: { name: 'data' }, spec: { accessModes: RWO, resources: { requests: { storage: '1Gi' } } } };
  api.create(
    'statefulsets',
    workload('db', 3, { serviceName: 'db', podManagementPolicy: 'Parallel', volumeClaimTemplates: [template] }),
    'input',
  );
  cluster.advanceTo(3000);
  const pods = cluster.read.list('pods', 'default');
  assert.deepEqual(pods.map((pod) => pod.spec.nodeName).sort(), ['node-1', 'node-2', 'node-3']);
  for (const { metadata, spec } of pods) {
    const claim = cluster.read.get('persistentvolumeclaims', 'default', `data-${metadata.name}`);
    assert.equal(claim?.metadata.annotations?.['volume.kubernetes.io/selected-node'], spec.nodeName);
  }
  assert.deepEqual(eventsOf(cluster.log(), 'WaitForFirstConsumer').length, 3);
  assert.deepEqual(eventsOf(cluster.log(), 'ProvisioningSucceeded').length, 3);
});

test('VOL-14 a volume on one node ties its Pod to it; VOL-08 without a volume that fits there is no node', () => {
  const { cluster, api, claim, volume, pod } = world(null);
  const provisioner = 'kubernetes.io/no-provisioner';
  api.create(
    'storageclasses',
    { metadata: { name: 'local' }, provisioner, volumeBindingMode: 'WaitForFirstConsumer' },
    'input',
  );
  volume('disk', { storageClassName: 'local', ...onHost('node-2') });
  claim('data', { storageClassName: 'local' });
  claim('more', { storageClassName: 'local' });
  cluster.advanceTo(100);
  pod('first', 'data');
  cluster.advanceTo(1000);
  pod('second', 'more');
  cluster.advanceTo(2000);
  assert.equal(cluster.read.get('pods', 'default', 'first')?.spec.nodeName, 'node-2');
  assert.match(
    message(cluster, 'second') ?? '',
    /^0\/3 nodes are available: 3 node\(s\) didn't find available persistent volumes to bind\./,
  );
  api.delete('pods', 'default', 'first', {}, 'input');
  api.patch('nodes', '', 'node-2', { spec: { unschedulable: true } }, 'merge', 'input');
  cluster.advanceTo(5000);
  pod('again', 'data');
  cluster.advanceTo(6000);
  assert.match(
    message(cluster, 'again') ?? '',
    /^0\/3 nodes are available: 1 node\(s\) were unschedulable, 2 node\(s\) didn't satisfy plugin\(s\) \[VolumeBinding\]\./,
  );
});

test('VOL-13 ReadWriteOncePod: one Pod at a time', () => {
  const { cluster, api, claim, pod } = world('Immediate');
  claim('data', { accessModes: ['ReadWriteOncePod'] });
  cluster.advanceTo(200);
  pod('one', 'data');
  cluster.advanceTo(1000);
  pod('two', 'data');
  cluster.advanceTo(2000);
  assert.match(
    message(cluster, 'two') ?? '',
    /^0\/3 nodes are available: 3 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode\. .* 3 No preemption victims found for incoming pod\.$/,
  );
  api.delete('pods', 'default', 'one', {}, 'input');
  cluster.advanceTo(4000);
  assert.equal(cluster.read.get('pods', 'default', 'two')?.status.phase, 'Running');
});

test('VOL-13 two Pods may share a ReadWriteOnce claim', () => {
  const { cluster, claim, pod } = world('Immediate');
  claim('data');
  cluster.advanceTo(200);
  pod('one', 'data');
  pod('two', 'data');
  cluster.advanceTo(2000);
  assert.deepEqual(
    cluster.read.list('pods', 'default').map(({ status }) => status.phase),
    ['Running', 'Running'],
  );
});

test('VAL-09 a bound claim grows only if its class allows it', () => {
  const { cluster, api, claim } = world('Immediate');
  claim('data');
  cluster.advanceTo(200);
  const grow = () =>
    api.patch(
      'persistentvolumeclaims',
      'default',
      'data',
      { spec: { resources: { requests: { storage: '2Gi' } } } },
      'merge',
      'input',
    );
  assert.throws(grow, (error) => {
    assert.ok(error instanceof ApiError);
    assert.equal(
      error.message,
      'persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
    return true;
  });
});

/** A StatefulSet of one with a disk on a node that loses power; its Pod is deleted by force. Returns the moment of that. */
function lostDisk(): { readonly cluster: Cluster; readonly api: Client; readonly node: string } {
  const { cluster, api } = newCluster({ nodeMonitorGraceSeconds: 10, defaultTolerationSeconds: 5 });
  const driver = 'disk.csi.example.com';
  api.create('csidrivers', { metadata: { name: driver }, spec: { attachRequired: true } }, 'input');
  api.create('storageclasses', { metadata: { name: 'disk' }, provisioner: driver }, 'input');
  const spec = { accessModes: RWO, storageClassName: 'disk', resources: { requests: { storage: '1Gi' } } };
  api.create(
    'statefulsets',
    workload('db', 1, { serviceName: 'db', volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }] }),
    'input',
  );
  cluster.advanceTo(3000);
  const node = cluster.read.get('pods', 'default', 'db-0')?.spec.nodeName as string;
  performFault(cluster, { node, power: 'off' });
  cluster.advanceTo(40_000);
  api.delete('pods', 'default', 'db-0', { gracePeriodSeconds: 0 }, 'input');
  cluster.advanceTo(50_000);
  return { cluster, api, node };
}

const phaseOf = (cluster: Cluster) => cluster.read.get('pods', 'default', 'db-0')?.status.phase;
const attachedTo = (cluster: Cluster) => cluster.read.list('volumeattachments').map(({ spec }) => spec.nodeName);

test('NODE-14 a disk stays six minutes on a node that does not answer, and the new Pod waits for it', () => {
  const { cluster, node } = lostDisk();
  assert.deepEqual([phaseOf(cluster), attachedTo(cluster)], ['Pending', [node]]);
  assert.match(
    eventsOf(cluster.log(), 'FailedAttachVolume').join(),
    /^Multi-Attach error for volume "pvc-[-0-9a-f]+" Volume is already exclusively attached to one node and can't be attached to another$/,
  );
  cluster.advanceTo(395_000);
  assert.equal(phaseOf(cluster), 'Pending');
  cluster.advanceTo(410_000);
  assert.equal(phaseOf(cluster), 'Running');
  assert.notDeepEqual(attachedTo(cluster), [node]);
});

test('NODE-14 with the out-of-service taint it is taken off at once', () => {
  const { cluster, api, node } = lostDisk();
  const old = cluster.read.get('nodes', '', node)?.spec.taints ?? [];
  const taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };
  api.patch('nodes', '', node, { spec: { taints: [...old, taint] } }, 'merge', 'input');
  cluster.advanceTo(60_000);
  assert.equal(phaseOf(cluster), 'Running');
});
