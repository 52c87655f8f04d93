// A terminal in front of a fresh cluster, for tests of kubectl: types a line and says what was printed.

import { ScenarioRun } from '../../src/scenario/run.ts';
import type { Json } from '../../src/sim/types.ts';

export interface Printed {
  readonly out: string;
  readonly err: string;
  /** null: it still runs. */
  readonly exit: number | null;
}

export class Terminal {
  readonly run: ScenarioRun;

  constructor(files: Readonly<Record<string, string>> = {}, nodes = 2, programs: Readonly<Record<string, Json>> = {}) {
    this.run = ScenarioRun.start({ name: 'terminal', title: 'terminal', cluster: { nodes }, programs, files, steps: [] });
  }

  /** Types a line and waits for its end, at most so long. */
  type(line: string, limitMs = 120_000): Printed {
    const output = this.run.input({ run: line }) as number;
    this.run.waitFor(output, limitMs);
    const { out, err, exit } = this.run.outputs[output] as Printed;
    return { out, err, exit };
  }

  /** Types lines whose output does not matter. */
  do(...lines: readonly string[]): this {
    for (const line of lines) this.type(line);
    return this;
  }

  settle(): this {
    this.run.settle();
    return this;
  }
}

/** A Deployment's manifest. */
export const deployment = (name: string, image: string, replicas: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: ${name}, image: "${image}"}]}
`;
