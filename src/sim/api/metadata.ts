// Validation of metadata: names, labels, annotations (VAL-01, VAL-16).
// Models apimachinery/pkg/api/validation/objectmeta.go and apimachinery/pkg/util/validation/validation.go.

import type { Draft, KindRules } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import type { FieldErrors } from './fields.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const whole = (pattern: string) => new RegExp(`^${pattern}$`);
const LABEL_RE = whole(LABEL);
const SUBDOMAIN_RE = whole(SUBDOMAIN);
const LABEL_1035_RE = whole(LABEL_1035);
const QUALIFIED_RE = whole(`(${QUALIFIED})`);
const LABEL_VALUE_RE = whole(LABEL_VALUE);

const tooLong = (text: string, most: number, unit: string) =>
  text.length > most ? [`must be no more than ${most} ${unit}`] : [];

const example = (pattern: string, ...examples: string[]) =>
  `(e.g. ${examples.map((e) => `'${e}'`).join(',  or ')}, regex used for validation is '${pattern}')`;

/** What is wrong with a DNS-1123 label (container names, StatefulSet names); empty when nothing is. */
export function labelFaults(text: string): readonly string[] {
  const faults = tooLong(text, 63, 'characters');
  if (!LABEL_RE.test(text))
    faults.push(
      `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${example(LABEL, 'my-name', '123-abc')}`,
    );
  return faults;
}

/** What is wrong with a DNS-1123 subdomain: the rule of most names. */
export function subdomainFaults(text: string): readonly string[] {
  const faults = tooLong(text, 253, 'characters');
  if (!SUBDOMAIN_RE.test(text))
    faults.push(
      `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${example(SUBDOMAIN, 'example.com')}`,
    );
  return faults;
}

/** What is wrong with a DNS-1035 label. */
export function label1035Faults(text: string): readonly string[] {
  const faults = tooLong(text, 63, 'characters');
  if (!LABEL_1035_RE.test(text))
    faults.push(
      `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${example(LABEL_1035, 'my-name', 'abc-123')}`,
    );
  return faults;
}

/** What is wrong with a label's value. */
export function labelValueFaults(text: string): readonly string[] {
  const faults = tooLong(text, 63, 'bytes');
  if (!LABEL_VALUE_RE.test(text))
    faults.push(
      `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(`(${LABEL_VALUE.slice(1, -2)})?`, 'MyValue', 'my_value', '12345')}`,
    );
  return faults;
}

/** What is wrong with the key of a label, annotation or taint: an optional DNS prefix, a slash, a name. */
export function keyFaults(text: string): readonly string[] {
  const parts = text.split('/');
  const name = parts.at(-1) as string;
  const faults: string[] = [];
  if (parts.length > 2)
    return [
      `a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(QUALIFIED_TEXT, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  if (parts.length === 2 && parts[0] === '') faults.push('prefix part must be non-empty');
  else if (parts.length === 2) faults.push(...subdomainFaults(parts[0] as string).map((fault) => `prefix part ${fault}`));
  if (name === '') faults.push('name part must be non-empty');
  else faults.push(...tooLong(name, 63, 'bytes').map((fault) => `name part ${fault}`));
  if (!QUALIFIED_RE.test(name))
    faults.push(
      `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(QUALIFIED_TEXT, 'MyName', 'my.name', '123-abc')}`,
    );
  return faults;
}

const QUALIFIED_TEXT = `(${QUALIFIED})`;

/** Checks a map of labels at a path. */
export function validateLabels(labels: Draft, path: string, errors: FieldErrors): void {
  for (const [key, value] of Object.entries(labels ?? {}).sort()) {
    errors.each(path, key, keyFaults(key));
    errors.each(path, value, labelValueFaults(String(value)));
  }
}

const ANNOTATIONS_LIMIT = 256 * 1024;

/** Checks a map of annotations at a path. */
export function validateAnnotations(annotations: Draft, path: string, errors: FieldErrors): void {
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {}).sort()) {
    errors.each(path, key, keyFaults(key.toLowerCase()));
    size += key.length + String(value).length;
  }
  if (size > ANNOTATIONS_LIMIT) errors.tooLong(path, ANNOTATIONS_LIMIT);
}

const NAME_FAULTS = {
  label: labelFaults,
  label1035: label1035Faults,
  subdomain: subdomainFaults,
  path: (text: string) =>
    /^\.{1,2}$/.test(text)
      ? [`may not be '${text}'`]
      : /[/%]/.test(text)
        ? [`may not contain '${/\//.test(text) ? '/' : '%'}'`]
        : [],
} as const;

/** metadata of any kind. */
export function validateMeta({ metadata }: Draft, info: ResourceInfo, rules: KindRules, errors: FieldErrors): void {
  const faultsOf = NAME_FAULTS[rules.name ?? 'subdomain'];
  const { name, generateName } = metadata;
  if (generateName) errors.each('metadata.generateName', generateName, faultsOf(generateName.replace(/-+$/, 'a')));
  if (!name) errors.required('metadata.name', 'name or generateName is required');
  else errors.each('metadata.name', name, faultsOf(name));
  if (info.namespaced && !metadata.namespace) errors.required('metadata.namespace');
  validateLabels(metadata.labels, 'metadata.labels', errors);
  validateAnnotations(metadata.annotations, 'metadata.annotations', errors);
  for (const [i, owner] of (metadata.ownerReferences ?? []).entries()) {
    const path = `metadata.ownerReferences[${i}]`;
    for (const field of ['apiVersion', 'kind', 'name', 'uid'])
      if (!owner[field])
        errors.invalid(path + (field === 'apiVersion' ? '.apiVersion' : `.${field}`), owner[field] ?? '', 'must not be empty');
  }
  const controllers = (metadata.ownerReferences ?? []).filter((owner: Draft) => owner.controller);
  if (controllers.length > 1)
    errors.invalid(
      'metadata.ownerReferences',
      metadata.ownerReferences,
      `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0].kind}/${controllers[0].name} and ${controllers[1].kind}/${controllers[1].name}`,
    );
}
