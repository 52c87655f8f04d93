// podFailurePolicy and successPolicy: pure questions.
// Models pkg/controller/job/pod_failure_policy.go matchPodFailurePolicy and success_policy.go matchSuccessPolicy (v1.36), rules JOB-21, JOB-22.

import type { ContainerStatus, Pod } from '../../types.ts';
import { countOf, type Indexes, overlapOf, parseIndexes } from './indexes.ts';

export interface FailureRule {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly onExitCodes?: {
    readonly containerName?: string;
    readonly operator: 'In' | 'NotIn';
    readonly values: readonly number[];
  };
  readonly onPodConditions?: readonly { readonly type: string; readonly status?: string }[];
}

export interface SuccessRule {
  readonly succeededIndexes?: string;
  readonly succeededCount?: number;
}

export interface FailureVerdict {
  /** The action of the first rule that matches; null when none does, which counts as a failure too. */
  readonly action: FailureRule['action'] | null;
  readonly message: string;
}

/** JOB-21: what the policy says about a failed Pod. */
export function judgeFailure(rules: readonly FailureRule[] | undefined, pod: Pod): FailureVerdict {
  const { name, namespace } = pod.metadata;
  for (const [i, { action, onExitCodes, onPodConditions = [] }] of (rules ?? []).entries()) {
    const ended = onExitCodes && exitedWith(pod, onExitCodes);
    const condition = (pod.status.conditions ?? []).find((present) =>
      onPodConditions.some(({ type, status = 'True' }) => type === present.type && status === present.status),
    );
    const rule = `matching ${action} rule at index ${i}`;
    if (ended) {
      const code = ended.state.terminated?.exitCode;
      return { action, message: `Container ${ended.name} for pod ${namespace}/${name} failed with exit code ${code} ${rule}` };
    }
    if (!onExitCodes && condition)
      return { action, message: `Pod ${namespace}/${name} has condition ${condition.type} ${rule}` };
  }
  return { action: null, message: '' };
}

/** The first terminated container whose exit code, other than 0, is one that the rule means. */
function exitedWith({ status }: Pod, rule: NonNullable<FailureRule['onExitCodes']>): ContainerStatus | undefined {
  return [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].find(({ name, state }) => {
    const code = state.terminated?.exitCode ?? 0;
    const isMeant = rule.containerName === undefined || rule.containerName === name;
    return code !== 0 && isMeant && rule.values.includes(code) === (rule.operator === 'In');
  });
}

/** JOB-22: the position of the first rule that is met; −1 when none is. */
export function metSuccessRule(rules: readonly SuccessRule[] | undefined, completions: number, succeeded: Indexes): number {
  if (succeeded.length === 0) return -1;
  return (rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && countOf(succeeded) >= succeededCount;
    const wanted = parseIndexes(succeededIndexes, completions);
    const done = overlapOf(wanted, succeeded);
    return wanted.length > 0 && (done === countOf(wanted) || (succeededCount !== undefined && done >= succeededCount));
  });
}
