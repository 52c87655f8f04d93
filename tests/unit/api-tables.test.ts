// Tables, ages and quantities (K-02 … K-05).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration } from '../../src/sim/api/duration.ts';
import { podRowOf } from '../../src/sim/api/pod-row.ts';
import { canonicalQuantity } from '../../src/sim/api/quantity.ts';
import { customResourceController } from '../../src/sim/controllers/customresources.ts';
import { type Any, DEPLOYMENTS, deployment, job, PODS, pod, server } from '../support/server.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ages: readonly (readonly [ms: number, text: string])[] = [
  [0, '0s'],
  [119 * SECOND, '119s'],
  [2 * MINUTE, '2m'],
  [3 * MINUTE + 20 * SECOND, '3m20s'],
  [10 * MINUTE + 5 * SECOND, '10m'],
  [179 * MINUTE, '179m'],
  [5 * HOUR + 12 * MINUTE, '5h12m'],
  [9 * HOUR, '9h'],
  [47 * HOUR, '47h'],
  [3 * DAY + 4 * HOUR, '3d4h'],
  [9 * DAY, '9d'],
  [765 * DAY, '2y35d'],
  [3000 * DAY, '8y'],
];
for (const [ms, text] of ages) test(`K-02 ${text}`, () => assert.equal(formatDuration(ms), text));

const quantities: readonly (readonly [text: string, canonical: string | null])[] = [
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['2e3', '2e3'],
  ['100k', '100k'],
  ['0', '0'],
  ['1,5', null],
  ['', null],
];
for (const [text, canonical] of quantities)
  test(`quantity ${JSON.stringify(text)}`, () => assert.equal(canonicalQuantity(text), canonical));

const running = { ready: true, restartCount: 0, state: { running: {} }, lastState: {} };
const ended = (reason: string, exitCode: number) => ({
  ready: false,
  restartCount: 0,
  state: { terminated: { reason, exitCode } },
  lastState: {},
});
const waiting = (reason: string) => ({ ready: false, restartCount: 0, state: { waiting: { reason } }, lastState: {} });
const READY = [{ type: 'Ready', status: 'True' }];
const deleted = { deletionTimestamp: '2026-01-01T00:00:30Z' };
const rows: readonly (readonly [name: string, status: Any, metadata: Any, text: string])[] = [
  ['not scheduled', { phase: 'Pending' }, {}, '0/1 Pending'],
  ['creating', { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] }, {}, '0/1 ContainerCreating'],
  ['running', { phase: 'Running', containerStatuses: [running] }, {}, '1/1 Running'],
  ['crashing', { phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff')] }, {}, '0/1 CrashLoopBackOff'],
  ['finished', { phase: 'Succeeded', containerStatuses: [ended('Completed', 0)] }, {}, '0/1 Completed'],
  ['failed without a reason', { phase: 'Failed', containerStatuses: [ended('', 3)] }, {}, '0/1 ExitCode:3'],
  [
    'one of two finished',
    { phase: 'Running', conditions: READY, containerStatuses: [ended('Completed', 0), running] },
    {},
    '1/1 Running',
  ],
  [
    'one of two finished, not ready',
    { phase: 'Running', containerStatuses: [ended('Completed', 0), running] },
    {},
    '1/1 NotReady',
  ],
  ['init containers', { phase: 'Pending', initContainerStatuses: [waiting('PodInitializing')] }, {}, '0/1 Init:0/0'],
  ['a failed init container', { phase: 'Pending', initContainerStatuses: [ended('Error', 1)] }, {}, '0/1 Init:Error'],
  [
    'gated',
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    {},
    '0/1 SchedulingGated',
  ],
  ['going', { phase: 'Running', containerStatuses: [running] }, deleted, '1/1 Terminating'],
  ['going, already ended (VER-6)', { phase: 'Failed', containerStatuses: [ended('Error', 1)] }, deleted, '0/1 Error'],
  ['evicted', { phase: 'Failed', reason: 'Evicted' }, {}, '0/1 Evicted'],
];
for (const [name, status, metadata, text] of rows) {
  test(`K-03 ${name}`, () => {
    const row = podRowOf({ ...pod(), metadata: { name: 'p', ...metadata }, status } as Any);
    assert.equal(`${row.ready}/${row.total} ${row.status}`, text);
  });
}

const cellsOf = (table: Any, wide = false) =>
  table.rows.map((row: Any) => row.cells.filter((_: string, i: number) => wide || table.columns[i].priority === 0).join(' | '));

test('K-04 pods', () => {
  const { ok } = server();
  ok('create', PODS, pod('p', { nodeName: 'node-1' }));
  const table = ok('list', PODS, undefined, { accept: 'table' });
  assert.deepEqual(
    table.columns.map((column: Any) => column.name),
    ['Name', 'Ready', 'Status', 'Restarts', 'Age', 'IP', 'Node', 'Nominated Node', 'Readiness Gates'],
  );
  assert.deepEqual(cellsOf(table), ['p | 0/1 | Pending | 0 | 0s']);
  assert.deepEqual(cellsOf(table, true), ['p | 0/1 | Pending | 0 | 0s | <none> | node-1 | <none> | <none>']);
});

test('K-04 deployments, wide', () => {
  const { ok } = server();
  ok('create', DEPLOYMENTS, deployment({ replicas: 3 }));
  assert.deepEqual(cellsOf(ok('get', `${DEPLOYMENTS}/web`, undefined, { accept: 'table' }), true), [
    'web | 0/3 | 0 | 0 | 0s | web | web:1 | app=web',
  ]);
});

test('K-04 K-05 nodes', () => {
  const { ok, cluster } = server();
  const patch = { spec: { unschedulable: true } };
  ok('patch', '/api/v1/nodes/node-1', patch, { contentType: 'application/merge-patch+json' });
  cluster.advanceTo(60_000);
  assert.deepEqual(cellsOf(ok('list', '/api/v1/nodes', undefined, { accept: 'table' })), [
    'node-1 | Ready,SchedulingDisabled | <none> | 63s | v1.36.3',
  ]);
});

test('K-04 services and storage classes', () => {
  const { ok } = server();
  const list = (path: string) => cellsOf(ok('list', path, undefined, { accept: 'table' }));
  assert.deepEqual(list('/api/v1/namespaces/default/services'), ['kubernetes | ClusterIP | 10.96.0.1 | <none> | 443/TCP | 3s']);
  assert.deepEqual(list('/apis/storage.k8s.io/v1/storageclasses'), [
    'standard (default) | kubernetes.io/host-path | Delete | Immediate | false | 3s',
  ]);
});

test('K-05 jobs', () => {
  const { ok } = server();
  const path = '/apis/batch/v1/namespaces/default/jobs';
  const queue = ok('create', path, job({ parallelism: 3 }, 'queue'));
  ok('update', `${path}/queue/status`, {
    ...queue,
    status: { succeeded: 2, startTime: '2025-12-31T23:59:50Z', conditions: [{ type: 'Complete', status: 'True' }] },
  });
  ok('create', path, job({ completions: 5, suspend: true }));
  assert.deepEqual(cellsOf(ok('list', path, undefined, { accept: 'table' })), [
    'pi | Running | 0/5 |  | 0s',
    'queue | Complete | 2/1 of 3 | 10s | 0s',
  ]);
});

test('a custom resource is served, checked and printed as its definition says', () => {
  const { cluster, ok } = server({ actors: [customResourceController] });
  ok('create', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'stores.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'stores', kind: 'Store', shortNames: ['st'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          additionalPrinterColumns: [{ name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' }],
        },
      ],
    },
  });
  cluster.advanceTo(1000);
  const path = '/apis/example.com/v1/namespaces/default/stores';
  ok('create', path, { apiVersion: 'example.com/v1', kind: 'Store', metadata: { name: 'db' }, spec: { replicas: 3 } });
  assert.deepEqual(cellsOf(ok('list', path, undefined, { accept: 'table' })), ['db | 3']);
});
