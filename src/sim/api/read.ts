// Reading: get, list and watch events, as JSON or as the tables that kubectl prints.

import type { KubeObject, LogEntry } from '../types.ts';
import type { ListOptions } from './client.ts';
import type { Desk } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { meets, meetsFields, parseFieldSelector, parseLabelSelector } from './selectors.ts';

const byName = (a: KubeObject, b: KubeObject): number => {
  const [x, y] = [a.metadata, b.metadata];
  const [p, q] = [`${x.namespace ?? ''}/${x.name}`, `${y.namespace ?? ''}/${y.name}`];
  return p < q ? -1 : p > q ? 1 : 0;
};

/** Whether an object is wanted. Throws BadRequest when a selector cannot be read. */
export function filterOf(info: ResourceInfo, options: ListOptions): (object: KubeObject) => boolean {
  const labels = options.labelSelector ? parseLabelSelector(options.labelSelector) : null;
  const kind = `${info.groupVersion === 'v1' ? '/v1' : info.groupVersion}, Resource=${info.resource}`;
  const fields = options.fieldSelector ? parseFieldSelector(options.fieldSelector, info.resource, kind) : null;
  const { namespace } = options;
  return (object) =>
    (!namespace || object.metadata.namespace === namespace) &&
    (!labels || meets(labels, object.metadata.labels)) &&
    (!fields || meetsFields(fields, object));
}

/** Objects that are wanted, by namespace and name (K-18). */
export function listObjects(desk: Desk, info: ResourceInfo, options: ListOptions): readonly KubeObject[] {
  const filter = filterOf(info, options);
  return desk.store.list(info.resource, options.namespace).filter(filter).sort(byName);
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly atMs: number;
  readonly revision: number;
  /** Log entry behind it. */
  readonly id: number;
}

/** What a watch of a resource would have sent for these writes; an object that leaves the selection counts as deleted. */
export function watchEventsOf(entries: readonly LogEntry[], info: ResourceInfo, options: ListOptions): readonly WatchEvent[] {
  const filter = filterOf(info, options);
  return entries.flatMap((entry): WatchEvent[] => {
    if (entry.object?.resource !== info.resource) return [];
    const before = entry.before && filter(entry.before);
    const after = entry.after && filter(entry.after);
    if (!before && !after) return [];
    const type = !after ? 'DELETED' : before ? 'MODIFIED' : 'ADDED';
    const object = (after ? entry.after : (entry.after ?? entry.before)) as KubeObject;
    return [{ type, object, atMs: entry.atMs, revision: entry.resourceVersion as number, id: entry.id }];
  });
}
