// The notes of a history: each with the moment at which its predicate first held after the note before it.

import { holds } from '../../scenario/predicate.ts';
import type { ScenarioRun } from '../../scenario/run.ts';

export interface Told {
  readonly index: number;
  readonly atMs: number;
}

export class Notes {
  private told: readonly Told[] = [];
  private lookedAt = -1;

  /** Notes told up to a moment. */
  until(ms: number): readonly Told[] {
    return this.told.filter((note) => note.atMs <= ms);
  }

  /** Forgets what a new history has not seen. */
  dropAfter(ms: number): void {
    this.told = this.until(ms);
    this.lookedAt = -1;
  }

  /** Tells the next note if it is true of the run as it is now. */
  look(run: ScenarioRun): void {
    const length = run.cluster.logLength;
    if (length === this.lookedAt) return;
    this.lookedAt = length;
    const index = this.told.length;
    const note = run.scenario.lab?.narration?.[index];
    if (note && holds(note.when, run.cluster)) this.told = [...this.told, { index, atMs: run.nowMs }];
  }

  /** Finds the notes of a history that was not watched as it passed: walks a copy of it from write to write. */
  retell(run: ScenarioRun): void {
    this.told = [];
    if (!run.scenario.lab?.narration?.length) return;
    const written = run.cluster.log().filter((entry) => entry.atMs > 0 && entry.object?.resource !== 'events');
    const walker = run.fork();
    walker.seek(0);
    for (const ms of new Set(written.map((entry) => entry.atMs))) {
      walker.seek(ms);
      this.lookedAt = -1;
      this.look(walker);
    }
  }
}
