// kubectl replace, autoscale and create service.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, Terminal } from '../support/terminal.ts';

const FILES = {
  'web.yaml': deployment('web', 'web:1', 2),
  'new.yaml': deployment('web', 'web:2', 3),
  'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: p, image: "p:1"}]}\n',
  'stale.yaml': deployment('web', 'web:2', 3).replace('name: web,', 'name: web, resourceVersion: "1",'),
};
const prepared = () => new Terminal(FILES).do('kubectl create -f web.yaml').settle();

test('kubectl replace puts the manifest in the place of what is there', () => {
  const terminal = prepared();
  terminal.do('kubectl label deploy web tier=front');
  assert.deepEqual(terminal.type('kubectl replace -f new.yaml'), { out: 'deployment.apps/web replaced\n', err: '', exit: 0 });
  assert.equal(
    terminal.type("kubectl get deploy web -o jsonpath='{.metadata.labels} {.spec.replicas}'").out,
    '{"app":"web"} 3',
  );
  assert.match(
    terminal.type('kubectl replace -f stale.yaml').err,
    /^Error from server \(Conflict\): error when replacing "stale.yaml": Operation cannot be fulfilled/,
  );
  assert.equal(
    terminal.type('kubectl replace -f new.yaml --dry-run=server').out,
    'deployment.apps/web replaced (server dry run)\n',
  );
});

test('kubectl replace needs something to replace', () => {
  const { err, exit } = new Terminal(FILES).type('kubectl replace -f web.yaml');
  assert.equal(err, 'Error from server (NotFound): error when replacing "web.yaml": deployments.apps "web" not found\n');
  assert.equal(exit, 1);
});

test('kubectl replace --force deletes, waits and creates', () => {
  const terminal = new Terminal(FILES).do('kubectl create -f pod.yaml').settle();
  const uid = () => terminal.type("kubectl get pod p -o jsonpath='{.metadata.uid}'").out;
  const before = uid();
  assert.equal(
    terminal.type('kubectl replace --force -f pod.yaml').out,
    'pod "p" deleted from default namespace\npod/p replaced\n',
  );
  assert.notEqual(uid(), before);
  terminal.do('kubectl delete pod p');
  assert.equal(terminal.type('kubectl replace --force -f pod.yaml').out, 'pod/p replaced\n');
});

test('kubectl autoscale makes a HorizontalPodAutoscaler', () => {
  const terminal = prepared();
  assert.equal(
    terminal.type('kubectl autoscale deploy web --min=2 --max=5 --cpu=80%').out,
    'horizontalpodautoscaler.autoscaling/web autoscaled\n',
  );
  const { out } = terminal.type(
    "kubectl get hpa web -o jsonpath='{.spec.minReplicas} {.spec.maxReplicas} {.spec.metrics[0].resource.target} {.spec.scaleTargetRef.kind}'",
  );
  assert.equal(out, '2 5 {"averageUtilization":80,"type":"Utilization"} Deployment');
  assert.equal(
    terminal.type('kubectl autoscale deploy web').err,
    'error: --max=MAXPODS is required and must be at least 1, max: -1\n',
  );
  assert.match(
    terminal.type('kubectl autoscale deploy web --max=3 --cpu-percent=50 --name=b').err,
    /^Flag --cpu-percent has been deprecated/,
  );
  assert.match(terminal.type('kubectl autoscale deploy none --max=3').err, /"none" not found/);
});

test('kubectl create service makes Services of all types', () => {
  const terminal = new Terminal(FILES);
  assert.equal(terminal.type('kubectl create service clusterip web --tcp=80:8080').out, 'service/web created\n');
  const { out } = terminal.type(
    "kubectl get svc web -o jsonpath='{.spec.ports[0].name} {.spec.ports[0].targetPort} {.spec.selector} {.metadata.labels}'",
  );
  assert.equal(out, '80-8080 8080 {"app":"web"} {"app":"web"}');
  terminal.do(
    'kubectl create svc clusterip db --clusterip=None',
    'kubectl create service externalname ext --external-name=example.com',
  );
  assert.match(terminal.type('kubectl get svc').out, /\ndb +ClusterIP +None/);
  assert.match(terminal.type('kubectl get svc').out, /\next +ExternalName +<none> +example.com/);
  assert.equal(
    terminal.type('kubectl create service nodeport x').err,
    'error: at least one tcp port specifier must be provided\n',
  );
});
