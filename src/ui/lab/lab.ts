// A running scenario as the page sees it: one run, what the reader looks at, and what was said. All a reader does goes through here,
// so every component shows the same state and nothing of it lives in the DOM. Time is moved by player.ts.

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { fill } from '../../i18n/twins.ts';
import { goalReached } from '../../scenario/goal.ts';
import { parseState, stateOf } from '../../scenario/link.ts';
import { narrationOf } from '../../scenario/narration.ts';
import { ScenarioRun } from '../../scenario/run.ts';
import type { Prediction, Scenario } from '../../scenario/scenario.ts';
import type { Input } from '../../scenario/timeline.ts';
import type { KubeObject, LogEntry } from '../../sim/types.ts';
import { isNotable, newestAbout } from '../../view/cause.ts';
import { formatMoment } from '../../view/clock.ts';
import { type ClusterPicture, clusterPictureOf } from '../../view/cluster.ts';
import { countUpTo, type Scene } from '../../view/scene.ts';
import { foldTimeline, type TimelineFold } from '../../view/timeline.ts';
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
  /** Opens just before this step. */
  readonly until?: string | undefined;
}

/** Histories that are kept; the oldest gives way. */
const MOST_HISTORIES = 8;
export const QUIET_MS = 3000;
export const LIMIT_MS = 600_000;

export class Lab {
  readonly scenario: Scenario;
  readonly words: Words;
  readonly compact: boolean;
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
  readonly told: ReadonlySignal<readonly { readonly index: number; readonly atMs: number }[]>;
  readonly goal: ReadonlySignal<'none' | 'open' | 'reached'>;
  readonly fold: ReadonlySignal<TimelineFold>;
  /** All that is known of this history, also what lies after now. */
  readonly known: ReadonlySignal<readonly LogEntry[]>;
  private knownLog: readonly LogEntry[] = [];
  private folded: TimelineFold | null = null;
  private readonly answered = new Set<string>();
  private kept = 0;

  constructor({ scenario, words, compact, until }: LabOptions) {
    this.scenario = scenario;
    this.words = words;
    this.compact = compact;
    this.run = ScenarioRun.start(scenario);
    if (until !== undefined) this.walkTo(until);
    const seen = <T>(derive: () => T) =>
      computed(() => {
        this.version.value;
        return derive();
      });
    this.scene = seen(() => sceneOf(this.run));
    this.cluster = computed(() => clusterPictureOf(this.scene.value));
    this.asked = seen(() => (this.run.held === null ? [] : this.predictionsAt(this.run.held)));
    this.told = seen(() => narrationOf(this.run));
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

  private predictionsAt(step: string): readonly Prediction[] {
    return this.openPredictions().filter((prediction) => prediction.stop === step);
  }

  private goalState(): 'none' | 'open' | 'reached' {
    if (!this.scenario.lab?.goal || this.run.stepIndex < this.scenario.steps.length || this.run.stepRunning) return 'none';
    return goalReached(this.run) ? 'reached' : 'open';
  }

  /** While the reader looks at the past, the log of the whole history stays known. */
  private readKnown(): readonly LogEntry[] {
    const { log } = this;
    if (this.run.nowMs >= this.run.endMs || log.length >= this.knownLog.length) this.knownLog = log;
    return this.knownLog;
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
      at = this.run.input(input);
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

  private adopt(run: ScenarioRun): void {
    this.run = run;
    this.knownLog = this.log;
    this.folded = null;
  }

  /** Rebuilds what a link holds. Throws ScenarioError or LinkError. */
  restore(state: unknown): void {
    this.adopt(ScenarioRun.replay(this.scenario, parseState(state)));
    // Who shares a moment has seen what lies before it: nothing that is over is asked again.
    for (const prediction of this.openPredictions()) {
      if (this.indexOf(prediction.stop) < this.run.stepIndex) this.answered.add(prediction.id);
    }
    this.version.value++;
  }

  /** What a link to this moment holds. */
  state(): unknown {
    return stateOf(this.run);
  }

  private indexOf(step: string): number {
    return this.scenario.steps.findIndex((one, i) => (one.id ?? `#${i + 1}`) === step);
  }

  private walkTo(step: string): void {
    const until = this.indexOf(step);
    while (until > 0 && this.run.stepIndex < until && this.run.nextStep());
    if (until >= 0) this.run.advanceTo(this.run.nowMs, { holdBefore: new Set([step]) });
  }

  /** The reader has guessed, or will not: time may pass this step. */
  release(prediction: Prediction): void {
    this.attempt(() => {
      this.answered.add(prediction.id);
      // Looking is enough to let go: the run stands before the step until time moves.
      if (this.predictionsAt(prediction.stop).length === 0) this.run.advanceTo(this.run.nowMs, { holdBefore: this.holds });
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
    const { log } = this.scene.value;
    if (chosen && 'entry' in chosen) return this.known.value[chosen.entry] ?? null;
    if (chosen) return newestAbout(log, chosen.uid, this.nowMs);
    for (let i = log.length - 1; i >= 0; i--) if (isVisible(log[i] as LogEntry)) return log[i] as LogEntry;
    return null;
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

/** Whether an entry is worth a step of its own. */
export function isVisible(entry: LogEntry): boolean {
  return entry.verb !== 'observe' && isNotable(entry);
}
