// Jobs and CronJobs: defaults, generated selector, validation, what may not change (JOB-01, JOB-24, VAL-06, VAL-12, VAL-13).
// Models pkg/apis/batch/v1/defaults.go, pkg/registry/batch/job/strategy.go, pkg/apis/batch/validation/validation.go.

import { isSame } from '../../base/json.ts';
import { isZone } from '../../base/zone.ts';
import { immutable, nonNegative } from './checks.ts';
import { scheduleFault } from './cron.ts';
import type { Desk, Draft, KindRules } from './desk.ts';
import type { FieldErrors } from './fields.ts';
import { labelFaults } from './metadata.ts';
import { preset, templateDefaults } from './pod-defaults.ts';
import { validateTemplate } from './pod-validation.ts';
import { validatePolicies } from './rules-job-policies.ts';
import { matchesSelector } from './selectors.ts';

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];

/** JOB-01 */
function jobSpecDefaults(spec: Draft): void {
  spec.template ??= {};
  if (spec.completions === undefined && spec.parallelism === undefined) preset(spec, { completions: 1, parallelism: 1 });
  preset(spec, { parallelism: 1, completionMode: 'NonIndexed', suspend: false });
  preset(spec, { backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1 });
  preset(spec, { podReplacementPolicy: spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed' });
  for (const rule of spec.podFailurePolicy?.rules ?? [])
    for (const pattern of rule.onPodConditions ?? []) preset(pattern, { status: 'True' });
  templateDefaults(spec.template);
}

/** Labels by which a Job finds its Pods, unless the user chose a selector. */
function generateSelector(job: Draft): void {
  const { spec, metadata } = job;
  if (spec.manualSelector) return;
  const identity = {
    'batch.kubernetes.io/controller-uid': metadata.uid,
    'batch.kubernetes.io/job-name': metadata.name,
    'controller-uid': metadata.uid,
    'job-name': metadata.name,
  };
  spec.template.metadata.labels = { ...spec.template.metadata.labels, ...identity };
  spec.selector ??= {};
  spec.selector.matchLabels = { ...spec.selector.matchLabels, 'batch.kubernetes.io/controller-uid': metadata.uid };
}

function validateRestartPolicy(spec: Draft, path: string, errors: FieldErrors): void {
  const { restartPolicy } = spec.template.spec;
  const here = `${path}.template.spec.restartPolicy`;
  if (restartPolicy === 'Always' || !restartPolicy) errors.required(here, 'valid values: "OnFailure", "Never"');
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never')
    errors.unsupported(here, restartPolicy, ['Never', 'OnFailure']);
  else if (spec.podFailurePolicy && restartPolicy !== 'Never')
    errors.invalid(here, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified');
}

/** VAL-12: what an Indexed Job may have, and only it. */
function validateIndexed(spec: Draft, path: string, errors: FieldErrors): void {
  const { completionMode, completions, parallelism, maxFailedIndexes: most, backoffLimitPerIndex } = spec;
  const here = `${path}.maxFailedIndexes`;
  const atMost = (value: number, field: string, limit: number, detail = '') => {
    if (value > limit) errors.invalid(`${path}.${field}`, value, `must be less than or equal to ${limit}${detail}`);
  };
  if (completionMode !== 'Indexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'])
      if (spec[field] !== undefined) errors.invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode');
    return;
  }
  if (completions === undefined) errors.required(`${path}.completions`, 'when completion mode is Indexed');
  atMost(parallelism, 'parallelism', 100_000, ' when completion mode is Indexed');
  if (most > completions) errors.invalid(here, most, 'must be less than or equal to completions');
  atMost(most, 'maxFailedIndexes', 100_000);
  if (!(completions > 100_000) || backoffLimitPerIndex === undefined) return;
  const many = ' when completions are above 100000 and used with backoff limit per index';
  if (most === undefined) errors.required(here, 'must be specified when completions is above 100000');
  atMost(parallelism, 'parallelism', 10_000, many);
  atMost(most, 'maxFailedIndexes', 10_000, many);
}

function validateJobSpec(spec: Draft, path: string, errors: FieldErrors): void {
  for (const field of COUNTS) nonNegative(spec[field], `${path}.${field}`, errors);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified');
  if (spec.managedBy !== undefined && !/^[^/]+\/.+$/.test(spec.managedBy))
    errors.invalid(`${path}.managedBy`, spec.managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")');
  if (spec.completionMode !== 'Indexed' && spec.completionMode !== 'NonIndexed')
    errors.unsupported(`${path}.completionMode`, spec.completionMode, ['Indexed', 'NonIndexed']);
  validateIndexed(spec, path, errors);
  validatePolicies(spec, path, errors);
  validateTemplate(spec.template, `${path}.template`, errors);
  validateRestartPolicy(spec, path, errors);
}

/** JOB-02: the selector is the generated one, or the user's own with manualSelector, and then it matches the template. */
function validateSelector({ spec, metadata }: Draft, errors: FieldErrors): void {
  const { selector, manualSelector, template } = spec;
  const generated = { 'batch.kubernetes.io/controller-uid': metadata.uid, 'controller-uid': metadata.uid };
  const names = { 'batch.kubernetes.io/job-name': metadata.name, 'job-name': metadata.name };
  if (!manualSelector && selector && !matchesSelector(selector, { ...generated, ...names }))
    errors.invalid('spec.selector', selector, '`selector` not auto-generated');
  if (!selector) errors.required('spec.selector');
  else if (!matchesSelector(selector, template.metadata.labels ?? {}))
    errors.invalid(
      'spec.template.metadata.labels',
      template.metadata.labels ?? {},
      '`selector` does not match template `labels`',
    );
}

function validateJob(job: Draft, errors: FieldErrors): void {
  const { spec, metadata } = job;
  validateJobSpec(spec, 'spec', errors);
  validateSelector(job, errors);
  if (spec.completionMode !== 'Indexed' || !(spec.completions > 0)) return;
  const host = `${metadata.name}-${spec.completions - 1}`;
  if (labelFaults(host).length)
    errors.invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${host}`);
}

/** JOB-24: while suspended and not started, the template's scheduling parts and resources may change. */
function validateJobUpdate(next: Draft, old: Draft, errors: FieldErrors): void {
  const isIndexed = old.spec.completionMode === 'Indexed';
  if (!isSame(next.spec.completions, old.spec.completions)) {
    if (!isIndexed) errors.invalid('spec.completions', next.spec.completions, 'field is immutable');
    else if (next.spec.completions !== next.spec.parallelism)
      errors.invalid('spec.completions', next.spec.completions, 'can only be modified in tandem with spec.parallelism');
  }
  immutable(next.spec.selector, old.spec.selector, 'spec.selector', errors);
  const isOpen = old.spec.suspend && !old.status?.startTime;
  const shape = ({ spec }: Draft) => (isOpen ? withoutScheduling(spec.template) : spec.template);
  if (!isSame(shape(next), shape(old))) errors.invalid('spec.template', next.spec.template, 'field is immutable');
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'])
    immutable(next.spec[field], old.spec[field], `spec.${field}`, errors);
}

function withoutScheduling({ metadata, spec }: Draft): Draft {
  const { nodeSelector, affinity, tolerations, schedulingGates, ...rest } = spec;
  const sized = (list: Draft[] | undefined) => list?.map((container: Draft) => ({ ...container, resources: undefined }));
  const containers = { containers: sized(spec.containers), initContainers: sized(spec.initContainers) };
  return { metadata: { ...metadata, labels: undefined, annotations: undefined }, spec: { ...rest, ...containers } };
}

export const jobs: KindRules = {
  generation: true,
  defaults(draft) {
    draft.spec ??= {};
    jobSpecDefaults(draft.spec);
    if (!draft.metadata.labels && draft.spec.template.metadata.labels)
      draft.metadata.labels = { ...draft.spec.template.metadata.labels };
  },
  prepareCreate(draft, desk: Desk) {
    draft.status = {};
    const hadLabels = draft.metadata.labels;
    generateSelector(draft);
    const isCopied = isSame(hadLabels ?? {}, withoutIdentity(draft.spec.template.metadata.labels));
    if (isCopied && hadLabels) draft.metadata.labels = { ...draft.spec.template.metadata.labels };
    const faults = labelFaults(draft.metadata.name ?? '');
    if (faults.length)
      desk.warn(
        `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${faults.join(', ')}]`,
      );
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
};

const withoutIdentity = (labels: Draft) => {
  const {
    'batch.kubernetes.io/controller-uid': _a,
    'batch.kubernetes.io/job-name': _b,
    'controller-uid': _c,
    'job-name': _d,
    ...rest
  } = labels ?? {};
  return rest;
};

export const cronjobs: KindRules = {
  generation: true,
  defaults(draft) {
    draft.spec ??= {};
    preset(draft.spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    draft.spec.jobTemplate ??= {};
    draft.spec.jobTemplate.spec ??= {};
    draft.spec.jobTemplate.metadata ??= {};
    jobSpecDefaults(draft.spec.jobTemplate.spec);
  },
  prepareCreate(draft) {
    draft.status = {};
  },
  validate({ spec, metadata }, errors) {
    if (!spec.schedule) errors.required('spec.schedule');
    else {
      const fault = scheduleFault(spec.schedule);
      if (fault) errors.invalid('spec.schedule', spec.schedule, fault);
    }
    nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds', errors);
    validateTimeZone(spec.timeZone, errors);
    const policies = ['Allow', 'Forbid', 'Replace'];
    if (!policies.includes(spec.concurrencyPolicy))
      errors.unsupported('spec.concurrencyPolicy', spec.concurrencyPolicy, policies);
    const job = spec.jobTemplate.spec;
    validateJobSpec(job, 'spec.jobTemplate.spec', errors);
    if (job.selector) errors.invalid('spec.jobTemplate.spec.selector', job.selector, '`selector` will be auto-generated');
    if (job.manualSelector) errors.unsupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']);
    nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit', errors);
    nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit', errors);
    if (metadata.name?.length > 52) errors.invalid('metadata.name', metadata.name, 'must be no more than 52 characters');
  },
};

/** VAL-13 */
function validateTimeZone(zone: Draft, errors: FieldErrors): void {
  const refuse = (detail: string) => errors.invalid('spec.timeZone', zone, detail);
  if (zone === '') refuse('timeZone must be nil or non-empty string');
  else if (zone?.toLowerCase() === 'local')
    refuse('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  else if (zone !== undefined && !isZone(zone)) refuse(`unknown time zone ${zone}`);
}
