// Goals and narration of a lab: what has been reached and told so far, judged by the state of a run.

import { holds } from './predicate.ts';
import { ScenarioRun } from './run.ts';
import { type Scenario, ScenarioError } from './scenario.ts';
import type { Input } from './timeline.ts';

/** Whether the goal's check holds and no command of the reader's used a word that is not allowed. */
export function isGoalReached(run: ScenarioRun): boolean {
  const goal = run.scenario.lab?.goal;
  if (!goal || run.stepIndex < run.scenario.steps.length || run.stepRunning) return false;
  const typed = run.history.inputs.flatMap(({ input }) => ('run' in input ? [input.run] : []));
  const isClean = typed.every((line) => (goal.without ?? []).every((word) => !line.includes(word)));
  return isClean && holds(goal.check, run.cluster);
}

/** Does the steps of a solution as a reader would, waiting where it says so. */
export function follow(run: ScenarioRun, solution: readonly object[]): void {
  for (const step of solution as readonly Readonly<Record<string, string>>[]) {
    if (step['settle'] !== undefined) run.settle(millis(step['settle']));
    else if (step['wait'] !== undefined) run.advanceTo(run.nowMs + millis(step['wait']));
    else {
      const output = run.input(step as unknown as Input);
      if (output !== null) run.waitFor(output);
    }
  }
}

const millis = (text: string): number => {
  const m = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  return m ? Number(m[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[m[2] as 's'] : 0;
};

/** Checks a goal: it does not hold at the end of the steps, and each solution reaches it. Throws ScenarioError. */
export function checkGoal(scenario: Scenario): void {
  const goal = scenario.lab?.goal;
  if (!goal) return;
  const start = ScenarioRun.start(scenario);
  start.finish();
  if (isGoalReached(start))
    throw new ScenarioError(`${scenario.name}: the goal holds before anybody did anything. Sharpen its check.`);
  goal.solutions.forEach((solution, i) => {
    const run = start.fork();
    follow(run, solution);
    if (!isGoalReached(run))
      throw new ScenarioError(`${scenario.name}: solution ${i + 1} does not reach the goal. Mend the solution or the check.`);
  });
}

/** Notes that have appeared: each when its predicate first holds after the note before it. */
export class Narrator {
  readonly #told: { readonly index: number; readonly atMs: number }[] = [];

  /** What was told so far, in order. */
  get told(): readonly { readonly index: number; readonly atMs: number }[] {
    return this.#told;
  }

  /** Looks at the run as it is now; returns true when a note was added. A run that was rewound forgets what lies ahead. */
  look(run: ScenarioRun): boolean {
    while (this.#told.length && (this.#told.at(-1) as { atMs: number }).atMs > run.nowMs) this.#told.pop();
    const next = run.scenario.lab?.narration?.[this.#told.length];
    if (!next || !holds(next.when, run.cluster)) return false;
    this.#told.push({ index: this.#told.length, atMs: run.nowMs });
    return true;
  }
}
