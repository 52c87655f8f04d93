// Pods that the scheduler leaves alone, and nodes without the label that spreading asks for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terminal } from '../support/terminal.ts';

const pod = (name: string, more: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {${more}, containers: [{name: c, image: "c:1"}]}
`;
const FILES = {
  'gated.yaml': pod('gated', 'schedulingGates: [{name: example.com/wait}]'),
  'other.yaml': pod('other', 'schedulerName: mine'),
  'nowhere.yaml': pod('nowhere', 'nodeName: node-9'),
  'spread.yaml': pod(
    'spread',
    'topologySpreadConstraints: [{maxSkew: 1, topologyKey: rack, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: spread}}}]',
  ),
};
const statusOf = (terminal: Terminal, name: string) => terminal.type(`kubectl get pod ${name} --no-headers`).out.split(/ +/)[2];

test('SCH-01 a gated Pod is not looked at until its gates are gone', () => {
  const terminal = new Terminal(FILES).do('kubectl apply -f gated.yaml').settle();
  assert.equal(statusOf(terminal, 'gated'), 'SchedulingGated');
  assert.match(terminal.type('kubectl get events').err, /No resources found/);
  terminal.do(`kubectl patch pod gated -p '{"spec":{"schedulingGates":null}}'`).settle();
  assert.equal(statusOf(terminal, 'gated'), 'Running');
});

test('SCH-01 a Pod of another scheduler waits without a word', () => {
  const terminal = new Terminal(FILES).do('kubectl apply -f other.yaml').settle();
  assert.equal(statusOf(terminal, 'other'), 'Pending');
  assert.match(terminal.type('kubectl get events').err, /No resources found/);
});

test('POD-03 a Pod that names a node which does not exist never starts', () => {
  const terminal = new Terminal(FILES).do('kubectl apply -f nowhere.yaml').settle();
  assert.equal(statusOf(terminal, 'nowhere'), 'Pending');
});

test('SCH-04 a node without the label of a spreading constraint is named so, and preemption is no help', () => {
  const terminal = new Terminal(FILES, 2).do('kubectl apply -f spread.yaml').settle();
  assert.match(
    terminal.type('kubectl get events').out,
    /0\/2 nodes are available: 2 node\(s\) didn't match pod topology spread constraints \(missing required label\)\. no new claims to deallocate, preemption: 0\/2 nodes are available: 2 Preemption is not helpful for scheduling\./,
  );
});
