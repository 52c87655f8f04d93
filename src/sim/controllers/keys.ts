// Keys of work queues: `<namespace>/<name>`.

import type { Watch } from '../actor.ts';
import type { KubeObject, Resource } from '../types.ts';
import { controllerOf } from './ownership.ts';

/** The queue key of an object. */
export function keyFor({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Namespace and name of a key. */
export function splitKey(key: string): readonly [namespace: string, name: string] {
  const at = key.indexOf('/');
  return [key.slice(0, at), key.slice(at + 1)];
}

/** A watch on the objects that are synced themselves. */
export const itself: Watch = (object) => [keyFor(object)];

/**
 * A watch on what is owned: wakes the owner of that kind, before and after a change, and for an orphan every object of
 * `resource` in the namespace that could adopt it (CTL-07).
 */
export function ownersOf(
  kind: string,
  resource: Resource,
  couldAdopt: (owner: KubeObject, object: KubeObject) => boolean,
): Watch {
  return (object, before, read) => {
    const namespace = object.metadata.namespace ?? '';
    const keys = new Set<string>();
    for (const state of [object, before]) {
      const owner = state && controllerOf(state);
      if (owner?.kind === kind) keys.add(`${namespace}/${owner.name}`);
    }
    if (!controllerOf(object)) {
      for (const owner of read.list(resource, namespace)) if (couldAdopt(owner, object)) keys.add(keyFor(owner));
    }
    return [...keys];
  };
}
