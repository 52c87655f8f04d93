// The one place where scenarios touch the cluster's machinery: how it is created from a file, and how faults and questions reach it.

import { durationMs } from '../kubectl/flags.ts';
import { Cluster, type ClusterOptions } from '../sim/cluster.ts';
import { ACTORS } from '../sim/controllers/all.ts';
import { type Fault, performFault } from '../sim/faults.ts';
import type { ClusterState } from '../sim/state.ts';
import type { Scenario } from './scenario.ts';

const seconds = (text: string | undefined): number | undefined => (text === undefined ? undefined : durationMs(text) / 1000);

/** A new cluster as a scenario describes it, or one that goes on from a snapshot. */
export function clusterOf(scenario: Scenario, seed: number, snapshot?: ClusterState): Cluster {
  if (snapshot) return Cluster.from(snapshot, ACTORS);
  const { nodes, storageClasses, startAtSecond } = scenario.cluster;
  const grace = seconds(scenario.cluster.nodeMonitorGrace);
  const toleration = seconds(scenario.cluster.defaultToleration);
  return Cluster.create({
    nodes: nodes as NonNullable<ClusterOptions['nodes']>,
    ...(storageClasses === undefined
      ? {}
      : { storageClasses: storageClasses as unknown as NonNullable<ClusterOptions['storageClasses']> }),
    seed,
    ...(startAtSecond === undefined ? {} : { startAtSecond }),
    ...(grace === undefined ? {} : { nodeMonitorGraceSeconds: grace }),
    ...(toleration === undefined ? {} : { defaultTolerationSeconds: toleration }),
    programs: scenario.programs,
    actors: ACTORS,
  });
}

/** Carries out a fault; a sentence when it cannot be done. */
export const doFault = (cluster: Cluster, fault: Fault): string | null => performFault(cluster, fault);

/** Asks the cluster's DNS. */
export function answersTo(
  _cluster: Cluster,
  _question: { readonly dns: string; readonly type: string },
): { status: string; answers: readonly string[] } {
  return { status: 'SERVFAIL', answers: [] };
}
