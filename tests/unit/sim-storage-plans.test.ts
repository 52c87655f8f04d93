import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/sim/cluster.ts';
import { planAttachment } from '../../src/sim/controllers/storage/attach.ts';
import { findVolume, mismatchOf, planClaim, planVolume } from '../../src/sim/controllers/storage/match.ts';
import { isClaimUsed } from '../../src/sim/controllers/storage/protection.ts';
import { planVolumes, volumeRefusal } from '../../src/sim/scheduler/volumes.ts';
import type { KubeObject, Node, Pod } from '../../src/sim/types.ts';
import { podOf } from '../support/cluster.ts';

const RWO = ['ReadWriteOnce'];

/** A claim as the controller sees it; `spec` and `meta` add to it. */
function claimOf(name: string, size: string, spec: object = {}, meta: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '', ...meta },
    spec: { accessModes: RWO, resources: { requests: { storage: size } }, storageClassName: '', ...spec },
    status: { phase: 'Pending' },
  };
}

function volumeOf(name: string, size: string, spec: object = {}, phase = 'Available', meta: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '', ...meta },
    spec: {
      capacity: { storage: size },
      accessModes: RWO,
      hostPath: { path: `/tmp/${name}` },
      persistentVolumeReclaimPolicy: 'Retain',
      ...spec,
    },
    status: { phase },
  };
}

const onHost = (host: string) => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [host] }] }],
    },
  },
});
const refTo = (name: string, uid?: string) => ({ claimRef: { name, namespace: 'default', ...(uid ? { uid } : {}) } });
const nodeOf = (name: string) => ({ metadata: { name, labels: { 'kubernetes.io/hostname': name } } }) as unknown as Node;
const plan = (claim: KubeObject, volumes: readonly KubeObject[], more: object = {}) =>
  planClaim(claim, { volumes, storageClass: undefined, defaultClass: undefined, waiting: [], ...more });
const late = { metadata: { name: 'late' }, volumeBindingMode: 'WaitForFirstConsumer', provisioner: 'kubernetes.io/host-path' };

const matches: readonly {
  readonly name: string;
  readonly claim: KubeObject;
  readonly volumes: readonly KubeObject[];
  readonly found?: string;
}[] = [
  {
    name: 'the smallest that is large enough',
    claim: claimOf('c', '1Gi'),
    volumes: [volumeOf('ten', '10Gi'), volumeOf('two', '2Gi'), volumeOf('half', '500Mi')],
    found: 'two',
  },
  { name: 'none that is too small', claim: claimOf('c', '5Gi'), volumes: [volumeOf('two', '2Gi')] },
  {
    name: 'a larger one before one with more access modes',
    claim: claimOf('c', '1Gi'),
    volumes: [volumeOf('wide', '1Gi', { accessModes: [...RWO, 'ReadWriteMany'] }), volumeOf('nine', '9Gi')],
    found: 'nine',
  },
  {
    name: 'all access modes that were asked for',
    claim: claimOf('c', '1Gi', { accessModes: ['ReadWriteMany'] }),
    volumes: [volumeOf('a', '1Gi')],
  },
  {
    name: 'only the class that was asked for',
    claim: claimOf('c', '1Gi', { storageClassName: 'fast' }),
    volumes: [volumeOf('a', '1Gi'), volumeOf('b', '9Gi', { storageClassName: 'fast' })],
    found: 'b',
  },
  {
    name: 'no class and an empty one are the same',
    claim: claimOf('c', '1Gi', { storageClassName: undefined }),
    volumes: [volumeOf('a', '1Gi', { storageClassName: '' })],
    found: 'a',
  },
  {
    name: 'only what the selector selects',
    claim: claimOf('c', '1Gi', { selector: { matchLabels: { tier: 'gold' } } }),
    volumes: [volumeOf('a', '1Gi'), volumeOf('b', '9Gi', {}, 'Available', { labels: { tier: 'gold' } })],
    found: 'b',
  },
  {
    name: 'Block and Filesystem do not mix',
    claim: claimOf('c', '1Gi', { volumeMode: 'Block' }),
    volumes: [volumeOf('a', '1Gi')],
  },
  { name: 'not one that is somebody else’s', claim: claimOf('c', '1Gi'), volumes: [volumeOf('a', '1Gi', refTo('other'))] },
  {
    name: 'one reserved for it first, however large',
    claim: claimOf('c', '1Gi'),
    volumes: [volumeOf('a', '1Gi'), volumeOf('mine', '90Gi', refTo('c'))],
    found: 'mine',
  },
  {
    name: 'not one reserved for an earlier claim of that name',
    claim: claimOf('c', '1Gi'),
    volumes: [volumeOf('a', '1Gi', refTo('c', 'uid-old'))],
  },
  { name: 'not one that was released', claim: claimOf('c', '1Gi'), volumes: [volumeOf('a', '1Gi', {}, 'Released')] },
  {
    name: 'not one that is being deleted',
    claim: claimOf('c', '1Gi'),
    volumes: [volumeOf('a', '1Gi', {}, 'Available', { deletionTimestamp: 'x' })],
  },
];
for (const { name, claim, volumes, found } of matches)
  test(`VOL-04 ${name}`, () => assert.equal(findVolume(claim, volumes)?.metadata.name, found));

test('VOL-07 the controller leaves free volumes of a waiting claim to the scheduler, which looks at nodes', () => {
  const volumes = [volumeOf('one', '1Gi', onHost('node-1')), volumeOf('two', '2Gi', onHost('node-2'))];
  const claim = claimOf('c', '1Gi');
  assert.equal(findVolume(claim, volumes, { isDelayed: true }), undefined);
  assert.equal(findVolume(claim, volumes, { isDelayed: true, node: nodeOf('node-2') })?.metadata.name, 'two');
  assert.equal(findVolume(claim, volumes, { node: nodeOf('node-2'), taken: new Set(['two']) }), undefined);
  assert.equal(findVolume(claim, [volumeOf('mine', '1Gi', refTo('c'))], { isDelayed: true })?.metadata.name, 'mine');
});

test('VOL-12 why a volume cannot be the one that a claim names', () => {
  const faults = [
    volumeOf('v', '1Mi'),
    volumeOf('v', '1Gi', { storageClassName: 'x' }),
    volumeOf('v', '1Gi', { volumeMode: 'Block' }),
    volumeOf('v', '1Gi', { accessModes: ['ReadOnlyMany'] }),
    volumeOf('v', '1Gi', {}, 'Available', { deletionTimestamp: 'x' }),
    volumeOf('v', '1Gi'),
  ].map((volume) => mismatchOf(claimOf('c', '1Gi'), volume));
  assert.deepEqual(faults, [
    'requested PV is too small',
    'storageClassName does not match',
    'incompatible volumeMode',
    'incompatible accessMode',
    'the volume is marked for deletion "v"',
    null,
  ]);
});

const BOUND = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } };
const plans: readonly {
  readonly name: string;
  readonly got: ReturnType<typeof plan>;
  readonly act: string;
  readonly says?: RegExp;
}[] = [
  {
    name: 'VOL-03 without volume and class it says so',
    got: plan(claimOf('c', '1Gi'), []),
    act: 'tell',
    says: /^no persistent volumes available for this claim and no storage class is set$/,
  },
  {
    name: 'VOL-03 a class that does not exist',
    got: plan(claimOf('c', '1Gi', { storageClassName: 'x' }), []),
    act: 'tell',
    says: /^storageclass.storage.k8s.io "x" not found$/,
  },
  {
    name: 'VOL-06 a class makes a volume',
    got: plan(claimOf('c', '1Gi', { storageClassName: 's' }), [], {
      storageClass: { metadata: { name: 's' }, provisioner: 'kubernetes.io/host-path' },
    }),
    act: 'provision',
  },
  {
    name: 'VOL-06 nobody knows this provisioner',
    got: plan(claimOf('c', '1Gi', { storageClassName: 's' }), [], {
      storageClass: { metadata: { name: 's' }, provisioner: 'kubernetes.io/no-provisioner' },
    }),
    act: 'tell',
    says: /^no volume plugin matched name: kubernetes.io\/no-provisioner$/,
  },
  {
    name: 'VOL-07 waits for its first consumer',
    got: plan(claimOf('c', '1Gi', { storageClassName: 'late' }), [], { storageClass: late }),
    act: 'tell',
    says: /^waiting for first consumer to be created before binding$/,
  },
  {
    name: 'VOL-07 waits for a Pod to be placed',
    got: plan(claimOf('c', '1Gi', { storageClassName: 'late' }), [], { storageClass: late, waiting: ['a'] }),
    act: 'tell',
    says: /^waiting for pod a to be scheduled$/,
  },
  {
    name: 'VOL-07 a chosen node starts it',
    got: plan(
      claimOf('c', '1Gi', { storageClassName: 'late' }, { annotations: { 'volume.kubernetes.io/selected-node': 'n' } }),
      [],
      { storageClass: late },
    ),
    act: 'provision',
  },
  {
    name: 'VOL-02 a default class that came later',
    got: plan(claimOf('c', '1Gi', { storageClassName: undefined }), [], { defaultClass: late }),
    act: 'default',
  },
  {
    name: 'VOL-02 not for a claim that wants no class',
    got: plan(claimOf('c', '1Gi'), [], { defaultClass: late }),
    act: 'tell',
  },
  {
    name: 'VOL-02 a volume that fits goes before the default class',
    got: plan(claimOf('c', '1Gi', { storageClassName: undefined }), [volumeOf('v', '1Gi')], { defaultClass: late }),
    act: 'bind',
  },
  { name: 'VOL-12 the volume it names is not there yet', got: plan(claimOf('c', '1Gi', { volumeName: 'v' }), []), act: 'none' },
  {
    name: 'VOL-12 the volume it names is too small',
    got: plan(claimOf('c', '1Gi', { volumeName: 'v' }), [volumeOf('v', '1Mi')]),
    act: 'tell',
    says: /^Cannot bind to requested volume "v": requested PV is too small$/,
  },
  {
    name: 'VOL-12 the volume it names is taken',
    got: plan(claimOf('c', '1Gi', { volumeName: 'v' }), [volumeOf('v', '1Gi', refTo('x'))]),
    act: 'tell',
    says: /^volume "v" already bound to a different claim\.$/,
  },
  {
    name: 'VOL-12 a volume that names the claim too is taken as it is',
    got: plan(claimOf('c', '1Gi', { volumeName: 'v' }), [volumeOf('v', '1Mi', refTo('c'))]),
    act: 'bind',
  },
  {
    name: 'VOL-11 its volume is gone',
    got: plan(claimOf('c', '1Gi', { volumeName: 'v' }, BOUND), []),
    act: 'lose',
    says: /^Bound claim has lost its PersistentVolume\. Data on the volume is lost!$/,
  },
  {
    name: 'VOL-11 its volume belongs to another',
    got: plan(claimOf('c', '1Gi', { volumeName: 'v' }, BOUND), [volumeOf('v', '1Gi', refTo('x', 'u'))]),
    act: 'lose',
    says: /^Two claims are bound/,
  },
];
for (const { name, got, act, says } of plans)
  test(name, () => {
    assert.equal(got.act, act);
    if (says) assert.match('message' in got ? got.message : '', says);
  });

test('VOL-10 what becomes of a volume', () => {
  const claim = claimOf('c', '1Gi', { volumeName: 'v' });
  const mine = refTo('c', 'uid-c');
  const acts = (volume: KubeObject, of?: KubeObject) => JSON.stringify(planVolume(volume, of)).replaceAll('"', '');
  assert.equal(acts(volumeOf('v', '1Gi', {}, 'Pending')), '{act:phase,phase:Available}');
  assert.equal(acts(volumeOf('v', '1Gi', refTo('c'), 'Pending')), '{act:phase,phase:Available}');
  assert.equal(acts(volumeOf('v', '1Gi', mine), claim), '{act:phase,phase:Bound}');
  assert.equal(acts(volumeOf('v', '1Gi', mine, 'Bound')), '{act:phase,phase:Released}');
  assert.equal(
    acts(volumeOf('v', '1Gi', mine, 'Bound'), claimOf('c', '1Gi', {}, { uid: 'new' })),
    '{act:phase,phase:Released}',
  );
  assert.equal(acts(volumeOf('v', '1Gi', mine, 'Released')), '{act:none}');
  assert.equal(acts(volumeOf('v', '1Gi', { ...mine, persistentVolumeReclaimPolicy: 'Delete' }, 'Released')), '{act:delete}');
  assert.match(
    acts(volumeOf('v', '1Gi', { ...mine, persistentVolumeReclaimPolicy: 'Delete', hostPath: { path: '/data' } }, 'Released')),
    /fail.*only supports \/tmp/,
  );
  assert.equal(acts(volumeOf('v', '1Gi', mine), claimOf('c', '1Gi')), '{act:claim}');
  assert.equal(acts(volumeOf('v', '1Gi', { ...mine, volumeMode: 'Block' }), claimOf('c', '1Gi')), '{act:mismatch}');
  assert.equal(acts(volumeOf('w', '1Gi', mine), claim), '{act:unbind}');
});

test('VOL-09 a claim is used by Pods that have a node, ended ones too', () => {
  const user = (node: string, phase: string): Pod => {
    const pod = podOf({ name: 'p', node, phase });
    return { ...pod, spec: { ...pod.spec, volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }] } };
  };
  const used = (pod: Pod, name = 'c') => isClaimUsed(claimOf(name, '1Gi'), [pod]);
  assert.deepEqual(
    [used(user('n', 'Running')), used(user('n', 'Succeeded')), used(user('', 'Pending')), used(user('n', 'Running'), 'x')],
    [true, true, false, false],
  );
});

test('VOL-07 on one node several claims never get the same volume, and the smallest claim chooses first', () => {
  const read = {
    list: () => [volumeOf('big', '9Gi'), volumeOf('small', '2Gi')],
    get: () => undefined,
  } as unknown as Cluster['read'];
  const found = planVolumes([claimOf('large', '5Gi'), claimOf('little', '1Gi')], nodeOf('node-1'), read)?.found;
  assert.deepEqual(
    found?.map(([claim, volume]) => [claim.metadata.name, volume.metadata.name]),
    [
      ['little', 'small'],
      ['large', 'big'],
    ],
  );
  assert.equal(volumeRefusal(podOf({ name: 'p' }), nodeOf('node-1'), read), null);
});

test('NODE-14 a disk is on one node at a time, unless it may be shared', () => {
  const on = (node: string) => ({ metadata: { name: node }, spec: { nodeName: node } }) as unknown as KubeObject;
  const told = (isShared: boolean, users: readonly Pod[], held: readonly string[], mayDetach = true) => {
    const plan = planAttachment(isShared, users, held.map(on), () => mayDetach);
    const refused = plan.refused.map(
      ([pod, holders]) => `${pod.metadata.name}<${holders.map(({ metadata }) => metadata.name)}`,
    );
    return [plan.attach, plan.detach.map(({ metadata }) => metadata.name), refused];
  };
  const [a, b] = [podOf({ name: 'a', node: 'n1' }), podOf({ name: 'b', node: 'n2' })];
  assert.deepEqual(told(false, [a], []), [['n1'], [], []]);
  assert.deepEqual(told(false, [a], ['n1']), [[], [], []]);
  assert.deepEqual(told(false, [a, b], ['n1']), [[], [], ['b<a']]);
  assert.deepEqual(told(true, [a, b], ['n1']), [['n2'], [], []]);
  assert.deepEqual(told(false, [b], ['n1']), [['n2'], ['n1'], []]);
  assert.deepEqual(told(false, [b], ['n1'], false), [[], [], ['b<']]);
  assert.deepEqual(told(false, [], ['n1']), [[], ['n1'], []]);
});
