// Deleting a namespace: what is in it goes first, nothing new comes, and then it is gone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, Terminal } from '../support/terminal.ts';

const prepared = () =>
  new Terminal({ 'web.yaml': deployment('web', 'web:1', 3) })
    .do('kubectl create ns team', 'kubectl apply -n team -f web.yaml', 'kubectl create configmap c -n team')
    .settle();

test('NS-01 NS-02 a namespace takes everything in it along', () => {
  const terminal = prepared();
  assert.match(terminal.type('kubectl get ns team').out, /\nteam +Active /);
  assert.deepEqual(terminal.type('kubectl delete ns team'), { out: 'namespace "team" deleted\n', err: '', exit: 0 });
  assert.match(terminal.type('kubectl get ns team').err, /NotFound/);
  for (const resource of ['pods', 'rs', 'deploy', 'configmaps', 'events'])
    assert.equal(terminal.type(`kubectl get ${resource} -n team`).out, '');
  assert.deepEqual(
    [...terminal.run.cluster.state.objects.values()].flatMap((all) => [...all.keys()]).filter((key) => key.startsWith('team/')),
    [],
  );
  terminal.do('kubectl create ns team', 'kubectl apply -n team -f web.yaml').settle();
  assert.match(terminal.type('kubectl get deploy -n team').out, /web +3\/3/);
});

test('NS-01 while it goes it is Terminating, and nothing new may be made in it', () => {
  const terminal = prepared().do('kubectl delete ns team --wait=false');
  assert.match(terminal.type('kubectl get ns team').out, /\nteam +Terminating /);
  assert.match(
    terminal.type('kubectl create configmap late -n team').err,
    /configmaps "late" is forbidden: unable to create new content in namespace team because it is being terminated\n/,
  );
});

test('some namespaces may not be deleted, and nobody takes the finalizer of one away', () => {
  const terminal = prepared();
  assert.equal(
    terminal.type('kubectl delete ns default').err,
    'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted\n',
  );
  terminal.do(`kubectl patch ns team --type=merge -p '{"spec":{"finalizers":null}}'`);
  assert.equal(terminal.type("kubectl get ns team -o jsonpath='{.spec.finalizers}'").out, '["kubernetes"]');
});
