// Writing, changing and deleting through the door, rule by rule (behaviours.md, sections 0, D and F).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Any,
  DEPLOYMENTS,
  deployment,
  job,
  PODS,
  pod,
  SERVICES,
  server,
  service,
  statefulSet,
} from '../support/server.ts';

const PDBS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const budget = (spec: Any, name = 'web') => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec,
});

test('CTL-04 a stale update is refused', () => {
  const { ok, refused } = server();
  const created = ok('create', DEPLOYMENTS, deployment());
  ok('update', `${DEPLOYMENTS}/web`, { ...created, spec: { ...created.spec, replicas: 2 } });
  const status = refused('update', `${DEPLOYMENTS}/web`, { ...created, spec: { ...created.spec, replicas: 3 } });
  assert.equal(status.code, 409);
  assert.equal(
    status.message,
    'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
  );
});

test('CTL-05 the generation counts changes of the spec only', () => {
  const { ok } = server();
  const created = ok('create', DEPLOYMENTS, deployment());
  assert.equal(created.metadata.generation, 1);
  const labelled = ok('update', `${DEPLOYMENTS}/web`, { ...created, metadata: { ...created.metadata, labels: { a: 'b' } } });
  assert.equal(labelled.metadata.generation, 1);
  const reported = ok('update', `${DEPLOYMENTS}/web/status`, { ...labelled, spec: {}, status: { replicas: 1 } });
  assert.deepEqual([reported.metadata.generation, reported.spec.replicas, reported.status.replicas], [1, 1, 1]);
  const scaled = ok('update', `${DEPLOYMENTS}/web`, { ...reported, spec: { ...reported.spec, replicas: 2 }, status: {} });
  assert.deepEqual([scaled.metadata.generation, scaled.status.replicas], [2, 1]);
});

test('CTL-05 a Pod has generation 1, and 2 when its deletion starts', () => {
  const { ok, cluster } = server();
  ok('create', PODS, pod('p', { nodeName: 'node-1' }));
  assert.equal(cluster.read.get('pods', 'default', 'p')?.metadata.generation, 1);
  assert.equal(ok('delete', `${PODS}/p`).metadata.generation, 2);
});

test('CTL-06 an object with a finalizer stays until the finalizer is gone', () => {
  const { ok, cluster } = server();
  const created = ok('create', SERVICES, {
    ...service({ ports: [{ port: 80 }] }),
    metadata: { name: 'web', finalizers: ['x.y/z'] },
  });
  ok('delete', `${SERVICES}/web`);
  const waiting = cluster.read.get('services', 'default', 'web');
  assert.ok(waiting?.metadata.deletionTimestamp);
  ok('update', `${SERVICES}/web`, { ...waiting, metadata: { ...waiting.metadata, finalizers: [] } });
  assert.equal(cluster.read.get('services', 'default', 'web'), undefined);
  assert.equal(
    cluster
      .log()
      .filter((entry) => entry.object?.uid === created.metadata.uid)
      .at(-1)?.verb,
    'remove',
  );
});

test('CTL-06 an object without finalizers goes at once', () => {
  const { ok, refused } = server();
  ok('create', DEPLOYMENTS, deployment());
  assert.equal(ok('delete', `${DEPLOYMENTS}/web`).status, 'Success');
  assert.equal(refused('get', `${DEPLOYMENTS}/web`).message, 'deployments.apps "web" not found');
});

test('CTL-08 generated names end in five letters of 27', () => {
  const { ok } = server();
  const long = 'a'.repeat(80);
  const names = [1, 2, 3].map(() => ok('create', PODS, { ...pod(), metadata: { generateName: 'web-' } }).metadata.name);
  for (const name of names) assert.match(name, /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  assert.equal(new Set(names).size, 3);
  assert.equal(ok('create', PODS, { ...pod(), metadata: { generateName: long } }).metadata.name.length, 63);
});

test('CTL-13 a delete with grace 0 is two writes', () => {
  const { ok, cluster } = server();
  ok('create', PODS, pod());
  const from = cluster.logLength;
  ok('delete', `${PODS}/p`);
  assert.deepEqual(
    cluster.log(from).map((entry) => entry.verb),
    ['delete', 'remove'],
  );
  assert.deepEqual(
    cluster.changes(0, 'pods').map((change) => change.type),
    ['ADDED', 'MODIFIED', 'DELETED'],
  );
});

test('POD-15 a bound Pod keeps its name until someone confirms with grace 0', () => {
  const { ok, cluster } = server();
  ok('create', PODS, pod('p', { nodeName: 'node-1' }));
  const going = ok('delete', `${PODS}/p`);
  assert.deepEqual([going.metadata.deletionTimestamp, going.metadata.deletionGracePeriodSeconds], ['2026-01-01T00:00:30Z', 30]);
  ok('delete', `${PODS}/p`, { gracePeriodSeconds: 0 });
  assert.equal(cluster.read.get('pods', 'default', 'p'), undefined);
});

test('POD-17 a second delete can only shorten the grace period', () => {
  const { ok } = server();
  ok('create', PODS, pod('p', { nodeName: 'node-1' }));
  ok('delete', `${PODS}/p`, { gracePeriodSeconds: 10 });
  assert.equal(ok('delete', `${PODS}/p`, { gracePeriodSeconds: 20 }).metadata.deletionGracePeriodSeconds, 10);
  const shorter = ok('delete', `${PODS}/p`, { gracePeriodSeconds: 5 });
  assert.deepEqual(
    [shorter.metadata.deletionGracePeriodSeconds, shorter.metadata.deletionTimestamp, shorter.metadata.generation],
    [5, '2026-01-01T00:00:05Z', 2],
  );
});

test('POD-20 a negative grace period is stored as 1', () => {
  assert.equal(
    server().ok('create', PODS, pod('p', { terminationGracePeriodSeconds: -3 })).spec.terminationGracePeriodSeconds,
    1,
  );
});

test('preconditions of a delete', () => {
  const { ok, refused } = server();
  const { uid } = ok('create', PODS, pod()).metadata;
  assert.equal(
    refused('delete', `${PODS}/p`, { preconditions: { uid: 'x' } }).message,
    `Operation cannot be fulfilled on pods "p": Precondition failed: UID in precondition: x, UID in object meta: ${uid}`,
  );
});

const finalizers: readonly (readonly [name: string, options: Any, after: readonly string[] | null])[] = [
  ['GC-01 Background removes at once', { propagationPolicy: 'Background' }, null],
  ['GC-02 Foreground waits', { propagationPolicy: 'Foreground' }, ['foregroundDeletion']],
  ['GC-03 Orphan waits', { propagationPolicy: 'Orphan' }, ['orphan']],
];
for (const [name, options, after] of finalizers) {
  test(name, () => {
    const { ok, cluster } = server();
    ok('create', DEPLOYMENTS, deployment());
    ok('delete', `${DEPLOYMENTS}/web`, options);
    assert.deepEqual(cluster.read.get('deployments', 'default', 'web')?.metadata.finalizers ?? null, after);
  });
}

test('JOB-25 a raw delete of a Job orphans its Pods', () => {
  const { ok, cluster } = server();
  ok('create', JOBS, job());
  ok('delete', `${JOBS}/pi`);
  assert.deepEqual(cluster.read.get('jobs', 'default', 'pi')?.metadata.finalizers, ['orphan']);
});

test('POD-01 what a Pod gets', () => {
  const { spec, status } = server().ok(
    'create',
    PODS,
    pod('p', {
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'y:1' },
      ],
    }),
  );
  assert.deepEqual(
    [spec.restartPolicy, spec.terminationGracePeriodSeconds, spec.dnsPolicy, spec.schedulerName],
    ['Always', 30, 'ClusterFirst', 'default-scheduler'],
  );
  assert.deepEqual(
    spec.containers.map((container: Any) => container.imagePullPolicy),
    ['Always', 'IfNotPresent'],
  );
  assert.deepEqual(status, { phase: 'Pending', qosClass: 'BestEffort' });
});

test('NODE-06 node trouble is tolerated for the cluster’s time, unless the Pod says otherwise', () => {
  const key = 'node.kubernetes.io/unreachable';
  const { ok } = server({ defaultTolerationSeconds: 10 });
  const tolerations = ok(
    'create',
    PODS,
    pod('p', { tolerations: [{ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }] }),
  ).spec.tolerations;
  assert.deepEqual(
    tolerations.map((t: Any) => [t.key, t.tolerationSeconds]),
    [
      [key, 1],
      ['node.kubernetes.io/not-ready', 10],
    ],
  );
});

test('POD-10 probes', () => {
  const probe = { tcpSocket: { port: 80 } };
  const { spec } = server().ok('create', PODS, pod('p', { containers: [{ name: 'c', image: 'x', readinessProbe: probe }] }));
  assert.deepEqual(spec.containers[0].readinessProbe, {
    tcpSocket: { port: 80 },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
});

test('DEP-01 what a Deployment gets', () => {
  const { spec } = server().ok('create', DEPLOYMENTS, deployment());
  assert.deepEqual(
    [spec.replicas, spec.strategy, spec.revisionHistoryLimit, spec.progressDeadlineSeconds],
    [1, { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }, 10, 600],
  );
});

test('STS-06 a type given without its block leaves the block absent', () => {
  const path = '/apis/apps/v1/namespaces/default/statefulsets';
  const { ok } = server();
  assert.deepEqual(ok('create', path, statefulSet()).spec.updateStrategy, {
    type: 'RollingUpdate',
    rollingUpdate: { partition: 0 },
  });
  const given = ok('create', path, statefulSet({ updateStrategy: { type: 'RollingUpdate' } }, 'other'));
  assert.deepEqual(given.spec.updateStrategy, { type: 'RollingUpdate' });
});

test('JOB-01 completions and parallelism are 1 when neither is given', () => {
  const { ok } = server();
  const plain = ok('create', JOBS, job());
  assert.deepEqual([plain.spec.completions, plain.spec.parallelism, plain.spec.backoffLimit], [1, 1, 6]);
  assert.equal(plain.spec.selector.matchLabels['batch.kubernetes.io/controller-uid'], plain.metadata.uid);
  assert.equal(ok('create', JOBS, job({ parallelism: 3 }, 'queue')).spec.completions, undefined);
});

test('VOL-01 a claim gets the default class and a finalizer', () => {
  const { ok } = server();
  const path = '/api/v1/namespaces/default/persistentvolumeclaims';
  const claim = (name: string, more: Any) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more },
  });
  const created = ok('create', path, claim('a', {}));
  assert.deepEqual(
    [created.spec.storageClassName, created.metadata.finalizers],
    ['standard', ['kubernetes.io/pvc-protection']],
  );
  assert.equal(ok('create', path, claim('b', { storageClassName: '' })).spec.storageClassName, '');
});

test('SVC-01 SVC-02 a Service gets an address of its own, a headless one none', () => {
  const { ok, refused } = server();
  const web = ok('create', SERVICES, service({ ports: [{ port: 80 }] }));
  assert.match(web.spec.clusterIP, /^10\.(9[6-9]|10\d|11[01])\.\d+\.\d+$/);
  assert.deepEqual([web.spec.clusterIPs, web.spec.ports[0].targetPort], [[web.spec.clusterIP], 80]);
  assert.equal(ok('create', SERVICES, service({ clusterIP: 'None', selector: { a: 'b' } }, 'db')).spec.clusterIPs[0], 'None');
  const moved = { ...web, spec: { ...web.spec, clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] } };
  assert.match(refused('update', `${SERVICES}/web`, moved).message ?? '', /may not change once set/);
  assert.equal(ok('update', `${SERVICES}/web`, service({ ports: [{ port: 81 }] })).spec.clusterIP, web.spec.clusterIP);
});

test('a namespace that is not there', () => {
  assert.equal(server().refused('create', '/api/v1/namespaces/x/pods', pod()).message, 'namespaces "x" not found');
});

test('a name that is taken', () => {
  const { ok, refused } = server();
  ok('create', DEPLOYMENTS, deployment());
  assert.equal(refused('create', DEPLOYMENTS, deployment()).message, 'deployments.apps "web" already exists');
});

test('a write that changes nothing is no write', () => {
  const { ok, cluster } = server();
  const created = ok('create', DEPLOYMENTS, deployment());
  const before = cluster.revision;
  assert.equal(ok('update', `${DEPLOYMENTS}/web`, created).metadata.resourceVersion, created.metadata.resourceVersion);
  assert.equal(
    ok('patch', `${DEPLOYMENTS}/web`, { spec: { replicas: 1 } }, { contentType: 'application/merge-patch+json' }).metadata
      .generation,
    1,
  );
  assert.equal(cluster.revision, before);
});

test('scale changes replicas alone and refuses negative numbers', () => {
  const { ok, refused } = server();
  ok('create', DEPLOYMENTS, deployment());
  const scale = ok('get', `${DEPLOYMENTS}/web/scale`);
  assert.deepEqual([scale.kind, scale.spec, scale.status.selector], ['Scale', { replicas: 1 }, 'app=web']);
  ok('update', `${DEPLOYMENTS}/web/scale`, { ...scale, spec: { replicas: 4 } });
  assert.equal(ok('get', `${DEPLOYMENTS}/web`).spec.replicas, 4);
  assert.match(
    refused('update', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: -1 } }).message ?? '',
    /must be greater than or equal to 0/,
  );
});

test('binding gives a Pod its node once', () => {
  const { ok, refused } = server();
  ok('create', PODS, pod());
  const bound = ok('create', `${PODS}/p/binding`, { target: { kind: 'Node', name: 'node-1' } });
  assert.deepEqual([bound.spec.nodeName, bound.status.conditions[0].type], ['node-1', 'PodScheduled']);
  assert.match(
    refused('create', `${PODS}/p/binding`, { target: { name: 'node-1' } }).message ?? '',
    /pod p is already assigned to node "node-1"/,
  );
});

/** A bound Pod that is Ready or not, and a budget with a status. */
function evictionScene(
  isReady: boolean,
  status: Any,
  spec: Any = { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
) {
  const scene = server();
  const created = scene.ok('create', PODS, pod('p', { nodeName: 'node-1' }, { labels: { app: 'web' } }));
  scene.ok('update', `${PODS}/p/status`, {
    ...created,
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  });
  const made = scene.ok('create', PDBS, budget(spec));
  scene.ok('update', `${PDBS}/web/status`, {
    ...made,
    status: { observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, ...status },
  });
  return scene;
}
const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } };

test('PDB-05 an unready Pod leaves when enough others are healthy, or when the budget always allows it', () => {
  evictionScene(false, { currentHealthy: 1, desiredHealthy: 1 }).ok('create', `${PODS}/p/eviction`, eviction);
  evictionScene(false, { currentHealthy: 0 }).refused('create', `${PODS}/p/eviction`, eviction);
  const always = { minAvailable: 1, selector: { matchLabels: { app: 'web' } }, unhealthyPodEvictionPolicy: 'AlwaysAllow' };
  evictionScene(false, { currentHealthy: 0 }, always).ok('create', `${PODS}/p/eviction`, eviction);
});

test('PDB-05 two budgets for one Pod', () => {
  const { ok, refused } = evictionScene(true, {});
  ok('create', PDBS, budget({ maxUnavailable: 1, selector: {} }, 'other'));
  assert.equal(
    refused('create', `${PODS}/p/eviction`, eviction).message,
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  );
});

test('PDB-06 nothing allowed: refused with the reason', () => {
  const status = evictionScene(true, {}).refused('create', `${PODS}/p/eviction`, eviction);
  assert.deepEqual(
    [status.code, status.message, status.details?.causes?.[0]?.message],
    [
      429,
      "Cannot evict pod as it would violate the pod's disruption budget.",
      'The disruption budget web needs 1 healthy pods and has 1 currently',
    ],
  );
});

test('PDB-06 a budget that was not looked at yet', () => {
  const status = evictionScene(true, { observedGeneration: 0 }).refused('create', `${PODS}/p/eviction`, eviction);
  assert.equal(status.details?.causes?.[0]?.message, 'The disruption budget web is still being processed by the server.');
});

test('PDB-06 PDB-07 an allowed eviction spends a disruption, marks and deletes', () => {
  const { ok, cluster } = evictionScene(true, { disruptionsAllowed: 1 });
  ok('create', `${PODS}/p/eviction`, eviction);
  const { status } = ok('get', `${PDBS}/web`);
  assert.deepEqual([status.disruptionsAllowed, Object.keys(status.disruptedPods)], [0, ['p']]);
  const gone = cluster.read.get('pods', 'default', 'p');
  assert.equal(gone?.status.conditions?.at(-1)?.reason, 'EvictionByEvictionAPI');
  assert.equal(gone?.metadata.deletionGracePeriodSeconds, 30);
});

test('a cluster has room for so many Pods and says so', () => {
  const { ok, refused } = server();
  for (let i = 0; i < 6000; i++) ok('create', PODS, pod(`p${i}`));
  assert.match(
    refused('create', PODS, pod('more')).message ?? '',
    /exceeded quota: simulator, requested: count\/pods=1, used: count\/pods=6000, limited: count\/pods=6000/,
  );
});
