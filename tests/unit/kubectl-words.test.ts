import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toYaml } from '../../src/kubectl/emit.ts';
import { durationMs, type Flags, parseArgs, Refusal } from '../../src/kubectl/flags.ts';
import { fillTemplate, JsonPathError, parseTemplate } from '../../src/kubectl/jsonpath.ts';
import { splitWords } from '../../src/kubectl/shell.ts';
import { alignRows, alignTabs, DESCRIBE_STYLE } from '../../src/kubectl/tabs.ts';

const words = [
  { line: 'kubectl get pods', want: ['kubectl', 'get', 'pods'] },
  { line: '  kubectl  get -o jsonpath=\'{.a} {"\\n"}\' ', want: ['kubectl', 'get', '-o', 'jsonpath={.a} {"\\n"}'] },
  { line: 'a "b c"\'d e\'f', want: ['a', 'b cd ef'] },
  { line: 'a "say \\"hi\\"" \\ b', want: ['a', 'say "hi"', ' b'] },
  { line: "a ''", want: ['a', ''] },
];
for (const { line, want } of words)
  test(`words of ${line}`, () => {
    assert.deepEqual(splitWords(line), { words: want });
  });

test('an open quote and a pipe are refused with what to do', () => {
  assert.match(JSON.stringify(splitWords('kubectl get "pods')), /never closed/);
  assert.match(JSON.stringify(splitWords('kubectl get pods | grep x')), /needs a shell/);
});

const flags: Flags = {
  namespace: { short: 'n', type: 'string', help: '' },
  all: { type: 'bool', help: '' },
  watch: { short: 'w', type: 'bool', help: '' },
  replicas: { type: 'int', help: '' },
  selector: { short: 'l', type: 'string', help: '' },
  timeout: { type: 'duration', help: '' },
};
const parsed = [
  { input: ['a', '-n', 'x', '--all', 'b'], words: ['a', 'b'], flags: { namespace: ['x'], all: ['true'] } },
  { input: ['-nx', '--all=false'], words: [], flags: { namespace: ['x'], all: ['false'] } },
  { input: ['-wn=x', '--replicas=-3'], words: [], flags: { watch: ['true'], namespace: ['x'], replicas: ['-3'] } },
  { input: ['-l', 'a=b', '-l', 'c=d'], words: [], flags: { selector: ['a=b', 'c=d'] } },
];
for (const { input, words: wanted, flags: values } of parsed)
  test(`arguments ${input.join(' ')}`, () => {
    const args = parseArgs(input, flags);
    assert.deepEqual({ ...args.flags }, values);
    assert.deepEqual(args.words, wanted);
  });

const refused = [
  { input: ['--nope'], says: 'error: unknown flag: --nope' },
  { input: ['-z'], says: "error: unknown shorthand flag: 'z' in -z" },
  { input: ['--replicas'], says: 'error: flag needs an argument: --replicas' },
  { input: ['-n'], says: "error: flag needs an argument: 'n' in -n" },
  {
    input: ['--replicas=x'],
    says: 'error: invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax',
  },
  { input: ['--timeout=x'], says: 'error: invalid argument "x" for "--timeout" flag: time: invalid duration "x"' },
  { input: ['--__proto__'], says: 'error: unknown flag: --__proto__' },
];
for (const { input, says } of refused)
  test(`refuses ${input.join(' ')}`, () => {
    assert.throws(
      () => parseArgs(input, flags),
      (error) => error instanceof Refusal && error.message === says,
    );
  });

test('Go durations', () => {
  assert.equal(durationMs('1m30s'), 90_000);
  assert.equal(durationMs('1.5s'), 1500);
  assert.equal(durationMs('300ms'), 300);
  assert.ok(Number.isNaN(durationMs('3')));
});

test('K-01: columns have three spaces, the last one is not padded', () => {
  assert.equal(
    alignRows([
      ['NAME', 'AGE'],
      ['a-long-name', '3s'],
    ]),
    'NAME          AGE\na-long-name   3s\n',
  );
  assert.equal(
    alignRows([
      ['A', 'B'],
      ['x', 'y'],
    ]),
    'A     B\nx     y\n',
  );
});

test('tab stops end where a line has no tab there', () => {
  const text = 'Name:\tdb\nNamespace:\tdefault\nPod Template:\n  Labels:\tapp=db\n  Containers:\n   store:\n    Image:\tx';
  assert.equal(
    alignTabs(text, DESCRIBE_STYLE),
    'Name:       db\nNamespace:  default\nPod Template:\n  Labels:  app=db\n  Containers:\n   store:\n    Image:  x',
  );
});

const data = {
  items: [
    { name: 'a', n: 1, ok: true, labels: { app: 'web', 'x.y/z': '1' }, ports: [{ port: 1 }, { port: 2 }] },
    { name: 'b', n: 2, ok: false, labels: { app: 'db' } },
  ],
};
const templates = [
  { text: '{.items[*].name}', want: 'a b' },
  { text: '{range .items[*]}{.name}={.n}{"\\n"}{end}', want: 'a=1\nb=2\n' },
  { text: '{.items[0].labels}', want: '{"app":"web","x.y/z":"1"}' },
  { text: "{.items[0].labels.x\\.y/z} {.items[0].labels['app']}", want: '1 web' },
  { text: '{.items[?(@.n>1)].name}', want: 'b' },
  { text: '{.items[?(@.name=="a")].n}', want: '1' },
  { text: '{.items[?(@.ports)].name}', want: 'a' },
  { text: '{.items[-1].name}{.items[0:1].name}', want: 'ba' },
  { text: '{..port}', want: '1 2' },
  { text: '{.items[1]}', want: '{"labels":{"app":"db"},"n":2,"name":"b","ok":false}' },
  { text: '{.nothing.at.all}', want: '' },
  { text: 'no braces', want: 'no braces' },
  { text: "{$.items[0].ok} {.items[1]['name','n']}", want: 'true b 2' },
];
for (const { text, want } of templates)
  test(`jsonpath ${text}`, () => {
    assert.equal(fillTemplate(parseTemplate(text), data), want);
  });
for (const text of ['{.items[', '{range .items[*]}{.name}', '{end}', '{.items[x]}', '{"a}', '{.items[9].name}'])
  test(`jsonpath refuses ${text}`, () => {
    assert.throws(() => fillTemplate(parseTemplate(text), data), JsonPathError);
  });

test('YAML is printed as kubectl prints it', () => {
  const object = {
    b: [{ x: 1, y: 'yes' }, 'plain'],
    a: { empty: {}, none: [], s: 'a: b', t: '2026-01-01T00:00:00Z', m: 'l1\nl2\n', q: '8080', nested: [[1, 2]] },
  };
  assert.equal(
    toYaml(object),
    `a:
  empty: {}
  m: |
    l1
    l2
  nested:
  - - 1
    - 2
  none: []
  q: "8080"
  s: 'a: b'
  t: "2026-01-01T00:00:00Z"
b:
- x: 1
  "y": "yes"
- plain
`,
  );
});
