// A running scenario as the page sees it: one run, what the reader looks at, and what was said. All a reader does goes through here,
// so every component shows the same state and nothing of it lives in the DOM. Time is moved by player.ts.

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { fill } from '../../i18n/twins.ts';
import { isGoalReached } from '../../scenario/goal.ts';
import { parseShared, replayShared, sharedOf } from '../../scenario/link.ts';
import { ScenarioRun } from '../../scenario/run.ts';
import { type Prediction, type Scenario, stepName } from '../../scenario/scenario.ts';
import type { Input } from '../../scenario/timeline.ts';
import type { KubeObject, LogEntry } from '../../sim/types.ts';
import { newestAbout } from '../../view/cause.ts';
import { formatMoment } from '../../view/clock.ts';
import { type ClusterPicture, clusterPictureOf } from '../../view/cluster.ts';
import { countUpTo, type Scene } from '../../view/scene.ts';
import { foldTimeline, type TimelineFold } from '../../view/timeline.ts';
import { isVisible, lastVisibleOf } from './ahead.ts';
import { Notes, type Told } from './notes.ts';
import { logOf, sceneOf } from './scene.ts';
import type { Words } from './words.ts';

/** What the reader looks at: an object, or one log entry. */
export type Chosen = { readonly uid: string } | { readonly entry: number } | null;

export interface Notice {
  readonly text: string;
  readonly kind: 'plain' | 'bad';
}

/** A history the reader has left. */
export interface History {
  readonly name: string;
  readonly run: ScenarioRun;
}

export interface LabOptions {
  readonly scenario: Scenario;
  readonly words: Words;
  readonly compact: boolean;
  /** A prediction whose run is watched: the lab opens just before the step at which it was asked, and does not ask it again. */
  readonly watched?: Prediction | undefined;
}

/** Histories that are kept; the oldest gives way. */
const MOST_HISTORIES = 8;
export const QUIET_MS = 3000;
const NONE: ReadonlySet<string> = new Set();
export const LIMIT_MS = 600_000;

export class Lab {
  readonly scenario: Scenario;
  readonly words: Words;
  readonly compact: boolean;
  readonly watched: Prediction | undefined;
  run: ScenarioRun;
  /** Goes up when anything of the run has changed: components read it, and are drawn once for a batch. */
  readonly version = signal(0);
  readonly chosen: Signal<Chosen> = signal(null);
  readonly tab: Signal<'why' | 'yaml' | 'events'> = signal('why');
  readonly notice: Signal<Notice | null> = signal(null);
  readonly playing = signal(false);
  readonly speed = signal(1);
  readonly histories: Signal<readonly History[]> = signal([]);
  readonly editing = signal(false);
  readonly scene: ReadonlySignal<Scene>;
  readonly cluster: ReadonlySignal<ClusterPicture>;
  /** Predictions of the step before which the lab stands and waits. */
  readonly asked: ReadonlySignal<readonly Prediction[]>;
  readonly told: ReadonlySignal<readonly Told[]>;
  readonly goal: ReadonlySignal<'none' | 'open' | 'reached'>;
  readonly fold: ReadonlySignal<TimelineFold>;
  /** All that is known of this history, also what lies after now. */
  readonly known: ReadonlySignal<readonly LogEntry[]>;
  private knownLog: readonly LogEntry[] = [];
  private folded: TimelineFold | null = null;
  private readonly answered = new Set<string>();
  private kept = 0;
  private readonly notes = new Notes();

  constructor({ scenario, words, compact, watched }: LabOptions) {
    this.scenario = scenario;
    this.words = words;
    this.compact = compact;
    this.watched = watched;
    if (watched) this.answered.add(watched.id);
    this.run = ScenarioRun.start(scenario);
    if (watched) this.walkTo(watched.stop);
    const seen = <T>(derive: () => T) =>
      computed(() => {
        this.version.value;
        return derive();
      });
    this.scene = seen(() => sceneOf(this.run));
    this.cluster = computed(() => clusterPictureOf(this.scene.value));
    this.asked = seen(() => this.predictionsNow());
    this.told = seen(() => this.notes.until(this.run.nowMs));
    this.goal = seen(() => this.goalState());
    this.known = seen(() => this.readKnown());
    this.fold = computed(() => {
      this.folded = foldTimeline(this.folded, this.known.value);
      return this.folded;
    });
  }

  get nowMs(): number {
    return this.run.nowMs;
  }

  get headMs(): number {
    return Math.max(this.run.endMs, this.run.nowMs);
  }

  /** The log up to now. */
  get log(): readonly LogEntry[] {
    return logOf(this.run);
  }

  /** Steps before which time stops, because something is to be guessed there. */
  get holds(): ReadonlySet<string> {
    return new Set(this.openPredictions().map((prediction) => prediction.stop));
  }

  private openPredictions(): readonly Prediction[] {
    return (this.scenario.lab?.predictions ?? []).filter((prediction) => !this.answered.has(prediction.id));
  }

  /** Whether something is asked before a step. */
  asksAt(step: string): boolean {
    return this.predictionsAt(step).length > 0;
  }

  private predictionsAt(step: string): readonly Prediction[] {
    return this.openPredictions().filter((prediction) => prediction.stop === step);
  }

  /** Predictions of the step that would start now. */
  private predictionsNow(): readonly Prediction[] {
    const { run } = this;
    const step = this.scenario.steps[run.stepIndex];
    if (!step || run.stepRunning || (run.held === null && !this.isScriptHeld())) return [];
    return this.predictionsAt(stepName(step, run.stepIndex));
  }

  /** Whether the file's steps wait because the reader did something while a question stood. */
  private isScriptHeld(): boolean {
    return (
      (this.run.history.inputs.findLast(({ input }) => 'script' in input)?.input as { script?: string } | undefined)?.script ===
      'hold'
    );
  }

  private goalState(): 'none' | 'open' | 'reached' {
    if (!this.scenario.lab?.goal || this.run.stepIndex < this.scenario.steps.length || this.run.stepRunning) return 'none';
    return isGoalReached(this.run) ? 'reached' : 'open';
  }

  /** While the reader looks at the past, the log of the whole history stays known. */
  private readKnown(): readonly LogEntry[] {
    const { log } = this;
    if (this.run.nowMs >= this.run.endMs || log.length >= this.knownLog.length) this.knownLog = log;
    return this.knownLog;
  }

  /** Lets time pass up to a moment: what is known is replayed, what is not is found out. Stops at a question, and before steps named. */
  forward(ms: number, restBefore: ReadonlySet<string> = NONE): void {
    const { run } = this;
    if (run.nowMs < run.endMs) run.seek(Math.min(ms, run.endMs));
    else {
      run.advanceTo(ms, { holdBefore: new Set([...this.holds, ...restBefore]) });
      this.notes.look(run);
    }
  }

  /** Does something with the run; what it throws becomes a notice, and the page stands. */
  attempt(act: () => void): boolean {
    let good = true;
    batch(() => {
      try {
        act();
      } catch (error) {
        good = false;
        this.playing.value = false;
        this.say(fill(this.words.t.stopped, { fact: error instanceof Error ? error.message : String(error) }), 'bad');
      }
      this.version.value++;
    });
    return good;
  }

  say(text: string, kind: Notice['kind'] = 'plain'): void {
    this.notice.value = { text, kind };
  }

  /** What the reader does now. In the past it begins a new history; the old one is kept. */
  input(input: Input): number | null {
    let at: number | null = null;
    this.attempt(() => {
      this.keepFuture();
      // While a question stands the file waits, and the clock goes on for what the reader does.
      if (this.asked.value.length > 0 && !this.isScriptHeld()) this.run.input({ script: 'hold' });
      at = this.run.input(input);
      this.notes.dropAfter(this.run.nowMs);
      this.knownLog = this.log;
      if (input && !('file' in input)) this.notice.value = null;
    });
    return at;
  }

  /** A future that is about to be left is kept. */
  private keepFuture(): boolean {
    if (this.run.endMs <= this.run.nowMs) return false;
    this.keep(this.run.fork());
    return true;
  }

  private keep(run: ScenarioRun): void {
    const name = String.fromCharCode(65 + (this.kept++ % 26));
    this.histories.value = [...this.histories.value, { name, run }].slice(-MOST_HISTORIES);
    this.say(fill(this.words.t.forked, { at: formatMoment(this.run.nowMs) }));
  }

  /** Leaves what lies after now to a kept history and goes on from here. */
  fork(): void {
    this.attempt(() => {
      if (!this.keepFuture()) this.keep(this.run.fork());
      this.adopt(ScenarioRun.replay(this.scenario, this.run.history));
    });
  }

  /** Takes a kept history up again, at its end; the present one is kept in its place. */
  recall(index: number): void {
    const history = this.histories.value[index];
    if (!history) return;
    this.attempt(() => {
      this.histories.value = this.histories.value.map((one, i) => (i === index ? { ...one, run: this.run } : one));
      history.run.seek(history.run.endMs);
      this.adopt(history.run);
    });
  }

  /** Goes on with another run. */
  adopt(run: ScenarioRun): void {
    this.run = run;
    this.knownLog = this.log;
    this.folded = null;
    this.notes.retell(this.run);
  }

  /** Rebuilds what a link holds. Throws ScenarioError or LinkError. */
  restore(state: unknown): void {
    this.adopt(replayShared(this.scenario, parseShared(state)));
    // Who shares a moment has seen what lies before it: nothing that is over is asked again.
    for (const prediction of this.openPredictions()) {
      if (this.indexOf(prediction.stop) < this.run.stepIndex) this.answered.add(prediction.id);
    }
    this.version.value++;
  }

  /** What a link to this moment holds. */
  state(): unknown {
    return sharedOf(this.run);
  }

  private indexOf(step: string): number {
    return this.scenario.steps.findIndex((one, i) => stepName(one, i) === step);
  }

  private walkTo(step: string): void {
    const until = this.indexOf(step);
    while (until > 0 && this.run.stepIndex < until && this.run.nextStep());
    if (until >= 0) this.run.advanceTo(this.run.nowMs, { holdBefore: new Set([step]) });
    this.notes.retell(this.run);
  }

  /** The reader has guessed, or will not: time may pass this step. */
  release(prediction: Prediction): void {
    this.attempt(() => {
      this.answered.add(prediction.id);
      // Looking is enough to let go: the run stands before the step until time moves.
      if (this.predictionsAt(prediction.stop).length > 0) return;
      if (this.isScriptHeld()) this.run.input({ script: 'go' });
      this.run.advanceTo(this.run.nowMs, { holdBefore: this.holds });
    });
  }

  seek(ms: number): void {
    this.attempt(() => this.run.seek(Math.max(0, Math.min(ms, this.headMs))));
  }

  /** To the state after the visible event before the last one. */
  back(): void {
    const { log } = this;
    let at = countUpTo(log, this.nowMs) - 1;
    while (at >= 0 && !(isVisible(log[at] as LogEntry) && (log[at] as LogEntry).atMs < this.nowMs)) at--;
    if (at < 0 && this.nowMs === 0) this.say(this.words.t.noBack);
    else this.seek(at < 0 ? 0 : (log[at] as LogEntry).atMs);
  }

  /** The entry whose causes are drawn: what is chosen, or else the newest that can be seen. */
  focus(): LogEntry | null {
    const chosen = this.chosen.value;
    if (chosen && 'entry' in chosen) return this.known.value[chosen.entry] ?? null;
    if (chosen) return newestAbout(this.scene.value.log, chosen.uid, this.nowMs);
    this.version.value;
    return lastVisibleOf(this.log);
  }

  /** The chosen object as it is now, or as it last was. */
  object(): { readonly object: KubeObject; readonly gone: boolean } | null {
    const chosen = this.chosen.value;
    const uid = chosen && 'uid' in chosen ? chosen.uid : this.focus()?.object?.uid;
    if (uid === undefined) return null;
    const { log } = this.scene.value;
    for (let i = log.length - 1; i >= 0; i--) {
      const entry = log[i] as LogEntry;
      if (entry.object?.uid !== uid) continue;
      const object = entry.after ?? entry.before;
      if (!object) continue;
      return { object, gone: entry.after === undefined };
    }
    return null;
  }

  choose(chosen: Chosen): void {
    this.chosen.value = chosen;
  }
}
