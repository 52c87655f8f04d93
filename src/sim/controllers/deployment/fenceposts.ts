// How many Pods a rolling update may add and miss.
// Models pkg/controller/deployment/util/deployment_util.go ResolveFenceposts, MaxUnavailable, MaxSurge (v1.36), rule DEP-02.

import type { Deployment, IntOrString } from '../../types.ts';

/** A number as it is; a percentage of `total`, rounded up or down. */
export function scaledValue(value: IntOrString | undefined, total: number, round: 'up' | 'down'): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const scaled = (Number.parseInt(value, 10) * total) / 100;
  return round === 'up' ? Math.ceil(scaled) : Math.floor(scaled);
}

export interface Fenceposts {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** DEP-02: surge rounds up, unavailable rounds down; both 0 would stand still, so unavailable becomes 1. */
export function fencepostsOf(deployment: Deployment): Fenceposts {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type !== 'RollingUpdate') return { maxSurge: 0, maxUnavailable: 0 };
  const maxSurge = scaledValue(strategy.rollingUpdate?.maxSurge, replicas, 'up');
  const unavailable = scaledValue(strategy.rollingUpdate?.maxUnavailable, replicas, 'down');
  const maxUnavailable = replicas === 0 ? 0 : maxSurge === 0 && unavailable === 0 ? 1 : unavailable;
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}

/** The most Pods the Deployment's ReplicaSets may ask for together. */
export function maxReplicasOf(deployment: Deployment): number {
  return deployment.spec.replicas + fencepostsOf(deployment).maxSurge;
}

/** The fewest Pods that must stay available. */
export function minAvailableOf(deployment: Deployment): number {
  return deployment.spec.replicas - fencepostsOf(deployment).maxUnavailable;
}
