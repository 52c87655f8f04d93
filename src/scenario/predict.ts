// Predictions: a fork of the engine decides which choice is right, so no file ever states an answer.

import { holds } from './predicate.ts';
import { ScenarioRun } from './run.ts';
import { type Prediction, type Scenario, ScenarioError, type Step, type StepAction, stepName } from './scenario.ts';

export interface Answer {
  /** Index of the right choice. */
  readonly choice: number;
  /** The run that shows it, after its `read` step. */
  readonly run: ScenarioRun;
}

/** Finds a prediction of a lab. Throws ScenarioError when there is none. */
export function predictionOf(scenario: Scenario, id: string): Prediction {
  const predictions = scenario.lab?.predictions ?? [];
  const found = predictions.find((prediction) => prediction.id === id);
  if (!found)
    throw new ScenarioError(
      `${scenario.name}: there is no prediction "${id}". Known are: ${predictions.map((prediction) => prediction.id).join(', ') || 'none'}.`,
    );
  return found;
}

/** The scenario with some of its steps replaced; the ids stay. */
const withInstead = (scenario: Scenario, instead: Readonly<Record<string, StepAction>>): Scenario => ({
  ...scenario,
  steps: scenario.steps.map((step, i) => {
    const other = instead[stepName(step, i)];
    return other ? { ...other, ...(step.id ? { id: step.id } : {}) } : step;
  }),
});

/**
 * What a prediction is about, as a scenario to watch: with the steps it replaces, up to the step after which it is judged, and with the
 * question as its only note. A prediction that replaces nothing is about the scenario as it is.
 */
export function watchable(scenario: Scenario, id: string): Scenario {
  const prediction = predictionOf(scenario, id);
  if (!prediction.instead) return scenario;
  const { steps, ...rest } = withInstead(scenario, prediction.instead);
  return {
    ...rest,
    steps: steps.slice(0, indexOf(scenario, prediction.read) + 1),
    lab: {
      ...(scenario.lab?.title && { title: scenario.lab.title }),
      narration: [{ when: {}, ...prediction.ask }],
      predictions: [],
    },
  };
}

const indexOf = (scenario: Scenario, name: string) => scenario.steps.findIndex((step: Step, i) => stepName(step, i) === name);

/** Runs the steps up to and including `read`, with what `instead` replaces, and sees which choice holds: exactly one must. */
export function answerOf(scenario: Scenario, id: string): Answer {
  const prediction = predictionOf(scenario, id);
  const run = ScenarioRun.start(prediction.instead ? withInstead(scenario, prediction.instead) : scenario);
  const last = indexOf(scenario, prediction.read);
  while (run.stepIndex <= last && run.nextStep());
  if (run.halted) throw new ScenarioError(`${scenario.name}: prediction "${id}": ${run.halted}`);
  const right = prediction.choices.flatMap((choice, i) => (holds(choice.when, run.cluster) ? [i] : []));
  if (right.length !== 1)
    throw new ScenarioError(
      `${scenario.name}: prediction "${id}" has ${right.length ? `${right.length} right choices` : 'no right choice'} after step "${prediction.read}". Make the predicates of its choices exclude each other and cover what happens.`,
    );
  return { choice: right[0] as number, run };
}
