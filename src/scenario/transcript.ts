// What a run looked like, in the shape of the recordings of a real cluster: steps with their outputs, shown states, events.

import type { EventObject, Json, KubeObject } from '../sim/types.ts';
import type { ScenarioRun } from './run.ts';
import { shownState, TRACED } from './shown.ts';

export interface TraceEntry {
  readonly atMs: number;
  readonly object: string;
  readonly uid: string;
  readonly state: string;
  readonly app?: string;
}

export interface TranscriptEvent {
  readonly type: string;
  readonly reason: string;
  readonly object: string;
  readonly message: string;
  readonly source: string;
  readonly count: number;
}

export interface Transcript {
  readonly scenario: string;
  readonly kubernetes: string;
  readonly compare: Json;
  /** Names made by generateName, and their prefix. */
  readonly generated: Readonly<Record<string, string>>;
  /** Pod-template and revision hashes. */
  readonly hashes: readonly string[];
  readonly steps: readonly Readonly<Record<string, unknown>>[];
  readonly trace: readonly TraceEntry[];
  readonly events: readonly TranscriptEvent[];
}

/** What cannot be the same twice: generated names with their prefix, and hashes. */
export interface Volatile {
  readonly generated: Readonly<Record<string, string>>;
  readonly hashes: readonly string[];
}

/** Collects generated names and hashes from everything that was written. */
export function volatileOf(run: ScenarioRun): Volatile {
  const generated: Record<string, string> = {};
  const hashes = new Set<string>();
  for (const { object, after, before } of run.cluster.log()) {
    const metadata = (after ?? before)?.metadata;
    if (!object || !metadata || before) continue;
    if (isGenerated(metadata.name, metadata.generateName)) generated[metadata.name] = metadata.generateName as string;
    const revision = metadata.labels?.['controller-revision-hash'];
    const hash = metadata.labels?.['pod-template-hash'] ?? revision?.slice(revision.lastIndexOf('-') + 1);
    if (hash) hashes.add(hash);
    if (object.resource === 'controllerrevisions') hashes.add(metadata.name.slice(metadata.name.lastIndexOf('-') + 1));
  }
  return { generated, hashes: [...hashes] };
}

function traceOf(run: ScenarioRun): readonly TraceEntry[] {
  const trace: TraceEntry[] = [];
  const shown = new Map<string, string>();
  for (const { atMs, object, before, after, resourceVersion } of run.cluster.log()) {
    const kind = object && TRACED[object.resource];
    if (!object || !kind || resourceVersion === undefined) continue;
    const state = after ? shownState(object.resource, after) : 'gone';
    if (shown.get(object.uid) === state) continue;
    shown.set(object.uid, state);
    if (atMs < 0 || (!before && object.resource === 'nodes')) continue;
    const app = ((after ?? before) as KubeObject).metadata.labels?.['app'];
    trace.push({ atMs, object: `${kind}/${object.name}`, uid: object.uid, state, ...(app === undefined ? {} : { app }) });
  }
  return trace;
}

function eventsOf(run: ScenarioRun): readonly TranscriptEvent[] {
  return (run.cluster.read.list('events') as readonly EventObject[])
    .filter((event) => event.involvedObject.kind !== 'Node')
    .map((event) => ({
      type: event.type,
      reason: event.reason,
      object: `${event.involvedObject.kind.toLowerCase()}/${event.involvedObject.name}`,
      message: event.message,
      source: event.source.component,
      count: event.count,
    }));
}

/** The steps of the file with what came of them; steps that were never started have no output. */
function stepsOf(run: ScenarioRun): Transcript['steps'] {
  return run.scenario.steps.map((step, index) => {
    const output = run.outputs.find((candidate) => candidate.step === index);
    const isCommand = 'run' in step;
    return {
      ...step,
      ...(output ? { atMs: output.atMs } : {}),
      ...(isCommand && output ? { exit: output.exit, out: output.out, err: output.err } : {}),
      ...('watch' in step && output ? { out: output.out, err: output.err } : {}),
      ...(output?.answers ? { answers: output.answers } : {}),
    };
  });
}

/** The transcript of a run as far as it has got. */
export const transcriptOf = (run: ScenarioRun): Transcript => ({
  scenario: run.scenario.name,
  kubernetes: 'v1.36.3',
  compare: run.scenario.compare ?? {},
  ...volatileOf(run),
  steps: stepsOf(run),
  trace: traceOf(run),
  events: eventsOf(run),
});

/** Whether a name was really made from its prefix (CTL-08): a StatefulSet's Pods carry a prefix too, but have names of their own. */
function isGenerated(name: string, prefix: string | undefined): boolean {
  return (
    prefix !== undefined && name.startsWith(prefix) && /^[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(name.slice(prefix.length))
  );
}
