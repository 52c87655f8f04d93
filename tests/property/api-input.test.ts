// No input makes the server throw: bodies made from the schema with faults in them, bodies of nonsense, patches of anything.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RESOURCES } from '../../src/sim/api/discovery.ts';
import type { ApiRequest } from '../../src/sim/api/door.ts';
import { fieldsOf, type SchemaField, typeOf } from '../../src/sim/api/schema.ts';
import { Cluster } from '../../src/sim/cluster.ts';

const FROM = { actor: 'reader', cause: null, why: 'input' };
const MOST_DEPTH = 7;

const nonsense = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, -1, 2 ** 31, 1e300, '', 'a'.repeat(300), '100%', '__proto__'),
);
const words = fc.constantFrom(
  'a',
  'web',
  'app',
  'web:1',
  '1Gi',
  '500m',
  '25%',
  '',
  'Web',
  'a/b',
  '2026-01-01T00:00:00Z',
  '* * * * *',
  'None',
);

/** A value for a field: mostly right, sometimes of any type. */
function fieldValue(field: SchemaField, depth: number): fc.Arbitrary<unknown> {
  const one = oneOf(field, depth);
  const right =
    field.shape === 'list'
      ? fc.array(one, { maxLength: 2 })
      : field.shape === 'map'
        ? fc.dictionary(words, one, { maxKeys: 2 })
        : one;
  return fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: nonsense });
}

function oneOf(field: SchemaField, depth: number): fc.Arbitrary<unknown> {
  if (field.inner !== null) return depth > MOST_DEPTH ? fc.constant({}) : bodyOf(field.inner, depth + 1);
  if (field.values.length) return fc.constantFrom(...field.values);
  if (field.type === 'i' || field.type === 'l') return fc.integer({ min: -2, max: 100 });
  if (field.type === 'b') return fc.boolean();
  if (field.type === 'o') return fc.oneof(fc.integer({ min: -1, max: 9 }), words);
  if (field.type === 'x') return fc.jsonValue({ maxDepth: 2 });
  return words;
}

function bodyOf(type: string, depth: number): fc.Arbitrary<unknown> {
  const fields = [...fieldsOf(type).values()].filter((field) => field.name !== 'managedFields');
  return fc.subarray(fields, { maxLength: Math.min(6, fields.length) }).chain((chosen) => {
    const wanted = new Set([
      ...chosen,
      ...fields.filter((field) => field.required || field.name === 'spec' || field.name === 'template'),
    ]);
    return fc.record(Object.fromEntries([...wanted].map((field) => [field.name, fieldValue(field, depth)])));
  });
}

const request: fc.Arbitrary<ApiRequest> = fc.constantFrom(...RESOURCES).chain((info) => {
  const type = typeOf(info.groupVersion, info.kind);
  const body = type === null ? fc.dictionary(fc.constantFrom('metadata', 'spec', 'data', 'status'), nonsense) : bodyOf(type, 0);
  const named = fc.tuple(body, words).map(([value, name]) => {
    const record = value as Record<string, unknown>;
    const metadata = typeof record['metadata'] === 'object' ? record['metadata'] : {};
    return { ...record, metadata: { ...metadata, name: name || 'a', resourceVersion: '' } };
  });
  const base = `/${info.group ? 'apis' : 'api'}/${info.groupVersion}${info.namespaced ? '/namespaces/default' : ''}/${info.resource}`;
  const path = fc
    .tuple(fc.constantFrom('a', 'web'), fc.constantFrom('', ...info.subresources))
    .map(([name, sub]) => `${base}/${name}${sub ? `/${sub}` : ''}`);
  const anyBody = fc.oneof({ weight: 5, arbitrary: named as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: nonsense });
  return fc.oneof(
    { weight: 4, arbitrary: anyBody.map((value): ApiRequest => ({ verb: 'create', path: base, body: value })) },
    {
      weight: 2,
      arbitrary: fc.tuple(path, anyBody).map(([where, value]): ApiRequest => ({ verb: 'update', path: where, body: value })),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(path, anyBody, fc.constantFrom('json', 'merge', 'strategic-merge', 'other')).map(
        ([where, value, kind]): ApiRequest => ({
          verb: 'patch',
          path: where,
          body: value,
          contentType: `application/${kind}-patch+json`,
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(path, anyBody).map(([where, value]): ApiRequest => ({ verb: 'create', path: where, body: value })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(path, nonsense).map(([where, value]): ApiRequest => ({ verb: 'delete', path: where, body: value })),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('json', 'table')
        .map((accept): ApiRequest => ({ verb: 'list', path: base, accept: accept as 'json' })),
    },
    { weight: 1, arbitrary: path.map((where): ApiRequest => ({ verb: 'get', path: where, accept: 'table' })) },
  );
});

test('whatever is sent, the server answers with an object or a Status, and what it keeps is JSON', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (requests) => {
      const cluster = Cluster.create({ nodes: 1, actors: [] });
      for (const wanted of requests) {
        const { code, body } = cluster.request(wanted, FROM);
        assert.ok(code >= 200 && code < 600);
        if (code >= 400) assert.equal((body as { kind: string }).kind, 'Status');
        assert.equal(typeof JSON.stringify(body ?? null), 'string');
      }
      for (const info of RESOURCES.filter(({ verbs }) => verbs.includes('list'))) {
        const path = `/${info.group ? 'apis' : 'api'}/${info.groupVersion}/${info.resource}`;
        assert.equal(cluster.request({ verb: 'list', path, accept: 'table' }, FROM).code, 200);
      }
    }),
    { numRuns: 300 },
  );
});

test('paths of nonsense are refused', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), words, fc.constantFrom('api', 'apis', 'v1', 'namespaces', 'pods')), { maxLength: 8 }),
      (parts) => {
        const { code } = Cluster.create({ nodes: 0, actors: [] }).request(
          { verb: 'get', path: `/${parts.map(encodeURIComponent).join('/')}` },
          FROM,
        );
        assert.ok(code >= 200 && code < 600);
      },
    ),
    { numRuns: 200 },
  );
});
