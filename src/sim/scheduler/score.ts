// Which of the nodes that can take a Pod is best.
// Models pkg/scheduler/framework/plugins scores and weights of apis/config/v1/default_plugins.go (v1.36), rules SCH-01 … SCH-03.
// Differs: no ImageLocality; of equal nodes the first in the list wins.

import { matcherOf } from '../api/selectors.ts';
import type { LabelSelector, Pod } from '../types.ts';
import { countSpread, preferredNodeWeight, preferredPodWeight, type SpreadConstraint } from './affinity.ts';
import { tolerates } from './filter.ts';
import { type NodeInfo, requestsOf } from './node.ts';

const MAX = 100;

/** Stretches values so that the highest is 100; `isReversed` makes low values good. */
function normalize(values: readonly number[], isReversed = false): number[] {
  const highest = Math.max(...values, 0);
  if (highest === 0) return values.map(() => (isReversed ? MAX : 0));
  return values.map((value) => {
    const score = Math.floor((MAX * value) / highest);
    return isReversed ? MAX - score : score;
  });
}

/** Stretches values, negative ones too, from 0 to 100. */
function spreadOut(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (high > low ? Math.floor((MAX * (value - low)) / (high - low)) : 0));
}

/** SCH-02: mean share of CPU and memory that stays free. */
export function leastAllocated(pod: Pod, { allocatable, scored }: NodeInfo): number {
  const [, asked] = requestsOf(pod);
  const share = (name: 'cpu' | 'memory') => {
    const used = scored[name] + asked[name];
    return allocatable[name] === 0 || used > allocatable[name]
      ? 0
      : Math.floor(((allocatable[name] - used) * MAX) / allocatable[name]);
  };
  return Math.floor((share('cpu') + share('memory')) / 2);
}

/** How evenly CPU and memory would be used. */
function balanced(pod: Pod, { allocatable, requested }: NodeInfo): number {
  const [asked] = requestsOf(pod);
  if (asked.cpu === 0 && asked.memory === 0) return 0;
  const share = (name: 'cpu' | 'memory') => Math.min(1, (requested[name] + asked[name]) / allocatable[name]);
  return Math.floor((1 - Math.abs(share('cpu') - share('memory')) / 2) * MAX);
}

/** SCH-03: soft spreading over hosts and zones; the Pod's own soft constraints replace the default ones. */
export function topologySpread(pod: Pod, nodes: readonly NodeInfo[], defaultSelector: LabelSelector | null): number[] {
  const own = (pod.spec.topologySpreadConstraints ?? []) as readonly SpreadConstraint[];
  const defaults: readonly SpreadConstraint[] = defaultSelector
    ? [
        {
          topologyKey: 'kubernetes.io/hostname',
          maxSkew: 3,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: defaultSelector,
        },
        {
          topologyKey: 'topology.kubernetes.io/zone',
          maxSkew: 5,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: defaultSelector,
        },
      ]
    : [];
  const soft = (own.length > 0 ? own : defaults).filter((constraint) => constraint.whenUnsatisfiable === 'ScheduleAnyway');
  if (soft.length === 0) return nodes.map(() => 0);
  const raw = nodes.map(() => 0);
  for (const constraint of soft) {
    const isSelected = matcherOf(constraint.labelSelector);
    const counts = new Map<string, number>();
    const domains = nodes.map(({ node }) => node.metadata.labels?.[constraint.topologyKey]);
    nodes.forEach((info, i) => {
      const domain = domains[i];
      if (domain !== undefined)
        counts.set(domain, (counts.get(domain) ?? 0) + countSpread(info, pod.metadata.namespace ?? '', isSelected));
    });
    const weight = Math.log(counts.size + 2);
    domains.forEach((domain, i) => {
      if (domain !== undefined) raw[i] = (raw[i] as number) + (counts.get(domain) as number) * weight + constraint.maxSkew - 1;
    });
  }
  const rounded = raw.map(Math.round);
  const [low, high] = [Math.min(...rounded), Math.max(...rounded)];
  return rounded.map((value) => (high === 0 ? MAX : Math.floor((MAX * (high + low - value)) / high)));
}

function softTaints(pod: Pod, { node }: NodeInfo): number {
  const soft = (node.spec.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule');
  return soft.filter((taint) => !(pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint))).length;
}

/** SCH-01: the sum of all scores, for each node. */
export function scoresOf(
  pod: Pod,
  nodes: readonly NodeInfo[],
  all: readonly NodeInfo[],
  defaultSelector: LabelSelector | null,
): number[] {
  const parts: readonly (readonly [weight: number, values: readonly number[]])[] = [
    [
      3,
      normalize(
        nodes.map((info) => softTaints(pod, info)),
        true,
      ),
    ],
    [2, normalize(nodes.map((info) => preferredNodeWeight(pod, info.node)))],
    [2, topologySpread(pod, nodes, defaultSelector)],
    [2, pod.spec.affinity ? spreadOut(nodes.map((info) => preferredPodWeight(pod, info.node, all))) : []],
    [1, nodes.map((info) => leastAllocated(pod, info))],
    [1, nodes.map((info) => balanced(pod, info))],
  ];
  return nodes.map((_, i) => parts.reduce((sum, [weight, values]) => sum + weight * (values[i] ?? 0), 0));
}
