// The rules of each kind, by resource: one line here, one file for each family. A new kind starts as COMMON and adds what it needs.

import { customRules, customresourcedefinitions } from './custom.ts';
import type { KindRules } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { podDefaults, preparePod } from './pod-defaults.ts';
import { validatePodUpdate } from './pod-update.ts';
import { validatePodSpec } from './pod-validation.ts';
import { deployments, replicasets, statefulsets } from './rules-apps.ts';
import { cronjobs, jobs } from './rules-batch.ts';
import {
  endpointslices,
  events,
  horizontalpodautoscalers,
  leases,
  namespaces,
  nodes,
  poddisruptionbudgets,
  withoutController,
} from './rules-policy.ts';
import { services } from './rules-service.ts';
import { persistentvolumeclaims, persistentvolumes, storageclasses } from './rules-storage.ts';

const pods: KindRules = {
  generation: true,
  defaults: podDefaults,
  prepareCreate: preparePod,
  validate: ({ spec }, errors) => validatePodSpec(spec, 'spec', errors),
  validateUpdate: validatePodUpdate,
};

const RULES: Readonly<Record<string, KindRules>> = {
  pods,
  deployments,
  replicasets,
  statefulsets,
  jobs,
  cronjobs,
  services,
  endpointslices,
  poddisruptionbudgets,
  persistentvolumeclaims,
  persistentvolumes,
  storageclasses,
  nodes,
  namespaces,
  leases,
  horizontalpodautoscalers,
  events,
  customresourcedefinitions,
  daemonsets: withoutController,
  replicationcontrollers: withoutController,
  resourcequotas: withoutController,
  limitranges: withoutController,
};

const COMMON: KindRules = {};

/** The rules of a resource; those of a custom one come from its definition. */
export function rulesOf(info: ResourceInfo): KindRules {
  return info.isCustom ? customRules(info) : (RULES[info.resource] ?? COMMON);
}
