// Which log entries are deeds (somebody decided and wrote something a reader wants to see), and on whose lane they stand.
// Status reports are no deeds: they show as changes of a bar.

import { isSame } from '../base/json.ts';
import type { KubeObject, LogEntry } from '../sim/types.ts';
import { type DeedKey, type Message, messageOf } from './message.ts';
import { controllerOf, shortNameOf, shortRefOf } from './scene.ts';

/** Controllers that act for one object each: their deeds stand on the lane of that object. */
const ACTS_FOR_OWNER = /^(deployment|replicaset|statefulset|daemonset|job|cronjob)-controller$/;

/** Objects that are written all the time, or shown elsewhere. */
const QUIET = new Set(['events', 'endpointslices', 'endpoints', 'leases', 'controllerrevisions']);

export interface Deed {
  readonly lane: string;
  readonly label: Message<DeedKey>;
}

/** The lane of an entry's actor: the object it acts for, or itself. */
function laneOf(entry: LogEntry, object: KubeObject): string {
  if (!ACTS_FOR_OWNER.test(entry.actor)) return `actor ${entry.actor}`;
  return `object ${controllerOf(object)?.uid ?? object.metadata.uid}`;
}

const LOOKS =
  /^\s*(?:kubectl|k)\s+(?:get|describe|logs|explain|wait|top|version|help|api-resources|api-versions|cluster-info|diff|rollout\s+(?:status|history))\b/;

/** Whether an input is a command that only looks. */
export const isLook = ({ verb, facts }: LogEntry): boolean =>
  verb === 'input' && typeof facts?.['run'] === 'string' && LOOKS.test(facts['run']);

/** What an entry is as a deed; undefined for reports and for what is noise. */
export function deedOf(entry: LogEntry): Deed | undefined {
  if (entry.verb === 'input' || entry.verb === 'fault') {
    return { lane: 'you', label: messageOf(isLook(entry) ? 'look' : entry.verb, inputFactsOf(entry)) };
  }
  const object = entry.after ?? entry.before;
  if (!object || !entry.object || QUIET.has(entry.object.resource)) return undefined;
  if (entry.actor.startsWith('kubectl') || entry.actor.startsWith('kubelet')) return undefined;
  const label = labelOf(entry, object);
  return label && { lane: laneOf(entry, object), label };
}

function inputFactsOf(entry: LogEntry): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const [key, value] of Object.entries(entry.facts ?? {})) {
    if (typeof value === 'string' || typeof value === 'number') facts[key] = String(value);
  }
  return facts;
}

function labelOf(entry: LogEntry, object: KubeObject): Message<DeedKey> | undefined {
  const facts = { kind: object.kind, object: shortRefOf(object.kind, shortNameOf(object.metadata.name)), count: 1 };
  if (entry.verb === 'create') return messageOf('create', facts);
  // The last step of a deletion is the kubelet's report; whoever asked for it has been shown.
  if (entry.verb === 'delete') return messageOf('delete', facts);
  if (entry.verb !== 'update' || !entry.before || !entry.after) return undefined;
  return changeOf(entry.before, entry.after, facts);
}

function changeOf(before: KubeObject, after: KubeObject, facts: Record<string, string | number>): Message<DeedKey> | undefined {
  if (before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined)
    return messageOf('delete', facts);
  if (before.spec === after.spec || isSame(before.spec, after.spec)) return undefined;
  if (after.kind === 'Pod') {
    return before.spec?.nodeName === undefined && after.spec?.nodeName
      ? messageOf('bind', { ...facts, node: after.spec.nodeName })
      : undefined;
  }
  if (after.kind === 'Node') return nodeChangeOf(before, after, facts);
  const [from, to] = [before.spec?.replicas, after.spec?.replicas];
  if (from !== to && to !== undefined) return messageOf('scale', { ...facts, from: from ?? 1, to });
  return messageOf('change', facts);
}

function nodeChangeOf(before: KubeObject, after: KubeObject, facts: Record<string, string | number>): Message<DeedKey> {
  const keys = (node: KubeObject): string[] =>
    (node.spec?.taints ?? []).map((taint: { key: string; effect: string }) => `${taint.key}:${taint.effect}`);
  const added = keys(after).filter((taint) => !keys(before).includes(taint));
  if (added.length > 0) return messageOf('taint', { ...facts, taint: added.join(' ') });
  if (keys(before).length > keys(after).length) return messageOf('untaint', facts);
  return messageOf(after.spec?.unschedulable ? 'cordon' : 'uncordon', facts);
}
