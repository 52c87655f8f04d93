// Every rule is either shown by a test whose name begins with its id, or named among what the simulator leaves out, with the reason.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { RULES, rulesNamedIn } from '../support/rules.ts';

type LeftOut = Readonly<Record<string, { readonly en?: string; readonly zh?: string }>>;

const leftOut = parse(readFileSync('content/left-out.yaml', 'utf8')) as LeftOut;
const tested = new Set(globSync('tests/**/*.test.ts').flatMap((file) => [...rulesNamedIn(readFileSync(file, 'utf8'))]));

test('every rule has a test or is left out with a reason', () => {
  const missing = RULES.filter((id) => !tested.has(id) && !leftOut[id]).map(
    (id) =>
      `${id}: no test has a name that begins with it. Write one (tests/unit/rules-*.test.ts), or add ${id} to content/left-out.yaml with the reason in both languages.`,
  );
  assert.ok(missing.length === 0, `\n${missing.join('\n')}`);
});

test('what is left out is a rule, has its reason in both languages, and is left out indeed', () => {
  const faults = Object.entries(leftOut).flatMap(([id, { en, zh }]) => [
    ...(RULES.includes(id) ? [] : [`content/left-out.yaml: ${id} is not a rule. Take it out, or mend the id.`]),
    ...(en && zh && /\p{Script=Han}/u.test(zh) ? [] : [`content/left-out.yaml: ${id} needs its reason as en and as zh.`]),
    ...(tested.has(id)
      ? [`content/left-out.yaml: ${id} is named by a test, so it is not left out. Take it from the file, or rename the test.`]
      : []),
  ]);
  assert.ok(faults.length === 0, `\n${faults.join('\n')}`);
});

test('ids are read from names of tests only', () => {
  const source = [
    `test('STS-01 STS-02 ordinals', () => {`,
    `  { name: 'VAL-03, VAL-04: frozen', in: 1 },`,
    `  { rule: 'K-01', line: 'kubectl get' },`,
    `  assert.equal(entry.why, 'DEP-06'); // not RS-01`,
    'test(`JOB-05 $' + '{name}`, () => {',
  ].join('\n');
  assert.deepEqual([...rulesNamedIn(source)], ['STS-01', 'STS-02', 'VAL-03', 'VAL-04', 'K-01', 'JOB-05']);
});
