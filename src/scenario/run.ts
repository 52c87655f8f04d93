// A scenario being run: the cluster, the commands under way and the file's steps on one clock.
// A run is a function of scenario, seed and inputs; it can be stopped, rewound, forked and rebuilt at any moment.
// Inside one millisecond the cluster's wake-ups come first, then commands, then the file's next step, then what the reader does.

import { durationMs } from '../kubectl/flags.ts';
import type { Cluster } from '../sim/cluster.ts';
import type { LogEntry } from '../sim/types.ts';
import { beginCommand, cancelCommand, goOn, wokenBy } from './commands.ts';
import {
  type ContainerStep,
  type NodeFault,
  type Scenario,
  ScenarioError,
  type Step,
  type StepAction,
  stepName,
} from './scenario.ts';
import {
  type Command,
  type Input,
  type Moment,
  type Output,
  type Pending,
  type RunState,
  Snapshots,
  type TimedInput,
} from './timeline.ts';
import { isVisible } from './visible.ts';
import { answersTo, clusterOf, doFault } from './world.ts';

/** Most things that happen in one call before it gives up with a message, so that a page never hangs. */
const MOST_TICKS = 400_000;
/** Longest time that a step of the file may take. */
const LONGEST_STEP_MS = 7_200_000;
/** How long a watch takes to be set up, and a question to the DNS to be answered (as in the recordings). */
const WATCH_MS = 500;
const DNS_MS = 500;

export interface RunOptions {
  readonly seed?: number;
  /** Steps replaced from the start, by id. */
  readonly instead?: Readonly<Record<string, StepAction>>;
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

const replaced = (scenario: Scenario, instead: Readonly<Record<string, StepAction>>): Scenario => ({
  ...scenario,
  steps: scenario.steps.map((step, i) => {
    const other = instead[stepName(step, i)];
    return other ? { ...other, ...(step.id ? { id: step.id } : {}) } : step;
  }),
});

export class ScenarioRun {
  readonly scenario: Scenario;
  readonly seed: number;
  /** The step before which `advanceTo` stopped. */
  held: string | null = null;
  /** Why the run stands still for good, if it does. */
  halted: string | null = null;

  #cluster: Cluster;
  #outputs: Output[] = [];
  #commands: Command[] = [];
  #pending: Pending | null = null;
  #stepIndex = 0;
  #script: 'hold' | 'go' | 'drop' = 'go';
  #files: Readonly<Record<string, string>>;
  #changedMs = 0;
  #scanned = 0;
  #applied = 0;
  #inputs: readonly TimedInput[] = [];
  #end: Moment = { atMs: 0, step: 0 };
  #snapshots = new Snapshots();

  private constructor(scenario: Scenario, seed: number, cluster: Cluster) {
    this.scenario = scenario;
    this.seed = seed;
    this.#cluster = cluster;
    this.#files = scenario.files;
  }

  /** A run at time 0, before its first step. */
  static start(scenario: Scenario, options: RunOptions = {}): ScenarioRun {
    const used = options.instead ? replaced(scenario, options.instead) : scenario;
    const seed = options.seed ?? scenario.seed ?? 1;
    const run = new ScenarioRun(used, seed, clusterOf(used, seed));
    run.#scanned = run.#cluster.logLength;
    return run;
  }

  /** A run rebuilt from what was done in it. Throws ScenarioError when the history does not fit the scenario. */
  static replay(scenario: Scenario, history: History): ScenarioRun {
    const run = ScenarioRun.start(scenario, history.seed === undefined ? {} : { seed: history.seed });
    run.#inputs = history.inputs;
    run.#replayTo({ atMs: history.atMs, step: history.step });
    if (run.#applied < history.inputs.length)
      throw new ScenarioError(
        `${scenario.name}: input ${run.#applied + 1} of this history lies behind its end. Start the lab afresh.`,
      );
    return run;
  }

  get cluster(): Cluster {
    return this.#cluster;
  }
  get nowMs(): number {
    return this.#cluster.nowMs;
  }
  /** One entry for each command, step and input, in order of start; the array is new after each change. */
  get outputs(): readonly Output[] {
    return this.#outputs;
  }
  /** What the reader did in this line of history, also what lies ahead after a seek into the past. */
  get inputs(): readonly TimedInput[] {
    return this.#inputs;
  }
  /** How many steps of the file were started. */
  get stepIndex(): number {
    return this.#stepIndex;
  }
  /** Whether the file's present step is still going on. */
  get stepRunning(): boolean {
    return this.#pending !== null;
  }
  /** The furthest moment of this line of history. */
  get endMs(): number {
    return Math.max(this.#end.atMs, this.nowMs);
  }
  /** The files that `-f` can read now. */
  get files(): Readonly<Record<string, string>> {
    return this.#files;
  }
  /** Enough, with scenario, to rebuild this run as it is now. */
  get history(): History {
    return { seed: this.seed, inputs: this.#inputs.slice(0, this.#applied), atMs: this.nowMs, step: this.#stepIndex };
  }

  /** Lets time pass. Steps of the file start by themselves, each when the one before it has ended. */
  advanceTo(ms: number, options: AdvanceOptions = {}): void {
    this.#advance(ms, (index) => !options.holdBefore?.has(stepName(this.scenario.steps[index] as Step, index)));
    this.#reached();
  }

  /** Goes on until something visible is written; null when nothing was, or the limit came first. */
  nextEvent(limitMs = 600_000): LogEntry | null {
    return this.#untilEntry(this.#cluster.logLength, limitMs, isVisible);
  }

  /** Goes on until something is written because of an entry (the latest visible one when none is named). */
  nextCause(entry?: number, limitMs = 600_000): LogEntry | null {
    const cause = entry ?? this.#latestVisible();
    return cause === null
      ? this.nextEvent(limitMs)
      : this.#untilEntry(cause + 1, limitMs, (candidate) => candidate.cause === cause && isVisible(candidate));
  }

  /** Goes on until nothing visible has changed for so long; false when the limit came first. */
  settle(quietMs = 3000, limitMs = 600_000): boolean {
    const limit = this.nowMs + limitMs;
    const from = this.nowMs;
    const quiet = () => Math.max(from, this.#changedMs) + quietMs;
    while (quiet() <= limit && !this.halted) {
      const until = quiet();
      this.advanceTo(until);
      if (quiet() <= until) return true;
    }
    this.advanceTo(limit);
    return false;
  }

  /** Runs the file's next step to its end (or the one under way); false when there is none left. */
  nextStep(): boolean {
    this.held = null;
    if (!this.#pending && !this.#canStart()) return false;
    const wanted = this.#pending ? this.#stepIndex : this.#stepIndex + 1;
    const limitMs = this.nowMs + LONGEST_STEP_MS;
    this.#loop(
      limitMs,
      (index) => index < wanted,
      () => this.#stepIndex >= wanted && this.#pending === null,
    );
    if (this.#pending && !this.halted)
      this.halted = `step ${stepName(this.scenario.steps[wanted - 1] as Step, wanted - 1)} has not ended after two hours. Look at what it waits for, or give the command a --timeout.`;
    this.#reached();
    return true;
  }

  /** Runs all steps that are left. */
  finish(): void {
    while (this.nextStep() && !this.halted);
  }

  /** Goes to any moment of this line of history. What lies behind it is kept until the reader does something new. */
  seek(ms: number): void {
    const end: Moment = { atMs: this.endMs, step: Math.max(this.#end.step, this.#stepIndex) };
    this.#end = end;
    const moment = { atMs: Math.max(0, Math.min(ms, end.atMs)), step: end.step };
    if (moment.atMs < this.nowMs) this.#restore(this.#snapshots.before(moment));
    this.held = null;
    this.#replayTo(moment);
  }

  /** A run that goes its own way from here; nothing that changes is shared. */
  fork(): ScenarioRun {
    const fork = new ScenarioRun(this.scenario, this.seed, this.#cluster);
    fork.#take(this.#state());
    fork.#inputs = this.#inputs;
    fork.#end = this.#end;
    fork.#snapshots = this.#snapshots.copy();
    fork.held = this.held;
    return fork;
  }

  /** What the reader does now. An abandoned future is forgotten. Returns the place in `outputs`, or null when it has none. */
  input(input: Input): number | null {
    this.#advance(this.nowMs, () => false);
    this.#inputs = [...this.#inputs.slice(0, this.#applied), { atMs: this.nowMs, step: this.#stepIndex, input }];
    this.#snapshots.dropFrom(this.nowMs + 1);
    this.#end = { atMs: this.nowMs, step: this.#stepIndex };
    return this.#apply(input);
  }

  /** Whether the cluster has something to do, a command runs, or the file has steps left. */
  get hasMore(): boolean {
    return this.#nextAt() !== null || this.#canStart();
  }

  // ---- the loop -----------------------------------------------------------------------------------------------------------------

  #canStart(): boolean {
    return this.#pending === null && this.#script === 'go' && this.#stepIndex < this.scenario.steps.length;
  }

  #pendingAt(): number | null {
    const pending = this.#pending;
    if (!pending || pending.kind === 'command') return null;
    return pending.kind === 'until' ? pending.atMs : Math.max(pending.fromMs, this.#changedMs) + pending.quietMs;
  }

  #nextAt(): number | null {
    const times = [this.#cluster.nextAtMs(), this.#pendingAt(), ...this.#commands.map((command) => command.wakeAtMs)];
    const known = times.filter((time) => time !== null);
    return known.length ? Math.min(...known) : null;
  }

  /** Does the next thing that is due at or before a time; false when there is none. */
  #tick(limitMs: number): boolean {
    const clusterMs = this.#cluster.nextAtMs();
    const command = this.#commands
      .filter((candidate) => candidate.wakeAtMs !== null)
      .sort((a, b) => (a.wakeAtMs as number) - (b.wakeAtMs as number) || a.output - b.output)[0];
    const commandAt = command?.wakeAtMs ?? Number.POSITIVE_INFINITY;
    const stepAt = this.#pendingAt() ?? Number.POSITIVE_INFINITY;
    const at = Math.min(clusterMs ?? Number.POSITIVE_INFINITY, commandAt, stepAt);
    if (!(at <= limitMs) || at === Number.POSITIVE_INFINITY) return false;
    if (clusterMs === at) this.#cluster.nextEvent(at);
    else {
      this.#cluster.advanceTo(at);
      if (commandAt === at) this.#goOn(command as Command);
      else this.#pending = null;
    }
    this.#notice();
    return true;
  }

  /** Reads what was written since the last look: wakes watching commands, notes when something visible changed. */
  #notice(): void {
    const cluster = this.#cluster;
    const { logLength } = cluster;
    if (this.#scanned < logLength) {
      for (const entry of cluster.log(this.#scanned)) if (isVisible(entry)) this.#changedMs = entry.atMs;
      this.#scanned = logLength;
      this.#commands = this.#commands.map((command) => wokenBy(command, cluster));
    }
    const pending = this.#pending;
    if (pending?.kind === 'command' && this.#outputs[pending.output]?.endMs !== null) this.#pending = null;
  }

  /** Ticks until `done`, starting steps of the file that `mayStart` allows. */
  #loop(limitMs: number, mayStart: (index: number) => boolean, done: () => boolean): void {
    for (let ticks = 0; !this.halted; ticks++) {
      if (done()) return;
      if (ticks >= MOST_TICKS) {
        this.halted = `more than ${MOST_TICKS} things happened in one go; the run was stopped at ${this.nowMs} ms. Rewind it, or start it afresh.`;
        return;
      }
      const due = this.#nextAt();
      if (due === null || due > this.nowMs) {
        this.#snapshots.offer(this.nowMs, this.#cluster.logLength, () => this.#state());
        if (this.#canStart()) {
          if (!mayStart(this.#stepIndex)) {
            this.held = stepName(this.scenario.steps[this.#stepIndex] as Step, this.#stepIndex);
            return;
          }
          this.#startStep();
          continue;
        }
      }
      if (!this.#tick(limitMs)) return;
    }
  }

  #advance(ms: number, mayStart: (index: number) => boolean): void {
    this.held = null;
    this.#loop(ms, mayStart, () => false);
    if (this.held === null && !this.halted && ms > this.nowMs) this.#cluster.advanceTo(ms);
  }

  #untilEntry(from: number, limitMs: number, wanted: (entry: LogEntry) => boolean): LogEntry | null {
    let at = from;
    let found: LogEntry | null = null;
    const look = () => {
      for (; at < this.#cluster.logLength && !found; at++) {
        const entry = this.#cluster.entry(at) as LogEntry;
        if (wanted(entry)) found = entry;
      }
      return found !== null;
    };
    this.#loop(this.nowMs + limitMs, () => true, look);
    look();
    this.#reached();
    return found;
  }

  #latestVisible(): number | null {
    for (let at = this.#cluster.logLength - 1; at >= 0; at--) if (isVisible(this.#cluster.entry(at) as LogEntry)) return at;
    return null;
  }

  #reached(): void {
    if (this.nowMs >= this.#end.atMs) this.#end = { atMs: this.nowMs, step: Math.max(this.#stepIndex, this.#end.step) };
  }

  // ---- steps and inputs ---------------------------------------------------------------------------------------------------------

  #startStep(): void {
    const index = this.#stepIndex++;
    const step = this.scenario.steps[index] as Step;
    const output = this.#open(step, index);
    const until = (delayMs: number): Pending => ({ kind: 'until', output, atMs: this.nowMs + delayMs });
    if ('run' in step) {
      this.#pending = { kind: 'command', output };
      this.#begin(output, step.run);
    } else if ('watch' in step) {
      this.#begin(output, step.watch);
      this.#pending = until(WATCH_MS);
    } else if ('settle' in step)
      this.#pending = { kind: 'settle', output, quietMs: durationMs(step.settle), fromMs: this.nowMs };
    else if ('wait' in step) this.#pending = until(durationMs(step.wait));
    else if ('dns' in step) {
      this.#answer(output, step);
      this.#pending = until(DNS_MS);
    } else if (!('mark' in step)) this.#fault(output, step);
  }

  /** Carries out an input that stands in the history. */
  #apply(input: Input): number | null {
    this.#applied++;
    if ('script' in input) {
      if (this.#script !== 'drop') this.#script = input.script;
      return null;
    }
    if ('file' in input) {
      this.#files = { ...this.#files, [input.file]: input.text };
      return null;
    }
    if ('cancel' in input) {
      const command = this.#commands.find((candidate) => candidate.output === input.cancel);
      if (command) this.#keep(command, cancelCommand(this.#outputs[command.output] as Output, this.nowMs));
      this.#notice();
      return null;
    }
    const output = this.#open(input, null);
    if ('run' in input) this.#begin(output, input.run);
    else if ('dns' in input) this.#answer(output, input);
    else this.#fault(output, input);
    this.#notice();
    return output;
  }

  #open(input: Step | Input, step: number | null): number {
    const isCommand = 'run' in input || 'watch' in input;
    this.#outputs = [
      ...this.#outputs,
      { input, step, out: '', err: '', exit: null, atMs: this.nowMs, endMs: isCommand ? null : this.nowMs },
    ];
    return this.#outputs.length - 1;
  }

  #change(output: number, change: Partial<Output>): void {
    this.#outputs = this.#outputs.map((old, i) => (i === output ? { ...old, ...change } : old));
  }

  #begin(output: number, line: string): void {
    this.#commands = [...this.#commands, beginCommand(this.#cluster, output, line)];
  }

  #goOn(command: Command): void {
    const { command: next, output } = goOn(this.#cluster, this.#files, command, this.#outputs[command.output] as Output);
    this.#keep(command, output, next);
  }

  #keep(command: Command, output: Output, next: Command | null = null): void {
    this.#change(command.output, output);
    this.#commands = this.#commands.flatMap((old) => (old.output !== command.output ? [old] : next ? [next] : []));
  }

  #fault(output: number, fault: NodeFault | ContainerStep): void {
    const problem = doFault(this.#cluster, fault);
    if (problem) this.#change(output, { err: `${problem}\n`, exit: 1 });
  }

  #answer(output: number, question: { readonly dns: string; readonly type: string }): void {
    this.#change(output, { answers: answersTo(this.#cluster, question) });
  }

  // ---- snapshots ----------------------------------------------------------------------------------------------------------------

  #state(): RunState {
    return {
      cluster: this.#cluster.snapshot(),
      outputs: this.#outputs,
      commands: this.#commands,
      pending: this.#pending,
      stepIndex: this.#stepIndex,
      script: this.#script,
      files: this.#files,
      applied: this.#applied,
      changedMs: this.#changedMs,
      scanned: this.#scanned,
    };
  }

  #take(state: RunState): void {
    this.#cluster = clusterOf(this.scenario, this.seed, state.cluster);
    this.#outputs = [...state.outputs];
    this.#commands = [...state.commands];
    this.#pending = state.pending;
    this.#stepIndex = state.stepIndex;
    this.#script = state.script;
    this.#files = state.files;
    this.#applied = state.applied;
    this.#changedMs = state.changedMs;
    this.#scanned = state.scanned;
    this.halted = null;
  }

  #restore(state: RunState | undefined): void {
    if (state) this.#take(state);
    else {
      const fresh = ScenarioRun.start(this.scenario, { seed: this.seed });
      this.#take(fresh.#state());
    }
  }

  /** Goes forward to a moment of this line of history, putting in what the reader did on the way. */
  #replayTo(moment: Moment): void {
    for (;;) {
      const next = this.#inputs[this.#applied];
      const isNow = next && (next.atMs < moment.atMs || (next.atMs === moment.atMs && next.step <= moment.step));
      const target = isNow ? next : moment;
      this.#advance(target.atMs, (index) => index < target.step);
      if (!isNow || this.nowMs < target.atMs || this.halted) break;
      this.#apply(next.input);
    }
    this.held = null;
  }
}
