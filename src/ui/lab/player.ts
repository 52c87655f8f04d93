// Moves a lab's time: frames of play, single events and causes, runs until nothing changes. Work is cut into pieces short enough for the
// page to stay alive; with reduced motion play goes event by event.

import { isStopping, isUnrest, nextMoment, restsAhead } from './ahead.ts';
import { type Lab, LIMIT_MS, QUIET_MS } from './lab.ts';

/** Engine work in one frame, in milliseconds. */
const FRAME_MS = 12;
/** Virtual time between two looks at a moving lab, in milliseconds: notes are told as they come true, not later. */
const SLICE_MS = 5;
/** Real time between events of a reader who wants no motion, in milliseconds. */
const STILL_MS = 700;

interface Settling {
  readonly untilMs: number;
  /** Steps of the file that do something anew: before them the lab has settled. */
  readonly rests: ReadonlySet<string>;
}

export class Player {
  private readonly lab: Lab;
  private frame = 0;
  private lastMs = 0;
  private overMs = 0;
  /** Virtual time at which play began: who presses it in a quiet hour wants to see more than nothing. */
  private fromMs = 0;
  private still = false;
  private settling: Settling | null = null;
  /** Output of a command that is waited for: play ends when it has. */
  private waitingFor: number | null = null;
  /** Play was pressed on a lab at rest, so time passes up to here even if nothing happens: a limit runs out, a schedule comes round. */
  private onwardMs = 0;

  constructor(lab: Lab) {
    this.lab = lab;
  }

  toggle(): void {
    if (this.lab.playing.value) this.pause();
    else this.play();
  }

  pause(): void {
    this.lab.playing.value = false;
    this.settling = null;
    this.waitingFor = null;
    this.onwardMs = 0;
    cancelAnimationFrame(this.frame);
  }

  play(): void {
    if (this.lab.playing.value || this.isAsking()) return;
    this.lab.notice.value = null;
    this.onwardMs = this.isQuiet() ? this.lab.nowMs + LIMIT_MS : 0;
    this.start();
  }

  private start(): void {
    this.still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.lab.playing.value = true;
    this.lastMs = performance.now();
    this.fromMs = this.lab.nowMs;
    this.frame = requestAnimationFrame(this.tick);
  }

  /** Lets time pass until a command of the reader's has ended, when nothing else makes it pass. */
  playUntilEnd(output: number): void {
    if (this.lab.playing.value) return;
    this.start();
    this.waitingFor = output;
  }

  settle(): void {
    if (this.isAsking()) return;
    this.pause();
    this.play();
    this.settling = { untilMs: this.lab.nowMs + LIMIT_MS, rests: restsAhead(this.lab.run) };
  }

  private isAsking(): boolean {
    return this.lab.asked.value.length > 0;
  }

  private readonly tick = (realMs: number): void => {
    const passed = realMs - this.lastMs;
    if (this.still && !this.settling && this.waitingFor === null && passed < STILL_MS) {
      this.frame = requestAnimationFrame(this.tick);
      return;
    }
    this.lastMs = realMs;
    const good = this.lab.attempt(() => {
      if (this.settling) this.settleFor(this.settling);
      else if (this.still && this.waitingFor === null)
        this.lab.forward(nextMoment(this.lab.run, this.lab.known.value, LIMIT_MS, 'event')?.atMs ?? this.lab.nowMs + QUIET_MS);
      else this.advance(Math.min(passed, 100) * this.lab.speed.value);
    });
    if (!good || (this.isAsking() && this.waitingFor === null)) this.pause();
    else this.stopWhenDone();
    if (this.lab.playing.value) this.frame = requestAnimationFrame(this.tick);
  };

  /** Advances in slices until the time has passed or the frame is full; a machine too slow for the speed falls behind, it does not freeze. */
  private advance(ms: number): void {
    const { lab } = this;
    // The engine's time is whole milliseconds; what is left over counts in the next frame.
    this.overMs += ms;
    const whole = Math.floor(this.overMs);
    this.overMs -= whole;
    const target = lab.nowMs + whole;
    const end = performance.now() + FRAME_MS;
    while (lab.nowMs < target && performance.now() < end) {
      lab.forward(Math.min(target, lab.nowMs + SLICE_MS));
      if (lab.run.held !== null && this.lab.asksAt(lab.run.held)) return;
    }
  }

  private settleFor({ untilMs, rests }: Settling): void {
    const { lab } = this;
    const end = performance.now() + FRAME_MS;
    while (performance.now() < end) {
      lab.forward(lab.nowMs + SLICE_MS, rests);
      const { held } = lab.run;
      if (held !== null && lab.asksAt(held)) return;
      if (this.isQuiet() || (held !== null && rests.has(held))) {
        this.finish(lab.words.t.settledAt);
        return;
      }
      if (lab.nowMs >= untilMs) {
        this.finish(lab.words.t.notSettled);
        return;
      }
    }
  }

  /** No command runs, the file has no step left, no program is stopping, and nothing visible has happened for a while. */
  private isQuiet(): boolean {
    const { run, log } = this.lab;
    if (run.stepRunning || run.stepIndex < this.lab.scenario.steps.length) return false;
    if (run.outputs.some((output) => output.endMs === null && !('watch' in output.input))) return false;
    const sinceMs = Math.max(lastVisibleMs(log, run.nowMs - QUIET_MS), this.fromMs);
    return run.nowMs - sinceMs >= QUIET_MS && !isStopping(run);
  }

  private stopWhenDone(): void {
    const { run, words } = this.lab;
    if (this.waitingFor !== null) {
      if (run.outputs[this.waitingFor]?.endMs !== null) this.pause();
      return;
    }
    if (run.nowMs < this.onwardMs) return;
    if (this.lab.playing.value && !this.settling && this.isQuiet()) this.finish(words.t.settledAt);
  }

  private finish(text: string): void {
    this.pause();
    this.lab.say(text);
  }

  /** To the next thing that can be seen. */
  event(): void {
    this.pause();
    this.step('event', this.lab.words.t.noEvent);
  }

  /** To the next thing that follows from the last one; it is then looked at. */
  cause(): void {
    this.pause();
    const id = this.step('effect', this.lab.words.t.noCause);
    if (id !== null && !this.isAsking()) this.lab.choose({ entry: id });
  }

  /** Takes a step and returns the entry reached; when nothing would come of it, time stays where it is and the reader is told. */
  private step(wanted: 'event' | 'effect', nothing: string): number | null {
    const { lab } = this;
    if (this.isAsking()) return null;
    let reached: number | null = null;
    lab.attempt(() => {
      lab.notice.value = null;
      const moment = nextMoment(lab.run, lab.known.value, LIMIT_MS, wanted);
      if (!moment) {
        lab.say(nothing);
        return;
      }
      lab.forward(moment.atMs);
      reached = moment.id;
    });
    return reached;
  }

  seek(ms: number): void {
    this.pause();
    this.lab.seek(ms);
  }

  back(): void {
    this.pause();
    this.lab.back();
  }
}

/** When the newest visible entry was written; entries before `fromMs` are not looked at. */
function lastVisibleMs(log: Lab['log'], fromMs: number): number {
  for (let i = log.length - 1; i >= 0; i--) {
    const entry = log[i];
    if (!entry || entry.atMs <= fromMs) break;
    if (isUnrest(entry)) return entry.atMs;
  }
  return fromMs;
}
