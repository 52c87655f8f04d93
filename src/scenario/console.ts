// What the `run` steps of a scenario print, in order: the text of the pages' console blocks is compared with it.

import { ScenarioRun } from './run.ts';
import { type Scenario, ScenarioError } from './scenario.ts';

export interface ConsoleEntry {
  readonly command: string;
  readonly id?: string;
  readonly out: string;
  readonly err: string;
  readonly exit: number;
}

/** Runs a scenario to its end. Throws ScenarioError when it stands still. */
export function runConsole(scenario: Scenario): readonly ConsoleEntry[] {
  const run = ScenarioRun.start(scenario);
  run.finish();
  if (run.halted) throw new ScenarioError(`${scenario.name}: ${run.halted}`);
  return run.outputs.flatMap(({ input, out, err, exit }) =>
    'run' in input
      ? [{ command: input.run, ...('id' in input && input.id ? { id: input.id } : {}), out, err, exit: exit ?? 0 }]
      : [],
  );
}

/** An entry as a reader sees it in a terminal: stderr first, no spaces at the ends of lines. */
export const consoleText = ({ out, err }: ConsoleEntry): string => `${err}${out}`.replace(/[ \t]+$/gm, '').replace(/\n$/, '');
