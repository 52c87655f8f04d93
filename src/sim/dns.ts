// What the cluster's DNS answers: names of Services, of Pods behind headless Services, and of their ports.
// Models coredns/plugin/kubernetes (DNS-01 … DNS-08, DNS-10, DNS-12) on Services and EndpointSlices. Differs: no caching, no PTR.

import type { Reader } from './actor.ts';
import type { Endpoint, EndpointSlice, Service } from './types.ts';

export interface DnsRecord {
  /** Full name with its last dot. */
  readonly name: string;
  readonly type: 'A' | 'SRV' | 'CNAME';
  /** An address; `0 33 7000 host.`; or another name. */
  readonly data: string;
}

export interface DnsAnswer {
  readonly status: 'NOERROR' | 'NXDOMAIN';
  readonly records: readonly DnsRecord[];
}

const ZONE = 'svc.cluster.local';
const NXDOMAIN: DnsAnswer = { status: 'NXDOMAIN', records: [] };
const found = (records: readonly DnsRecord[]): DnsAnswer => (records.length ? { status: 'NOERROR', records } : NXDOMAIN);

interface Backend {
  readonly endpoint: Endpoint;
  readonly address: string;
  readonly host: string;
  readonly slice: EndpointSlice;
}

/** DNS-02, DNS-06: ready endpoints with the host name each is known by. */
function backendsOf(read: Reader, service: Service): readonly Backend[] {
  const { name, namespace = '' } = service.metadata;
  return read
    .list('endpointslices', namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) =>
      (slice.endpoints ?? [])
        .filter((endpoint) => endpoint.conditions.ready !== false)
        .flatMap((endpoint) =>
          endpoint.addresses.map((address) => ({
            endpoint,
            address,
            host: endpoint.hostname ?? address.replaceAll('.', '-'),
            slice,
          })),
        ),
    );
}

/** DNS-07: one record for each ready endpoint and port; without a port's name all of them. */
function serviceRecords(read: Reader, service: Service, name: string, port: string | null, protocol: string | null): DnsAnswer {
  const own = `${service.metadata.name}.${service.metadata.namespace}.${ZONE}.`;
  const isMeant = (candidate: { readonly name?: string; readonly protocol?: string }) =>
    port === null || ((candidate.name ?? '') === port && (candidate.protocol ?? 'TCP').toLowerCase() === protocol);
  const targets =
    service.spec.clusterIP === 'None'
      ? backendsOf(read, service).flatMap(({ host, slice }) =>
          slice.ports.filter(isMeant).map((p) => ({ port: p.port, target: `${host}.${own}` })),
        )
      : (service.spec.ports ?? []).filter(isMeant).map((p) => ({ port: p.port, target: own }));
  const weight = Math.floor(100 / Math.max(1, targets.length));
  return found(targets.map((target) => ({ name, type: 'SRV', data: `0 ${weight} ${target.port} ${target.target}` })));
}

/** The addresses of a Service itself: its virtual one, or those of its ready endpoints. */
function addressRecords(read: Reader, service: Service, name: string): readonly DnsRecord[] {
  const { clusterIP, externalName, type } = service.spec;
  if (type === 'ExternalName') return [{ name, type: 'CNAME', data: `${externalName}.` }];
  const addresses =
    clusterIP === 'None' ? backendsOf(read, service).map(({ address }) => address) : clusterIP ? [clusterIP] : [];
  return addresses.map((data) => ({ name, type: 'A', data }));
}

/** Asks for a full name. Types other than A and SRV find nothing where the name exists (DNS-10). */
export function resolve(read: Reader, query: string, type: string): DnsAnswer {
  const full = query.toLowerCase().replace(/\.$/, '');
  if (!full.endsWith(`.${ZONE}`)) return NXDOMAIN;
  const labels = full.slice(0, -ZONE.length - 1).split('.');
  const namespace = labels.pop() as string;
  const service = read.get('services', namespace, labels.pop() ?? '');
  if (!service) return NXDOMAIN;
  const name = `${full}.`;
  if (labels.length === 2 && labels.every((label) => label.startsWith('_'))) {
    const answer = serviceRecords(read, service, name, (labels[0] as string).slice(1), (labels[1] as string).slice(1));
    return type === 'SRV' ? answer : { ...answer, records: [] };
  }
  if (labels.length > 1) return NXDOMAIN;
  if (labels.length === 1) {
    const hosts = service.spec.clusterIP === 'None' ? backendsOf(read, service).filter(({ host }) => host === labels[0]) : [];
    const answer = found(hosts.map(({ address }) => ({ name, type: 'A', data: address })));
    return type === 'A' ? answer : { ...answer, records: [] };
  }
  const own = addressRecords(read, service, name);
  if (own.length === 0) return NXDOMAIN;
  if (type === 'SRV') return serviceRecords(read, service, name, null, null);
  return { status: 'NOERROR', records: own.filter((record) => record.type === type || record.type === 'CNAME') };
}
