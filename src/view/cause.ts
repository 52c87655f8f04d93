// Why something is as it is: the chain from its newest notable entry back to what started it. Every link is a log entry.

import { isSame } from '../base/json.ts';
import type { LogEntry } from '../sim/types.ts';
import { podStateOf, podWordOf } from './pod.ts';
import { countUpTo } from './scene.ts';

/** Longest chain that is followed; causes go back in time, so it ends anyway. */
const LIMIT = 200;

/** The entry itself, its cause, the cause of that … newest first. Silence has no entry of its own: behind it stands the fault that made it. */
export function chainOf(log: readonly LogEntry[], id: number | null): readonly LogEntry[] {
  const chain: LogEntry[] = [];
  for (let at = id; at !== null && chain.length < LIMIT; ) {
    const entry: LogEntry | undefined = log[at];
    if (!entry) break;
    chain.push(entry);
    at = entry.cause ?? recordedBy(log, entry) ?? silenceBehind(log, entry);
  }
  return chain;
}

/** An Event only records what its actor did at the same moment: that stands behind it. */
function recordedBy(log: readonly LogEntry[], event: LogEntry): number | null {
  if (event.object?.resource !== 'events') return null;
  for (let i = event.id - 1; i >= 0; i--) {
    const entry = log[i] as LogEntry;
    if (entry.atMs !== event.atMs || entry.actor !== event.actor) return null;
    if (entry.object?.resource !== 'events') return i;
  }
  return null;
}

/** Rules that act because nothing was heard of a node: its heartbeat ran out, its Pods are marked, its taint is set (NODE-02, -03, -04). */
const SILENCE = /^NODE-0[234]$/;

/** The fault that silenced the node an entry is about, if it has no other cause; null when the node was never cut off. */
function silenceBehind(log: readonly LogEntry[], entry: LogEntry): number | null {
  const node = entry.facts?.['node'];
  if (typeof node !== 'string' || !SILENCE.test(entry.why)) return null;
  for (let i = entry.id - 1; i >= 0; i--) {
    const { verb, facts } = log[i] as LogEntry;
    if (verb === 'fault' && facts?.['node'] === node) return facts['power'] === 'off' || facts['network'] === 'off' ? i : null;
  }
  return null;
}

/** What programs note again and again: receipts of what another sent (APP-02), answers to steady requests (APP-04). */
const STEADY = new Set(['APP-02', 'APP-04']);

/** Whether an entry changed what a reader sees of its object: not a heartbeat, not a repeated report. */
export function isNotable(entry: LogEntry): boolean {
  if (entry.verb === 'observe') return !STEADY.has(entry.why);
  if (entry.object?.resource === 'events') return false;
  if (entry.object?.resource === 'leases') return entry.before?.spec?.holderIdentity !== entry.after?.spec?.holderIdentity;
  // The kubelet's last deletion only carries out one that was asked for; the removal beside it is the news.
  if (entry.verb === 'delete' && entry.before?.metadata.deletionTimestamp !== undefined) return false;
  if (entry.verb !== 'update' || !entry.before || !entry.after) return true;
  const { before, after } = entry;
  if (before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp) return true;
  if (after.kind === 'Pod') {
    return (
      podWordOf(before) !== podWordOf(after) ||
      podStateOf(before) !== podStateOf(after) ||
      before.spec?.nodeName !== after.spec?.nodeName ||
      !isSame(before.metadata.labels, after.metadata.labels)
    );
  }
  if (!isSame(before.spec, after.spec)) return true;
  if (after.kind === 'Node') return readyWord(before) !== readyWord(after);
  if (after.kind === 'EndpointSlice') return !isSame(before['endpoints'], after['endpoints']);
  return numbersOf(before) !== numbersOf(after);
}

type Conditions = readonly { type: string; status: string }[];

const readyWord = (object: { readonly status?: { readonly conditions?: Conditions } }) =>
  object.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;

/** The counters of a status as one text. */
const numbersOf = (object: { readonly status?: Readonly<Record<string, unknown>> }) =>
  Object.entries(object.status ?? {})
    .filter(([key, value]) => typeof value === 'number' && key !== 'observedGeneration')
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(' ');

/** The newest notable entry about an object, up to a time; null when there is none. */
export function newestAbout(log: readonly LogEntry[], uid: string, nowMs: number): LogEntry | null {
  for (let i = countUpTo(log, nowMs) - 1; i >= 0; i--) {
    const entry = log[i] as LogEntry;
    if (entry.object?.uid === uid && isNotable(entry)) return entry;
  }
  return null;
}

/** Links a reader is shown: repeated reports in between are left out, first and last always stay. */
export function whyOf(log: readonly LogEntry[], uid: string, nowMs: number): readonly LogEntry[] {
  const chain = chainOf(log, newestAbout(log, uid, nowMs)?.id ?? null);
  return chain.filter((entry, i) => i === 0 || i === chain.length - 1 || isNotable(entry));
}
