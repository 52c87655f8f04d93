// The state of an object in a few words, as transcripts trace it and predicates ask for it: `Running 1/1 terminating`.
// The words are defined by the recordings of a real cluster (tests/golden).

import { isRecord } from '../base/json.ts';
import type { Condition, KubeObject, Pod } from '../sim/types.ts';

/** Which kinds have a shown state, by resource: the word before the slash in traces and predicates. */
export const TRACED: Readonly<Record<string, string>> = {
  pods: 'pod',
  persistentvolumeclaims: 'persistentvolumeclaim',
  jobs: 'job',
  nodes: 'node',
};

const conditionsOf = (object: KubeObject): readonly Condition[] =>
  Array.isArray(object.status?.conditions) ? object.status.conditions : [];

function podState(pod: Pod): string {
  const phase = pod.status?.phase ?? 'Pending';
  if (phase !== 'Running') return phase;
  const ready = (pod.status.containerStatuses ?? []).filter((container) => container.ready).length;
  return `Running ${ready}/${pod.spec.containers.length}`;
}

function jobState(job: KubeObject): string {
  const held = conditionsOf(job)
    .filter((condition) => condition.status === 'True')
    .map((condition) => condition.type);
  return held.length ? held.join(',') : 'Running';
}

/** The shown state of an object of a traced resource. */
export function shownState(resource: string, object: KubeObject): string {
  const words = {
    pods: () => podState(object as Pod),
    persistentvolumeclaims: () => object.status?.phase ?? 'Pending',
    persistentvolumes: () => object.status?.phase ?? 'Pending',
    jobs: () => jobState(object),
    nodes: () => (isReady(object) ? 'Ready' : 'NotReady'),
  }[resource as 'pods'];
  return `${words ? words() : 'there'}${object.metadata.deletionTimestamp ? ' terminating' : ''}`;
}

/** Whether condition Ready is True. */
export const isReady = (object: KubeObject): boolean =>
  isRecord(object.status) &&
  conditionsOf(object).some((condition) => condition.type === 'Ready' && condition.status === 'True');
