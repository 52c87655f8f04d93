// The state of a lab as plain JSON: scenario, seed and inputs are enough to rebuild it. Packing it into a link is the page's part.

import { isRecord } from '../base/json.ts';
import { type History, ScenarioRun } from './run.ts';
import { type Scenario, ScenarioError } from './scenario.ts';
import type { Input, TimedInput } from './timeline.ts';

export interface SharedRun extends History {
  readonly version: 1;
  readonly scenario: string;
}

const MOST_INPUTS = 2000;
const LATEST_MS = 30 * 24 * 3_600_000;
const NEXT = 'Ask for the link again, or start the lab afresh.';

export const sharedOf = (run: ScenarioRun): SharedRun => ({ version: 1, scenario: run.scenario.name, ...run.history });

const isTime = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LATEST_MS;

const KINDS: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => boolean>> = {
  run: (input) => typeof input['run'] === 'string',
  node: (input) =>
    typeof input['node'] === 'string' &&
    (typeof input['clock'] === 'string' ||
      [input['power'], input['network']].some((value) => value === 'on' || value === 'off')),
  container: (input) =>
    typeof input['container'] === 'string' && (typeof input['pod'] === 'string' || typeof input['of'] === 'string'),
  dns: (input) => typeof input['dns'] === 'string' && typeof input['type'] === 'string',
  file: (input) => typeof input['file'] === 'string' && typeof input['text'] === 'string',
  cancel: (input) => Number.isInteger(input['cancel']),
  script: (input) => ['hold', 'go', 'drop'].includes(String(input['script'])),
};

/** Whether something is an input that a run understands. */
export function isInput(value: unknown): value is Input {
  if (!isRecord(value)) return false;
  const kind = Object.keys(KINDS).find((key) => key in value);
  return kind !== undefined && (KINDS[kind]?.(value) ?? false);
}

function inputsOf(value: unknown): readonly TimedInput[] {
  if (!Array.isArray(value)) throw new ScenarioError(`This link does not say what was done. ${NEXT}`);
  if (value.length > MOST_INPUTS)
    throw new ScenarioError(`This link holds ${value.length} inputs; at most ${MOST_INPUTS} are read. ${NEXT}`);
  let lastMs = 0;
  value.forEach((entry, i) => {
    if (
      !isRecord(entry) ||
      !isTime(entry['atMs']) ||
      !Number.isInteger(entry['step']) ||
      !isInput(entry['input']) ||
      entry['atMs'] < lastMs
    )
      throw new ScenarioError(`Input ${i + 1} of this link is damaged. ${NEXT}`);
    lastMs = entry['atMs'];
  });
  return value as readonly TimedInput[];
}

/** Checks what came out of a link. Throws ScenarioError with what is wrong and what to do. */
export function parseShared(value: unknown): SharedRun {
  if (!isRecord(value)) throw new ScenarioError(`This link is cut short or damaged. ${NEXT}`);
  if (value['version'] !== 1)
    throw new ScenarioError(
      `This link is of version ${JSON.stringify(value['version'])}, which this page cannot read. ${NEXT}`,
    );
  if (typeof value['scenario'] !== 'string') throw new ScenarioError(`This link names no lab. ${NEXT}`);
  const seed = value['seed'];
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw new ScenarioError(`The seed in this link is no whole number. ${NEXT}`);
  if (!isTime(value['atMs']) || !Number.isInteger(value['step']))
    throw new ScenarioError(`This link does not say where the lab stood. ${NEXT}`);
  return {
    version: 1,
    scenario: value['scenario'],
    ...(seed === undefined ? {} : { seed: seed as number }),
    inputs: inputsOf(value['inputs']),
    atMs: value['atMs'],
    step: value['step'] as number,
  };
}

/** Rebuilds a run from a checked link. */
export function replayShared(scenario: Scenario, shared: SharedRun): ScenarioRun {
  if (scenario.name !== shared.scenario)
    throw new ScenarioError(`This link belongs to the lab "${shared.scenario}", not to "${scenario.name}". Open that lab.`);
  return ScenarioRun.replay(scenario, shared);
}
