// kubectl rollout where it refuses or only shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terminal } from '../support/terminal.ts';

const workload = (kind: string, name: string) => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: c, image: "c:1"}]}}
`;
const FILES = {
  'web.yaml': workload('Deployment', 'web'),
  'front.yaml': workload('ReplicaSet', 'front'),
  'db.yaml': workload('StatefulSet', 'db'),
};
const made = (file: string) => new Terminal(FILES).do(`kubectl create -f ${file}`).settle();

test('DEP-12 undo as a dry run prints the template it would go back to', () => {
  const terminal = made('web.yaml').do('kubectl set image deploy/web c=c:2').settle();
  const template = (hash: string) =>
    `Pod Template:\n  Labels:\tapp=web\n\tpod-template-hash=${hash}\n  Containers:\n   c:\n    Image:\tc:1\n    Port:\t<none>\n    Host Port:\t<none>\n    Environment:\t<none>\n    Mounts:\t<none>\n  Volumes:\t<none>\n  Node-Selectors:\t<none>\n  Tolerations:\t<none>\n`;
  const { out } = terminal.type('kubectl rollout undo deploy/web --dry-run=client');
  const hash = /pod-template-hash=(\w+)/.exec(out)?.[1] ?? '';
  assert.equal(out, `deployment.apps/web ${template(hash)} (dry run)\n`);
  const ofSet = made('db.yaml').do('kubectl set image sts/db c=c:2').settle();
  assert.match(
    ofSet.type('kubectl rollout undo sts/db --dry-run=client').out,
    /^statefulset\.apps\/db will roll back to Pod Template:\n {2}Labels:\tapp=db\n/,
  );
});

test('K-09 a rollout of another revision than the wanted one is refused', () => {
  const terminal = made('web.yaml');
  assert.equal(terminal.type('kubectl rollout status deploy/web --revision=1').exit, 0);
  assert.equal(
    terminal.type('kubectl rollout status deploy/web --revision=4').err,
    'error: desired revision (4) is different from the running revision (1)\n',
  );
});

test('K-16 what has no rollouts, and a restart too soon after another', () => {
  const terminal = made('front.yaml');
  for (const [line, refusal] of [
    ['status rs/front', 'no status viewer has been implemented for ReplicaSet.apps'],
    ['history rs/front', 'no history viewer has been implemented for "ReplicaSet.apps"'],
    ['undo rs/front', 'no rollbacker has been implemented for "ReplicaSet.apps"'],
    ['history svc/kubernetes', 'error retrieving history for "Service", no visitor method exists for { Service}'],
  ] as const)
    assert.equal(terminal.type(`kubectl rollout ${line}`).err, `error: ${refusal}\n`);
  const refusals = made('web.yaml');
  const said = [1, 2, 3, 4].map(() => refusals.type('kubectl rollout restart deploy/web').err);
  assert.ok(
    said.includes(
      'error: failed to create patch for web: if restart has already been triggered within the past second, please wait before attempting to trigger another\n',
    ),
  );
});
