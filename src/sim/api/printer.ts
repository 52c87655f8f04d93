// What a kind's table is made of: its columns, and one row for an object.

import type { KubeObject } from '../types.ts';

/** Age of a time at the moment of the table. */
export type AgeOf = (time: string | null | undefined) => string;

export interface Printer {
  /** Column names separated by `|`; `+` in front means only with -o wide. */
  readonly columns: string;
  row(object: KubeObject, age: AgeOf, epochMs: number): readonly (string | number)[];
}
