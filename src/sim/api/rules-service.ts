// Services: defaults, addresses, validation (SVC-01, SVC-02, VAL-11).
// Models pkg/apis/core/v1/defaults.go, pkg/registry/core/service/storage/alloc.go, pkg/apis/core/validation (ValidateService).

import { nextBetween } from '../../base/random.ts';
import { isPort, oneOf, PORT_RANGE } from './checks.ts';
import type { Desk, Draft, KindRules } from './desk.ts';
import { FieldErrors } from './fields.ts';
import { labelFaults, validateLabels } from './metadata.ts';
import { preset } from './pod-defaults.ts';
import { validatePortOrName } from './pod-validation.ts';
import { invalid } from './status.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const NODE_PORTS = [30_000, 32_767] as const;
const MOST_TRIES = 1000;

function serviceDefaults(draft: Draft): void {
  draft.spec ??= {};
  const { spec } = draft;
  preset(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (spec.sessionAffinity === 'ClientIP') spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } };
  for (const port of spec.ports ?? []) {
    preset(port, { protocol: 'TCP', port: 0 });
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  if (spec.type !== 'ExternalName') preset(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') preset(spec, { externalTrafficPolicy: 'Cluster' });
  if (spec.type === 'LoadBalancer') preset(spec, { allocateLoadBalancerNodePorts: true });
}

/** Gives an address from 10.96.0.0/12 and node ports from their range, drawn until they are free. */
function allocate(draft: Draft, desk: Desk): void {
  const { spec } = draft;
  if (spec.type === 'ExternalName') return;
  const isHeadlessWithoutSelector = spec.clusterIP === 'None' && !spec.selector;
  preset(spec, {
    ipFamilies: isHeadlessWithoutSelector ? ['IPv4', 'IPv6'] : ['IPv4'],
    ipFamilyPolicy: isHeadlessWithoutSelector ? 'RequireDualStack' : 'SingleStack',
  });
  if (spec.clusterIP !== 'None') spec.clusterIP ??= freeAddress(desk);
  spec.clusterIPs = [spec.clusterIP];
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
  refuseNodePorts(draft, desk);
  for (const port of spec.ports ?? []) port.nodePort ||= freeNodePort(desk, spec.ports);
}

/** A node port that is asked for: within the range, and no other Service's. */
function refuseNodePorts({ spec, metadata }: Draft, { store }: Desk): void {
  const others = store.list('services').filter((service) => service.metadata.uid !== metadata.uid);
  const taken = new Set(others.flatMap((service) => (service.spec.ports ?? []).map((port: Draft) => port.nodePort)));
  const errors = new FieldErrors();
  for (const [i, { nodePort }] of (spec.ports ?? []).entries()) {
    const [least, most] = NODE_PORTS;
    const isOutside = nodePort < least || nodePort > most;
    if (!nodePort || (!isOutside && !taken.has(nodePort))) continue;
    const range = `provided port is not in the valid range. The range of valid ports is ${least}-${most}`;
    errors.invalid(`spec.ports[${i}].nodePort`, nodePort, isOutside ? range : 'provided port is already allocated');
    throw invalid({ group: '', kind: 'Service' }, metadata.name, errors.causes);
  }
}

function drawn(desk: Desk, stream: string, least: number, most: number): number {
  return nextBetween(desk.state.streams, desk.state.settings.seed, stream, least, most);
}

function freeAddress(desk: Desk): string {
  const taken = new Set(desk.store.list('services').map((service) => service.spec.clusterIP));
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const n = drawn(desk, 'clusterIP', 2, 2 ** 20 - 2);
    const address = `10.${96 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
    if (!taken.has(address)) return address;
  }
  return '';
}

function freeNodePort(desk: Desk, own: readonly Draft[]): number {
  const ports = [...desk.store.list('services').flatMap((service) => service.spec.ports ?? []), ...own];
  const taken = new Set(ports.map((port) => port.nodePort));
  let port = 0;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    port = drawn(desk, 'nodePort', NODE_PORTS[0], NODE_PORTS[1]);
    if (!taken.has(port)) break;
  }
  return port;
}

function validatePorts(spec: Draft, errors: FieldErrors): void {
  const ports: readonly Draft[] = spec.ports ?? [];
  if (ports.length === 0 && spec.clusterIP !== 'None' && spec.type !== 'ExternalName') errors.required('spec.ports');
  const names = new Set<string>();
  const pairs = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const path = `spec.ports[${i}]`;
    if (!port.name) {
      if (ports.length > 1) errors.required(`${path}.name`);
    } else {
      errors.each(`${path}.name`, port.name, labelFaults(port.name));
      if (names.has(port.name)) errors.duplicate(`${path}.name`, port.name);
      names.add(port.name);
    }
    if (!isPort(port.port)) errors.invalid(`${path}.port`, port.port, PORT_RANGE);
    oneOf(port.protocol, `${path}.protocol`, ['SCTP', 'TCP', 'UDP'], errors);
    validatePortOrName(port.targetPort, `${path}.targetPort`, errors);
    const pair = `${port.port}/${port.protocol}`;
    if (pairs.has(pair)) errors.duplicate(path, { port: port.port, protocol: port.protocol });
    pairs.add(pair);
  }
}

function validateService({ spec }: Draft, errors: FieldErrors): void {
  if (spec.type === 'ExternalName' && !spec.externalName) errors.required('spec.externalName');
  validatePorts(spec, errors);
  validateLabels(spec.selector, 'spec.selector', errors);
  oneOf(spec.sessionAffinity, 'spec.sessionAffinity', ['ClientIP', 'None'], errors);
  const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(spec.clusterIP ?? '');
  if (spec.clusterIP && spec.clusterIP !== 'None' && !isAddress)
    errors.invalid('spec.clusterIPs[0]', spec.clusterIP, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  if (spec.clusterIP === 'None' && (spec.type === 'NodePort' || spec.type === 'LoadBalancer'))
    errors.invalid('spec.clusterIPs[0]', spec.clusterIP, `may not be set to 'None' for ${spec.type} services`);
  if (!TYPES.includes(spec.type)) errors.unsupported('spec.type', spec.type, TYPES);
}

export const services: KindRules = {
  name: 'label',
  defaults: serviceDefaults,
  prepareCreate(draft, desk) {
    draft.status = { loadBalancer: {} };
    allocate(draft, desk);
  },
  prepareUpdate(draft, old, desk) {
    const isAddressed = draft.spec.type !== 'ExternalName' && old.spec.type !== 'ExternalName';
    if (isAddressed)
      preset(draft.spec, {
        clusterIP: old.spec.clusterIP,
        clusterIPs: old.spec.clusterIPs,
        ipFamilies: old.spec.ipFamilies,
        ipFamilyPolicy: old.spec.ipFamilyPolicy,
      });
    for (const port of draft.spec.ports ?? []) {
      const same = old.spec.ports?.find((had: Draft) => had.port === port.port && had.protocol === port.protocol);
      if (same?.nodePort && draft.spec.type !== 'ClusterIP') port.nodePort ??= same.nodePort;
    }
    allocate(draft, desk);
  },
  validate: validateService,
  validateUpdate(next, old, errors) {
    if (next.spec.type === 'ExternalName' || old.spec.type === 'ExternalName' || !old.spec.clusterIP) return;
    if (next.spec.clusterIP !== old.spec.clusterIP)
      errors.invalid('spec.clusterIPs[0]', [next.spec.clusterIP], 'may not change once set');
  },
};
