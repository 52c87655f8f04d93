// The parts of a run that are plain data: what was put in, what came out, which commands are under way. A copy of it is a snapshot.

import type { ClusterState } from '../sim/state.ts';
import type { Json } from '../sim/types.ts';
import type { ContainerStep, NodeFault, RunStep, Step } from './scenario.ts';

/** What a reader can do at any moment. */
export type Input =
  | RunStep
  | NodeFault
  | ContainerStep
  | { readonly dns: string; readonly type: string }
  /** Edits or adds a file that `-f` reads. */
  | { readonly file: string; readonly text: string }
  /** Ctrl-C for the command with that place in `outputs`. */
  | { readonly cancel: number }
  /** `hold`: time passes without the file's steps; `go`: on again; `drop`: no more steps of the file. */
  | { readonly script: 'hold' | 'go' | 'drop' };

/** An input and its moment: at `atMs`, when `step` steps of the file had been started, after everything else of that millisecond. */
export interface TimedInput {
  readonly atMs: number;
  readonly step: number;
  readonly input: Input;
}

/** What a step or input did. Entries never change; a newer one takes the place of an older. */
export interface Output {
  readonly input: Step | Input;
  /** Index of the step in the file; null for what the reader did. */
  readonly step: number | null;
  readonly out: string;
  readonly err: string;
  /** null while it runs, and for what is no command. */
  readonly exit: number | null;
  readonly atMs: number;
  /** null while it runs. */
  readonly endMs: number | null;
  /** Answers to a `dns` step. */
  readonly answers?: { readonly status: string; readonly answers: readonly string[] };
}

/** A command under way. */
export interface Command {
  /** Its place in `outputs`. */
  readonly output: number;
  readonly line: string;
  /** Name of the verb that goes on with `state`; null before the first look at the line. */
  readonly verb: string | null;
  readonly state: Json;
  /** Log entry of the input, cause of all it writes. */
  readonly cause: number;
  readonly wakeAtMs: number | null;
  readonly watch: readonly string[];
  /** How much of the log it has seen. */
  readonly seen: number;
}

/** What the file's present step waits for. */
export type Pending =
  | { readonly kind: 'command'; readonly output: number }
  | { readonly kind: 'until'; readonly output: number; readonly atMs: number }
  | { readonly kind: 'settle'; readonly output: number; readonly quietMs: number; readonly fromMs: number };

/** Everything of a run at one moment; a value. */
export interface RunState {
  readonly cluster: ClusterState;
  readonly outputs: readonly Output[];
  readonly commands: readonly Command[];
  readonly pending: Pending | null;
  readonly stepIndex: number;
  readonly script: 'hold' | 'go' | 'drop';
  readonly files: Readonly<Record<string, string>>;
  /** How many of the history's inputs were applied. */
  readonly applied: number;
  /** When something visible last changed. */
  readonly changedMs: number;
  readonly scanned: number;
}

/** The moment a history has reached. */
export interface Moment {
  readonly atMs: number;
  readonly step: number;
}

const MOST_SNAPSHOTS = 256;

/** Snapshots of one line of history, in order of time, thinned out as it grows. */
export class Snapshots {
  #kept: RunState[] = [];
  #spacingMs = 2000;
  #spacingEntries = 400;

  /** Keeps the state if the last snapshot lies far enough back; `copy` is only called then. */
  offer(atMs: number, entries: number, copy: () => RunState): void {
    const last = this.#kept.at(-1);
    if (last && atMs - last.cluster.nowMs < this.#spacingMs && entries - last.cluster.log.length < this.#spacingEntries) return;
    if (last && atMs === last.cluster.nowMs) return;
    this.#kept.push(copy());
    if (this.#kept.length <= MOST_SNAPSHOTS) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#spacingMs *= 2;
    this.#spacingEntries *= 2;
  }

  /** The latest snapshot from before a moment. */
  before(moment: Moment): RunState | undefined {
    return this.#kept.findLast((state) => state.cluster.nowMs < moment.atMs && state.stepIndex <= moment.step);
  }

  /** Forgets what comes at or after a time. */
  dropFrom(atMs: number): void {
    this.#kept = this.#kept.filter((state) => state.cluster.nowMs < atMs);
  }

  copy(): Snapshots {
    const copy = new Snapshots();
    copy.#kept = this.#kept.slice();
    copy.#spacingMs = this.#spacingMs;
    copy.#spacingEntries = this.#spacingEntries;
    return copy;
  }
}
