// The event recorder (CTL-10): counts what repeats, combines what is similar, drops what is too much.
// Models client-go/tools/record/events_cache.go (EventCorrelate) and, for the scheduler, tools/events/event_broadcaster.go (SCH-07).

import { formatTime } from '../base/time.ts';
import type { NewObject } from './api/client.ts';
import type { ClusterState } from './state.ts';
import type { EventObject, KubeObject } from './types.ts';

const BURST = 25;
const REFILL_MS = 300_000;
const SIMILAR_WITHIN_MS = 600_000;
/** The tenth different message goes into the combined Event. */
const SIMILAR_LIMIT = 10;
const REMEMBERED = 4096;

export type NewEvent = NewObject & { readonly metadata: { readonly name: string; readonly namespace: string } };

/** How an Event is to be recorded: as a new object, or as one more of an existing one. */
export type Recorded =
  | { readonly create: NewEvent; readonly key: string }
  | { readonly count: string; readonly message: string | null; readonly create: NewEvent; readonly key: string };

export interface Happening {
  readonly component: string;
  readonly involved: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Counted per version of the object, first text kept (SCH-07). */
  readonly byVersion: boolean;
}

/** Decides what becomes of an event, and remembers it; null when the source has said too much about this object. */
export function planEvent(state: ClusterState, happening: Happening): Recorded | null {
  const { component, involved, type, reason, byVersion } = happening;
  const source = `${component}/${involved.kind}/${involved.metadata.namespace ?? ''}/${involved.metadata.name}/${involved.metadata.uid}`;
  const kind = `${source}/${type}/${reason}`;
  if (byVersion) {
    const key = `${kind}/${involved.metadata.resourceVersion}`;
    return plannedFor(state, key, happening, happening.message, false);
  }
  const isCombined = combines(state, kind, happening.message);
  const message = isCombined ? `(combined from similar events): ${happening.message}` : happening.message;
  const planned = plannedFor(state, isCombined ? kind : `${kind}/${message}`, happening, message, true);
  return takeToken(state, source) ? planned : null;
}

/** Remembers under which name an Event was stored, so that the next of its kind is counted there. */
export function rememberEvent(state: ClusterState, key: string, name: string): void {
  remember(state.recorder.seen, key, name);
}

function plannedFor(state: ClusterState, key: string, happening: Happening, message: string, refresh: boolean): Recorded {
  const create = eventOf(state, happening, message);
  const name = state.recorder.seen.get(key);
  return name === undefined ? { create, key } : { count: name, message: refresh ? message : null, create, key };
}

function combines(state: ClusterState, key: string, message: string): boolean {
  const [before, atMs] = state.recorder.similar.get(key) ?? [[], state.nowMs];
  const messages = state.nowMs - atMs > SIMILAR_WITHIN_MS ? [] : before;
  const all = messages.includes(message) ? messages : [...messages, message];
  const isOver = all.length >= SIMILAR_LIMIT;
  remember(state.recorder.similar, key, [isOver ? all.slice(1) : all, state.nowMs] as const);
  return isOver;
}

function takeToken(state: ClusterState, source: string): boolean {
  const [left, atMs] = state.recorder.spam.get(source) ?? [BURST, state.nowMs];
  const tokens = Math.min(BURST, left + (state.nowMs - atMs) / REFILL_MS);
  const isAllowed = tokens >= 1;
  remember(state.recorder.spam, source, [isAllowed ? tokens - 1 : tokens, state.nowMs] as const);
  return isAllowed;
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED) map.delete(map.keys().next().value as string);
}

/** Events of objects without namespace live in `default`. Names are the object's and the time in nanoseconds, hexadecimal (K-17). */
function eventOf(state: ClusterState, { component, involved, type, reason }: Happening, message: string): NewEvent {
  const epochMs = state.settings.epochMs + state.nowMs;
  const { name, namespace, uid, resourceVersion } = involved.metadata;
  const time = formatTime(epochMs);
  const stamp = (BigInt(epochMs) * 1_000_000n + BigInt(state.revision % 1_000_000)).toString(16);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${stamp}`, namespace: namespace ?? 'default' },
    involvedObject: {
      apiVersion: involved.apiVersion,
      kind: involved.kind,
      ...(namespace ? { namespace } : {}),
      name,
      uid,
      resourceVersion,
    },
    type,
    reason,
    message,
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
  };
}

/** The Event counted up once more at a time. */
export function countedUp(event: EventObject, message: string | null, epochMs: number): EventObject {
  return { ...event, count: event.count + 1, lastTimestamp: formatTime(epochMs), ...(message === null ? {} : { message }) };
}
