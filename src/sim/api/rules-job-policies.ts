// The rules that a Job may set for its failures and its success, checked (JOB-21, JOB-22).
// Models pkg/apis/batch/validation/validation.go validatePodFailurePolicy, validateSuccessPolicy, validateIndexesFormat.

import { nonNegative } from './checks.ts';
import type { Draft } from './desk.ts';
import { type FieldErrors, OMIT } from './fields.ts';
import { keyFaults } from './metadata.ts';

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
const MOST = 20;
const MOST_CODES = 255;

/** One of a list; `sorted` because that is how it is shown. */
function choice(value: Draft, path: string, sorted: readonly string[], errors: FieldErrors): void {
  if (!value) errors.required(path, `valid values: [${sorted.map((one) => JSON.stringify(one)).join(' ')}]`);
  else if (!sorted.includes(value)) errors.unsupported(path, value, sorted);
}

function atMost(list: readonly Draft[], path: string, most: number, errors: FieldErrors): void {
  if (list.length > most) errors.tooMany(path, list.length, most);
}

function validateExitCodes(rule: Draft, path: string, names: readonly string[], errors: FieldErrors): void {
  const { operator, containerName, values = [] } = rule;
  choice(operator, `${path}.operator`, OPERATORS, errors);
  if (containerName !== undefined && !names.includes(containerName))
    errors.invalid(
      `${path}.containerName`,
      containerName,
      'must be one of the container or initContainer names in the pod template',
    );
  if (values.length === 0) errors.invalid(`${path}.values`, values, 'at least one value is required');
  atMost(values, `${path}.values`, MOST_CODES, errors);
  for (const [j, code] of values.entries()) {
    const here = `${path}.values[${j}]`;
    if (operator === 'In' && code === 0) errors.invalid(here, code, 'must not be 0 for the In operator');
    if (values.indexOf(code) < j) errors.duplicate(here, code);
  }
  if (values.some((code: number, j: number) => j > 0 && values[j - 1] > code))
    errors.invalid(`${path}.values`, values, 'must be ordered');
}

function validateFailureRule(rule: Draft, path: string, spec: Draft, names: readonly string[], errors: FieldErrors): void {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set');
  else choice(action, `${path}.action`, ACTIONS, errors);
  if (onExitCodes) validateExitCodes(onExitCodes, `${path}.onExitCodes`, names, errors);
  atMost(onPodConditions, `${path}.onPodConditions`, MOST, errors);
  for (const [j, { type, status }] of onPodConditions.entries()) {
    const here = `${path}.onPodConditions[${j}]`;
    errors.each(`${here}.type`, type, keyFaults(type ?? ''));
    choice(status, `${here}.status`, STATUSES, errors);
  }
  if (onExitCodes && onPodConditions.length)
    errors.invalid(path, OMIT, 'specifying both OnExitCodes and OnPodConditions is not supported');
  if (!onExitCodes && !onPodConditions.length)
    errors.invalid(path, OMIT, 'specifying one of OnExitCodes and OnPodConditions is required');
}

/** How many indexes a text such as `0-2,5` names, or what is wrong with it. */
function countIndexes(text: string, completions: number): number | string {
  let total = 0;
  let last = -1;
  for (const part of text ? text.split(',') : []) {
    const ends = part.split('-');
    const quoted = JSON.stringify(part);
    if (ends.length > 2)
      return `the fragment ${quoted} violates the requirement that an index interval can have at most two parts separated by '-'`;
    for (const end of ends) {
      if (!/^[+]?\d+$/.test(end)) return `cannot convert string to integer for index: ${JSON.stringify(end)}`;
      if (Number(end) >= completions) return `too large index: ${JSON.stringify(end)}`;
    }
    const [from = 0, to] = ends.map(Number);
    if (to !== undefined && from >= to) return `non-increasing order, previous: ${from}, current: ${to}`;
    if (last >= from) return `non-increasing order, previous: ${last}, current: ${from}`;
    last = to ?? from;
    total += last - from + 1;
  }
  return total;
}

function validateSuccessRule(rule: Draft, path: string, completions: number, errors: FieldErrors): void {
  const { succeededCount: count, succeededIndexes } = rule;
  if (count === undefined && succeededIndexes === undefined)
    errors.required(path, 'at least one of succeededCount or succeededIndexes must be specified');
  const total = succeededIndexes === undefined ? 0 : countIndexes(succeededIndexes, completions);
  if (typeof total === 'string')
    errors.invalid(`${path}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${total}`);
  const here = `${path}.succeededCount`;
  nonNegative(count, here, errors);
  const tooMany = (most: number, what: string) =>
    errors.invalid(here, count, `must be less than or equal to ${most} (${what})`);
  if (count > completions) tooMany(completions, 'the number of specified completions');
  const named = typeof total === 'string' ? 0 : total;
  if (succeededIndexes !== undefined && count > named)
    tooMany(named, 'the number of indexes in the specified succeededIndexes field');
}

/** podFailurePolicy, successPolicy and podReplacementPolicy of a Job. */
export function validatePolicies(spec: Draft, path: string, errors: FieldErrors): void {
  const { podFailurePolicy, successPolicy, podReplacementPolicy, template } = spec;
  if (podFailurePolicy) {
    const names = [...(template.spec.containers ?? []), ...(template.spec.initContainers ?? [])].map(({ name }) => name);
    const here = `${path}.podFailurePolicy.rules`;
    const { rules = [] } = podFailurePolicy;
    atMost(rules, here, MOST, errors);
    for (const [i, rule] of rules.entries()) validateFailureRule(rule, `${here}[${i}]`, spec, names, errors);
  }
  if (successPolicy && spec.completionMode !== 'Indexed')
    errors.invalid(`${path}.successPolicy`, successPolicy, 'requires indexed completion mode');
  else if (successPolicy) {
    const here = `${path}.successPolicy.rules`;
    const { rules = [] } = successPolicy;
    if (rules.length === 0) errors.required(here, 'at least one rules must be specified when the successPolicy is specified');
    atMost(rules, here, MOST, errors);
    for (const [i, rule] of rules.entries()) validateSuccessRule(rule, `${here}[${i}]`, spec.completions ?? 0, errors);
  }
  const replacements = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  if (podReplacementPolicy !== undefined && !replacements.includes(podReplacementPolicy))
    errors.unsupported(`${path}.podReplacementPolicy`, podReplacementPolicy, replacements);
}
