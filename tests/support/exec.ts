// Commands inside containers, without kubectl in between.

import type { Cluster } from '../../src/sim/cluster.ts';

export interface Executed {
  readonly out: string;
  readonly err: string;
  readonly exit: number;
  /** When the API server refused it. */
  readonly message?: string;
}

export function execIn(cluster: Cluster, pod: string, ...command: readonly string[]): Executed {
  const path = `/api/v1/namespaces/default/pods/${pod}/exec`;
  const { body } = cluster.request({ verb: 'create', path, body: { command } }, { actor: 'test', cause: null, why: 'input' });
  return body as unknown as Executed;
}
