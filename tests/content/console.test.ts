// Every console block of every page, in both languages, is what its scenario prints; every manifest is taken or refused as the page says.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBook } from '../../src/book/book.ts';
import { manifestProblems, transcriptProblems } from '../../src/book/checks-runs.ts';
import { consoleBlocksOf } from '../../src/book/derive.ts';
import { formatProblem } from '../../src/book/problem.ts';
import { runsOf } from '../../src/book/runs.ts';

const book = loadBook(join(import.meta.dirname, '..', '..'));
const { consoleOf, applied, goalProblem } = runsOf(book);
const groups = Map.groupBy(consoleBlocksOf(book), (block) => `${block.file} · ${block.scenario}`);

test('pages hold transcripts', () => {
  assert.ok(groups.size >= 2 * book.concepts.length * 0.8, `${groups.size} groups of console blocks`);
});

for (const [name, blocks] of groups) {
  test(`runs as printed: ${name}`, () => {
    assert.deepEqual(transcriptProblems(blocks, consoleOf(blocks[0]!.scenario)).map(formatProblem), []);
  });
}

test('a changed line of a transcript is noticed', () => {
  const block = consoleBlocksOf(book).find(({ code }) => /\d\/\d/.test(code))!;
  const group = groups.get(`${block.file} · ${block.scenario}`)!;
  const broken = group.map((each) => (each === block ? { ...each, code: each.code.replace(/\d\/\d/, '7/9') } : each));
  assert.equal(transcriptProblems(broken, consoleOf(block.scenario)).length, 1);
});

test('a command that the scenario does not run is noticed', () => {
  const block = consoleBlocksOf(book)[0]!;
  const broken = [{ ...block, code: `$ kubectl get nothing\n${block.code}` }];
  assert.match(transcriptProblems(broken, consoleOf(block.scenario)).map(formatProblem).join(), /is no further run step/);
});

const manifests = book.concepts.flatMap(({ pages: { en } }) =>
  (en?.blocks ?? []).filter(({ name }) => name === 'Manifest').map((block) => ({ page: en?.file ?? '', block })),
);

for (const { page, block } of manifests) {
  const { scenario = '', file = '', refused } = block.attributes;
  test(`${refused === undefined ? 'taken' : 'refused'} by the API: ${page}:${block.line}: ${scenario}, ${file}`, () => {
    assert.deepEqual(manifestProblems(page, block, applied(scenario, file)).map(formatProblem), []);
  });
}

test('a manifest that is wrong, or wrongly marked, is noticed', () => {
  const { page, block } = manifests.find((each) => each.block.attributes['refused'] === undefined)!;
  const answer = applied(block.attributes['scenario'] ?? '', block.attributes['file'] ?? '');
  const marked = { ...block, attributes: { ...block.attributes, refused: '' } };
  assert.match(manifestProblems(page, marked, answer).map(formatProblem).join(), /marked refused, but the API takes it/);
  assert.match(
    manifestProblems(page, block, { ...answer, exit: 1, err: 'error: no' })
      .map(formatProblem)
      .join(),
    /the API does not take .*: error: no/,
  );
});

for (const [name, { lab }] of book.scenarios) {
  if (lab?.goal)
    test(`the goal can be reached, and not by doing nothing: ${name}`, () => assert.equal(goalProblem(name), undefined));
}
