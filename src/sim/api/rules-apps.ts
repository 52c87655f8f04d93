// Deployments, ReplicaSets, StatefulSets: defaults, validation, what may not change (DEP-01, STS-06, VAL-02 … VAL-07, VAL-14).
// Models pkg/apis/apps/v1/defaults.go and pkg/apis/apps/validation/validation.go.

import { isSame } from '../../base/json.ts';
import { atMost100Percent, immutable, intOrPercent, nonNegative, numberIn, validateSelector } from './checks.ts';
import type { Draft, KindRules } from './desk.ts';
import { type FieldErrors, GoStruct } from './fields.ts';
import { labelFaults } from './metadata.ts';
import { preset, templateDefaults } from './pod-defaults.ts';
import { validateTemplate } from './pod-validation.ts';
import { claimDefaults, validateClaimSpec } from './rules-storage.ts';
import { matchesSelector } from './selectors.ts';

const MISMATCH = '`selector` does not match template `labels`';

/** Selector and template of a workload that keeps its Pods for ever (VAL-02, VAL-06). `word` is how an empty selector is called. */
function validateWorkload(spec: Draft, word: string, kind: string, errors: FieldErrors, claims: readonly string[] = []): void {
  if (validateWorkloadSelector(spec, word, errors)) {
    if (!matchesSelector(spec.selector, spec.template.metadata?.labels))
      errors.invalid('spec.template.metadata.labels', spec.template.metadata?.labels, MISMATCH);
    validateTemplate(spec.template, 'spec.template', errors, claims);
  }
  const { restartPolicy, activeDeadlineSeconds } = spec.template.spec;
  if (restartPolicy !== 'Always') errors.unsupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']);
  if (activeDeadlineSeconds !== undefined)
    errors.forbidden('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${kind} is not Supported`);
}

/** Whether the template can be looked at; a selector that cannot be read hides it (VAL-16). */
function validateWorkloadSelector({ selector }: Draft, word: string, errors: FieldErrors): boolean {
  if (!selector) {
    errors.required('spec.selector');
    return true;
  }
  const isValid = validateSelector(selector, 'spec.selector', errors);
  if (!selector.matchLabels && !selector.matchExpressions)
    errors.invalid('spec.selector', selector, `empty selector is invalid for ${word}`);
  if (!isValid) errors.invalid('spec.selector', selector, 'invalid label selector');
  return isValid;
}

function strategyDefaults(spec: Draft): void {
  spec.strategy ??= {};
  preset(spec.strategy, { type: 'RollingUpdate' });
  if (spec.strategy.type !== 'RollingUpdate') return;
  spec.strategy.rollingUpdate ??= {};
  preset(spec.strategy.rollingUpdate, { maxSurge: '25%', maxUnavailable: '25%' });
}

function validateStrategy({ type, rollingUpdate }: Draft, errors: FieldErrors): void {
  const path = 'spec.strategy';
  if (type === 'Recreate') {
    if (rollingUpdate) errors.forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  if (type !== 'RollingUpdate') {
    errors.unsupported(path, new GoStruct({ Type: type, RollingUpdate: rollingUpdate }), ['Recreate', 'RollingUpdate']);
    return;
  }
  const { maxUnavailable, maxSurge } = rollingUpdate;
  intOrPercent(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors);
  intOrPercent(maxSurge, `${path}.rollingUpdate.maxSurge`, errors);
  if (numberIn(maxUnavailable) === 0 && numberIn(maxSurge) === 0)
    errors.invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  atMost100Percent(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors);
}

function validateDeployment({ spec }: Draft, errors: FieldErrors): void {
  nonNegative(spec.replicas, 'spec.replicas', errors);
  validateWorkload(spec, 'deployment', 'ReplicaSet', errors);
  validateStrategy(spec.strategy, errors);
  nonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors);
  const path = 'spec.progressDeadlineSeconds';
  nonNegative(spec.progressDeadlineSeconds, path, errors);
  if (spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0))
    errors.invalid(path, spec.progressDeadlineSeconds, 'must be greater than minReadySeconds');
}

export const deployments: KindRules = {
  generation: true,
  defaults(draft) {
    draft.spec ??= {};
    draft.spec.template ??= {};
    preset(draft.spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    strategyDefaults(draft.spec);
    templateDefaults(draft.spec.template);
  },
  prepareCreate(draft) {
    draft.status = {};
  },
  validate: validateDeployment,
  validateUpdate: (next, old, errors) => immutable(next.spec.selector, old.spec.selector, 'spec.selector', errors),
};

export const replicasets: KindRules = {
  generation: true,
  defaults(draft) {
    draft.spec ??= {};
    draft.spec.template ??= {};
    preset(draft.spec, { replicas: 1 });
    templateDefaults(draft.spec.template);
  },
  prepareCreate(draft) {
    draft.status = { replicas: 0 };
  },
  validate({ spec }, errors) {
    nonNegative(spec.replicas, 'spec.replicas', errors);
    nonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
    validateWorkload(spec, 'deployment', 'ReplicaSet', errors);
  },
  validateUpdate: (next, old, errors) => immutable(next.spec.selector, old.spec.selector, 'spec.selector', errors),
};

/** STS-06: a type given without its block leaves the block absent. */
function statefulSetDefaults(draft: Draft): void {
  draft.spec ??= {};
  const { spec } = draft;
  spec.template ??= {};
  preset(spec, { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10, serviceName: '' });
  spec.updateStrategy ??= {};
  if (!spec.updateStrategy.type)
    spec.updateStrategy = {
      ...spec.updateStrategy,
      type: 'RollingUpdate',
      rollingUpdate: { partition: 0, ...spec.updateStrategy.rollingUpdate },
    };
  else if (spec.updateStrategy.rollingUpdate) preset(spec.updateStrategy.rollingUpdate, { partition: 0 });
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  preset(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: 'Retain', whenScaled: 'Retain' });
  templateDefaults(spec.template);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    Object.assign(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: claim.metadata ?? {} });
    claimDefaults(claim);
    claim.status = { phase: 'Pending' };
  }
}

function validateUpdateStrategy({ updateStrategy }: Draft, errors: FieldErrors): void {
  const path = 'spec.updateStrategy';
  const { type, rollingUpdate } = updateStrategy;
  const block =
    rollingUpdate && new GoStruct({ Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable });
  if (type === 'OnDelete') {
    if (rollingUpdate) errors.invalid(`${path}.rollingUpdate`, block, "only allowed for updateStrategy 'RollingUpdate'");
  } else if (type === 'RollingUpdate') {
    if (!rollingUpdate) return;
    nonNegative(rollingUpdate.partition, `${path}.rollingUpdate.partition`, errors);
    const { maxUnavailable } = rollingUpdate;
    if (maxUnavailable === undefined) return;
    intOrPercent(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors);
    if (numberIn(maxUnavailable) === 0) errors.invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'cannot be 0');
    atMost100Percent(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors);
  } else
    errors.invalid(path, new GoStruct({ Type: type, RollingUpdate: rollingUpdate }), "must be 'RollingUpdate' or 'OnDelete'");
}

function validateStatefulSet({ spec }: Draft, errors: FieldErrors): void {
  if (!['OrderedReady', 'Parallel'].includes(spec.podManagementPolicy))
    errors.invalid('spec.podManagementPolicy', spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
  validateUpdateStrategy(spec, errors);
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  for (const field of ['whenDeleted', 'whenScaled'])
    if (!['Retain', 'Delete'].includes(retention[field]))
      errors.unsupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, retention[field], ['Delete', 'Retain']);
  nonNegative(spec.replicas, 'spec.replicas', errors);
  nonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  nonNegative(spec.ordinals?.start, 'spec.ordinals.start', errors);
  if (spec.serviceName) errors.each('spec.serviceName', spec.serviceName, labelFaults(spec.serviceName));
  const claims = (spec.volumeClaimTemplates ?? []).map((claim: Draft) => claim.metadata.name as string);
  validateWorkload(spec, 'statefulset', 'StatefulSet', errors, claims);
  for (const [i, claim] of (spec.volumeClaimTemplates ?? []).entries())
    validateClaimSpec(claim.spec ?? {}, `spec.volumeClaimTemplates[${i}].spec`, errors);
}

const STATEFULSET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

/** VAL-03 */
function validateStatefulSetUpdate(next: Draft, old: Draft, errors: FieldErrors): void {
  const fixedPart = (spec: Draft) =>
    Object.fromEntries(Object.entries(spec).filter(([field]) => !STATEFULSET_MUTABLE.includes(field)));
  if (isSame(fixedPart(next.spec), fixedPart(old.spec))) return;
  const [last, ...rest] = [...STATEFULSET_MUTABLE].reverse();
  const list = `${rest
    .reverse()
    .map((field) => `'${field}'`)
    .join(', ')} and '${last}'`;
  errors.forbidden('spec', `updates to statefulset spec for fields other than ${list} are forbidden`);
}

export const statefulsets: KindRules = {
  generation: true,
  name: 'label',
  defaults: statefulSetDefaults,
  prepareCreate(draft, desk) {
    draft.status = { replicas: 0, availableReplicas: 0 };
    if (draft.spec.revisionHistoryLimit < 0)
      desk.warn('spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended');
  },
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
};
