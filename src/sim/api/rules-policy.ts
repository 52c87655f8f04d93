// PodDisruptionBudgets, and the kinds that need little: Node, Namespace, Lease, autoscaler, EndpointSlice, Event.
// Models pkg/apis/policy/validation (VAL-10), pkg/apis/core/validation (ValidateNode), pkg/registry/core/namespace/strategy.go.

import { atMost100Percent, intOrPercent, validateSelector } from './checks.ts';
import type { Draft, KindRules } from './desk.ts';
import { type FieldErrors, GoStruct } from './fields.ts';
import { keyFaults, labelValueFaults } from './metadata.ts';
import { preset } from './pod-defaults.ts';

const POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

function validateBudget({ spec }: Draft, errors: FieldErrors): void {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = {
      MinAvailable: minAvailable,
      Selector: selector,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy,
    };
    errors.invalid('spec', new GoStruct(shown), 'minAvailable and maxUnavailable cannot be both set');
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue;
    intOrPercent(value, `spec.${field}`, errors);
    atMost100Percent(value, `spec.${field}`, errors);
  }
  if (selector) validateSelector(selector, 'spec.selector', errors);
  if (unhealthyPodEvictionPolicy !== undefined && !POLICIES.includes(unhealthyPodEvictionPolicy))
    errors.unsupported('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, POLICIES);
}

export const poddisruptionbudgets: KindRules = {
  generation: true,
  defaults(draft) {
    draft.spec ??= {};
  },
  prepareCreate(draft) {
    draft.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  },
  validate: validateBudget,
};

const EFFECTS = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];

function validateTaints(taints: readonly Draft[], errors: FieldErrors): void {
  const seen = new Set<string>();
  for (const [i, { key, value, effect }] of taints.entries()) {
    const path = `metadata.taints[${i}]`;
    errors.each(`${path}.key`, key ?? '', keyFaults(key ?? ''));
    if (value) errors.each(`${path}.value`, value, labelValueFaults(value));
    if (!effect) errors.required(`${path}.effect`);
    else if (!EFFECTS.includes(effect)) errors.unsupported(`${path}.effect`, effect, EFFECTS);
    if (seen.has(`${key}:${effect}`)) errors.duplicate(path, { key, value, effect });
    seen.add(`${key}:${effect}`);
  }
}

export const nodes: KindRules = {
  defaults(draft) {
    draft.spec ??= {};
    draft.status ??= {};
  },
  validate: ({ spec }, errors) => validateTaints(spec.taints ?? [], errors),
};

export const namespaces: KindRules = {
  name: 'label',
  defaults(draft) {
    draft.metadata.labels = { 'kubernetes.io/metadata.name': draft.metadata.name, ...draft.metadata.labels };
    draft.spec ??= {};
  },
  prepareCreate(draft) {
    draft.spec = { finalizers: ['kubernetes'] };
    draft.status = { phase: 'Active' };
  },
  prepareUpdate(draft, old, { subresource }) {
    if (subresource !== 'finalize') draft.spec = old.spec;
  },
};

export const leases: KindRules = {
  defaults(draft) {
    draft.spec ??= {};
  },
  validate({ spec }, errors) {
    if (spec.leaseDurationSeconds !== undefined && spec.leaseDurationSeconds <= 0)
      errors.invalid('spec.leaseDurationSeconds', spec.leaseDurationSeconds, 'must be greater than 0');
    if (spec.leaseTransitions < 0)
      errors.invalid('spec.leaseTransitions', spec.leaseTransitions, 'must be greater than or equal to 0');
  },
};

export const horizontalpodautoscalers: KindRules = {
  defaults(draft) {
    draft.spec ??= {};
    preset(draft.spec, { minReplicas: 1 });
    if (!draft.spec.metrics)
      draft.spec.metrics = [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ];
  },
  prepareCreate(draft) {
    draft.status = { currentMetrics: null, desiredReplicas: 0 };
  },
  validate({ spec }, errors) {
    if (spec.minReplicas < 1) errors.invalid('spec.minReplicas', spec.minReplicas, 'must be greater than or equal to 1');
    if (!(spec.maxReplicas >= 1)) errors.invalid('spec.maxReplicas', spec.maxReplicas ?? 0, 'must be greater than 0');
    else if (spec.maxReplicas < spec.minReplicas)
      errors.invalid('spec.maxReplicas', spec.maxReplicas, 'must be greater than or equal to `minReplicas`');
    const target = spec.scaleTargetRef ?? {};
    for (const field of ['kind', 'name']) if (!target[field]) errors.required(`spec.scaleTargetRef.${field}`);
  },
};

export const endpointslices: KindRules = {
  generation: true,
  defaults(draft) {
    draft.endpoints ??= [];
    draft.ports ??= [];
    for (const port of draft.ports) preset(port, { name: '', protocol: 'TCP' });
  },
};

export const events: KindRules = {
  defaults(draft) {
    draft.involvedObject ??= {};
    draft.source ??= {};
  },
};

/** Kinds that a real cluster's controllers act on, and this one's do not. */
export const withoutController: KindRules = {
  prepareCreate(draft, desk) {
    desk.warn(`${draft.kind} "${draft.metadata.name}" is kept, but nothing in this simulator acts on it`);
  },
};
