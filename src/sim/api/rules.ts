// The rules of each kind, by resource: one line here, one file for each family.

import type { KindRules } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';

const RULES: Readonly<Record<string, KindRules>> = {
  pods: {
    generation: true,
    prepareCreate: (pod) => {
      pod.status = { phase: 'Pending', qosClass: 'BestEffort' };
    },
  },
  replicasets: { generation: true },
  deployments: { generation: true },
};

const COMMON: KindRules = {};
const CUSTOM: KindRules = { generation: true };

/** The rules of a resource; those of custom resources are the common ones with a generation. */
export function rulesOf(info: ResourceInfo): KindRules {
  return RULES[info.resource] ?? (info.group.includes('.') && !info.group.endsWith('k8s.io') ? CUSTOM : COMMON);
}
