// Manifests as cards: the value that is hidden, and where it stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueAt } from '../../src/book/manifest.ts';

const text = `apiVersion: v1
kind: Service
metadata: {name: db}
spec:
  clusterIP: None
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db # a comment
  template:
    spec:
      containers:
      - {name: db, image: "db:1"}
`;

const cases = [
  { path: 'spec.clusterIP', value: 'None', field: 'ServiceSpec.clusterIP' },
  { path: 'spec.serviceName', value: 'db', field: 'StatefulSetSpec.serviceName' },
  { path: 'spec.template.spec.containers[0].image', value: '"db:1"', field: 'Container.image' },
];

for (const { path, value, field } of cases) {
  test(`the value at ${path}`, () => {
    const found = valueAt(text, path);
    assert.equal(found && text.slice(found.start, found.end), value);
    assert.equal(found?.field?.id, field);
  });
}

for (const path of ['spec.replicas', 'spec.template', 'spec.template.spec.containers[1].image', '']) {
  test(`no single value at “${path}”`, () => assert.equal(valueAt(text, path), undefined));
}
