// Rules of StatefulSets that only a running cluster shows: repairs, claims in the way, histories.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/sim/api/client.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import type { KubeObject, Pod } from '../../src/sim/types.ts';
import { eventsOf, newCluster, podTrace, stateOf, workload } from '../support/cluster.ts';

const CLAIM = {
  volumeClaimTemplates: [
    { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  ],
};
const DELETE_ON_SCALE = { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' } };
const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: name }] } } } });

interface Scene {
  readonly cluster: Cluster;
  readonly api: Client;
  set(): KubeObject;
  pod(ordinal: number): Pod;
  edit(patch: object): void;
  wait(seconds: number): void;
}

/** A StatefulSet `db` that is up. */
function start(replicas: number, spec: object = {}, programs: object = {}): Scene {
  const { cluster, api } = newCluster({ programs: programs as never });
  api.create('statefulsets', workload('db', replicas, { serviceName: 'db', ...spec }, {}, 'db:1'), 'input');
  cluster.advanceTo(8000);
  return {
    cluster,
    api,
    set: () => api.get('statefulsets', 'default', 'db'),
    pod: (ordinal) => api.get('pods', 'default', `db-${ordinal}`),
    edit: (patch) =>
      void api.patch('statefulsets', 'default', 'db', patch as Readonly<Record<string, unknown>>, 'strategic', 'input'),
    wait: (seconds) => cluster.advanceTo(cluster.nowMs + seconds * 1000),
  };
}

const imagesOf = ({ cluster }: Scene) =>
  cluster.read
    .list('pods')
    .map((pod) => `${pod.metadata.name} ${pod.spec.containers[0]?.image}`)
    .sort();
const claimOf = ({ cluster }: Scene, ordinal: number) =>
  cluster.read.get('persistentvolumeclaims', 'default', `data-db-${ordinal}`);

test('STS-04 a Pod that lost its name label gets it back', () => {
  const scene = start(1);
  const label = 'statefulset.kubernetes.io/pod-name';
  scene.api.patch('pods', 'default', 'db-0', { metadata: { labels: { [label]: null } } }, 'merge', 'input');
  scene.wait(1);
  assert.equal(scene.pod(0).metadata.labels?.[label], 'db-0');
  assert.deepEqual(eventsOf(scene.cluster.log(), 'SuccessfulUpdate'), ['Update Pod db-0 in StatefulSet db successful']);
});

test('STS-05 Pods name their set as controller; an orphan is adopted only if its name belongs to the set', () => {
  const scene = start(1);
  const [owner] = scene.pod(0).metadata.ownerReferences ?? [];
  assert.deepEqual([owner?.kind, owner?.name, owner?.controller, owner?.blockOwnerDeletion], ['StatefulSet', 'db', true, true]);
  for (const name of ['stray', 'db-1'])
    scene.api.create(
      'pods',
      {
        metadata: { name, namespace: 'default', labels: { app: 'db' } },
        spec: { containers: [{ name: 'c', image: 'db:1' }] },
      },
      'input',
    );
  scene.wait(0.5);
  assert.equal(scene.api.get('pods', 'default', 'stray').metadata.ownerReferences, undefined);
  const adopted = scene.cluster
    .log()
    .find(({ object, after }) => object?.name === 'db-1' && after?.metadata.ownerReferences !== undefined);
  assert.equal(adopted?.why, 'CTL-07');
  scene.wait(3);
  assert.deepEqual(
    scene.cluster.read.list('pods').map(({ metadata }) => metadata.name),
    ['db-0', 'stray'],
    'beyond the range it is condemned',
  );
});

test('STS-09 a claim that is being deleted keeps its Pod from being made', () => {
  const scene = start(1, CLAIM);
  scene.api.patch(
    'persistentvolumeclaims',
    'default',
    'data-db-0',
    { metadata: { finalizers: ['example.com/hold'] } },
    'merge',
    'input',
  );
  scene.api.delete('persistentvolumeclaims', 'default', 'data-db-0', {}, 'input');
  scene.api.delete('pods', 'default', 'db-0', {}, 'input');
  scene.wait(5);
  assert.equal(scene.cluster.read.list('pods').length, 0);
  assert.deepEqual(eventsOf(scene.cluster.log(), 'FailedCreate'), [
    'Create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted',
  ]);
  scene.api.patch('persistentvolumeclaims', 'default', 'data-db-0', { metadata: { finalizers: null } }, 'merge', 'input');
  scene.wait(30);
  assert.equal(stateOf(scene.pod(0)), 'Running 1/1');
});

test('STS-10 the missing claim of a Pending Pod is made again, the Pod is left alone', () => {
  const { cluster, api } = newCluster({ storageClasses: [] });
  api.create('statefulsets', workload('db', 1, { serviceName: 'db', ...CLAIM }, {}, 'db:1'), 'input');
  cluster.advanceTo(2000);
  const { uid } = api.get('pods', 'default', 'db-0').metadata;
  api.delete('persistentvolumeclaims', 'default', 'data-db-0', {}, 'input');
  api.patch('statefulsets', 'default', 'db', { metadata: { annotations: { look: 'again' } } }, 'merge', 'input');
  cluster.advanceTo(4000);
  assert.equal(api.get('persistentvolumeclaims', 'default', 'data-db-0').status?.phase, 'Pending');
  assert.equal(api.get('pods', 'default', 'db-0').metadata.uid, uid);
});

test('STS-25 current and update revision are one on a fresh set, and two during a rollout', () => {
  const scene = start(2, {}, { 'db:bad': { pull: 'fail' } });
  const fresh = scene.set().status;
  assert.equal(fresh.currentRevision, fresh.updateRevision);
  scene.edit(image('db:bad'));
  scene.wait(5);
  const rolling = scene.set().status;
  assert.equal(rolling.currentRevision, fresh.currentRevision);
  assert.notEqual(rolling.updateRevision, fresh.updateRevision);
});

test('STS-30 below the partition a Pod comes back from the old revision, however often the template changes', () => {
  const scene = start(3, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
  for (const name of ['db:2', 'db:3']) {
    scene.edit(image(name));
    scene.wait(5);
  }
  scene.api.delete('pods', 'default', 'db-0', {}, 'input');
  scene.wait(5);
  assert.deepEqual(imagesOf(scene), ['db-0 db:1', 'db-1 db:1', 'db-2 db:3']);
});

test('STS-36 revisions in use are kept, idle ones up to the limit', () => {
  const kept = (limit: number) => {
    const scene = start(1, { revisionHistoryLimit: limit });
    for (const name of ['db:2', 'db:3', 'db:4']) {
      scene.edit(image(name));
      scene.wait(5);
    }
    return scene.cluster.read.list('controllerrevisions').map((revision) => revision['revision']);
  };
  assert.deepEqual(kept(10), [1, 2, 3, 4]);
  assert.deepEqual(kept(1), [3, 4]);
  assert.deepEqual(kept(0), [4]);
});

test('STS-39 a sync that finds nothing new writes nothing', () => {
  const scene = start(2);
  const from = scene.cluster.logLength;
  for (let i = 0; i < 5; i++) scene.cluster.act('statefulset-controller', null, (ctx) => ctx.after(10 + 100 * i, 'default/db'));
  scene.wait(2);
  assert.deepEqual(
    scene.cluster.log(from).filter(({ actor }) => actor === 'statefulset-controller'),
    [],
  );
});

test('STS-42 STS-43 a claim changes hands before its Pod goes, and the next Pod waits until it is collected', () => {
  const scene = start(2, { ...CLAIM, ...DELETE_ON_SCALE });
  const first = claimOf(scene, 1)?.metadata.uid;
  const from = scene.cluster.logLength;
  scene.edit({ spec: { replicas: 1 } });
  scene.wait(0.1);
  scene.edit({ spec: { replicas: 2 } });
  scene.wait(8);
  const steps = scene.cluster.log(from).flatMap(({ object, verb, after, why }) => {
    if (object?.name === 'data-db-1' && why === 'STS-40') {
      const [owner] = after?.metadata.ownerReferences ?? [];
      return [owner ? `claim owned by ${owner.name}` : 'claim owned by nobody'];
    }
    if (object?.name === 'data-db-1' && (verb === 'create' || !after)) return [after ? 'claim made' : 'claim gone'];
    if (object?.name === 'db-1' && object.resource === 'pods') {
      if (!after) return ['Pod gone'];
      if (verb === 'create') return ['Pod made'];
      if (verb === 'delete' && why === 'STS-19') return ['Pod deleted'];
    }
    return [];
  });
  assert.deepEqual(steps, ['claim owned by db-1', 'Pod deleted', 'Pod gone', 'claim gone', 'claim made', 'Pod made']);
  assert.notEqual(claimOf(scene, 1)?.metadata.uid, first);
});

test('STS-44 a claim with another controller is left alone, with a warning', () => {
  const scene = start(2, { ...CLAIM, ...DELETE_ON_SCALE });
  const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'backup', controller: true };
  const { uid } = scene.api.create('configmaps', { metadata: { name: 'backup', namespace: 'default' } }, 'input').metadata;
  scene.api.patch(
    'persistentvolumeclaims',
    'default',
    'data-db-1',
    { metadata: { ownerReferences: [{ ...other, uid }] } },
    'merge',
    'input',
  );
  scene.edit({ spec: { replicas: 1 } });
  scene.wait(5);
  assert.equal(scene.cluster.read.get('pods', 'default', 'db-1'), undefined);
  assert.equal(claimOf(scene, 1)?.status?.phase, 'Bound');
  assert.match(eventsOf(scene.cluster.log(), 'ConflictingController')[0] ?? '', /^PersistentVolumeClaim data-db-1 /);
});

test('STS-49 more replicas and a new template in one edit: the new ordinals first, then the old ones from the top', () => {
  const scene = start(2);
  const from = scene.cluster.logLength;
  scene.edit({ spec: { replicas: 4, template: image('db:2').spec.template } });
  scene.wait(20);
  const trace = podTrace(scene.cluster.log(from)).filter((line) => /Pending$|gone$/.test(line));
  assert.deepEqual(trace, ['db-2 Pending', 'db-3 Pending', 'db-1 gone', 'db-1 Pending', 'db-0 gone', 'db-0 Pending']);
  assert.deepEqual(imagesOf(scene), ['db-0 db:2', 'db-1 db:2', 'db-2 db:2', 'db-3 db:2']);
});
