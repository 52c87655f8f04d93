// Every console block of every page, in both languages, is what its scenario prints; every manifest shown is taken by the API.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBook } from '../../src/book/book.ts';
import { consoleBlocksOf } from '../../src/book/derive.ts';
import { type Exchange, exchangesOf } from '../../src/book/exchange.ts';
import type { ConsoleBlock } from '../../src/book/page.ts';
import { type ConsoleEntry, consoleText, runConsole } from '../../src/scenario/console.ts';
import { outputDifference } from '../../src/scenario/mask.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const root = join(import.meta.dirname, '..', '..');
const book = loadBook(root);
const scenarios = new Map<string, Scenario>();
const printed = new Map<string, readonly ConsoleEntry[]>();

function scenarioOf(name: string): Scenario {
  const file = `content/scenarios/${name}.yaml`;
  const scenario = scenarios.get(name) ?? parseScenario(readFileSync(join(root, file), 'utf8'), file);
  scenarios.set(name, scenario);
  return scenario;
}

function printedBy(name: string): readonly ConsoleEntry[] {
  const entries = printed.get(name) ?? runConsole(scenarioOf(name));
  printed.set(name, entries);
  return entries;
}

/** The blocks of one scenario on one page follow the order of its steps; each takes up where the one before ended. */
function differencesOf(blocks: readonly ConsoleBlock[], entries: readonly ConsoleEntry[]): string[] {
  let at = 0;
  return blocks.flatMap((block) =>
    exchangesOf(block.code).flatMap(({ command, text, line }: Exchange) => {
      const place = `${block.file}:${block.line + 1 + line}`;
      const found = entries.findIndex((entry, index) => index >= at && entry.command === command);
      if (found < 0)
        return [
          `${place}: “${command}” is no further run step of ${block.scenario}. Copy the command from content/scenarios/${block.scenario}.yaml, in its order.`,
        ];
      at = found + 1;
      const difference = outputDifference(command, text, consoleText(entries[found]!));
      return difference.length === 0
        ? []
        : [`${place}: “${command}” prints something else in the run:\n${difference.join('\n')}`];
    }),
  );
}

const groups = Map.groupBy(consoleBlocksOf(book), (block) => `${block.file} · ${block.scenario}`);

test('pages hold transcripts', () => {
  assert.ok(groups.size >= 16, `${groups.size} groups of console blocks`);
});

for (const [name, blocks] of groups) {
  test(`runs as printed: ${name}`, () => {
    const differences = differencesOf(blocks, printedBy(blocks[0]!.scenario));
    assert.equal(differences.length, 0, `\n${differences.join('\n\n')}`);
  });
}

test('a changed line of a transcript is noticed', () => {
  const block = consoleBlocksOf(book).find(({ code }) => /\d\/\d/.test(code))!;
  const group = groups.get(`${block.file} · ${block.scenario}`)!;
  const broken = group.map((each) => (each === block ? { ...each, code: each.code.replace(/\d\/\d/, '7/9') } : each));
  assert.equal(differencesOf(broken, printedBy(block.scenario)).length, 1);
});

test('a command that the scenario does not run is noticed', () => {
  const block = consoleBlocksOf(book)[0]!;
  const broken = [{ ...block, code: `$ kubectl get nothing\n${block.code}` }];
  assert.match(differencesOf(broken, printedBy(block.scenario)).join(), /is no further run step/);
});

const manifests = book.concepts.flatMap((concept) =>
  (concept.pages.en?.blocks ?? []).filter(({ name }) => name === 'Manifest'),
);

for (const { attributes } of manifests) {
  const { scenario: name = '', file = '' } = attributes;
  test(`taken by the API: ${name}, ${file}`, () => {
    const scenario = scenarioOf(name);
    const [entry] = runConsole({ ...scenario, steps: [{ run: `kubectl apply -f ${file}` }] });
    assert.equal(entry?.exit, 0, entry && consoleText(entry));
    assert.equal(entry?.err, '', 'no warning either');
  });
}
