// A program that looks for its peers: it asks DNS for the SRV records of a Service again and again and logs when the answer has changed.
// Nothing upstream corresponds to it; asking for SRV records is how etcd's discovery and many stores find their members (DNS-07). Rule APP-10.

import { resolveFrom } from '../dns.ts';
import { isConnected, type Process, print } from './process.ts';

/** What the scenario file says of it. */
export interface PeersProgram {
  /** Headless Service under which the peers are known. */
  readonly service: string;
  readonly everyMs: number;
  /** It says that it is ready when it has seen so many, itself included; 0: whoever is there. */
  readonly needs: number;
}

const byOrdinal = (a: string, b: string) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** Host names that the SRV records of a Service point at, in the order of their ordinals. */
export function namedBy({ ctx, pod }: Process, service: string): readonly string[] {
  const { records } = resolveFrom(ctx.read, pod.metadata.namespace ?? '', service, 'SRV');
  const hosts = records.flatMap(({ type, data }) => (type === 'SRV' ? [/ (\S+?)\.[^ ]*$/.exec(data)?.[1] ?? ''] : []));
  return [...new Set(hosts)].sort(byOrdinal);
}

export interface Seen {
  readonly line: string;
  readonly isEnough: boolean;
}

/** One look; `before` is the line that the look before it ended with. */
export function lookForPeers(process: Process, { service, needs }: PeersProgram, before: string): Seen {
  const names = isConnected(process) ? namedBy(process, service) : null;
  const line =
    names === null ? 'no answer from DNS' : names.length === 0 ? `${service}: nobody` : `${service}: ${names.join(', ')}`;
  if (line !== before) {
    print(process, line);
    const { name } = process.pod.metadata;
    process.ctx.as(name).observe('APP-10', { pod: name, service, count: names?.length ?? 0 }, process.pod);
  }
  return { line, isEnough: (names?.length ?? 0) >= needs };
}
