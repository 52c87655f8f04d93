// Predictions are answered by the engine: exactly one choice holds, and it is the one on the back of the card.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBook } from '../../src/book/book.ts';
import { loadLock } from '../../src/book/lock.ts';
import { formatProblem } from '../../src/book/problem.ts';
import { checkRegistry } from '../../src/book/registry.ts';
import { deckOf, runsOf } from '../../src/book/runs.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { holds } from '../../src/scenario/predicate.ts';
import { watchable } from '../../src/scenario/predict.ts';
import { ScenarioRun } from '../../src/scenario/run.ts';

const scenarioOf = (name: string) => {
  const file = `content/scenarios/${name}.yaml`;
  return parseScenario(readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8'), file);
};

const book = loadBook(join(import.meta.dirname, '..', '..'));
const cards = deckOf(book);
const predictions = cards.filter(({ kind }) => kind === 'predict');

test('every chapter-10 page with a lab asks at least one prediction', () => {
  const silent = book.concepts.filter(
    (concept) =>
      concept.pages.en?.blocks.some(({ name }) => name === 'Lab') &&
      !predictions.some(({ id }) => id.startsWith(`${concept.slug}/`)),
  );
  assert.deepEqual(
    silent.map(({ slug }) => slug),
    [],
  );
});

for (const { id, face, answerIndex } of predictions) {
  test(`answered by the engine: ${id}`, () => {
    assert.ok(answerIndex !== undefined && answerIndex >= 0);
    for (const { choices, answer } of [face.en, face.zh]) {
      assert.ok(choices && choices.length >= 2);
      assert.ok(answer.startsWith(`<p><strong>${choices[answerIndex]}</strong></p>`));
    }
  });
}

test('what a reader watches after a prediction ends as the engine answered', () => {
  const wrong: string[] = [];
  for (const name of book.scenarios.keys()) {
    const scenario = scenarioOf(name);
    for (const { id, choices, instead } of scenario.lab?.predictions ?? []) {
      if (!instead) continue;
      const run = ScenarioRun.start(watchable(scenario, id));
      run.finish();
      const seen = choices.findIndex(({ when }) => holds(when, run.cluster));
      if (seen !== runsOf(book).answerOf(name, id)) wrong.push(`${name} ${id}: choice ${seen}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('the right choice is not always at the same place', () => {
  assert.ok(new Set(predictions.map(({ answerIndex }) => answerIndex)).size > 1);
});

test('the registry knows every card, and every card it knows is there', () => {
  assert.deepEqual(checkRegistry(cards, loadLock(book.root)).map(formatProblem), []);
});
