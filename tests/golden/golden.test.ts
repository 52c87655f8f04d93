// Every recorded scenario, run in our engine and compared with what a real Kubernetes 1.36.3 control plane did.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseScenario } from '../../src/scenario/parse.ts';
import { ScenarioRun } from '../../src/scenario/run.ts';
import { type Transcript, transcriptOf } from '../../src/scenario/transcript.ts';
import { compareTranscripts } from '../support/compare.ts';

const here = new URL('./', import.meta.url);
const names = readdirSync(new URL('scenarios/', here))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length));

/** Recordings of kinds that the engine does not have yet. It may only shrink: one that matches must leave it. */
const NOT_YET: readonly string[] = [];

const read = (path: string) => readFileSync(new URL(path, here), 'utf8');

export function runGolden(name: string): Transcript {
  const run = ScenarioRun.start(parseScenario(read(`scenarios/${name}.yaml`), `tests/golden/scenarios/${name}.yaml`));
  run.finish();
  return transcriptOf(run);
}

/** A transcript as it is on disk: undefined values are gone. */
const stored = (transcript: Transcript): Transcript => JSON.parse(JSON.stringify(transcript));

for (const name of names) {
  const differences = () => compareTranscripts(JSON.parse(read(`transcripts/${name}.json`)), stored(runGolden(name)));
  if (NOT_YET.includes(name))
    test(`${name} does not match yet`, () => {
      assert.notDeepEqual(differences(), [], `${name} matches: take it out of NOT_YET`);
    });
  else
    test(name, () => {
      assert.deepEqual(differences(), []);
    });
}

test('the comparison sees a changed word, a missing event and a wrong order', () => {
  const recorded: Transcript = JSON.parse(read('transcripts/deploy-one-replica.json'));
  const altered = (change: (copy: { steps: { out?: string }[]; events: unknown[]; trace: unknown[] }) => void) => {
    const copy = JSON.parse(JSON.stringify(recorded));
    change(copy);
    return compareTranscripts(recorded, copy);
  };
  assert.deepEqual(
    altered(() => {}),
    [],
  );
  assert.notDeepEqual(
    altered((copy) => {
      const step = copy.steps.find((one) => one.out?.includes('created')) as { out: string };
      step.out = step.out.replace('created', 'configured');
    }),
    [],
  );
  assert.notDeepEqual(
    altered((copy) => copy.events.splice(0, copy.events.length)),
    [],
  );
  assert.notDeepEqual(
    altered((copy) => copy.trace.splice(2, 1)),
    [],
  );
});
