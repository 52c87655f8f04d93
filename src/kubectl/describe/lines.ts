// The building stones of `kubectl describe`: lines whose cells end in tabs. Models kubectl/pkg/describe/describe.go.

import { calendarOf, parseTime } from '../../base/time.ts';
import { ageOf } from '../../sim/api/duration.ts';
import type { EventObject, KubeObject } from '../../sim/types.ts';
import type { Context } from '../context.ts';

export type Lines = readonly string[];

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number) => String(n).padStart(2, '0');

/** Go's RFC1123Z: `Sat, 21 Nov 2026 00:56:10 +0000`. */
export function longTime(time: string | undefined): string {
  const ms = parseTime(time ?? '');
  if (Number.isNaN(ms)) return '<unset>';
  const t = calendarOf(ms);
  return `${DAYS[t.weekday]}, ${two(t.day)} ${MONTHS[t.month - 1]} ${t.year} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000`;
}

/** Age of a time now, as `3m20s`. */
export const agoOf = (time: string | null | undefined, ctx: Context): string => ageOf(time, ctx.epochMs + ctx.nowMs);

type Texts = Readonly<Record<string, string>>;

/** `Labels:` with one pair on each line (printLabelsMultiline). */
export function pairLines(title: string, pairs: Texts | undefined, indent = ''): Lines {
  const keys = Object.keys(pairs ?? {}).sort();
  if (keys.length === 0) return [`${indent}${title}:\t<none>`];
  return keys.map((key, i) => `${i === 0 ? `${indent}${title}:` : indent}\t${key}=${pairs?.[key]}`);
}

const LONGEST = 140;
const shorten = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}...` : text);
const HIDDEN = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

/** `Annotations:` without what kubectl keeps for itself (printAnnotationsMultiline). */
export function annotationLines(title: string, annotations: Texts | undefined, indent = ''): Lines {
  const keys = Object.keys(annotations ?? {})
    .filter((key) => !HIDDEN.has(key))
    .sort();
  if (keys.length === 0) return [`${indent}${title}:\t<none>`];
  return keys.flatMap((key, i) => {
    const head = i === 0 ? `${indent}${title}:\t` : `${indent}\t`;
    const value = (annotations?.[key] ?? '').replace(/\n$/, '');
    if (value.length + key.length + 2 <= LONGEST && !value.includes('\n')) return [`${head}${key}: ${value}`];
    return [`${head}${key}:`, ...value.split('\n').map((line) => `\t  ${shorten(line, LONGEST - 2)}`)];
  });
}

/** `ReplicaSet/web-6c8d7` of the controller that owns an object, or nothing. */
export function controllerLines(object: KubeObject): Lines {
  const owner = object.metadata.ownerReferences?.find((reference) => reference.controller);
  return owner ? [`Controlled By:\t${owner.kind}/${owner.name}`] : [];
}

/** Name, namespace and what else opens a description. */
export const headLines = ({ metadata }: KubeObject): Lines => [
  `Name:\t${metadata.name}`,
  ...(metadata.namespace ? [`Namespace:\t${metadata.namespace}`] : []),
];

export const labelLines = ({ metadata }: KubeObject): Lines => [
  ...pairLines('Labels', metadata.labels),
  ...annotationLines('Annotations', metadata.annotations),
];

/** Events about an object, oldest last seen first (K-13). */
export function eventLines(object: KubeObject, ctx: Context): Lines {
  const { uid, namespace = 'default' } = object.metadata;
  const events = (ctx.api.list('events', { namespace }) as readonly EventObject[]).filter(
    (event) => event.involvedObject.uid === uid,
  );
  if (events.length === 0) return ['Events:\t<none>'];
  const sorted = [...events].sort((a, b) => parseTime(a.lastTimestamp) - parseTime(b.lastTimestamp));
  const rows = sorted.map((event) => {
    const first = agoOf(event.firstTimestamp, ctx);
    const age = event.count > 1 ? `${agoOf(event.lastTimestamp, ctx)} (x${event.count} over ${first})` : first;
    return `  ${event.type}\t${event.reason}\t${age}\t${event.source.component}\t${event.message.trim()}`;
  });
  return ['Events:', '  Type\tReason\tAge\tFrom\tMessage', '  ----\t------\t----\t----\t-------', ...rows];
}

export const yesNo = (value: boolean | undefined): string => (value ? 'True' : 'False');
