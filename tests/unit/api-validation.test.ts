// What the server says to objects that are wrong: one row for each sentence, named after its rule (behaviours.md, section L).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPatch } from '../../src/sim/api/patches.ts';
import { type Any, deployment, job, pod, server, service, statefulSet, template } from '../support/server.ts';

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const PORT = 'must be between 1 and 65535, inclusive';

const pdb = (spec: Any) => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web' }, spec });
const claim = (spec: Any) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec });
const volume = (spec: Any) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'v' },
  spec: { accessModes: ['ReadWriteOnce'], ...spec },
});
const replicaSet = (spec: Any) => ({ ...deployment(spec), kind: 'ReplicaSet' });
const cronJob = (schedule: string, name = 'bad') => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: { schedule, jobTemplate: { spec: job().spec } },
});
const container = (more: Any) => pod('p', { containers: [{ name: 'c', image: 'web:1', ...more }] });

const cases: readonly (readonly [name: string, object: Any, ...sentences: string[]])[] = [
  ['VAL-01 a name in capitals', pod('DB'), `metadata.name: Invalid value: "DB": ${SUBDOMAIN}`],
  ['VAL-01 a StatefulSet is named by a label', statefulSet({}, 'a.b'), `metadata.name: Invalid value: "a.b": ${LABEL}`],
  ['VAL-01 no name', { ...pod(), metadata: {} }, 'metadata.name: Required value: name or generateName is required'],
  ['VAL-01 a container name', container({ name: 'C' }), `spec.containers[0].name: Invalid value: "C": ${LABEL}`],
  [
    'VAL-01 a long label',
    statefulSet({}, 'a'.repeat(64)),
    `metadata.name: Invalid value: "${'a'.repeat(64)}": must be no more than 63 characters`,
  ],
  [
    'VAL-02 selector and template',
    deployment({ selector: { matchLabels: { app: 'x' } } }),
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ],
  [
    'VAL-02 no selector gives both errors',
    statefulSet({ selector: undefined }),
    'spec.selector: Required value',
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ],
  [
    'VAL-02 an empty selector of a ReplicaSet',
    replicaSet({ selector: {} }),
    'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
  ],
  [
    'VAL-02 an empty selector of a StatefulSet',
    statefulSet({ selector: {} }),
    'spec.selector: Invalid value: {}: empty selector is invalid for statefulset',
  ],
  [
    'VAL-05 negative replicas',
    deployment({ replicas: -1 }),
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'VAL-05 negative partition',
    statefulSet({ updateStrategy: { rollingUpdate: { partition: -1 } } }),
    'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'VAL-06 a Deployment restarts always',
    deployment({ template: template(undefined, { restartPolicy: 'Never' }) }),
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
  [
    'VAL-06 a Job never restarts always',
    job({ template: template() }),
    'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [
    'VAL-07 Recreate with a block',
    deployment({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
  ],
  [
    'VAL-07 both zero',
    deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
  ],
  [
    'VAL-07 more than all',
    deployment({ strategy: { rollingUpdate: { maxUnavailable: '120%' } } }),
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "120%": must not be greater than 100%',
  ],
  [
    'VAL-07 no such strategy',
    deployment({ strategy: { type: 'Foo' } }),
    'spec.strategy: Unsupported value: {"Type":"Foo","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
  ],
  [
    'VAL-07 a deadline too short',
    deployment({ minReadySeconds: 30, progressDeadlineSeconds: 30 }),
    'spec.progressDeadlineSeconds: Invalid value: 30: must be greater than minReadySeconds',
  ],
  [
    'VAL-07 no such update strategy',
    statefulSet({ updateStrategy: { type: 'Foo' } }),
    'spec.updateStrategy: Invalid value: {"Type":"Foo","RollingUpdate":null}: must be \'RollingUpdate\' or \'OnDelete\'',
  ],
  [
    'VAL-07 OnDelete with a block',
    statefulSet({ updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } }),
    'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'',
  ],
  [
    'VAL-07 no such policy',
    statefulSet({ podManagementPolicy: 'Foo' }),
    "spec.podManagementPolicy: Invalid value: \"Foo\": must be 'OrderedReady' or 'Parallel'",
  ],
  [
    'VAL-08 no containers',
    deployment({ template: template(undefined, { containers: [] }) }),
    'spec.template.spec.containers: Required value',
  ],
  [
    'VAL-08 no image',
    deployment({ template: template(undefined, { containers: [{ name: 'web' }] }) }),
    'spec.template.spec.containers[0].image: Required value',
  ],
  ['VAL-08 no container name', pod('p', { containers: [{ image: 'web:1' }] }), 'spec.containers[0].name: Required value'],
  [
    'VAL-08 a double container',
    pod('p', {
      containers: [
        { name: 'c', image: 'a' },
        { name: 'c', image: 'b' },
      ],
    }),
    'spec.containers[1].name: Duplicate value: "c"',
  ],
  [
    'VAL-08 a mount of nothing',
    container({ volumeMounts: [{ name: 'nowhere', mountPath: '/x' }] }),
    'spec.containers[0].volumeMounts[0].name: Not found: "nowhere"',
  ],
  [
    'VAL-09 a claim without modes and size',
    claim({}),
    'spec.accessModes: Required value: at least 1 access mode is required',
    'spec.resources[storage]: Required value',
  ],
  [
    'VAL-09 no such mode',
    claim({ accessModes: ['X'], resources: { requests: { storage: '1Gi' } } }),
    'spec.accessModes: Unsupported value: "X": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
  ],
  [
    'VAL-09 a claim of less than nothing, of a class with an odd name',
    claim({ accessModes: ['ReadWriteOncePod'], resources: { requests: { storage: '-1Gi' } }, storageClassName: 'A B' }),
    'spec.resources[storage]: Invalid value: "-1Gi": must be greater than zero',
    `spec.storageClassName: Invalid value: "A B": ${SUBDOMAIN}`,
  ],
  [
    'VAL-09 a claim template',
    statefulSet({ volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }] }),
    'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
  ],
  [
    'VAL-10 both bounds',
    pdb({ minAvailable: 1, maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } }),
    'spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"app":"web"}},"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
  ],
  [
    'VAL-10 a percentage',
    pdb({ minAvailable: '50' }),
    "spec.minAvailable: Invalid value: \"50\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
  ],
  [
    'VAL-10 no such policy',
    pdb({ unhealthyPodEvictionPolicy: 'x' }),
    'spec.unhealthyPodEvictionPolicy: Unsupported value: "x": supported values: "AlwaysAllow", "IfHealthyBudget"',
  ],
  ['VAL-11 no ports', service(), 'spec.ports: Required value'],
  [
    'VAL-11 several ports need names',
    service({ ports: [{ port: 80 }, { port: 81 }] }),
    'spec.ports[0].name: Required value',
    'spec.ports[1].name: Required value',
  ],
  [
    'VAL-11 port 0 is wrong twice',
    service({ ports: [{ port: 0 }] }),
    `spec.ports[0].port: Invalid value: 0: ${PORT}`,
    `spec.ports[0].targetPort: Invalid value: 0: ${PORT}`,
  ],
  [
    'VAL-11 a double port name',
    service({
      ports: [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
      ],
    }),
    'spec.ports[1].name: Duplicate value: "a"',
  ],
  [
    'VAL-12 Indexed needs completions',
    job({ completionMode: 'Indexed', parallelism: 2 }),
    'spec.completions: Required value: when completion mode is Indexed',
  ],
  [
    'VAL-12 back-off by index',
    job({ backoffLimitPerIndex: 1 }),
    'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
  ],
  [
    'VAL-13 four fields',
    cronJob('* * * *'),
    'spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]',
  ],
  [
    'VAL-13 a time zone in the schedule',
    cronJob('TZ=UTC * * * * *'),
    'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
  ],
  [
    'VAL-13 a long name',
    cronJob('* * * * *', 'a'.repeat(53)),
    `metadata.name: Invalid value: "${'a'.repeat(53)}": must be no more than 52 characters`,
  ],
  ['VAL-14 serviceName is a label', statefulSet({ serviceName: 'A' }), `spec.serviceName: Invalid value: "A": ${LABEL}`],
  [
    'VAL-14 no deadline in a StatefulSet',
    statefulSet({ template: template(undefined, { activeDeadlineSeconds: 5 }) }),
    'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported',
  ],
  ['VAL-16 a label value', pod('p', {}, { labels: { app: 'a b' } }), `metadata.labels: Invalid value: "a b": ${LABEL_VALUE}`],
  [
    'VAL-16 a long label value',
    pod('p', {}, { labels: { app: 'a'.repeat(64) } }),
    `metadata.labels: Invalid value: "${'a'.repeat(64)}": must be no more than 63 bytes`,
  ],
  [
    'VAL-16 a label in the template has a path of its own',
    deployment({ template: template({ app: 'web', tier: 'a b' }) }),
    `spec.template.labels: Invalid value: "a b": ${LABEL_VALUE}`,
  ],
  [
    'VAL-16 a selector that cannot be read hides the template',
    deployment({ selector: { matchLabels: { app: 'a b' } } }),
    `spec.selector.matchLabels: Invalid value: "a b": ${LABEL_VALUE}`,
    'spec.selector: Invalid value: {"matchLabels":{"app":"a b"}}: invalid label selector',
  ],
  [
    'VAL-17 a container port',
    container({ ports: [{ containerPort: 70_000 }] }),
    `spec.containers[0].ports[0].containerPort: Invalid value: 70000: ${PORT}`,
  ],
  [
    'VAL-17 request over limit',
    container({ resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } }),
    'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  ],
  [
    'VAL-17 a probe without a port',
    container({ readinessProbe: { httpGet: { path: '/' } } }),
    `spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: ${PORT}`,
  ],
  [
    'VAL-17 a volume without a size, with a step back in its path',
    volume({ hostPath: { path: '/../x' } }),
    'spec.capacity: Required value',
    'spec.capacity: Unsupported value: null: supported values: "storage"',
    `spec.hostPath.path: Invalid value: "/../x": must not contain '..'`,
  ],
  [
    'VAL-17 a local volume is on a node',
    volume({ capacity: { storage: '1Gi' }, local: { path: '/x' } }),
    'spec.nodeAffinity: Required value: Local volume requires node affinity',
  ],
  [
    'VAL-17 a mount without a path',
    container({ volumeMounts: [{ name: 'v' }] }),
    'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    'spec.containers[0].volumeMounts[0].mountPath: Required value',
  ],
  [
    'VAL-11 a node port out of the range',
    service({ type: 'NodePort', ports: [{ port: 80, nodePort: 99 }] }),
    'spec.ports[0].nodePort: Invalid value: 99: provided port is not in the valid range. The range of valid ports is 30000-32767',
  ],
  [
    'VAL-17 an empty volume',
    { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { capacity: { storage: '1Gi' } } },
    'spec.accessModes: Required value',
    'spec: Required value: must specify a volume type',
  ],
];

const PLURALS: Readonly<Record<string, string>> = {
  Pod: '/api/v1/namespaces/default/pods',
  Service: '/api/v1/namespaces/default/services',
  PersistentVolumeClaim: '/api/v1/namespaces/default/persistentvolumeclaims',
  PersistentVolume: '/api/v1/persistentvolumes',
  Deployment: '/apis/apps/v1/namespaces/default/deployments',
  ReplicaSet: '/apis/apps/v1/namespaces/default/replicasets',
  StatefulSet: '/apis/apps/v1/namespaces/default/statefulsets',
  Job: '/apis/batch/v1/namespaces/default/jobs',
  CronJob: '/apis/batch/v1/namespaces/default/cronjobs',
  PodDisruptionBudget: '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
};

for (const [name, object, ...sentences] of cases) {
  test(name, () => {
    const status = server().refused('create', PLURALS[object.kind] as string, object);
    assert.equal(status.reason, 'Invalid');
    assert.deepEqual(
      status.details?.causes?.map((cause) => `${cause.field}: ${cause.message}`),
      sentences,
    );
  });
}

test('VAL-04 a selector does not change', () => {
  const { ok, refused } = server();
  const created = ok('create', PLURALS['Deployment'] as string, deployment());
  const changed = {
    ...created,
    spec: { ...created.spec, selector: { matchLabels: { app: 'x' } }, template: template({ app: 'x' }) },
  };
  const status = refused('update', `${PLURALS['Deployment']}/web`, changed);
  assert.equal(
    status.message,
    'Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable',
  );
});

test('VAL-03 what may not change in a StatefulSet', () => {
  const { ok, refused } = server();
  const path = PLURALS['StatefulSet'] as string;
  const created = ok('create', path, statefulSet());
  const status = refused('update', `${path}/db`, { ...created, spec: { ...created.spec, serviceName: 'other' } });
  assert.equal(
    status.message,
    `StatefulSet.apps "db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden`,
  );
});

test('POD-20 a living Pod keeps its spec, but for its image', () => {
  const { ok, refused } = server();
  const path = `${PLURALS['Pod']}/p`;
  const created = ok('create', PLURALS['Pod'] as string, pod());
  const withContainer = (more: Any) => ({
    ...created,
    metadata: { ...created.metadata, resourceVersion: '' },
    spec: { ...created.spec, containers: [{ ...created.spec.containers[0], ...more }] },
  });
  assert.equal(ok('update', path, withContainer({ image: 'web:2' })).spec.containers[0].image, 'web:2');
  assert.match(
    refused('update', path, withContainer({ command: ['x'] })).message ?? '',
    /spec: Forbidden: pod updates may not change fields other than/,
  );
});

test('JOB-24 the completions of a Job without indexes are fixed', () => {
  const { ok, refused } = server();
  const path = PLURALS['Job'] as string;
  const created = ok('create', path, job({ completions: 2 }));
  const status = refused('update', `${path}/pi`, { ...created, spec: { ...created.spec, completions: 3 } });
  assert.equal(status.message, 'Job.batch "pi" is invalid: spec.completions: Invalid value: 3: field is immutable');
});

const decoding: readonly (readonly [name: string, object: Any, sentence: string])[] = [
  ['an unknown field', statefulSet({ replica: 3 }), 'strict decoding error: unknown field "spec.replica"'],
  ['two unknown fields', { ...pod('p', { x: 1 }), y: 2 }, 'strict decoding error: unknown field "spec.x", unknown field "y"'],
  [
    'an unknown field in a list',
    deployment({ template: template(undefined, { containers: [{ name: 'a', image: 'b', volumeClaimTemplates: [] }] }) }),
    'strict decoding error: unknown field "spec.template.spec.containers[0].volumeClaimTemplates"',
  ],
  [
    'text for a number',
    statefulSet({ replicas: 'three' }),
    'json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas of type int32',
  ],
  [
    'a fraction for a number',
    deployment({ replicas: 1.5 }),
    'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    'an object for a list',
    pod('p', { containers: {} }),
    'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
  ],
  [
    'no quantity',
    container({ resources: { requests: { cpu: 'a lot' } } }),
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    'a list for a map',
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: [] },
    'json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string',
  ],
];

for (const [name, object, sentence] of decoding) {
  test(`VAL-15 ${name}`, () => {
    const path = PLURALS[object.kind] ?? '/api/v1/namespaces/default/configmaps';
    const version = object.apiVersion.split('/').at(-1);
    assert.equal(
      server().refused('create', path, object).message,
      `${object.kind} in version "${version}" cannot be handled as a ${object.kind}: ${sentence}`,
    );
  });
}

test('POD-01 a priority class that does not exist is refused by admission', () => {
  const { ok, refused } = server();
  const path = PLURALS['Pod'] as string;
  assert.equal(
    refused('create', path, pod('p', { priorityClassName: 'nope' })).message,
    'pods "p" is forbidden: no PriorityClass with name nope was found',
  );
  const critical = { ...pod('q', { priorityClassName: 'system-node-critical' }) };
  assert.equal(ok('create', path, critical).spec.priority, 2_000_001_000);
});

test('a JSON patch that does not fit is an invalid request', () => {
  for (const step of [
    { op: 'remove', path: '/spec/nope' },
    { op: 'test', path: '/spec/replicas', value: 9 },
  ])
    assert.throws(() => jsonPatch({ spec: { replicas: 1 } }, [step]), {
      message: 'the server rejected our request due to an error in our request',
    });
});
