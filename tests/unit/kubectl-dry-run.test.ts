// --dry-run: what is said is upstream's, and the cluster stays as it was, to the last number.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, Terminal } from '../support/terminal.ts';

const FILES = {
  'web.yaml': deployment('web', 'web:1', 2),
  'web2.yaml': deployment('web', 'web:2', 3),
  'api.yaml': deployment('api', 'api:1', 1),
  'bad.yaml': deployment('bad', 'bad:1', -1),
};

const prepared = () => new Terminal(FILES).do('kubectl apply -f web.yaml').settle();

/** What a dry run may not touch. */
function worldOf({ run: { cluster } }: Terminal): unknown {
  const { objects, revision, streams, memory } = cluster.snapshot();
  const actors = [...streams].filter(([name]) => name === 'uid' || name === 'names');
  return { objects, revision, actors, memory };
}

const rows: readonly (readonly [line: string, out: string])[] = [
  ['apply -f api.yaml --dry-run=server', 'deployment.apps/api created (server dry run)\n'],
  ['apply -f api.yaml --dry-run=client', 'deployment.apps/api created (dry run)\n'],
  ['apply -f web2.yaml --dry-run=server', 'deployment.apps/web configured (server dry run)\n'],
  ['apply -f web.yaml --dry-run=server', 'deployment.apps/web unchanged (server dry run)\n'],
  ['apply -f web.yaml --dry-run=client', 'deployment.apps/web configured (dry run)\n'],
  ['create -f api.yaml --dry-run=server', 'deployment.apps/api created (server dry run)\n'],
  ['create deployment x --image=x:1 --dry-run=client', 'deployment.apps/x created (dry run)\n'],
  ['run x --image=x:1 --dry-run=server', 'pod/x created (server dry run)\n'],
  ['expose deploy web --port=80 --dry-run=server', 'service/web exposed (server dry run)\n'],
  ['delete deploy web --dry-run=client', 'deployment.apps "web" deleted from default namespace (dry run)\n'],
  ['delete deploy web --dry-run=server', 'deployment.apps "web" deleted from default namespace (server dry run)\n'],
  ['scale deploy web --replicas=5 --dry-run=server', 'deployment.apps/web scaled (server dry run)\n'],
  ['scale deploy web --replicas=5 --dry-run=client', 'deployment.apps/web scaled (dry run)\n'],
  [`patch deploy web -p '{"spec":{"paused":true}}' --dry-run=server`, 'deployment.apps/web patched (server dry run)\n'],
  [`patch deploy web -p '{"spec":{"replicas":2}}' --dry-run=client`, 'deployment.apps/web patched (no change) (dry run)\n'],
  ['set image deploy/web web=web:9 --dry-run=server', 'deployment.apps/web image updated (server dry run)\n'],
  ['set env deploy/web A=b --dry-run=client', 'deployment.apps/web env updated (dry run)\n'],
  [
    'set resources deploy web --limits=cpu=1 --dry-run=server',
    'deployment.apps/web resource requirements updated (server dry run)\n',
  ],
  ['label deploy web tier=front --dry-run=server', 'deployment.apps/web labeled (server dry run)\n'],
  ['annotate deploy web note=x --dry-run=client', 'deployment.apps/web annotated (dry run)\n'],
  ['taint node node-1 a=b:NoSchedule --dry-run=server', 'node/node-1 tainted (server dry run)\n'],
  ['cordon node-1 --dry-run=client', 'node/node-1 cordoned (dry run)\n'],
];
for (const [line, out] of rows)
  test(`dry run: kubectl ${line}`, () => {
    const terminal = prepared();
    const before = worldOf(terminal);
    assert.deepEqual(terminal.type(`kubectl ${line}`), { out, err: '', exit: 0 });
    assert.deepEqual(worldOf(terminal), before);
  });

test('dry run: the server refuses what it would refuse, the client does not look', () => {
  const server = prepared().type('kubectl apply -f bad.yaml --dry-run=server');
  assert.match(server.err, /^The Deployment "bad" is invalid: spec.replicas: Invalid value: -1/);
  assert.equal(prepared().type('kubectl apply -f bad.yaml --dry-run=client').exit, 0);
});

test('dry run: -o yaml shows what would be stored, without a resourceVersion that nobody gave', () => {
  const { out } = prepared().type('kubectl create -f api.yaml --dry-run=server -o yaml');
  assert.match(out, /progressDeadlineSeconds: 600/);
  assert.match(out, /uid: /);
  assert.doesNotMatch(out, /resourceVersion/);
  const client = prepared().type('kubectl create deployment x --image=x:1 --dry-run=client -o yaml').out;
  assert.match(client, /^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n {2}labels:\n {4}app: x\n {2}name: x\nspec:\n/);
  assert.match(prepared().type('kubectl label deploy web tier=front --dry-run=client -o yaml').out, /tier: front/);
  assert.match(prepared().type('kubectl set image deploy/web web=web:9 --dry-run=client -o yaml').out, /image: web:9/);
});

test('dry run: a changed object keeps the version it has', () => {
  const terminal = prepared();
  const now = terminal.type("kubectl get deploy web -o jsonpath='{.metadata.resourceVersion}'").out;
  const { out } = terminal.type(
    "kubectl apply -f web2.yaml --dry-run=server -o jsonpath='{.metadata.resourceVersion} {.spec.replicas}'",
  );
  assert.equal(out, `${now} 3`);
});

test('dry run: a value is needed, and one of three', () => {
  const none = prepared().type('kubectl apply -f web.yaml --dry-run');
  assert.equal(
    none.err,
    'error: --dry-run flag without a value was specified. A value must be set: "none", "server", or "client".\n',
  );
  const odd = prepared().type('kubectl apply -f web.yaml --dry-run=perhaps');
  assert.equal(odd.err, 'error: Invalid dry-run value (perhaps). Must be "none", "server", or "client".\n');
});

test('set env: sets, changes, drops and lists variables; set resources merges into what is there', () => {
  const terminal = prepared();
  assert.equal(terminal.type('kubectl set env deploy/web MODE=fast LEVEL=3').out, 'deployment.apps/web env updated\n');
  assert.equal(terminal.type('kubectl set env deploy/web --list').out, '# Deployment web, container web\nMODE=fast\nLEVEL=3\n');
  terminal.do('kubectl set env deploy/web MODE=slow LEVEL-');
  assert.equal(terminal.type('kubectl set env deploy/web --list').out, '# Deployment web, container web\nMODE=slow\n');
  assert.equal(terminal.type('kubectl set env deploy/web MODE=slow').out, '');
  terminal.do(
    'kubectl set resources deploy web --requests=cpu=100m',
    'kubectl set resources deploy web --requests=memory=64Mi',
  );
  assert.equal(
    terminal.type("kubectl get deploy web -o jsonpath='{.spec.template.spec.containers[0].resources}'").out,
    '{"requests":{"cpu":"100m","memory":"64Mi"}}',
  );
  assert.equal(
    terminal.type('kubectl set resources deploy web').err,
    'error: you must specify an update to requests or limits (in the form of --requests/--limits)\n',
  );
});
