// Errors of single fields, in upstream's words. Models apimachinery/pkg/util/validation/field/errors.go (Error.ErrorBody):
// strings are quoted, numbers and booleans bare, structures JSON.

import { sortedJson } from '../../base/json.ts';
import type { StatusCause } from './status.ts';

/** A struct of the internal API as Go prints it: its own field names in their order (`{"Type":"X","RollingUpdate":null}`). */
export class GoStruct {
  readonly text: string;
  constructor(fields: Readonly<Record<string, unknown>>) {
    const words = Object.entries(fields).map(
      ([name, value]) => `${JSON.stringify(name)}:${value === undefined ? 'null' : sortedJson(value)}`,
    );
    this.text = `{${words.join(',')}}`;
  }
}

function shown(value: unknown): string {
  if (value instanceof GoStruct) return value.text;
  return value === undefined ? 'null' : sortedJson(value);
}

/** Stands for a value that is not shown. */
export const OMIT = Symbol('omitted');

const quotedList = (values: readonly string[]) => values.map((value) => JSON.stringify(value)).join(', ');

/** Collects what is wrong with an object, in the order in which it is found. */
export class FieldErrors {
  readonly causes: StatusCause[] = [];

  #add(reason: string, field: string, message: string): void {
    this.causes.push({ reason, message, field });
  }
  required(path: string, detail = ''): void {
    this.#add('FieldValueRequired', path, detail ? `Required value: ${detail}` : 'Required value');
  }
  invalid(path: string, value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', path, `Invalid value: ${value === OMIT ? '' : `${shown(value)}: `}${detail}`);
  }
  /** `supported` is printed sorted. */
  unsupported(path: string, value: unknown, supported: readonly string[]): void {
    this.#add(
      'FieldValueNotSupported',
      path,
      `Unsupported value: ${shown(value)}: supported values: ${quotedList([...supported].sort())}`,
    );
  }
  forbidden(path: string, detail: string): void {
    this.#add('FieldValueForbidden', path, `Forbidden: ${detail}`);
  }
  duplicate(path: string, value: unknown): void {
    this.#add('FieldValueDuplicate', path, `Duplicate value: ${shown(value)}`);
  }
  notFound(path: string, value: unknown): void {
    this.#add('FieldValueNotFound', path, `Not found: ${shown(value)}`);
  }
  tooLong(path: string, most: number): void {
    this.#add('FieldValueTooLong', path, `Too long: may not be more than ${most} bytes`);
  }
  tooMany(path: string, count: number, most: number): void {
    this.#add('FieldValueTooMany', path, `Too many: ${count}: must have at most ${most} items`);
  }
  /** Adds one error for each sentence. */
  each(path: string, value: unknown, details: readonly string[]): void {
    for (const detail of details) this.invalid(path, value, detail);
  }
}
