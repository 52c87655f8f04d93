// Rules that a Job sets for its failures and for its success.
// Models pkg/controller/job/{pod_failure_policy,success_policy}.go (v1.36), rules JOB-21, JOB-22.

import type { Pod } from '../../types.ts';
import { conditionOf } from '../pods.ts';
import { type FailureRule, type Job, parseIndexes } from './shape.ts';

export interface Verdict {
  readonly action: FailureRule['action'];
  /** Why the Job fails; only for FailJob. */
  readonly message?: string;
}

function exitMatch(rule: FailureRule, pod: Pod): { readonly container: string; readonly code: number } | null {
  const { onExitCodes } = rule;
  if (!onExitCodes) return null;
  for (const { name, state } of pod.status.containerStatuses ?? []) {
    const code = state.terminated?.exitCode;
    if (code === undefined || code === 0 || (onExitCodes.containerName && onExitCodes.containerName !== name)) continue;
    if (onExitCodes.values.includes(code) === (onExitCodes.operator === 'In')) return { container: name, code };
  }
  return null;
}

/** JOB-21: what a failed Pod means; the first rule that matches decides, none means Count. */
export function failureVerdict(job: Job, pod: Pod): Verdict {
  for (const [i, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const exit = exitMatch(rule, pod);
    const path = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (exit) {
      const message = `Container ${exit.container} for pod ${path} failed with exit code ${exit.code} matching ${rule.action} rule at index ${i}`;
      return rule.action === 'FailJob' ? { action: rule.action, message } : { action: rule.action };
    }
    const condition = rule.onPodConditions?.find(({ type, status = 'True' }) => conditionOf(pod, type)?.status === status);
    if (condition) {
      const message = `Pod ${path} has condition ${condition.type} matching ${rule.action} rule at index ${i}`;
      return rule.action === 'FailJob' ? { action: rule.action, message } : { action: rule.action };
    }
  }
  return { action: 'Count' };
}

/** JOB-22: the message of the first success rule that is met; null when none is. */
export function successMatch(job: Job, succeeded: ReadonlySet<number>): string | null {
  for (const [i, rule] of (job.spec.successPolicy?.rules ?? []).entries()) {
    const wanted = rule.succeededIndexes === undefined ? null : parseIndexes(rule.succeededIndexes);
    const met = wanted ? [...wanted].filter((index) => succeeded.has(index)).length : succeeded.size;
    const needed = rule.succeededCount ?? wanted?.size ?? Number.POSITIVE_INFINITY;
    if (met >= needed) return `Matched rules at index ${i}`;
  }
  return null;
}
