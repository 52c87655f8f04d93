// kubectl describe of Pods and of what makes Pods. Models the describers of the same names in kubectl/pkg/describe/describe.go.

import { isSame } from '../../base/json.ts';
import { parseTime } from '../../base/time.ts';
import { formatDuration } from '../../sim/api/duration.ts';
import { formatSelector, matchesSelector } from '../../sim/api/selectors.ts';
import type { Deployment, KubeObject, LabelSelector, Pod, PodTemplate, ReplicaSet } from '../../sim/types.ts';
import type { Context } from '../context.ts';
import {
  agoOf,
  annotationLines,
  controllerLines,
  eventLines,
  headLines,
  type Lines,
  labelLines,
  longTime,
  pairLines,
} from './lines.ts';
import { containersBlock, spreadLines, templateBlock, tolerationLines, volumesBlock } from './template.ts';

function podStatus(pod: Pod, ctx: Context): Lines {
  const { phase, reason, message } = pod.status;
  const isTerminal = phase === 'Failed' || phase === 'Succeeded';
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  const status =
    deletionTimestamp && !isTerminal
      ? [
          `Status:\tTerminating (lasts ${agoOf(deletionTimestamp, ctx)})`,
          `Termination Grace Period:\t${deletionGracePeriodSeconds}s`,
        ]
      : [`Status:\t${phase}`];
  return [...status, ...(reason ? [`Reason:\t${reason}`] : []), ...(message ? [`Message:\t${message}`] : [])];
}

export function describePod(object: KubeObject, ctx: Context): Lines {
  const pod = object as Pod;
  const { spec, status } = pod;
  const ips = status.podIPs ?? [];
  return [
    ...headLines(pod),
    ...(spec.priority === undefined ? [] : [`Priority:\t${spec.priority}`]),
    `Node:\t${spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>'}`,
    ...(status.startTime ? [`Start Time:\t${longTime(status.startTime)}`] : []),
    ...labelLines(pod),
    ...podStatus(pod, ctx),
    `IP:\t${status.podIP ?? ''}`,
    ...(ips.length ? ['IPs:', ...ips.map(({ ip }) => `  IP:\t${ip}`)] : ['IPs:\t<none>']),
    ...controllerLines(pod),
    ...(status.nominatedNodeName ? [`NominatedNodeName:\t${status.nominatedNodeName}`] : []),
    ...(spec.initContainers?.length
      ? containersBlock('Init Containers', spec.initContainers, status.initContainerStatuses, '', pod)
      : []),
    ...containersBlock('Containers', spec.containers, status.containerStatuses, '', pod),
    ...(status.conditions?.length
      ? ['Conditions:', '  Type\tStatus', ...status.conditions.map((c) => `  ${c.type} \t${c.status} `)]
      : []),
    ...volumesBlock(spec.volumes),
    `QoS Class:\t${status.qosClass ?? 'BestEffort'}`,
    ...pairLines('Node-Selectors', spec.nodeSelector),
    ...tolerationLines(spec.tolerations),
    ...spreadLines(spec.topologySpreadConstraints),
    ...eventLines(pod, ctx),
  ];
}

/** Pods of a selector that this owner controls, counted by phase. */
function podCounts(owner: KubeObject, ctx: Context): string {
  const pods = ctx.api
    .list('pods', { namespace: owner.metadata.namespace ?? '' })
    .filter((pod) => matchesSelector(owner.spec.selector as LabelSelector, pod.metadata.labels))
    .filter((pod) => pod.metadata.ownerReferences?.find((reference) => reference.controller)?.uid === owner.metadata.uid);
  const count = (phase: string) => pods.filter((pod) => pod.status.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

const conditionLines = (object: KubeObject): Lines => {
  const conditions: readonly { type: string; status: string; reason?: string }[] = object.status?.conditions ?? [];
  if (conditions.length === 0) return [];
  return [
    'Conditions:',
    '  Type\tStatus\tReason',
    '  ----\t------\t------',
    ...conditions.map((c) => `  ${c.type} \t${c.status}\t${c.reason ?? ''}`),
  ];
};

const withoutHash = (template: PodTemplate) => {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
};

const createdAt = (object: KubeObject) => parseTime(object.metadata.creationTimestamp);

function replicaSetLines(deployment: Deployment, ctx: Context): Lines {
  const owned = (ctx.api.list('replicasets', { namespace: deployment.metadata.namespace ?? '' }) as readonly ReplicaSet[])
    .filter((set) => set.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === deployment.metadata.uid))
    .sort((a, b) => createdAt(a) - createdAt(b));
  if (owned.length === 0) return [];
  const wanted = withoutHash(deployment.spec.template);
  const isNew = (set: ReplicaSet) => isSame(withoutHash(set.spec.template), { ...wanted, metadata: { ...wanted.metadata } });
  const shown = (sets: readonly ReplicaSet[]) =>
    sets.map((set) => `${set.metadata.name} (${set.status?.replicas ?? 0}/${set.spec.replicas} replicas created)`).join(', ') ||
    '<none>';
  const current = owned.find(isNew);
  return [
    `OldReplicaSets:\t${shown(owned.filter((set) => set !== current))}`,
    `NewReplicaSet:\t${shown(current ? [current] : [])}`,
  ];
}

export function describeDeployment(object: KubeObject, ctx: Context): Lines {
  const deployment = object as Deployment;
  const { spec, status = {} } = deployment;
  const rolling = spec.strategy.rollingUpdate;
  return [
    ...headLines(deployment),
    `CreationTimestamp:\t${longTime(deployment.metadata.creationTimestamp)}`,
    ...labelLines(deployment),
    `Selector:\t${formatSelector(spec.selector)}`,
    `Replicas:\t${spec.replicas} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
    `StrategyType:\t${spec.strategy.type}`,
    `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`,
    ...(rolling ? [`RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`] : []),
    ...templateBlock(spec.template),
    ...conditionLines(deployment),
    ...replicaSetLines(deployment, ctx),
    ...eventLines(deployment, ctx),
  ];
}

export function describeReplicaSet(set: KubeObject, ctx: Context): Lines {
  return [
    ...headLines(set),
    `Selector:\t${formatSelector(set.spec.selector)}`,
    ...labelLines(set),
    ...controllerLines(set),
    `Replicas:\t${set.status?.replicas ?? 0} current / ${set.spec.replicas} desired`,
    `Pods Status:\t${podCounts(set, ctx)}`,
    ...templateBlock(set.spec.template),
    ...conditionLines(set),
    ...eventLines(set, ctx),
  ];
}

function claimTemplateLines(templates: readonly KubeObject[] = []): Lines {
  if (templates.length === 0) return ['Volume Claims:\t<none>'];
  return [
    'Volume Claims:',
    ...templates.flatMap(({ metadata, spec }) => [
      `  Name:\t${metadata.name}`,
      `  StorageClass:\t${spec.storageClassName ?? ''}`,
      ...pairLines('Labels', metadata.labels, '  '),
      ...annotationLines('Annotations', metadata.annotations, '  '),
      `  Capacity:\t${spec.resources?.requests?.storage ?? '<default>'}`,
      `  Access Modes:\t[${(spec.accessModes ?? []).join(' ')}]`,
    ]),
  ];
}

export function describeStatefulSet(set: KubeObject, ctx: Context): Lines {
  const { spec, status = {} } = set;
  const rolling = spec.updateStrategy?.rollingUpdate;
  return [
    ...headLines(set),
    `CreationTimestamp:\t${longTime(set.metadata.creationTimestamp)}`,
    `Selector:\t${formatSelector(spec.selector)}`,
    ...labelLines(set),
    `Replicas:\t${spec.replicas} desired | ${status.replicas ?? 0} total`,
    `Update Strategy:\t${spec.updateStrategy?.type ?? ''}`,
    ...(rolling?.partition === undefined ? [] : [`  Partition:\t${rolling.partition}`]),
    ...(rolling?.maxUnavailable === undefined ? [] : [`  MaxUnavailable:\t${rolling.maxUnavailable}`]),
    `Pods Status:\t${podCounts(set, ctx)}`,
    ...templateBlock(spec.template),
    ...claimTemplateLines(spec.volumeClaimTemplates),
    ...eventLines(set, ctx),
  ];
}

function jobTimes(job: KubeObject): Lines {
  const { startTime, completionTime } = job.status ?? {};
  return [
    ...(startTime ? [`Start Time:\t${longTime(startTime)}`] : []),
    ...(completionTime ? [`Completed At:\t${longTime(completionTime)}`] : []),
    ...(startTime && completionTime ? [`Duration:\t${formatDuration(parseTime(completionTime) - parseTime(startTime))}`] : []),
  ];
}

const MOST_INDEXES = 50;

/** A list of indexes, cut at the first comma past its fiftieth character (capIndexesListOrNone). */
function someIndexes(indexes: string): string {
  const comma = indexes.indexOf(',', MOST_INDEXES);
  return comma < 0 ? indexes || '<none>' : `${indexes.slice(0, comma + 1)}...`;
}

export function describeJob(job: KubeObject, ctx: Context): Lines {
  const { spec, status = {} } = job;
  const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`;
  return [
    ...headLines(job),
    `Selector:\t${formatSelector(spec.selector)}`,
    ...labelLines(job),
    ...controllerLines(job),
    ...(spec.parallelism === undefined ? [] : [`Parallelism:\t${spec.parallelism}`]),
    `Completions:\t${spec.completions ?? '<unset>'}`,
    ...(spec.completionMode ? [`Completion Mode:\t${spec.completionMode}`] : []),
    ...(spec.suspend === undefined ? [] : [`Suspend:\t${spec.suspend}`]),
    `Backoff Limit:\t${spec.backoffLimit}`,
    ...(spec.ttlSecondsAfterFinished === undefined ? [] : [`TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}`]),
    ...jobTimes(job),
    ...(spec.activeDeadlineSeconds === undefined ? [] : [`Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`]),
    `Pods Statuses:\t${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`,
    ...(spec.completionMode === 'Indexed' ? [`Completed Indexes:\t${someIndexes(status.completedIndexes ?? '')}`] : []),
    ...templateBlock(spec.template),
    ...eventLines(job, ctx),
  ];
}

export function describeCronJob(cronJob: KubeObject, ctx: Context): Lines {
  const { spec, status = {} } = cronJob;
  const job = spec.jobTemplate?.spec ?? {};
  const active: readonly { name: string }[] = status.active ?? [];
  return [
    ...headLines(cronJob),
    ...labelLines(cronJob),
    `Schedule:\t${spec.schedule}`,
    `Concurrency Policy:\t${spec.concurrencyPolicy}`,
    `Suspend:\t${spec.suspend ? 'True' : 'False'}`,
    `Time Zone:\t${spec.timeZone ?? '<unset>'}`,
    `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? '<unset>'}`,
    `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? '<unset>'}`,
    `Starting Deadline Seconds:\t${spec.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`}`,
    `Selector:\t${job.selector ? formatSelector(job.selector) : '<unset>'}`,
    `Parallelism:\t${job.parallelism ?? '<unset>'}`,
    `Completions:\t${job.completions ?? '<unset>'}`,
    ...(job.activeDeadlineSeconds === undefined ? [] : [`Active Deadline Seconds:\t${job.activeDeadlineSeconds}s`]),
    ...templateBlock(job.template ?? { spec: { containers: [] } }),
    `Last Schedule Time:\t${status.lastScheduleTime ? longTime(status.lastScheduleTime) : '<unset>'}`,
    `Active Jobs:\t${active.map(({ name }) => name).join(', ') || '<none>'}`,
    ...eventLines(cronJob, ctx),
  ];
}
