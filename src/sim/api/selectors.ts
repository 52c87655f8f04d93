// Label and field selectors: texts of `-l` and `--field-selector`, and selectors inside objects.
// Models apimachinery/pkg/labels/selector.go (Parse) and pkg/fields/selector.go.

import type { KubeObject, LabelSelector } from '../types.ts';
import { badRequest } from './status.ts';

export type Labels = Readonly<Record<string, string>>;

/** One condition on labels. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? (labels[key] as string) : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default: {
      if (value === undefined || !/^-?\d+$/.test(value)) return false;
      return operator === 'Gt' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
    }
  }
}

/** Whether labels meet all requirements; no requirement is met by everything. */
export const meets = (requirements: readonly Requirement[], labels: Labels = {}): boolean =>
  requirements.every((requirement) => holds(requirement, labels));

/** A metav1.LabelSelector as a question, for asking it often; null or undefined matches nothing, an empty one everything. */
export function matcherOf(selector: LabelSelector | null | undefined): (labels: Labels | undefined) => boolean {
  if (!selector) return () => false;
  const wanted = Object.entries(selector.matchLabels ?? {});
  const requirements = (selector.matchExpressions ?? []).map((e) => ({ ...e, values: e.values ?? [] }));
  return (labels = {}) => {
    for (const [key, value] of wanted) if (labels[key] !== value) return false;
    return requirements.length === 0 || meets(requirements, labels);
  };
}

/** Whether labels match a metav1.LabelSelector. */
export const matchesSelector = (selector: LabelSelector | null | undefined, labels: Labels = {}): boolean =>
  matcherOf(selector)(labels);

/** The text form of a LabelSelector, as tables and describe print it (metav1.FormatLabelSelector); `<none>` when it selects nothing special. */
export function formatSelector(selector: LabelSelector | null | undefined): string {
  const words: [key: string, text: string][] = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => [
    key,
    `${key}=${value}`,
  ]);
  for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) {
    const list = `(${[...values].sort().join(',')})`;
    const text = { In: `${key} in ${list}`, NotIn: `${key} notin ${list}`, Exists: key, DoesNotExist: `!${key}` }[operator];
    words.push([key, text]);
  }
  words.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  return words.map(([, text]) => text).join(',') || '<none>';
}

const KEY = '[A-Za-z0-9][-A-Za-z0-9_./]*';
const TERM = new RegExp(
  String.raw`^\s*(?:(!)\s*(${KEY})|(${KEY})\s+(in|notin)\s*\(([^)]*)\)|(${KEY})\s*(==|=|!=|>|<)\s*([-A-Za-z0-9_.]*)|(${KEY}))\s*(?:,|$)`,
);

const OPERATORS = { '=': 'In', '==': 'In', '!=': 'NotIn', '>': 'Gt', '<': 'Lt', in: 'In', notin: 'NotIn' } as const;

/** Reads a label selector (`app=web,tier!=x,env in (a,b),!canary`); throws BadRequest when it is none. */
export function parseLabelSelector(text: string): readonly Requirement[] {
  const requirements: Requirement[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const m = TERM.exec(rest);
    if (!m) throw badRequest(`unable to parse requirement: found '${rest}', expected: ',' or 'end of string'`);
    const [all, , absent, setKey, setOperator, set, key, operator, value, present] = m;
    if (absent) requirements.push({ key: absent, operator: 'DoesNotExist', values: [] });
    else if (setKey)
      requirements.push({
        key: setKey,
        operator: OPERATORS[setOperator as 'in'],
        values: (set as string).split(',').map((v) => v.trim()),
      });
    else if (key) requirements.push({ key, operator: OPERATORS[operator as '='], values: [value as string] });
    else requirements.push({ key: present as string, operator: 'Exists', values: [] });
    rest = rest.slice(all.length).trim();
  }
  return requirements;
}

/** Fields that can be selected beside metadata.name and metadata.namespace, by resource (each kind's conversion.go). */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  jobs: ['status.successful'],
  services: ['spec.clusterIP', 'spec.type'],
  secrets: ['type'],
};

interface FieldRequirement {
  readonly path: string;
  readonly isEqual: boolean;
  readonly value: string;
}

function fieldOf(object: KubeObject, path: string): string {
  if (path === 'source') return String(object['source']?.component ?? object['reportingComponent'] ?? '');
  let value: unknown = object;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  if (value === undefined || value === null) return path === 'spec.unschedulable' ? 'false' : '';
  return String(value);
}

/** Reads a field selector for a resource; throws BadRequest for a field the resource does not know (K-17). */
export function parseFieldSelector(text: string, resource: string, kind: string): readonly FieldRequirement[] {
  return text
    .split(',')
    .map((term) => term.trim())
    .filter(Boolean)
    .map((term) => {
      const m = /^([^=!]+?)\s*(!=|==|=)\s*(.*)$/.exec(term);
      if (!m) throw badRequest(`invalid field selector: "${text}"; can't understand '${term}'`);
      const path = m[1] as string;
      const known = path === 'metadata.name' || path === 'metadata.namespace' || FIELDS[resource]?.includes(path);
      if (!known)
        throw badRequest(
          `Unable to find "${kind}" that match label selector "", field selector "${text}": field label not supported: ${path}`,
        );
      return { path, isEqual: m[2] !== '!=', value: m[3] as string };
    });
}

/** Whether an object meets all field requirements. */
export const meetsFields = (requirements: readonly FieldRequirement[], object: KubeObject): boolean =>
  requirements.every(({ path, isEqual, value }) => (fieldOf(object, path) === value) === isEqual);
