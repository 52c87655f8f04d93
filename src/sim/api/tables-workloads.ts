// Tables of Pods and what makes them (K-04, K-05).

import { parseTime } from '../../base/time.ts';
import type { Container, KubeObject, Pod } from '../types.ts';
import { formatDuration } from './duration.ts';
import { podRowOf, restartsText } from './pod-row.ts';
import type { AgeOf, Printer } from './printer.ts';
import { formatSelector } from './selectors.ts';

const NONE = '<none>';

const containersOf = (spec: { readonly containers?: readonly Container[] } | undefined) => {
  const containers = spec?.containers ?? [];
  return [containers.map((c) => c.name).join(','), containers.map((c) => c.image).join(',')];
};

const templateCells = ({ spec }: KubeObject) => [...containersOf(spec?.template?.spec), formatSelector(spec?.selector)];

const number = (value: unknown) => Number(value ?? 0);

function gatesOf(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const met = gates.filter((gate) =>
    (pod.status.conditions ?? []).some((c) => c.type === gate.conditionType && c.status === 'True'),
  );
  return `${met.length}/${gates.length}`;
}

const pods: Printer = {
  columns: 'Name|Ready|Status|Restarts|Age|+IP|+Node|+Nominated Node|+Readiness Gates',
  row(object, age) {
    const pod = object as Pod;
    const row = podRowOf(pod);
    return [
      pod.metadata.name,
      `${row.ready}/${row.total}`,
      row.status,
      restartsText(row, age),
      age(pod.metadata.creationTimestamp),
      pod.status.podIP || NONE,
      pod.spec.nodeName || NONE,
      pod.status.nominatedNodeName || NONE,
      gatesOf(pod),
    ];
  },
};

const replicasets: Printer = {
  columns: 'Name|Desired|Current|Ready|Age|+Containers|+Images|+Selector',
  row: (object, age) => [
    object.metadata.name,
    number(object.spec.replicas),
    number(object.status?.replicas),
    number(object.status?.readyReplicas),
    age(object.metadata.creationTimestamp),
    ...templateCells(object),
  ],
};

const deployments: Printer = {
  columns: 'Name|Ready|Up-to-date|Available|Age|+Containers|+Images|+Selector',
  row: (object, age) => [
    object.metadata.name,
    `${number(object.status?.readyReplicas)}/${number(object.spec.replicas)}`,
    number(object.status?.updatedReplicas),
    number(object.status?.availableReplicas),
    age(object.metadata.creationTimestamp),
    ...templateCells(object),
  ],
};

const statefulsets: Printer = {
  columns: 'Name|Ready|Age|+Containers|+Images',
  row: (object, age) => [
    object.metadata.name,
    `${number(object.status?.readyReplicas)}/${number(object.spec.replicas)}`,
    age(object.metadata.creationTimestamp),
    ...containersOf(object.spec.template.spec),
  ],
};

const JOB_CONDITIONS = ['Complete', 'Failed', 'Terminating', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

/** STATUS of a Job: the first of these that holds, else Running. */
export function jobStatusOf({ metadata, status }: KubeObject): string {
  const holds = (type: string) =>
    type === 'Terminating'
      ? metadata.deletionTimestamp !== undefined
      : (status?.conditions ?? []).some((c: { type: string; status: string }) => c.type === type && c.status === 'True');
  return JOB_CONDITIONS.find(holds) ?? 'Running';
}

function completionsOf({ spec, status }: KubeObject): string {
  const succeeded = number(status?.succeeded);
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  return number(spec.parallelism) > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`;
}

/** From start to completion; still growing when there is no completion, also for a failed Job. */
export function jobDurationOf({ status }: KubeObject, epochMs: number): string {
  if (!status?.startTime) return '';
  return formatDuration((status.completionTime ? parseTime(status.completionTime) : epochMs) - parseTime(status.startTime));
}

const jobs: Printer = {
  columns: 'Name|Status|Completions|Duration|Age|+Containers|+Images|+Selector',
  row: (object, age, epochMs) => [
    object.metadata.name,
    jobStatusOf(object),
    completionsOf(object),
    jobDurationOf(object, epochMs),
    age(object.metadata.creationTimestamp),
    ...templateCells(object),
  ],
};

const cronjobs: Printer = {
  columns: 'Name|Schedule|Timezone|Suspend|Active|Last Schedule|Age|+Containers|+Images|+Selector',
  row: (object, age) => [
    object.metadata.name,
    object.spec.schedule,
    object.spec.timeZone ?? NONE,
    object.spec.suspend === undefined ? '<unset>' : object.spec.suspend ? 'True' : 'False',
    (object.status?.active ?? []).length,
    object.status?.lastScheduleTime ? age(object.status.lastScheduleTime) : NONE,
    age(object.metadata.creationTimestamp),
    ...containersOf(object.spec.jobTemplate?.spec?.template?.spec),
    formatSelector(object.spec.jobTemplate?.spec?.selector),
  ],
};

const poddisruptionbudgets: Printer = {
  columns: 'Name|Min Available|Max Unavailable|Allowed Disruptions|Age',
  row: (object, age) => [
    object.metadata.name,
    object.spec.minAvailable ?? 'N/A',
    object.spec.maxUnavailable ?? 'N/A',
    number(object.status?.disruptionsAllowed),
    age(object.metadata.creationTimestamp),
  ],
};

const controllerrevisions: Printer = {
  columns: 'Name|Controller|Revision|Age',
  row(object, age) {
    const owner = object.metadata.ownerReferences?.find((reference) => reference.controller);
    const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
    return [
      object.metadata.name,
      owner ? `${owner.kind.toLowerCase()}${group}/${owner.name}` : NONE,
      object['revision'],
      age(object.metadata.creationTimestamp),
    ];
  },
};

const METRIC_UNKNOWN = '<unknown>';

/** `cpu: 50%/80%`, as the autoscaler's TARGETS column says. */
function targetsOf({ spec, status }: KubeObject): string {
  const texts = (spec.metrics ?? []).map((metric: { type: string; [field: string]: unknown }, i: number) => {
    const field = metric.type[0]?.toLowerCase() + metric.type.slice(1);
    const source = metric[field] as { name?: string; metric?: { name: string }; target?: Record<string, unknown> } | undefined;
    const current = status?.currentMetrics?.[i]?.[field]?.current ?? {};
    const { averageUtilization, averageValue, value } = source?.target ?? {};
    const [have, want] =
      averageUtilization === undefined
        ? [current.averageValue ?? current.value, averageValue ?? value]
        : [current.averageUtilization === undefined ? undefined : `${current.averageUtilization}%`, `${averageUtilization}%`];
    return `${metric.type === 'Resource' ? `${source?.name}: ` : ''}${have ?? METRIC_UNKNOWN}/${want}`;
  });
  return texts.join(', ') || NONE;
}

const horizontalpodautoscalers: Printer = {
  columns: 'Name|Reference|Targets|MinPods|MaxPods|Replicas|Age',
  row: (object, age: AgeOf) => [
    object.metadata.name,
    `${object.spec.scaleTargetRef.kind}/${object.spec.scaleTargetRef.name}`,
    targetsOf(object),
    object.spec.minReplicas ?? '<unset>',
    object.spec.maxReplicas,
    number(object.status?.currentReplicas),
    age(object.metadata.creationTimestamp),
  ],
};

export const workloadPrinters: Readonly<Record<string, Printer>> = {
  pods,
  replicasets,
  deployments,
  statefulsets,
  jobs,
  cronjobs,
  poddisruptionbudgets,
  controllerrevisions,
  horizontalpodautoscalers,
};
