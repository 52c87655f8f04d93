// What a write changed: the paths whose values differ, in the order of the newer object.

import { isRecord, isSame } from '../base/json.ts';

export interface Change {
  /** `.spec.replicas`, `.status.conditions[0].status`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Most differences that are listed; a reader does not read more. */
const LIMIT = 40;

/** Differences between two values; keys that change on every write are left out. */
export function diffOf(before: unknown, after: unknown): readonly Change[] {
  const changes: Change[] = [];
  walk('', before, after, changes);
  return changes;
}

const NOISE = /^\.metadata\.(resourceVersion|managedFields|generation)\b/;

function walk(path: string, before: unknown, after: unknown, changes: Change[]): void {
  if (changes.length >= LIMIT || NOISE.test(path) || isSame(before, after)) return;
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
      walk(`${path}.${key}`, before[key], after[key], changes);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let i = 0; i < Math.max(before.length, after.length); i++) walk(`${path}[${i}]`, before[i], after[i], changes);
    return;
  }
  changes.push({ path, before, after });
}
