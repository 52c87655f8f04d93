// The patch forms and selectors, as tables.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPatch, mergePatch, strategicPatch } from '../../src/sim/api/patches.ts';
import { formatSelector, matchesSelector, meets, parseLabelSelector } from '../../src/sim/api/selectors.ts';
import { DEPLOYMENTS, deployment, PODS, pod, server } from '../support/server.ts';

const merges: readonly (readonly [name: string, target: unknown, patch: unknown, result: unknown])[] = [
  ['null removes', { a: 1, b: 2 }, { a: null }, { b: 2 }],
  ['objects merge', { a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
  ['lists are replaced', { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['__proto__ is a key', {}, JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":1}}')],
];
for (const [name, target, patch, result] of merges)
  test(`merge patch: ${name}`, () => assert.deepEqual(mergePatch(target, patch), result));

const steps: readonly (readonly [name: string, target: unknown, patch: unknown, result: unknown])[] = [
  ['add into a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
  ['append', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
  ['remove', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
  ['replace with an escaped key', { 'a/b': 1 }, [{ op: 'replace', path: '/a~1b', value: 2 }], { 'a/b': 2 }],
  ['move', { a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
  ['copy', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
  ['test that holds', { a: 1 }, [{ op: 'test', path: '/a', value: 1 }], { a: 1 }],
];
for (const [name, target, patch, result] of steps)
  test(`JSON patch: ${name}`, () => assert.deepEqual(jsonPatch(target, patch), result));
test('JSON patch: a path that is not there is refused', () =>
  assert.throws(() => jsonPatch({}, [{ op: 'remove', path: '/a/b' }])));
test('JSON patch: a test that fails is refused', () =>
  assert.throws(() => jsonPatch({ a: 1 }, [{ op: 'test', path: '/a', value: 2 }])));

const c = (name: string, image: string) => ({ name, image });
const strategic: readonly (readonly [name: string, target: unknown, patch: unknown, result: unknown])[] = [
  [
    'containers merge by name',
    { containers: [c('a', '1'), c('b', '1')] },
    { containers: [c('b', '2')] },
    { containers: [c('a', '1'), c('b', '2')] },
  ],
  [
    'a new container is added',
    { containers: [c('a', '1')] },
    { containers: [c('b', '1')] },
    { containers: [c('a', '1'), c('b', '1')] },
  ],
  [
    '$patch: delete',
    { containers: [c('a', '1'), c('b', '1')] },
    { containers: [{ name: 'a', $patch: 'delete' }] },
    { containers: [c('b', '1')] },
  ],
  [
    '$patch: replace of a list',
    { containers: [c('a', '1')] },
    { containers: [c('b', '1'), { $patch: 'replace' }] },
    { containers: [c('b', '1')] },
  ],
  [
    '$setElementOrder',
    { containers: [c('a', '1'), c('b', '1')] },
    { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [c('b', '2')] },
    { containers: [c('b', '2'), c('a', '1')] },
  ],
  [
    'a list without key is replaced',
    { tolerations: [{ key: 'a' }] },
    { tolerations: [{ key: 'b' }] },
    { tolerations: [{ key: 'b' }] },
  ],
  [
    '$retainKeys',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] },
    { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
  ],
];
for (const [name, target, patch, result] of strategic)
  test(`strategic merge: ${name}`, () => assert.deepEqual(strategicPatch(target, patch, 'PodSpec'), result));

test('strategic merge: finalizers are a set with $deleteFromPrimitiveList', () => {
  const target = { finalizers: ['a', 'b'] };
  assert.deepEqual(strategicPatch(target, { finalizers: ['b', 'c'] }, 'ObjectMeta'), { finalizers: ['a', 'b', 'c'] });
  assert.deepEqual(strategicPatch(target, { '$deleteFromPrimitiveList/finalizers': ['a'] }, 'ObjectMeta'), {
    finalizers: ['b'],
  });
});

test('DEP-12 a patch through the door changes one container’s image', () => {
  const { ok } = server();
  ok('create', DEPLOYMENTS, deployment());
  const patch = { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } } };
  const patched = ok('patch', `${DEPLOYMENTS}/web`, patch, { contentType: 'application/strategic-merge-patch+json' });
  assert.deepEqual([patched.spec.template.spec.containers[0].image, patched.metadata.generation], ['web:2', 2]);
});

const LABELS = { app: 'web', tier: 'front', weight: '3' };
const selectors: readonly (readonly [text: string, isMet: boolean])[] = [
  ['app=web', true],
  ['app==web,tier!=x', true],
  ['tier in (front, back)', true],
  ['tier notin (front)', false],
  ['canary', false],
  ['!canary', true],
  ['weight>2,weight<4', true],
  ['other!=x', true],
  ['', true],
];
for (const [text, isMet] of selectors)
  test(`K-17 label selector ${JSON.stringify(text)}`, () => assert.equal(meets(parseLabelSelector(text), LABELS), isMet));

test('a label selector that cannot be read', () =>
  assert.throws(() => parseLabelSelector('a=b=c,'), /unable to parse requirement/));

test('a selector in an object: empty selects all, none selects nothing', () => {
  assert.equal(matchesSelector({}, LABELS), true);
  assert.equal(matchesSelector(undefined, LABELS), false);
  assert.equal(matchesSelector({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x'] }] }, LABELS), true);
  assert.equal(
    formatSelector({ matchLabels: { b: '1', a: '2' }, matchExpressions: [{ key: 'c', operator: 'Exists' }] }),
    'a=2,b=1,c',
  );
});

test('K-17 a field selector that the kind does not know', () => {
  const { ok, refused } = server();
  ok('create', PODS, pod());
  assert.equal(
    ok('list', PODS, undefined, { query: { fieldSelector: 'status.phase=Pending,metadata.name!=q' } }).items.length,
    1,
  );
  assert.equal(
    refused('list', PODS, undefined, { query: { fieldSelector: 'status.x=1' } }).message,
    'Unable to find "/v1, Resource=pods" that match label selector "", field selector "status.x=1": field label not supported: status.x',
  );
});
