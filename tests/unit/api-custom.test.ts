// CustomResourceDefinitions: a kind of one's own is served, checked, printed, explained and scaled as its definition says, and goes with it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terminal } from '../support/terminal.ts';

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: caches.shop.example}
spec:
  group: shop.example
  scope: Namespaced
  names: {plural: caches, kind: Cache, shortNames: [ca], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.members, statusReplicasPath: .status.members}
    additionalPrinterColumns:
    - {name: Members, type: integer, jsonPath: .spec.members}
    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema:
        type: object
        description: A cache with members
        required: [spec]
        properties:
          spec:
            type: object
            required: [members]
            properties:
              members: {type: integer, minimum: 1, maximum: 5, description: How many there are}
              mode: {type: string, enum: [fast, safe], default: safe}
              name: {type: string, pattern: '^[a-z]+$', minLength: 2, maxLength: 5}
              hosts: {type: array, items: {type: string}, minItems: 1, maxItems: 2}
              labels: {type: object, additionalProperties: {type: string}}
          status:
            type: object
            properties:
              members: {type: integer}
              conditions: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;
const cache = (spec: string, name = 'c') =>
  `apiVersion: shop.example/v1\nkind: Cache\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const FILES = {
  'crd.yaml': CRD,
  'both.yaml': `${CRD}---\n${cache('{members: 2}')}`,
  'c.yaml': cache('{members: 2}'),
  'three.yaml': cache('{members: 3}'),
  'typo.yaml': cache('{membrs: 2}'),
  'bad.yaml': cache('{members: two, mode: slow, name: A, hosts: []}'),
  'many.yaml': cache('{members: 9, labels: {a: 1}}'),
  'empty.yaml': cache('{}'),
  'no-schema.yaml': CRD.replace(/ {4}schema:\n[\s\S]*$/, ''),
  'misnamed.yaml': CRD.replace('name: caches.shop.example', 'name: cache.shop.example'),
};
const ready = () => new Terminal(FILES).do('kubectl apply -f crd.yaml').settle();

test('CRD-01 names are accepted, the kind is established, and only then served', () => {
  const terminal = new Terminal(FILES);
  assert.match(terminal.type('kubectl get caches').err, /the server doesn't have a resource type "caches"/);
  const both = terminal.type('kubectl apply -f both.yaml');
  assert.equal(both.out, 'customresourcedefinition.apiextensions.k8s.io/caches.shop.example created\n');
  assert.match(both.err, /no matches for kind "Cache" in version "shop.example\/v1"\nensure CRDs are installed first\n$/);
  const wait = terminal.type('kubectl wait --for=condition=Established crd/caches.shop.example');
  assert.equal(wait.out, 'customresourcedefinition.apiextensions.k8s.io/caches.shop.example condition met\n');
  assert.equal(
    terminal.type('kubectl apply -f both.yaml').out,
    'customresourcedefinition.apiextensions.k8s.io/caches.shop.example unchanged\ncache.shop.example/c created\n',
  );
  assert.match(terminal.type('kubectl api-resources').out, /\ncaches +ca +shop.example\/v1 +true +Cache\n/);
  assert.match(terminal.type('kubectl api-versions').out, /^shop.example\/v1$/m);
});

test('a custom object is created, changed, listed, described and deleted like any other', () => {
  const terminal = ready();
  assert.equal(terminal.type('kubectl apply -f c.yaml').out, 'cache.shop.example/c created\n');
  assert.equal(terminal.type('kubectl apply -f c.yaml').out, 'cache.shop.example/c unchanged\n');
  assert.equal(terminal.type('kubectl apply -f three.yaml').out, 'cache.shop.example/c configured\n');
  assert.match(terminal.type('kubectl get ca').out, /^NAME +MEMBERS +READY +AGE\nc +3 +\d+s\n$/);
  assert.match(terminal.type('kubectl get all').out, /cache.shop.example\/c/);
  assert.match(
    terminal.type('kubectl describe cache c').out,
    /API Version: +shop.example\/v1\nKind: +Cache\n[\s\S]*Members: +3\n +Mode: +safe\n/,
  );
  assert.equal(terminal.type("kubectl get cache c -o jsonpath='{.metadata.generation} {.spec.mode}'").out, '2 safe');
  assert.equal(terminal.type('kubectl delete cache c').out, 'cache.shop.example "c" deleted from default namespace\n');
});

test('a custom object is refused in the words of its schema', () => {
  const terminal = ready();
  const refused = (file: string) => terminal.type(`kubectl apply -f ${file}`).err;
  assert.match(
    refused('typo.yaml'),
    /Cache in version "v1" cannot be handled as a Cache: strict decoding error: unknown field "spec.membrs"\n$/,
  );
  assert.equal(
    refused('bad.yaml'),
    `The Cache "c" is invalid: 
* spec.members: Invalid value: "string": spec.members in body must be of type integer: "string"
* spec.mode: Unsupported value: "slow": supported values: "fast", "safe"
* spec.name: Invalid value: "A": spec.name in body should be at least 2 chars long
* spec.name: Invalid value: "A": spec.name in body should match '^[a-z]+$'
* spec.hosts: Invalid value: 0: spec.hosts in body should have at least 1 items
`,
  );
  assert.match(
    refused('many.yaml'),
    /spec.members: Invalid value: 9: spec.members in body should be less than or equal to 5\n/,
  );
  assert.match(
    refused('many.yaml'),
    /spec.labels.a: Invalid value: "integer": spec.labels.a in body must be of type string: "integer"/,
  );
  assert.equal(refused('empty.yaml'), 'The Cache "c" is invalid: spec.members: Required value\n');
});

test('a custom kind has a status and a scale of its own when its definition says so', () => {
  const terminal = ready().do('kubectl apply -f c.yaml');
  assert.equal(terminal.type('kubectl scale cache c --replicas=4').out, 'cache.shop.example/c scaled\n');
  assert.equal(terminal.type("kubectl get cache c -o jsonpath='{.spec.members}'").out, '4');
  assert.match(terminal.type('kubectl scale cache c --replicas=8').err, /should be less than or equal to 5/);
  const patch = (body: string) => `kubectl patch cache c --type=merge --subresource=status -p '${body}'`;
  terminal.do(patch('{"status":{"members":4,"conditions":[{"type":"Ready","status":"True"}]},"spec":{"members":1}}'));
  assert.match(terminal.type('kubectl get ca').out, /\nc +4 +True +\d+s\n$/);
  terminal.do(`kubectl patch cache c --type=merge -p '{"status":{"members":9}}'`);
  assert.equal(terminal.type("kubectl get cache c -o jsonpath='{.status.members} {.metadata.generation}'").out, '4 2');
});

test('kubectl explain reads a definition', () => {
  const terminal = ready();
  assert.equal(
    terminal.type('kubectl explain cache').out,
    `GROUP:      shop.example
KIND:       Cache
VERSION:    v1

DESCRIPTION:
    A cache with members
FIELDS:
  apiVersion\t<string>
  kind\t<string>
  metadata\t<Object>
  spec\t<Object> -required-
  status\t<Object>

`,
  );
  const { out } = terminal.type('kubectl explain cache.spec');
  assert.match(out, /FIELD: spec <Object>\n/);
  assert.match(
    out,
    / {2}hosts\t<\[\]string>\n {2}labels\t<map\[string\]string>\n {2}members\t<integer> -required-\n {4}How many there are\n\n {2}mode\t<string>\n {2}enum: fast, safe\n/,
  );
  assert.match(terminal.type('kubectl explain cache.spec.nothing').err, /field "nothing" does not exist/);
});

test('CRD-02 a definition takes its objects with it', () => {
  const terminal = ready().do('kubectl apply -f c.yaml').settle();
  assert.match(
    terminal.type('kubectl get crd caches.shop.example -o yaml').out,
    /finalizers:\n {2}- customresourcecleanup.apiextensions.k8s.io\n/,
  );
  assert.equal(terminal.type('kubectl delete crd caches.shop.example').exit, 0);
  assert.match(terminal.type('kubectl get caches').err, /doesn't have a resource type "caches"/);
  terminal.do('kubectl apply -f crd.yaml').settle();
  assert.match(terminal.type('kubectl get caches').err, /^No resources found/);
});

test('a definition is checked itself', () => {
  const terminal = new Terminal(FILES);
  assert.match(
    terminal.type('kubectl apply -f no-schema.yaml').err,
    /spec.versions\[0\].schema.openAPIV3Schema: Required value: schemas are required/,
  );
  assert.match(
    terminal.type('kubectl apply -f misnamed.yaml').err,
    /metadata.name: Invalid value: "cache.shop.example": must be spec.names.plural\+"."\+spec.group/,
  );
});

test('a custom object can be applied server-side', () => {
  const terminal = ready();
  assert.equal(terminal.type('kubectl apply --server-side -f c.yaml').out, 'cache.shop.example/c serverside-applied\n');
  assert.match(
    terminal.type('kubectl apply --server-side --field-manager=me -f three.yaml').err,
    /conflict with "kubectl": \.spec\.members/,
  );
});

test('GC-01 what a custom object owns goes with it', () => {
  const terminal = ready().do('kubectl apply -f c.yaml');
  const uid = terminal.type("kubectl get cache c -o jsonpath='{.metadata.uid}'").out;
  const owner = `{"metadata":{"ownerReferences":[{"apiVersion":"shop.example/v1","kind":"Cache","name":"c","uid":"${uid}"}]}}`;
  terminal
    .do('kubectl create configmap owned', `kubectl patch configmap owned --type=merge -p '${owner}'`, 'kubectl delete cache c')
    .settle();
  assert.match(terminal.type('kubectl get configmap owned').err, /NotFound/);
});
