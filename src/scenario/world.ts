// The one place where scenarios touch the cluster's machinery: how it is created from a file, and how faults and questions reach it.

import { durationMs } from '../kubectl/flags.ts';
import { Cluster, type ClusterOptions } from '../sim/cluster.ts';
import { ACTORS } from '../sim/controllers/all.ts';
import { resolve } from '../sim/dns.ts';
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

/** Asks the cluster's DNS; addresses are named by who holds them, because they are never the same twice. */
export function answersTo(cluster: Cluster, question: { readonly dns: string; readonly type: string }): DnsLines {
  const { status, records } = resolve(cluster.read, question.dns, question.type);
  return {
    status,
    answers: records.map(({ name, type, data }) => `${name} ${type} ${type === 'A' ? holderOf(cluster, data) : data}`).sort(),
  };
}

export interface DnsLines {
  readonly status: string;
  readonly answers: readonly string[];
}

function holderOf({ read }: Cluster, address: string): string {
  const pod = read.list('pods').find((candidate) => candidate.status.podIP === address);
  if (pod) return `<pod ${pod.metadata.name}>`;
  const service = read.list('services').find((candidate) => candidate.spec.clusterIP === address);
  return service ? `<service ${service.metadata.name}>` : address;
}
