// A claim may grow: the API lets it if the class does, a driver grows the disk, a node grows what lies on it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terminal } from '../support/terminal.ts';

const DRIVER =
  'apiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata: {name: disk.example.com}\nspec: {attachRequired: false}\n';
const CLASS = (provisioner: string, allow: boolean) =>
  `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: disk}\nprovisioner: ${provisioner}\nallowVolumeExpansion: ${allow}\n`;
const CLAIM =
  'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec:\n  storageClassName: disk\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n';
const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: p, image: "p:1", volumeMounts: [{name: d, mountPath: /data}]}]\n  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n';
const GROW = `kubectl patch pvc data -p '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'`;

const prepared = (provisioner = 'disk.example.com', allow = true) =>
  new Terminal({ 'driver.yaml': DRIVER, 'class.yaml': CLASS(provisioner, allow), 'claim.yaml': CLAIM, 'pod.yaml': POD })
    .do('kubectl apply -f driver.yaml -f class.yaml', 'kubectl apply -f claim.yaml')
    .settle();
const size = (terminal: Terminal) => terminal.type("kubectl get pvc data -o jsonpath='{.status.capacity.storage}'").out;

test('VOL-17 a claim in use grows, disk first', () => {
  const terminal = prepared().do('kubectl apply -f pod.yaml').settle();
  assert.equal(terminal.type(GROW).out, 'persistentvolumeclaim/data patched\n');
  assert.equal(size(terminal), '1Gi');
  assert.match(terminal.type("kubectl get pvc data -o jsonpath='{.status.conditions[*].type}'").out, /^Resizing$/);
  terminal.settle();
  assert.equal(size(terminal), '2Gi');
  assert.match(terminal.type('kubectl get pv').out, / 2Gi /);
  assert.equal(terminal.type("kubectl get pvc data -o jsonpath='{.status.conditions}'").out, '');
  const { out } = terminal.type('kubectl describe pvc data');
  assert.match(out, /Normal +Resizing .* external-resizer disk.example.com +External resizer is resizing volume pvc-/);
  assert.match(out, /Normal +FileSystemResizeSuccessful .* kubelet +MountVolume.NodeExpandVolume succeeded for volume "pvc-/);
});

test('VOL-17 what lies on the disk waits for a Pod', () => {
  const terminal = prepared().do(GROW).settle();
  assert.equal(size(terminal), '1Gi');
  assert.equal(terminal.type("kubectl get pvc data -o jsonpath='{.status.conditions[0].type}'").out, 'FileSystemResizePending');
  terminal.do('kubectl apply -f pod.yaml').settle();
  assert.equal(size(terminal), '2Gi');
});

test('VOL-17 a class must allow it, and somebody must be able to', () => {
  assert.match(
    prepared('disk.example.com', false).type(GROW).err,
    /only dynamically provisioned pvc can be resized and the storageclass/,
  );
  const terminal = prepared('kubernetes.io/host-path').do('kubectl apply -f pod.yaml').settle().do(GROW).settle();
  assert.equal(size(terminal), '1Gi');
  assert.match(
    terminal.type('kubectl describe pvc data').out,
    /ExternalExpanding .*didn't find a plugin capable of expanding the volume/,
  );
});
