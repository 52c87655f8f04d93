// Server-side tables: what `kubectl get` prints, as columns and cells.

import type { KubeObject } from '../types.ts';
import type { Desk } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { ageOf } from './duration.ts';

/** `priority` 0 is always printed, 1 with -o wide. */
export interface Column {
  readonly name: string;
  readonly priority: number;
}

export interface Table {
  readonly kind: 'Table';
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly object: KubeObject }[];
}

/** The table of some objects of one resource at the desk's time. */
export function tableOf(desk: Desk, _info: ResourceInfo, objects: readonly KubeObject[]): Table {
  const nowMs = desk.state.settings.epochMs + desk.state.nowMs;
  return {
    kind: 'Table',
    columns: [
      { name: 'Name', priority: 0 },
      { name: 'Age', priority: 0 },
    ],
    rows: objects.map((object) => ({ cells: [object.metadata.name, ageOf(object.metadata.creationTimestamp, nowMs)], object })),
  };
}
