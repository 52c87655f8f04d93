// No line and no file that a reader can type makes kubectl or the engine throw or hang.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonComplaint } from '../../src/kubectl/gojson.ts';
import { fillTemplate, JsonPathError, parseTemplate } from '../../src/kubectl/jsonpath.ts';
import { parseDocument, splitDocuments } from '../../src/kubectl/manifest.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { ScenarioError } from '../../src/scenario/scenario.ts';
import { deployment, Terminal } from '../support/terminal.ts';

const VERBS =
  'get describe apply create delete scale set rollout drain cordon uncordon taint label annotate patch wait logs exec run expose diff explain events top version edit help frobnicate'.split(
    ' ',
  );
const WORDS = [
  ...'pods pod po deploy deploy/web rs svc nodes node/node-1 sts all nothing pods,deploy web web- app=x app- -l app=web -A -n default --all --force --grace-period=0 --grace-period=-5'.split(
    ' ',
  ),
  ...'-o wide yaml json name jsonpath={.items[*].metadata.name} jsonpath={ custom-columns=A:.a custom-columns= --sort-by=.x --replicas=2 --replicas=1000000000 --replicas=x'.split(
    ' ',
  ),
  ...'-f web.yaml junk.yaml missing.yaml image web=web:2 *=x status history undo restart pause resume --to-revision=7 --revision=1 --timeout=1s --timeout=nope -w --watch=false'.split(
    ' ',
  ),
  ...'--for=delete --for=condition=Ready --for=jsonpath={.a}=b --image=x:1 deployment job cronjob namespace --schedule=nope --port=80 -- sh --help -h --nope= --=x - = / // a/b/c a,,b key=v:NoSchedule key:NoExecute- __proto__ constructor --type=json -p {} [] {"spec":{"replicas":-1}} {x'.split(
    ' ',
  ),
];
const JUNK = [
  'a: [1, 2',
  '{"a":',
  '\tx: 1',
  '---\n---\n',
  'apiVersion: v1\nkind: Pod\nmetadata: {name: 7}\nspec: null\n',
  'apiVersion: v1\nkind: List\nitems: [1, null, {kind: Pod}]\n',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: []\nspec: "x"\n',
  'apiVersion: [v1]\nkind: {}\n',
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep}\ndata: ${'{a: '.repeat(300)}1${'}'.repeat(300)}\n`,
  'a: &a [*a]\n',
  `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n`,
];

const line = fc
  .tuple(fc.constantFrom(...VERBS), fc.array(fc.constantFrom(...WORDS), { maxLength: 5 }))
  .map(([verb, words]) => `kubectl ${verb} ${words.map((word) => `'${word}'`).join(' ')}`);

test('any sequence of lines is answered', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.constantFrom(...JUNK), (lines, junk) => {
      const terminal = new Terminal({ 'web.yaml': deployment('web', 'web:1', 2), 'junk.yaml': junk });
      terminal.type('kubectl apply -f web.yaml');
      for (const one of lines) {
        const { exit, out, err } = terminal.type(one, 20_000);
        assert.ok(exit === null || exit === 0 || out !== '' || err !== '', `${one} failed without a word`);
      }
      terminal.run.settle(1000, 5000);
      assert.equal(terminal.run.halted, null);
    }),
    { numRuns: 150 },
  );
});

test('any text as a line is answered', () => {
  const terminal = new Terminal({}, 1);
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      assert.notEqual(terminal.type(text, 1000).exit, undefined);
      assert.notEqual(terminal.type(`kubectl ${text}`, 1000).exit, undefined);
    }),
    { numRuns: 200 },
  );
});

test('any text as YAML is read or refused with a sentence of go-yaml', () => {
  const yamlish = fc
    .array(
      fc.constantFrom(
        'a',
        ':',
        ' ',
        '\n',
        '-',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '\t',
        '|',
        '>',
        '&x',
        '*x',
        '!',
        '%',
        '#',
        '1',
        '~',
        '---\n',
        '? ',
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(yamlish, (text) => {
      for (const part of splitDocuments(text)) {
        try {
          parseDocument(part);
        } catch (error) {
          assert.match((error as Error).message, /^yaml: /, JSON.stringify(text));
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('any text as a JSONPath template is filled or refused', () => {
  const pathish = fc
    .array(
      fc.constantFrom(
        '{',
        '}',
        '.',
        '[',
        ']',
        '*',
        '@',
        '$',
        '?',
        '(',
        ')',
        '"',
        "'",
        'a',
        'items',
        '0',
        ':',
        '-',
        'range ',
        'end',
        '==',
        ' ',
        '\\',
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(pathish, (text) => {
      try {
        assert.equal(typeof fillTemplate(parseTemplate(text), { items: [{ a: 1 }, { a: { b: [1] } }] }), 'string');
      } catch (error) {
        assert.ok(error instanceof JsonPathError, `${JSON.stringify(text)}: ${error}`);
      }
    }),
    { numRuns: 3000 },
  );
});

test('what JSON.parse refuses, the complaint names, and nothing else', () => {
  const jsonish = fc
    .array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', 'a', '1', '-', '.', 'true', 'null', ' ', '\\'), { maxLength: 15 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(jsonish, (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      assert.equal(jsonComplaint(text) === null, isJson, JSON.stringify(text));
    }),
    { numRuns: 3000 },
  );
});

test('any text as a scenario file is read or refused with place and next step', () => {
  const pieces = [
    'name: x\n',
    'steps:\n',
    '- run: kubectl get pods\n',
    '- wait: 3\n',
    '- {settle: 3s}\n',
    '- node: a\n  power: off\n',
    'lab:\n',
    '  predictions: [{id: a}]\n',
    '  goal: {}\n',
    'cluster: 3\n',
    'cluster: {nodes: x}\n',
    'files: []\n',
    'zzz: 1\n',
    '\t',
    '{',
    '- 1\n',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 6 }), (parts) => {
      try {
        parseScenario(parts.join(''), 'x.yaml');
      } catch (error) {
        assert.ok(error instanceof ScenarioError, `${JSON.stringify(parts.join(''))}: ${error}`);
        assert.match(error.message, /^x\.yaml:\d+: .+\. .+/);
      }
    }),
    { numRuns: 1000 },
  );
});
