// Which nodes a Pod may or would like to go to, by their labels and by who runs there.
// Models pkg/scheduler/framework/plugins/{nodeaffinity,interpodaffinity,podtopologyspread} (v1.36), rule SCH-01.
// Differs: namespaceSelector, matchLabelKeys and minDomains are not read.

import { matcherOf, matchesSelector, meets, type Requirement } from '../api/selectors.ts';
import type { LabelSelector, Node, Pod } from '../types.ts';
import type { NodeInfo } from './node.ts';

interface NodeTerm {
  readonly matchExpressions?: readonly Requirement[];
  readonly matchFields?: readonly Requirement[];
}

/** Whether a node meets one term of a node selector; an empty term meets nothing. */
export function matchesNodeTerm(term: NodeTerm, node: Node): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) return false;
  const withValues = (requirement: Requirement) => ({ ...requirement, values: requirement.values ?? [] });
  return (
    meets(matchExpressions.map(withValues), node.metadata.labels) &&
    meets(matchFields.map(withValues), { 'metadata.name': node.metadata.name })
  );
}

/** nodeSelector and required node affinity. */
export function matchesNodeSelection(pod: Pod, node: Node): boolean {
  const { nodeSelector, affinity } = pod.spec;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!matchesSelector({ matchLabels: nodeSelector ?? {} }, node.metadata.labels)) return false;
  return !required || (required.nodeSelectorTerms ?? []).some((term: NodeTerm) => matchesNodeTerm(term, node));
}

/** Sum of the weights of preferred node affinity that a node meets. */
export function preferredNodeWeight(pod: Pod, node: Node): number {
  const preferred: readonly { readonly weight: number; readonly preference: NodeTerm }[] =
    pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred.filter(({ preference }) => matchesNodeTerm(preference, node)).reduce((sum, { weight }) => sum + weight, 0);
}

interface PodTerm {
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly topologyKey: string;
}

const required = (pod: Pod, kind: 'podAffinity' | 'podAntiAffinity'): readonly PodTerm[] =>
  pod.spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

const preferred = (
  pod: Pod,
  kind: 'podAffinity' | 'podAntiAffinity',
): readonly { weight: number; podAffinityTerm: PodTerm }[] =>
  pod.spec.affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];

function termMatches(term: PodTerm, of: Pod, other: Pod): boolean {
  const namespaces = term.namespaces ?? [of.metadata.namespace ?? ''];
  return namespaces.includes(other.metadata.namespace ?? '') && matchesSelector(term.labelSelector, other.metadata.labels);
}

const isSameDomain = (a: Node, b: Node, key: string) =>
  a.metadata.labels?.[key] !== undefined && a.metadata.labels[key] === b.metadata.labels?.[key];

const someoneInDomain = (nodes: readonly NodeInfo[], at: Node, term: PodTerm, pod: Pod) =>
  nodes.some(
    (info) => isSameDomain(info.node, at, term.topologyKey) && info.pods.some((other) => termMatches(term, pod, other)),
  );

/** Why inter-Pod affinity turns a node down, if it does. */
export function podAffinityFault(
  pod: Pod,
  at: Node,
  nodes: readonly NodeInfo[],
): 'affinity' | 'anti-affinity' | 'existing' | null {
  const isFirst = (term: PodTerm) =>
    termMatches(term, pod, pod) && !nodes.some((info) => info.pods.some((other) => termMatches(term, pod, other)));
  const wants = required(pod, 'podAffinity');
  if (
    !wants.every((term) => someoneInDomain(nodes, at, term, pod) || (isFirst(term) && at.metadata.labels?.[term.topologyKey]))
  ) {
    return 'affinity';
  }
  if (required(pod, 'podAntiAffinity').some((term) => someoneInDomain(nodes, at, term, pod))) return 'anti-affinity';
  const rejects = (info: NodeInfo) =>
    info.rejecting.some((other) =>
      required(other, 'podAntiAffinity').some(
        (term) => isSameDomain(info.node, at, term.topologyKey) && termMatches(term, other, pod),
      ),
    );
  return nodes.some(rejects) ? 'existing' : null;
}

/** Weights of preferred inter-Pod affinity that a node collects. */
export function preferredPodWeight(pod: Pod, at: Node, nodes: readonly NodeInfo[]): number {
  const sum = (kind: 'podAffinity' | 'podAntiAffinity') =>
    preferred(pod, kind).reduce((total, { weight, podAffinityTerm }) => {
      const inDomain = nodes.filter((info) => isSameDomain(info.node, at, podAffinityTerm.topologyKey));
      return (
        total +
        weight * inDomain.flatMap((info) => info.pods).filter((other) => termMatches(podAffinityTerm, pod, other)).length
      );
    }, 0);
  return sum('podAffinity') - sum('podAntiAffinity');
}

export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  readonly labelSelector?: LabelSelector;
}

/** Pods on a node that a spreading constraint counts. `isSelected` is the matcher of its selector. */
export function countSpread(info: NodeInfo, namespace: string, isSelected: ReturnType<typeof matcherOf>): number {
  let count = 0;
  for (const { metadata } of info.pods) {
    if (metadata.namespace === namespace && !metadata.deletionTimestamp && isSelected(metadata.labels)) count++;
  }
  return count;
}

/** Why hard spreading constraints turn a node down, if they do: it is in no domain, or in one that would have too many. */
export function spreadFault(pod: Pod, at: NodeInfo, nodes: readonly NodeInfo[]): 'no domain' | 'skew' | null {
  const constraints = (pod.spec.topologySpreadConstraints ?? []) as readonly SpreadConstraint[];
  for (const constraint of constraints) {
    if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue;
    const domain = at.node.metadata.labels?.[constraint.topologyKey];
    if (domain === undefined) return 'no domain';
    const isSelected = matcherOf(constraint.labelSelector);
    const counts = new Map<string, number>();
    for (const info of nodes) {
      const name = info.node.metadata.labels?.[constraint.topologyKey];
      if (name === undefined || !matchesNodeSelection(pod, info.node)) continue;
      counts.set(name, (counts.get(name) ?? 0) + countSpread(info, pod.metadata.namespace ?? '', isSelected));
    }
    const own = isSelected(pod.metadata.labels) ? 1 : 0;
    if ((counts.get(domain) ?? 0) + own - Math.min(...counts.values()) > constraint.maxSkew) return 'skew';
  }
  return null;
}
