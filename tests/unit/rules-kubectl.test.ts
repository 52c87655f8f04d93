// Rules that a reader sees in a terminal: drains, cascades, rollouts of StatefulSets, tables and tools.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terminal } from '../support/terminal.ts';

const labels = 'labels: {app: web}';
const template = (image: string) => `template: {metadata: {${labels}}, spec: {containers: [{name: c, image: "${image}"}]}}`;
const set = (image: string, more = '') => `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, ${labels}}
spec: {serviceName: web, replicas: 2, selector: {matchLabels: {app: web}}, ${template(image)}${more}}
`;
const FILES = {
  'db.yaml': set('db:1'),
  'plain.yaml': set('db:1', ', updateStrategy: {type: RollingUpdate}'),
  'ondelete.yaml': set('db:1', ', updateStrategy: {type: OnDelete}'),
  'budget.yaml': `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
`,
  'service.yaml': `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, selector: {app: web}, ports: [{name: http, port: 80}]}
`,
  'sick.yaml': set('db:never', ', podManagementPolicy: Parallel'),
};
const withSet = (nodes = 1, file = 'db.yaml') => new Terminal(FILES, nodes).do(`kubectl apply -f ${file}`).settle();
const lines = (text: string) => text.split('\n').slice(0, -1);

test('DRAIN-01 drain: cordon, evict all at once, wait until they are gone', () => {
  const terminal = withSet();
  const { out, err, exit } = terminal.type('kubectl drain node-1');
  assert.equal(err, '');
  assert.equal(exit, 0);
  const [cordoned, ...rest] = lines(out);
  assert.equal(cordoned, 'node/node-1 cordoned');
  assert.equal(rest.pop(), 'node/node-1 drained');
  assert.deepEqual(rest.slice(0, 2).sort(), ['evicting pod default/db-0', 'evicting pod default/db-1']);
  assert.deepEqual(rest.slice(2).sort(), ['pod/db-0 evicted', 'pod/db-1 evicted']);
  assert.deepEqual(lines(terminal.type('kubectl drain node-1').out), ['node/node-1 already cordoned', 'node/node-1 drained']);
});

test('DRAIN-01 DRAIN-05 a budget refuses: tried again every 5 s, until the timeout', () => {
  const terminal = withSet();
  terminal.do('kubectl apply -f budget.yaml').settle();
  const { out, err, exit } = terminal.type('kubectl drain node-1 --timeout=12s');
  const refused = (pod: string) =>
    `error when evicting pods/"${pod}" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.`;
  assert.equal(lines(out).filter((line) => line === 'evicting pod default/db-0').length, 4);
  assert.equal(lines(err).filter((line) => line === refused('db-0')).length, 3);
  assert.match(err, /global timeout reached: 12s/);
  assert.match(err, /\nThere are pending nodes to be drained:\n node-1\n/);
  assert.equal(exit, 1);
  assert.match(terminal.type('kubectl get nodes').out, /SchedulingDisabled/);
});

test('DRAIN-06 without a budget the Pods of a StatefulSet leave together', () => {
  const terminal = withSet(2);
  const evicted = () => terminal.run.cluster.log().filter(({ verb, after }) => verb === 'delete' && after?.kind === 'Pod');
  for (const node of ['node-1', 'node-2']) terminal.type(`kubectl cordon ${node}`);
  terminal.run.input({ run: 'kubectl drain node-1' });
  terminal.run.input({ run: 'kubectl drain node-2' });
  terminal.run.advanceTo(terminal.run.nowMs + 200);
  assert.deepEqual(
    evicted()
      .map(({ object }) => object?.name)
      .sort(),
    ['db-0', 'db-1'],
  );
});

test('GC-05 delete returns when the named object is gone; its Pods are still leaving', () => {
  const terminal = withSet();
  assert.equal(terminal.type('kubectl delete sts db').out, 'statefulset.apps "db" deleted from default namespace\n');
  assert.match(terminal.type('kubectl get pods').out, /db-0 .* Terminating .*\ndb-1 .* Terminating /);
  const orphaning = withSet();
  orphaning.do('kubectl delete sts db --cascade=orphan').settle();
  assert.match(orphaning.type('kubectl get pods').out, /db-0 .* Running .*\ndb-1 .* Running /);
  const patient = withSet();
  patient.type('kubectl delete sts db --cascade=foreground');
  assert.equal(patient.type('kubectl get pods').err, 'No resources found in default namespace.\n');
});

test('STS-37 rollout restart is a new revision; there is no pause', () => {
  const terminal = withSet();
  assert.equal(terminal.type('kubectl rollout restart sts/db').out, 'statefulset.apps/db restarted\n');
  terminal.settle();
  assert.match(terminal.type('kubectl rollout history sts/db').out, /\n1 .*\n2 /);
  const { err, exit } = terminal.type('kubectl rollout pause sts/db');
  assert.deepEqual([err, exit], ['error: statefulsets.apps "db" pausing is not supported\n', 1]);
});

test('K-08 rollout status of a StatefulSet, by strategy', () => {
  const rolled = (file: string) => {
    const terminal = withSet(1, file);
    terminal.type('kubectl set image sts/db c=db:2');
    return terminal.type('kubectl rollout status sts/db --timeout=60s');
  };
  const partitioned = lines(rolled('db.yaml').out);
  assert.ok(partitioned.includes('Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...'));
  assert.equal(partitioned.at(-1), 'partitioned roll out complete: 2 new pods have been updated...');
  assert.ok(partitioned.includes('Waiting for 1 pods to be ready...'));
  const plain = lines(rolled('plain.yaml').out);
  assert.ok(
    plain.some((line) => /^waiting for statefulset rolling update to complete 1 pods at revision db-\w+\.\.\.$/.test(line)),
  );
  assert.match(plain.at(-1) ?? '', /^statefulset rolling update complete 2 pods at revision db-\w+\.\.\.$/);
  const byHand = rolled('ondelete.yaml');
  assert.deepEqual([byHand.err, byHand.exit], ['error: rollout status is only available for RollingUpdate strategy type\n', 1]);
});

test('EPS-05 the ENDPOINTS column has all addresses, ready or not', () => {
  const terminal = new Terminal(FILES, 1).do('kubectl apply -f service.yaml', 'kubectl apply -f db.yaml').settle();
  terminal.run.input({ container: 'sick', pod: 'db-0' });
  terminal.do('kubectl delete pod db-1 --wait=false');
  const [, row = ''] = lines(terminal.type('kubectl get endpointslices').out);
  assert.match(row, /10\.244\.\d+\.\d+,10\.244\.\d+\.\d+/);
  const ready = terminal.type("kubectl get endpointslices -o jsonpath='{.items[0].endpoints[*].conditions.ready}'").out;
  assert.match(ready, /false/);
});

test('POD-05 the STATUS column follows what happens to a Pod', () => {
  const terminal = new Terminal(FILES, 1);
  const watch = terminal.run.input({ run: 'kubectl get pods -w --no-headers' }) as number;
  terminal.run.advanceTo(200);
  terminal.do('kubectl run p --image=p:1').settle().do('kubectl delete pod p').settle();
  const statuses = lines(terminal.run.outputs[watch]?.out ?? '').map((line) => line.split(/ +/)[2]);
  const changes = statuses.filter((status, i) => status !== statuses[i - 1]);
  assert.deepEqual(changes, ['Pending', 'ContainerCreating', 'Running', 'Terminating', 'Completed']);
});

test('DNS-09 answers may be kept for 30 s', () => {
  const terminal = new Terminal(FILES, 1).do('kubectl apply -f service.yaml', 'kubectl apply -f db.yaml').settle();
  assert.match(
    terminal.type('kubectl exec db-0 -- dig db-1.web.default.svc.cluster.local').out,
    /\ndb-1\.web\.default\.svc\.cluster\.local\.\s+30\s+IN\s+A\s+10\.244\./,
  );
});

test('exec takes a workload and chooses the most alive of its Pods', () => {
  const terminal = new Terminal(FILES, 1);
  terminal.do('kubectl create deployment w --image=p:1 --replicas=2').settle();
  const [first = '', second = ''] = lines(terminal.type('kubectl get pods -o name').out).map((name) =>
    name.replace('pod/', ''),
  );
  const before = terminal.type('kubectl exec deploy/w -- hostname').out.trim();
  assert.ok([first, second].includes(before));
  terminal.do(`kubectl delete pod ${before}`).settle();
  assert.equal(terminal.type('kubectl exec deployment/w -- hostname').out.trim(), before === first ? second : first);
  terminal.do('kubectl create configmap c --from-literal=a=b');
  assert.match(terminal.type('kubectl exec configmap/c -- hostname').err, /^error: cannot attach to ConfigMap: selector/);
});

test('describe shows where a variable comes from, and of a Pod its value; a mount shows its folder', () => {
  const template = {
    metadata: { labels: { app: 'x' } },
    spec: {
      containers: [
        {
          name: 'c',
          image: 'c:1',
          env: [
            { name: 'SELF', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'COLOUR', value: 'blue' },
          ],
          volumeMounts: [{ name: 'd', mountPath: '/d', subPath: 'a/b' }],
        },
      ],
      volumes: [{ name: 'd', emptyDir: {} }],
    },
  };
  const set = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'x' },
    spec: { serviceName: 'x', selector: { matchLabels: { app: 'x' } }, template },
  };
  const terminal = new Terminal({ 'x.yaml': JSON.stringify(set) }, 1).do('kubectl apply -f x.yaml').settle();
  const ofSet = terminal.type('kubectl describe sts x').out;
  assert.match(ofSet, /Environment:\n\s+SELF: {5}\(v1:metadata\.name\)\n\s+COLOUR: {2}blue\n/);
  assert.match(ofSet, /\/d from d \(rw,path="a\/b"\)/);
  assert.match(terminal.type('kubectl describe pod x-0').out, /SELF: {4}x-0 \(v1:metadata\.name\)\n/);
});
