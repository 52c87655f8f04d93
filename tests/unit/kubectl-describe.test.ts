// kubectl describe: the kinds whose layout no recording shows, line by line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terminal } from '../support/terminal.ts';

const FILES = {
  'pod.yaml': `apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  nodeSelector: {disk: ssd}
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: one}}}
  containers:
  - name: c
    image: "c:1"
    args: ["first\\nsecond"]
    envFrom: [{configMapRef: {name: cfg}}, {prefix: P_, secretRef: {name: key, optional: true}}]
    env:
    - {name: WORD, valueFrom: {secretKeyRef: {name: key, key: word}}}
    - {name: MODE, valueFrom: {configMapKeyRef: {name: cfg, key: mode, optional: true}}}
    volumeMounts: [{name: b, mountPath: /b}, {name: a, mountPath: /a}]
  volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
`,
  'nightly.yaml': `apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "c:1"}]}}}}
`,
};
const described = (terminal: Terminal, what: string) => terminal.type(`kubectl describe ${what}`).out;

test('K-12 a Pod: sources of its variables, mounts by path, arguments line by line, spreading', () => {
  const text = described(new Terminal(FILES).do('kubectl apply -f pod.yaml').settle(), 'pod one');
  for (const line of [
    '    Args:\n      first\n      second\n',
    "    Environment Variables from:\n      cfg  ConfigMap                Optional: false\n      key  Secret with prefix 'P_'  Optional: true\n",
    "      WORD:  <set to the key 'word' in secret 'key'>      Optional: false\n",
    "      MODE:  <set to the key 'mode' of config map 'cfg'>  Optional: true\n",
    '    Mounts:\n      /a from a (rw)\n      /b from b (rw)\n',
  ])
    assert.ok(text.includes(line), `${line}\nis not in\n${text}`);
  assert.match(text, /\nTopology Spread Constraints: +zone:DoNotSchedule when max skew 1 is exceeded for selector app=one\n/);
});

test('K-12 a CronJob has its time zone, also when none is set', () => {
  const text = described(new Terminal(FILES).do('kubectl apply -f nightly.yaml'), 'cronjob nightly');
  assert.match(text, /\nSuspend: +False\nTime Zone: +<unset>\nSuccessful Job History Limit: +3\n/);
});

test('K-12 namespaces, classes and ConfigMaps', () => {
  const terminal = new Terminal(FILES).do('kubectl create configmap cfg --from-literal=mode=fast');
  assert.equal(
    described(terminal, 'namespace default'),
    `Name:         default
Labels:       kubernetes.io/metadata.name=default
Annotations:  <none>
Status:       Active

No resource quota.

No LimitRange resource.
`,
  );
  assert.equal(
    described(terminal, 'storageclass standard'),
    `Name:                  standard
IsDefaultClass:        Yes
Annotations:           storageclass.kubernetes.io/is-default-class=true
Provisioner:           kubernetes.io/host-path
Parameters:            <none>
AllowVolumeExpansion:  <unset>
MountOptions:          <none>
ReclaimPolicy:         Delete
VolumeBindingMode:     Immediate
Events:                <none>
`,
  );
  assert.match(
    described(terminal, 'configmap cfg'),
    /\n\nData\n====\nmode:\n----\nfast\n\n\nBinaryData\n====\n\nEvents: {2}<none>\n$/,
  );
});

test('K-12 a kind without a layout of its own: its fields in alphabetical order', () => {
  const text = described(new Terminal({}), 'lease node-1 -n kube-node-lease');
  assert.match(
    text,
    /\nAPI Version: +coordination\.k8s\.io\/v1\nKind: +Lease\nMetadata:\n {2}Creation Timestamp: .*\n(.*\n)* {2}UID: /,
  );
});

test('K-12 a container that has never run has an empty image id', () => {
  const terminal = new Terminal({}, 2, { 'one:bad': { pull: 'fail' } }).do('kubectl run one --image=one:bad').settle();
  assert.match(described(terminal, 'pod one'), /\n {4}Image ID: +\n/);
});
