// One moment of a run and how it moves on: the cluster, the commands under way, and the file's present step on one clock.
// Inside one millisecond the cluster's wake-ups come first, then commands, then the end of the file's step.

import { durationMs } from '../kubectl/flags.ts';
import type { Cluster } from '../sim/cluster.ts';
import { beginCommand, cancelCommand, goOn, wokenBy } from './commands.ts';
import type { ContainerStep, NodeFault, Scenario, Step } from './scenario.ts';
import type { Command, Input, Output, Pending, RunState } from './timeline.ts';
import { isVisible } from './visible.ts';
import { answersTo, clusterOf, doFault } from './world.ts';

/** How long a watch takes to be set up, and a question to the DNS to be answered (as in the recordings). */
const WATCH_MS = 500;
const DNS_MS = 500;
const NEVER = Number.POSITIVE_INFINITY;

export class Machine {
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  outputs: readonly Output[] = [];
  pending: Pending | null = null;
  stepIndex = 0;
  files: Readonly<Record<string, string>>;
  /** How many of the history's inputs were put in. */
  applied = 0;
  /** When something visible last changed. */
  changedMs = 0;

  #commands: readonly Command[] = [];
  #script: 'hold' | 'go' | 'drop' = 'go';
  #scanned: number;

  /** A machine at time 0, or one that goes on from a snapshot. */
  constructor(scenario: Scenario, seed: number, from?: RunState) {
    this.scenario = scenario;
    this.cluster = clusterOf(scenario, seed, from?.cluster);
    this.files = from?.files ?? scenario.files;
    this.#scanned = from?.scanned ?? this.cluster.logLength;
    if (!from) return;
    this.outputs = from.outputs;
    this.pending = from.pending;
    this.stepIndex = from.stepIndex;
    this.applied = from.applied;
    this.changedMs = from.changedMs;
    this.#commands = from.commands;
    this.#script = from.script;
  }

  get nowMs(): number {
    return this.cluster.nowMs;
  }

  /** Everything as a value. */
  state(): RunState {
    return {
      cluster: this.cluster.snapshot(),
      outputs: this.outputs,
      commands: this.#commands,
      pending: this.pending,
      stepIndex: this.stepIndex,
      script: this.#script,
      files: this.files,
      applied: this.applied,
      changedMs: this.changedMs,
      scanned: this.#scanned,
    };
  }

  /** Whether the file's next step could start now. */
  get canStart(): boolean {
    return this.pending === null && this.#script === 'go' && this.stepIndex < this.scenario.steps.length;
  }

  #pendingMs(): number {
    const { pending } = this;
    if (!pending || pending.kind === 'command') return NEVER;
    return pending.kind === 'until' ? pending.atMs : Math.max(pending.fromMs, this.changedMs) + pending.quietMs;
  }

  /** The command whose turn it is, and when. */
  #nextCommand(): Command | null {
    let next: Command | null = null;
    for (const command of this.#commands)
      if (command.wakeAtMs !== null && (next === null || command.wakeAtMs < (next.wakeAtMs as number))) next = command;
    return next;
  }

  /** When the next thing happens; null when nothing will. */
  nextMs(): number | null {
    const at = Math.min(this.cluster.nextAtMs() ?? NEVER, this.#nextCommand()?.wakeAtMs ?? NEVER, this.#pendingMs());
    return at === NEVER ? null : at;
  }

  /** Does the next thing that is due at or before a time; false when there is none. */
  tick(limitMs: number): boolean {
    const clusterMs = this.cluster.nextAtMs() ?? NEVER;
    const command = this.#nextCommand();
    const commandMs = command?.wakeAtMs ?? NEVER;
    const at = Math.min(clusterMs, commandMs, this.#pendingMs());
    if (at > limitMs || at === NEVER || this.cluster.halt !== null) return false;
    if (clusterMs === at) this.cluster.nextEvent(at);
    else {
      this.cluster.advanceTo(at);
      if (commandMs === at) this.#goOn(command as Command);
      else this.#endStep();
    }
    this.#notice();
    return true;
  }

  /** Reads what was written since the last look: wakes watching commands, notes when something visible changed. */
  #notice(): void {
    const { cluster } = this;
    if (this.#scanned < cluster.logLength) {
      for (const entry of cluster.log(this.#scanned)) if (isVisible(entry)) this.changedMs = entry.atMs;
      this.#scanned = cluster.logLength;
      if (this.#commands.length) this.#commands = this.#commands.map((command) => wokenBy(command, cluster));
    }
    if (this.pending?.kind === 'command' && this.outputs[this.pending.output]?.endMs !== null) this.pending = null;
  }

  // ---- steps and inputs -----------------------------------------------------------------------------------------------------------

  /** Starts the file's next step. */
  startStep(): void {
    const index = this.stepIndex++;
    const step = this.scenario.steps[index] as Step;
    const output = this.#open(step, index);
    const until = (delayMs: number): Pending => ({ kind: 'until', output, atMs: this.nowMs + delayMs });
    if ('run' in step) {
      this.pending = { kind: 'command', output };
      this.#begin(output, step.run);
    } else if ('watch' in step) {
      this.#begin(output, step.watch);
      this.pending = until(WATCH_MS);
    } else if ('settle' in step)
      this.pending = { kind: 'settle', output, quietMs: durationMs(step.settle), fromMs: this.nowMs };
    else if ('wait' in step) this.pending = until(durationMs(step.wait));
    else if ('dns' in step) {
      this.#answer(output, step);
      this.pending = until(DNS_MS);
    } else if ('mark' in step) this.#change(output, { endMs: this.nowMs });
    else this.#fault(output, step);
  }

  /** Ends a step that waited for time to pass. */
  #endStep(): void {
    const { pending } = this;
    this.pending = null;
    if (pending && this.outputs[pending.output]?.endMs === null && !('watch' in (this.outputs[pending.output] as Output).input))
      this.#change(pending.output, { endMs: this.nowMs });
  }

  /** Carries out an input; its place in `outputs`, or null. */
  apply(input: Input): number | null {
    this.applied++;
    if ('script' in input) {
      if (this.#script !== 'drop') this.#script = input.script;
      return null;
    }
    if ('file' in input) {
      this.files = { ...this.files, [input.file]: input.text };
      return null;
    }
    if ('cancel' in input) {
      const command = this.#commands.find((candidate) => candidate.output === input.cancel);
      if (command) this.#keep(command, cancelCommand(this.outputs[command.output] as Output, this.nowMs));
      this.#notice();
      return null;
    }
    const output = this.#open(input, null);
    if ('run' in input) this.#begin(output, input.run);
    else if ('dns' in input) {
      this.#answer(output, input);
      this.#change(output, { endMs: this.nowMs });
    } else this.#fault(output, input);
    this.#notice();
    return output;
  }

  #open(input: Step | Input, step: number | null): number {
    this.outputs = [...this.outputs, { input, step, out: '', err: '', exit: null, atMs: this.nowMs, endMs: null }];
    return this.outputs.length - 1;
  }

  #change(output: number, change: Partial<Output>): void {
    this.outputs = this.outputs.map((old, i) => (i === output ? { ...old, ...change } : old));
  }

  #begin(output: number, line: string): void {
    this.#commands = [...this.#commands, beginCommand(this.cluster, output, line)];
  }

  #goOn(command: Command): void {
    const { command: next, output } = goOn(this.cluster, this.files, command, this.outputs[command.output] as Output);
    this.#keep(command, output, next);
  }

  #keep(command: Command, output: Output, next: Command | null = null): void {
    this.#change(command.output, output);
    this.#commands = this.#commands.flatMap((old) => (old.output !== command.output ? [old] : next ? [next] : []));
  }

  #fault(output: number, fault: NodeFault | ContainerStep): void {
    const problem = doFault(this.cluster, fault);
    this.#change(output, { endMs: this.nowMs, ...(problem ? { err: `${problem}\n`, exit: 1 } : {}) });
  }

  #answer(output: number, question: { readonly dns: string; readonly type: string }): void {
    this.#change(output, { answers: answersTo(this.cluster, question) });
  }
}
