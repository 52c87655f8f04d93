// The Pods behind a workload or a Service. Models polymorphichelpers/helpers.go (GetFirstPod) and attachablepodforobject.go:
// of several the one most alive is taken, which is running before pending, ready before not, older before younger.

import type { ResourceInfo } from '../sim/api/discovery.ts';
import { matchesSelector } from '../sim/api/selectors.ts';
import type { KubeObject, Pod } from '../sim/types.ts';
import type { Context } from './context.ts';
import { Refusal } from './flags.ts';

const isReady = ({ status }: Pod) =>
  status.conditions?.some(({ type, status: now }) => type === 'Ready' && now === 'True') ?? false;
const liveliness = (pod: Pod) => Number(pod.status.phase === 'Running') * 2 + Number(isReady(pod));

/** The most alive first; `purpose` is what the caller wants them for, as upstream's refusal names it. */
export function podsBehind(object: KubeObject, info: ResourceInfo, purpose: string, ctx: Context): readonly Pod[] {
  const selector = object.kind === 'Service' ? { matchLabels: object.spec.selector } : object.spec?.selector;
  if (!selector) throw new Refusal(`error: cannot ${purpose} ${info.kind}: selector for ${info.resource} not implemented`);
  const pods = ctx.api
    .list('pods', { namespace: object.metadata.namespace ?? '' })
    .filter((pod) => matchesSelector(selector, pod.metadata.labels));
  if (pods.length === 0) throw new Refusal('error: timed out waiting for the condition');
  const bornAt = (pod: Pod) => pod.metadata.creationTimestamp ?? '';
  return [...pods].sort((a, b) => liveliness(b) - liveliness(a) || bornAt(a).localeCompare(bornAt(b)));
}
