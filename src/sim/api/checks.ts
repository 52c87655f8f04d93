// Small checks that many kinds share. Models pkg/apis/core/validation and apimachinery/pkg/util/validation.

import { isSame } from '../../base/json.ts';
import type { Draft } from './desk.ts';
import type { FieldErrors } from './fields.ts';
import { keyFaults, labelValueFaults, validateLabels } from './metadata.ts';

export const PORT_RANGE = 'must be between 1 and 65535, inclusive';

/** VAL-05 */
export function nonNegative(value: Draft, path: string, errors: FieldErrors): void {
  if (value !== undefined && value < 0) errors.invalid(path, value, 'must be greater than or equal to 0');
}

/** VAL-04 */
export function immutable(next: unknown, old: unknown, path: string, errors: FieldErrors): void {
  if (!isSame(next, old)) errors.invalid(path, next, 'field is immutable');
}

export const isPort = (value: Draft) => Number.isInteger(value) && value >= 1 && value <= 65_535;

/** One of a closed list of values. */
export function oneOf(value: Draft, path: string, values: readonly string[], errors: FieldErrors): void {
  if (value === undefined || value === '') errors.required(path);
  else if (!values.includes(value)) errors.unsupported(path, value, values);
}

const PERCENT = /^[0-9]+%$/;
const PERCENT_FAULT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** A number ≥ 0 or a percentage. */
export function intOrPercent(value: Draft, path: string, errors: FieldErrors): void {
  if (typeof value === 'number') nonNegative(value, path, errors);
  else if (!PERCENT.test(value)) errors.invalid(path, value, PERCENT_FAULT);
}

export function atMost100Percent(value: Draft, path: string, errors: FieldErrors): void {
  if (typeof value === 'string' && PERCENT.test(value) && Number.parseInt(value, 10) > 100)
    errors.invalid(path, value, 'must not be greater than 100%');
}

/** The number of an IntOrString, whichever of the two it is. */
export const numberIn = (value: Draft): number => (typeof value === 'number' ? value : Number.parseInt(value ?? '0', 10) || 0);

/** A metav1.LabelSelector inside a spec; whether it can be used (VAL-16). */
export function validateSelector(selector: Draft, path: string, errors: FieldErrors): boolean {
  const before = errors.causes.length;
  validateLabels(selector?.matchLabels, `${path}.matchLabels`, errors);
  for (const [i, e] of (selector?.matchExpressions ?? []).entries()) {
    const here = `${path}.matchExpressions[${i}]`;
    const count = e.values?.length ?? 0;
    if (e.operator === 'In' || e.operator === 'NotIn') {
      if (count === 0) errors.required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (e.operator === 'Exists' || e.operator === 'DoesNotExist') {
      if (count > 0) errors.forbidden(`${here}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else errors.invalid(`${here}.operator`, e.operator ?? '', 'not a valid selector operator');
    errors.each(`${here}.key`, e.key ?? '', keyFaults(e.key ?? ''));
    for (const [j, value] of (e.values ?? []).entries()) errors.each(`${here}.values[${j}]`, value, labelValueFaults(value));
  }
  return errors.causes.length === before;
}
