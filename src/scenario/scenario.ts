// A scenario: how a cluster starts, what is done to it, and what a lab says and asks. Plain JSON; parse.ts makes it from a file.
// The recorded part is defined by the golden scenarios (tests/golden), the `lab` part by content/scenarios.

import type { Json } from '../sim/types.ts';

/** The same text in both languages. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** What must hold: what is looked at → what it must be (predicate.ts). */
export type Predicate = Readonly<Record<string, string | number>>;

export interface NodeSpec {
  readonly name: string;
  readonly cpu?: string | number;
  readonly memory?: string | number;
  readonly pods?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Json[];
}

export interface ClusterSpec {
  readonly nodes: number | readonly NodeSpec[];
  readonly storageClasses?: readonly Readonly<Record<string, Json>>[];
  readonly nodeMonitorGrace?: string;
  readonly defaultToleration?: string;
  readonly startAtSecond?: number;
}

export type Switch = 'on' | 'off';
export type ContainerFault = 'freeze' | 'thaw' | 'crash' | 'sick' | 'well';

/** A fault of one machine: its power, its cable, or its clock. */
export interface NodeFault {
  readonly node: string;
  readonly power?: Switch;
  readonly network?: Switch;
  /** How far the machine's clock is ahead of the others: `+20s`, `-1h`, `0s`. */
  readonly clock?: string;
}

/** A fault of a program in its container (programs.md: which Pods). */
export interface ContainerStep {
  readonly container: ContainerFault;
  readonly pod?: string;
  readonly of?: string;
  readonly pick?: 'first' | 'last' | 'all' | 'leader' | 'frozen';
  readonly namespace?: string;
}

export interface RunStep {
  readonly run: string;
  readonly compare?: string;
}

export type StepAction =
  | RunStep
  | { readonly watch: string }
  | { readonly settle: string }
  | { readonly wait: string }
  | NodeFault
  | ContainerStep
  | { readonly dns: string; readonly type: string }
  | { readonly mark: string };

export type Step = StepAction & { readonly id?: string };

export interface Note extends Text {
  readonly when: Predicate;
}

export interface Prediction {
  readonly id: string;
  /** The lab stops before this step and asks. */
  readonly stop: string;
  /** A fork runs up to and including this step. */
  readonly read: string;
  /** Steps that are replaced in the fork, from the start. */
  readonly instead?: Readonly<Record<string, StepAction>>;
  readonly ask: Text;
  readonly choices: readonly (Text & { readonly when: Predicate })[];
  readonly why: Text;
}

export interface Goal {
  readonly ask: Text;
  readonly check: Predicate;
  readonly without?: readonly string[];
  readonly hints: readonly Text[];
  /** Inputs that reach the goal; a `file` is written as a reader would, before a command reads it. */
  readonly solutions: readonly (readonly (StepAction | { readonly file: string; readonly text: string })[])[];
}

export interface Lab {
  readonly title?: Text;
  readonly narration?: readonly Note[];
  readonly predictions?: readonly Prediction[];
  readonly goal?: Goal;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What chance starts from; 1 when absent. */
  readonly seed?: number;
  readonly cluster: ClusterSpec;
  readonly programs: Readonly<Record<string, Json>>;
  readonly compare?: Json;
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly lab?: Lab;
}

/** What is wrong with a scenario, a link or a prediction: place, fact and next step in one sentence. */
export class ScenarioError extends Error {}

/** How a step is called where it has no id: `#3`, counted from one. */
export const stepName = (step: Step, index: number): string => step.id ?? `#${index + 1}`;
