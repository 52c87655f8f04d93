// What the cluster's DNS answers: names of Services, of Pods behind them, of their ports, and of addresses.
// Models coredns/plugin/kubernetes/{parse,kubernetes,reverse}.go and plugin/backend_lookup.go (CoreDNS 1.14.7) with kubeadm's Corefile,
// rules DNS-01 … DNS-12. Differs: answers come in a fixed order and follow the API at once; names outside cluster.local do not exist.

import type { Reader } from './actor.ts';
import type { EndpointSlice, Service } from './types.ts';

export interface DnsRecord {
  /** Full name with its last dot. */
  readonly name: string;
  readonly type: 'A' | 'SRV' | 'CNAME' | 'PTR';
  /** An address; `0 33 7000 host.`; or another name. */
  readonly data: string;
}

export interface DnsAnswer {
  readonly status: 'NOERROR' | 'NXDOMAIN';
  readonly records: readonly DnsRecord[];
  /** Addresses of the targets of SRV records, which the answer brings along. */
  readonly extra: readonly DnsRecord[];
}

export const ZONE = 'cluster.local';
/** Address of the cluster's DNS. */
export const DNS_SERVER = '10.96.0.10';
/** Seconds for which an answer may be kept (DNS-09). */
export const TTL = 30;

/** One address and port behind a name; `host` is the name that an SRV record points at. Port -1: none is declared. */
interface Backend {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

const NXDOMAIN: DnsAnswer = { status: 'NXDOMAIN', records: [], extra: [] };
const NODATA: DnsAnswer = { status: 'NOERROR', records: [], extra: [] };

const slicesOf = (read: Reader, { metadata }: Service): readonly EndpointSlice[] =>
  read
    .list('endpointslices', metadata.namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name);

/** What is asked for in front of a Service's name: a Pod's host name, or a port by name and protocol. */
interface Wish {
  readonly endpoint?: string;
  readonly port?: string;
  readonly protocol?: string;
}

/** DNS-02, DNS-03, DNS-06: endpoints for a headless Service or a Pod's name, the virtual address otherwise. */
function backendsOf(read: Reader, service: Service, { endpoint, port, protocol }: Wish): readonly Backend[] {
  const { name, namespace } = service.metadata;
  const own = `${name}.${namespace}.svc.${ZONE}.`;
  const isMeant = (candidate: { readonly name?: string; readonly protocol?: string }) =>
    port === undefined ||
    ((candidate.name ?? '').toLowerCase() === port && (candidate.protocol ?? 'TCP').toLowerCase() === protocol);
  const { clusterIP, ports = [] } = service.spec;
  if (clusterIP && clusterIP !== 'None' && endpoint === undefined)
    return ports.filter(isMeant).map((candidate) => ({ host: own, address: clusterIP, port: candidate.port }));
  return slicesOf(read, service).flatMap((slice) =>
    (slice.endpoints ?? []).flatMap(({ conditions, hostname, addresses: [address = ''] }) => {
      const host = hostname ?? address.replaceAll('.', '-');
      if (conditions.ready === false || (endpoint !== undefined && host !== endpoint)) return [];
      const open = slice.ports?.length ? slice.ports : [{ port: -1 }];
      return open.filter(isMeant).map((candidate) => ({ host: `${host}.${own}`, address, port: candidate.port ?? -1 }));
    }),
  );
}

const unique = (records: readonly DnsRecord[]): readonly DnsRecord[] =>
  records.filter((record, i) => records.findIndex(({ name, data }) => name === record.name && data === record.data) === i);

/** DNS-07, DNS-10: the records of a type for what stands behind a name. */
function recordsFor(name: string, type: string, backends: readonly Backend[]): DnsAnswer {
  if (backends.length === 0) return NXDOMAIN;
  const addressed = (host: (backend: Backend) => string) =>
    unique(backends.map((backend) => ({ name: host(backend), type: 'A', data: backend.address })));
  if (type === 'A') return { ...NODATA, records: addressed(() => name) };
  if (type !== 'SRV') return NODATA;
  const weight = Math.max(1, Math.floor(100 / backends.length));
  const open = backends.filter(({ port }) => port !== -1);
  const records = open.map(({ host, port }): DnsRecord => ({ name, type: 'SRV', data: `0 ${weight} ${port} ${host}` }));
  return { ...NODATA, records: unique(records), extra: addressed(({ host }) => host) };
}

/** DNS-12: a Service that is only another name. */
function aliasFor(read: Reader, name: string, type: string, target: string, hops: number): DnsAnswer {
  const alias: DnsRecord = { name, type: 'CNAME', data: `${target}.` };
  if (type === 'CNAME') return { ...NODATA, records: [alias] };
  const isFollowed = hops > 0 && type === 'A' && target.endsWith(`.${ZONE}`);
  const { records } = isFollowed ? lookup(read, target, type, hops - 1) : NODATA;
  return { ...NODATA, records: [alias, ...records] };
}

/** DNS-08: the name behind an address: that of a Service, or of an endpoint that has a host name. */
function reverse(read: Reader, name: string): DnsAnswer {
  const address = name.split('.').slice(0, 4).reverse().join('.');
  const services = read.list('services');
  const service = services.find(({ spec }) => spec.clusterIP === address);
  const ready = service ? [service] : services;
  const names = ready.flatMap((candidate) => {
    const own = `${candidate.metadata.name}.${candidate.metadata.namespace}.svc.${ZONE}.`;
    if (candidate === service) return [own];
    const endpoints = slicesOf(read, candidate).flatMap((slice) => slice.endpoints ?? []);
    return endpoints
      .filter(({ addresses, hostname, conditions }) => hostname && conditions.ready !== false && addresses[0] === address)
      .map(({ hostname }) => `${hostname}.${own}`);
  });
  return names.length === 0 ? NXDOMAIN : { ...NODATA, records: names.map((data) => ({ name, type: 'PTR', data })) };
}

/** `hops`: how many more aliases are followed. */
function lookup(read: Reader, query: string, type: string, hops: number): DnsAnswer {
  const full = query.toLowerCase().replace(/\.$/, '');
  const name = `${full}.`;
  if (full.endsWith('.in-addr.arpa')) return type === 'PTR' ? reverse(read, name) : NXDOMAIN;
  if (full !== ZONE && !full.endsWith(`.${ZONE}`)) return NXDOMAIN;
  const labels = full.slice(0, -ZONE.length).split('.').filter(Boolean).reverse();
  const [kind, namespace, own, ...front] = labels;
  if (kind !== undefined && kind !== 'svc' && kind !== 'pod') return NXDOMAIN;
  if (own === undefined) return namespace === undefined || read.get('namespaces', '', namespace) ? NODATA : NXDOMAIN;
  if (kind === 'pod') {
    const address = own.replaceAll('-', '.');
    const isAddress = front.length === 0 && /^\d{1,3}(\.\d{1,3}){3}$/.test(address);
    return isAddress ? recordsFor(name, type, [{ host: name, address, port: -1 }]) : NXDOMAIN;
  }
  const service = read.get('services', namespace ?? '', own);
  if (!service || front.length > 2) return NXDOMAIN;
  const { externalName, type: sort } = service.spec;
  if (sort === 'ExternalName') return front.length > 0 ? NXDOMAIN : aliasFor(read, name, type, externalName ?? '', hops);
  const bare = front.map((label) => label.replace(/^_/, ''));
  const wish: Wish =
    front.length === 2
      ? { protocol: bare[0] as string, port: bare[1] as string }
      : front[0] === undefined
        ? {}
        : { endpoint: front[0] };
  return recordsFor(name, type, backendsOf(read, service, wish));
}

/** Asks for a full name; no search path is tried. */
export function resolve(read: Reader, query: string, type: string): DnsAnswer {
  return lookup(read, query, type.toUpperCase(), 7);
}

/** DNS-01: the domains that a Pod tries one after the other. */
export const searchPath = (namespace: string): readonly string[] => [`${namespace}.svc.${ZONE}`, `svc.${ZONE}`, ZONE];

/** DNS-01: what the kubelet writes for a Pod. */
export const resolvConf = (namespace: string): string =>
  `search ${searchPath(namespace).join(' ')}\nnameserver ${DNS_SERVER}\noptions ndots:5\n`;

/** DNS-01: the full names that are tried for a name (ndots 5), in their order. */
export function candidatesOf(name: string, namespace: string): readonly string[] {
  if (name.endsWith('.')) return [name];
  const searched = searchPath(namespace).map((domain) => `${name}.${domain}.`);
  return name.split('.').length > 5 ? [`${name}.`, ...searched] : [...searched, `${name}.`];
}

/** Asks for a name as a program in a Pod does: the first candidate that exists answers. */
export function resolveFrom(read: Reader, namespace: string, name: string, type = 'A'): DnsAnswer {
  let answer = NXDOMAIN;
  for (const candidate of candidatesOf(name, namespace)) {
    answer = resolve(read, candidate, type);
    if (answer.records.length > 0) break;
  }
  return answer;
}
