// What lies ahead of a lab, found out without moving it.

import type { ScenarioRun } from '../../scenario/run.ts';
import { stepName } from '../../scenario/scenario.ts';
import type { LogEntry } from '../../sim/types.ts';
import { isNotable } from '../../view/cause.ts';
import { isLook } from '../../view/deed.ts';

/** Whether an entry is worth a step of its own. */
export const isVisible = (entry: LogEntry): boolean => entry.atMs >= 0 && isNotable(entry);

/** Whether an entry shows that the cluster has not settled: programs at work do not count. */
export const isUnrest = (entry: LogEntry): boolean => entry.verb !== 'observe' && isVisible(entry);

/** The newest entry of a log that changed something, or else the newest that can be seen at all. */
export const lastVisibleOf = (log: readonly LogEntry[]): LogEntry | null =>
  log.findLast((entry) => isVisible(entry) && !isLook(entry)) ?? log.findLast(isVisible) ?? null;

/** Whether an entry follows from another: it names it as its cause, directly or over entries that are not shown. */
export function isCausedBy(log: readonly LogEntry[], entry: LogEntry, id: number): boolean {
  for (let at = entry.cause; at !== null && at >= id; at = log[at]?.cause ?? null) if (at === id) return true;
  return false;
}

/** What happened at the last moment at which something could be seen: the causes of what comes next. */
function present(log: readonly LogEntry[]): readonly LogEntry[] {
  const last = lastVisibleOf(log);
  if (!last) return [];
  const found: LogEntry[] = [];
  for (let i = log.length - 1; i >= 0 && (log[i] as LogEntry).atMs >= last.atMs; i--) {
    const entry = log[i] as LogEntry;
    if (isVisible(entry) && !isLook(entry)) found.push(entry);
  }
  return found;
}

export interface Moment {
  readonly atMs: number;
  /** The entry that is reached; null for the end of what is known. */
  readonly id: number | null;
}

/** The moment of the next visible entry, or of the next one that follows from the last; null when none comes within `limitMs`. */
export function nextMoment(
  run: ScenarioRun,
  known: readonly LogEntry[],
  limitMs: number,
  wanted: 'event' | 'effect',
): Moment | null {
  const causes = wanted === 'effect' ? present(run.cluster.log()) : null;
  const isWanted = (entry: LogEntry, log: readonly LogEntry[]) =>
    isVisible(entry) && (causes === null || causes.some((cause) => isCausedBy(log, entry, cause.id)));
  if (run.nowMs < run.endMs) {
    const entry = known.find((one) => one.atMs > run.nowMs && isWanted(one, known));
    if (entry) return { atMs: entry.atMs, id: entry.id };
    return causes === null ? { atMs: run.endMs, id: null } : null;
  }
  const scout = run.fork();
  const endMs = run.nowMs + limitMs;
  while (scout.nowMs < endMs) {
    const from = scout.cluster.logLength;
    scout.advanceTo(Math.max(scout.nowMs + 1, Math.min(scout.cluster.nextAtMs() ?? endMs, endMs)));
    if (scout.halted) return null;
    const entry = scout.cluster.log(from).find((one) => isWanted(one, scout.cluster.log()));
    if (entry) return { atMs: entry.atMs, id: entry.id };
  }
  return null;
}

/** Whether a Pod was told to stop and still has time for it: nothing is to be seen, and yet the cluster has not settled. */
export function isStopping({ cluster, nowMs }: ScenarioRun): boolean {
  const nowDateMs = cluster.settings.epochMs + nowMs;
  return cluster.read.list('pods').some(({ metadata }) => Date.parse(metadata.deletionTimestamp ?? '') > nowDateMs);
}

/** Steps still to come that follow a wait: whoever lets the lab settle comes to rest before them. */
export function restsAhead(run: ScenarioRun): ReadonlySet<string> {
  const { steps } = run.scenario;
  const first = run.stepRunning ? run.stepIndex : run.stepIndex + 1;
  const isWait = (i: number) => ['settle', 'wait', 'mark'].some((kind) => kind in (steps[i] ?? {}));
  return new Set(steps.flatMap((step, i) => (i >= first && isWait(i - 1) && !isWait(i) ? [stepName(step, i)] : [])));
}
