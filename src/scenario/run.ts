// A scenario being run: the cluster, the commands under way and the file's steps on one clock.
// A run is a function of scenario, seed and inputs; it can be stopped, rewound, forked and rebuilt at any moment.
// Inside one millisecond comes first what machine.ts orders, then the file's next step, then what the reader does.

import { complete } from '../kubectl/complete.ts';
import type { Cluster } from '../sim/cluster.ts';
import type { LogEntry } from '../sim/types.ts';
import { Machine } from './machine.ts';
import { type Scenario, ScenarioError, type Step, stepName } from './scenario.ts';
import { type Input, type Moment, type Output, type RunState, Snapshots, type TimedInput } from './timeline.ts';
import { isVisible } from './visible.ts';

/** Most things that happen in one call before it gives up with a message, so that a page never hangs. */
const MOST_TICKS = 400_000;
/** Longest time that a step of the file may take. */
const LONGEST_STEP_MS = 7_200_000;

export interface RunOptions {
  readonly seed?: number;
}

export interface AdvanceOptions {
  /** Stop the clock before these steps of the file start. */
  readonly holdBefore?: ReadonlySet<string>;
}

/** All that a link needs to rebuild a run of a scenario. */
export interface History {
  readonly seed?: number;
  readonly inputs: readonly TimedInput[];
  readonly atMs: number;
  readonly step: number;
}

export class ScenarioRun {
  readonly scenario: Scenario;
  readonly seed: number;
  /** The step before which `advanceTo` stopped. */
  held: string | null = null;
  /** Why the run stands still for good, if it does. */
  halted: string | null = null;

  #machine: Machine;
  #inputs: readonly TimedInput[] = [];
  #end: Moment = { atMs: 0, step: 0 };
  #snapshots = new Snapshots();

  private constructor(scenario: Scenario, seed: number, from?: RunState) {
    this.scenario = scenario;
    this.seed = seed;
    this.#machine = new Machine(scenario, seed, from);
  }

  /** A run at time 0, before its first step. */
  static start(scenario: Scenario, options: RunOptions = {}): ScenarioRun {
    return new ScenarioRun(scenario, options.seed ?? scenario.seed ?? 1);
  }

  /** A run rebuilt from what was done in it. Throws ScenarioError when the history does not fit the scenario. */
  static replay(scenario: Scenario, history: History): ScenarioRun {
    const run = ScenarioRun.start(scenario, history.seed === undefined ? {} : { seed: history.seed });
    run.#inputs = history.inputs;
    run.#replayTo({ atMs: history.atMs, step: history.step });
    if (run.#machine.applied < history.inputs.length)
      throw new ScenarioError(
        `${scenario.name}: input ${run.#machine.applied + 1} of this history lies behind its end. Start the lab afresh.`,
      );
    run.#end = { atMs: run.nowMs, step: run.stepIndex };
    return run;
  }

  get cluster(): Cluster {
    return this.#machine.cluster;
  }
  get nowMs(): number {
    return this.#machine.nowMs;
  }
  /** One entry for each command, step and input, in order of start; the array is new after each change. */
  get outputs(): readonly Output[] {
    return this.#machine.outputs;
  }
  /** What the reader did in this line of history, also what lies ahead after a seek into the past. */
  get inputs(): readonly TimedInput[] {
    return this.#inputs;
  }
  /** How many steps of the file were started. */
  get stepIndex(): number {
    return this.#machine.stepIndex;
  }
  /** Whether the file's present step is still going on. */
  get stepRunning(): boolean {
    return this.#machine.pending !== null;
  }
  /** The furthest moment of this line of history. */
  get endMs(): number {
    return Math.max(this.#end.atMs, this.nowMs);
  }
  /** The files that `-f` can read now. */
  get files(): Readonly<Record<string, string>> {
    return this.#machine.files;
  }
  /** Enough, with the scenario, to rebuild this run as it is now. */
  get history(): History {
    return { seed: this.seed, inputs: this.#inputs.slice(0, this.#machine.applied), atMs: this.nowMs, step: this.stepIndex };
  }
  /** Whether anything will still happen by itself, or the file has steps left. */
  get hasMore(): boolean {
    return this.#machine.nextMs() !== null || this.#machine.canStart;
  }

  /**
   * Lets time pass. Steps of the file start by themselves, each when the one before it has ended. Behind the end of this line of history
   * what the reader did happens again, here as in all that goes forward.
   */
  advanceTo(ms: number, options: AdvanceOptions = {}): void {
    this.#advance(ms, this.#mayStart(options));
    this.#reached();
  }

  /**
   * Goes on until something visible is written. When nothing is before the limit: null, and the run stays
   * where it was; when a step is held before that: null, and the run stands before it (`held`).
   */
  nextEvent(limitMs = 600_000, options: AdvanceOptions = {}): LogEntry | null {
    return this.#untilEntry(this.cluster.logLength, limitMs, isVisible, options);
  }

  /** Goes on until something is written because of an entry (the latest visible one when none is named). */
  nextCause(entry?: number, limitMs = 600_000, options: AdvanceOptions = {}): LogEntry | null {
    const cause = entry ?? this.#latestVisible();
    if (cause === null) return this.nextEvent(limitMs, options);
    return this.#untilEntry(cause + 1, limitMs, (candidate) => candidate.cause === cause && isVisible(candidate), options);
  }

  /** Goes on until nothing visible has changed for so long; false when the limit came first. */
  settle(quietMs = 3000, limitMs = 600_000): boolean {
    const from = this.nowMs;
    const quiet = () => Math.max(from, this.#machine.changedMs) + quietMs;
    while (quiet() <= from + limitMs && !this.halted) {
      const until = quiet();
      this.advanceTo(until);
      if (quiet() <= until) return true;
    }
    this.advanceTo(from + limitMs);
    return false;
  }

  /** Runs the file's next step to its end (or the one under way); false when there is none left. */
  nextStep(): boolean {
    const machine = this.#machine;
    this.held = null;
    if (!machine.pending && !machine.canStart) return false;
    const wanted = machine.pending ? machine.stepIndex : machine.stepIndex + 1;
    this.#loop(
      this.nowMs + LONGEST_STEP_MS,
      (index) => index < wanted,
      () => machine.stepIndex >= wanted && machine.pending === null,
    );
    this.held = null;
    if (machine.pending && !this.halted) {
      const name = stepName(this.scenario.steps[wanted - 1] as Step, wanted - 1);
      this.halted = `step ${name} has not ended after two hours. Look at what it waits for, or give the command a --timeout.`;
    }
    this.#reached();
    return true;
  }

  /** Goes on until a command has ended; false when the limit came first. */
  waitFor(output: number, limitMs = 3_600_000): boolean {
    const hasEnded = () => this.outputs[output]?.endMs !== null;
    this.#loop(this.nowMs + limitMs, () => true, hasEnded);
    this.#reached();
    return hasEnded();
  }

  /** Runs all steps that are left. */
  finish(): void {
    while (this.nextStep() && !this.halted);
  }

  /** Goes to any moment of this line of history. What lies behind it is kept until the reader does something new. */
  seek(ms: number): void {
    const end: Moment = { atMs: this.endMs, step: Math.max(this.#end.step, this.stepIndex) };
    this.#end = end;
    const moment = { atMs: Math.max(0, Math.min(ms, end.atMs)), step: end.step };
    const snapshot = this.#snapshots.before(moment);
    if (moment.atMs < this.nowMs || (snapshot && snapshot.cluster.nowMs > this.nowMs)) {
      this.#machine = new Machine(this.scenario, this.seed, snapshot);
      this.halted = null;
    }
    this.#replayTo(moment);
  }

  /** A run that goes its own way from here; nothing that changes is shared. */
  fork(): ScenarioRun {
    const fork = new ScenarioRun(this.scenario, this.seed, this.#machine.state());
    fork.#inputs = this.#inputs;
    fork.#end = this.#end;
    fork.#snapshots = this.#snapshots.copy();
    fork.held = this.held;
    return fork;
  }

  /** What the reader does now. An abandoned future is forgotten. Returns the place in `outputs`, or null when it has none. */
  input(input: Input): number | null {
    this.#advance(this.nowMs, () => false);
    const timed: TimedInput = { atMs: this.nowMs, step: this.stepIndex, input };
    this.#inputs = [...this.#inputs.slice(0, this.#machine.applied), timed];
    this.#snapshots.dropFrom(this.nowMs + 1);
    this.#end = { atMs: this.nowMs, step: this.stepIndex };
    return this.#machine.apply(input);
  }

  /** What could follow at the end of a command line: whole words. */
  complete(line: string): readonly string[] {
    return complete(line, { discovery: this.cluster.discovery, api: this.cluster.client('kubectl', null), files: this.files });
  }

  // ---- the loop -----------------------------------------------------------------------------------------------------------------

  #mayStart({ holdBefore }: AdvanceOptions): (index: number) => boolean {
    return (index) => !holdBefore?.has(stepName(this.scenario.steps[index] as Step, index));
  }

  /**
   * The input of this line of history that comes before anything else can: after a seek into the past, what the reader did later happens
   * again. null when there is none left, or when steps of the file or other things come first.
   */
  #dueInput(mayStart: (index: number) => boolean): Input | null {
    const machine = this.#machine;
    const next = this.#inputs[machine.applied];
    if (!next || next.atMs > this.nowMs) return null;
    const stepFirst = machine.canStart && machine.stepIndex < next.step && mayStart(machine.stepIndex);
    return stepFirst ? null : next.input;
  }

  /** Ticks until `done`, starting steps of the file that `mayStart` allows. */
  #loop(limitMs: number, mayStart: (index: number) => boolean, done: () => boolean): void {
    const machine = this.#machine;
    for (let ticks = 0; !done(); ticks++) {
      this.halted ??= this.cluster.halt;
      if (ticks >= MOST_TICKS)
        this.halted = `more than ${MOST_TICKS} things happened in one go; the run was stopped at ${this.nowMs} ms. Rewind it, or start it afresh.`;
      if (this.halted) return;
      const due = machine.nextMs();
      if (due === null || due > this.nowMs) {
        this.#snapshots.offer(this.nowMs, this.cluster.logLength, () => machine.state());
        const input = this.#dueInput(mayStart);
        if (input) {
          machine.apply(input);
          continue;
        }
        if (machine.canStart) {
          if (!mayStart(machine.stepIndex)) {
            this.held = stepName(this.scenario.steps[machine.stepIndex] as Step, machine.stepIndex);
            return;
          }
          machine.startStep();
          continue;
        }
      }
      const nextMs = this.#inputs[machine.applied]?.atMs ?? Number.POSITIVE_INFINITY;
      if (machine.tick(Math.min(limitMs, nextMs))) continue;
      if (nextMs > limitMs) return;
      this.cluster.advanceTo(nextMs);
    }
  }

  #advance(ms: number, mayStart: (index: number) => boolean): void {
    this.held = null;
    this.#loop(ms, mayStart, () => false);
    if (this.held === null && !this.halted && ms > this.nowMs) this.cluster.advanceTo(ms);
  }

  #untilEntry(from: number, limitMs: number, wanted: (entry: LogEntry) => boolean, options: AdvanceOptions): LogEntry | null {
    let at = from;
    let found: LogEntry | null = null;
    const look = () => {
      for (; at < this.cluster.logLength && !found; at++) {
        const entry = this.cluster.entry(at) as LogEntry;
        if (wanted(entry)) found = entry;
      }
      return found !== null;
    };
    const start = this.nowMs;
    const end = this.#end;
    this.held = null;
    this.#loop(start + limitMs, this.#mayStart(options), look);
    if (look() || this.halted || this.held !== null) this.#reached();
    else {
      this.seek(start);
      this.#end = end;
    }
    return found;
  }

  #latestVisible(): number | null {
    for (let at = this.cluster.logLength - 1; at >= 0; at--) if (isVisible(this.cluster.entry(at) as LogEntry)) return at;
    return null;
  }

  #reached(): void {
    if (this.nowMs >= this.#end.atMs) this.#end = { atMs: this.nowMs, step: Math.max(this.stepIndex, this.#end.step) };
  }

  /** Goes forward to a moment of this line of history. */
  #replayTo(moment: Moment): void {
    this.#advance(moment.atMs, (index) => index < moment.step);
    this.held = null;
  }
}
