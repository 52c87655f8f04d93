// Moves a lab's time: frames of play, single events and causes, runs until nothing changes. Work is cut into pieces short enough for the
// page to stay alive; with reduced motion play goes event by event.

import { isVisible, type Lab, LIMIT_MS, QUIET_MS } from './lab.ts';

/** Engine work in one frame, in milliseconds. */
const FRAME_MS = 12;
/** Real time between events of a reader who wants no motion, in milliseconds. */
const STILL_MS = 700;

export class Player {
  private readonly lab: Lab;
  private frame = 0;
  private lastMs = 0;
  private still = false;
  private settling: { readonly untilMs: number } | null = null;
  /** Output of a command that is waited for: play ends when it has. */
  private waitingFor: number | null = null;

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
    cancelAnimationFrame(this.frame);
  }

  play(): void {
    if (this.lab.playing.value || this.isAsking()) return;
    this.lab.notice.value = null;
    this.still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.lab.playing.value = true;
    this.lastMs = performance.now();
    this.frame = requestAnimationFrame(this.tick);
  }

  /** Lets time pass until a command of the reader's has ended, when nothing else makes it pass. */
  playUntilEnd(output: number): void {
    if (this.lab.playing.value || this.isAsking()) return;
    this.play();
    this.waitingFor = output;
  }

  settle(): void {
    if (this.isAsking()) return;
    this.pause();
    this.play();
    this.settling = { untilMs: this.lab.nowMs + LIMIT_MS };
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
      if (this.settling) this.settleFor(this.settling.untilMs);
      else if (this.still && this.waitingFor === null) this.stepEvent();
      else this.advance(Math.min(passed, 100) * this.lab.speed.value);
    });
    if (!good || this.isAsking()) this.pause();
    else this.stopWhenDone();
    if (this.lab.playing.value) this.frame = requestAnimationFrame(this.tick);
  };

  /** Advances in slices until the time has passed or the frame is full; a machine too slow for the speed falls behind, it does not freeze. */
  private advance(ms: number): void {
    const { run, holds } = this.lab;
    const target = run.nowMs + ms;
    const end = performance.now() + FRAME_MS;
    const slice = Math.max(ms / 16, 5);
    while (run.nowMs < target && performance.now() < end) {
      run.advanceTo(Math.min(target, run.nowMs + slice), { holdBefore: holds });
      if (run.held !== null) return;
    }
  }

  private settleFor(untilMs: number): void {
    const { run, holds, words } = this.lab;
    const end = performance.now() + FRAME_MS;
    while (performance.now() < end) {
      run.advanceTo(run.nowMs + 50, { holdBefore: holds });
      if (run.held !== null) return;
      if (this.isQuiet()) {
        this.finish(words.t.settledAt);
        return;
      }
      if (run.nowMs >= untilMs) {
        this.finish(words.t.notSettled);
        return;
      }
    }
  }

  /** No command runs, the file has no step left, and nothing visible has happened for a while. */
  private isQuiet(): boolean {
    const { run, log } = this.lab;
    if (run.stepRunning || run.stepIndex < this.lab.scenario.steps.length) return false;
    if (run.outputs.some((output) => output.endMs === null && !('watch' in output.input))) return false;
    return run.nowMs - lastVisibleMs(log, run.nowMs - QUIET_MS) >= QUIET_MS;
  }

  private stopWhenDone(): void {
    const { run, words } = this.lab;
    if (this.waitingFor !== null) {
      if (run.outputs[this.waitingFor]?.endMs !== null) this.pause();
      return;
    }
    if (this.lab.playing.value && !this.settling && this.isQuiet()) this.finish(words.t.settledAt);
  }

  private finish(text: string): void {
    this.pause();
    this.lab.say(text);
  }

  /** To the next thing that can be seen. */
  event(): void {
    this.pause();
    if (this.isAsking()) return;
    this.lab.attempt(() => {
      if (!this.stepEvent()) this.lab.say(this.lab.words.t.noEvent);
    });
  }

  private stepEvent(): boolean {
    const { run, holds } = this.lab;
    this.lab.notice.value = null;
    const entry = run.nextEvent(LIMIT_MS, { holdBefore: holds });
    return entry !== null || run.held !== null;
  }

  /** To the next write that the chosen or last event brings about. */
  cause(): void {
    this.pause();
    if (this.isAsking()) return;
    this.lab.attempt(() => {
      this.lab.notice.value = null;
      const { run, holds } = this.lab;
      const entry = run.nextCause(undefined, LIMIT_MS, { holdBefore: holds });
      if (entry) this.lab.chosen.value = { entry: entry.id };
      else if (run.held === null) this.lab.say(this.lab.words.t.noCause);
    });
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
    if (isVisible(entry)) return entry.atMs;
  }
  return fromMs;
}
