// What the server fills into Pods and Pod templates. Models pkg/apis/core/v1/defaults.go (POD-01, POD-10),
// plugin/pkg/admission/defaulttolerationseconds (NODE-06) and pkg/apis/core/v1/helper/qos.

import type { Desk, Draft } from './desk.ts';
import { quantityOf } from './quantity.ts';
import { forbidden } from './status.ts';

/** Set when a Pod is made with gates, and kept until the scheduler has said something else (applySchedulingGatedCondition). */
const GATED = {
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null,
  lastTransitionTime: null,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

const FILE_MODE = 420;

/** Sets a field only when it is absent. */
export function preset(target: Draft, values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values)) target[key] ??= value;
}

function probeDefaults(probe: Draft): void {
  if (!probe) return;
  for (const field of ['timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']) probe[field] ||= undefined;
  preset(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (probe.httpGet) preset(probe.httpGet, { path: '/', port: 0, scheme: 'HTTP' });
  if (probe.tcpSocket) preset(probe.tcpSocket, { port: 0 });
}

/** `Always` for `:latest` and for no tag. */
function pullPolicyOf(image: string): string {
  const name = image.split('@')[0] as string;
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  return image.includes('@') || (tag !== undefined && tag !== 'latest') ? 'IfNotPresent' : 'Always';
}

function containerDefaults(container: Draft, hostNetwork: boolean): void {
  preset(container, {
    imagePullPolicy: pullPolicyOf(container.image ?? ''),
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  for (const port of container.ports ?? []) {
    preset(port, { protocol: 'TCP' });
    if (hostNetwork) port.hostPort ??= port.containerPort;
  }
  for (const variable of container.env ?? [])
    if (variable.valueFrom?.fieldRef) preset(variable.valueFrom.fieldRef, { apiVersion: 'v1' });
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) probeDefaults(container[probe]);
  const { limits } = container.resources;
  if (limits) container.resources.requests = { ...limits, ...container.resources.requests };
}

function volumeDefaults(volume: Draft): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected'])
    if (volume[source]) preset(volume[source], { defaultMode: FILE_MODE });
  if (volume.hostPath) preset(volume.hostPath, { type: '' });
  if (volume.ephemeral?.volumeClaimTemplate?.spec)
    preset(volume.ephemeral.volumeClaimTemplate.spec, { volumeMode: 'Filesystem' });
}

/** The spec of a Pod or of a template. */
export function podSpecDefaults(spec: Draft): void {
  preset(spec, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  });
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])])
    containerDefaults(container, spec.hostNetwork === true);
  for (const volume of spec.volumes ?? []) volumeDefaults(volume);
}

/** A template always has metadata and a spec. */
export function templateDefaults(template: Draft): void {
  template.metadata ??= {};
  template.spec ??= {};
  podSpecDefaults(template.spec);
}

export function podDefaults(pod: Draft): void {
  pod.spec ??= {};
  podSpecDefaults(pod.spec);
  preset(pod.spec, { enableServiceLinks: true });
}

const NODE_TROUBLE = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

const PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** Admission Priority: the two classes that every cluster has; a name that is still to be made up is told by its beginning. */
function priorityOf({ spec, metadata }: Draft): number {
  const { priorityClassName: wanted } = spec;
  if (!wanted) return 0;
  if (Object.hasOwn(PRIORITIES, wanted)) return PRIORITIES[wanted] as number;
  const { name, generateName: base } = metadata;
  const isMadeUp = base && name.length === base.length + 5 && name.startsWith(base);
  throw forbidden({ group: '', resource: 'pods' }, isMadeUp ? base : name, `no PriorityClass with name ${wanted} was found`);
}

/** Admission of a new Pod: tolerations of node trouble (NODE-06), priority; then its first status. */
export function preparePod(pod: Draft, { state }: Desk): void {
  const { spec } = pod;
  const priority = priorityOf(pod);
  const tolerations = spec.tolerations ?? [];
  for (const key of NODE_TROUBLE) {
    const isTolerated = tolerations.some((t: Draft) => (t.key === key || !t.key) && (!t.effect || t.effect === 'NoExecute'));
    if (!isTolerated)
      tolerations.push({
        effect: 'NoExecute',
        key,
        operator: 'Exists',
        tolerationSeconds: state.settings.defaultTolerationSeconds,
      });
  }
  spec.tolerations = tolerations;
  preset(spec, { preemptionPolicy: 'PreemptLowerPriority', priority });
  if (spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1;
  pod.status = { phase: 'Pending', qosClass: qosOf(spec) };
  if (spec.schedulingGates?.length) pod.status.conditions = [GATED];
}

/** BestEffort: nothing asked. Guaranteed: cpu and memory limited in every container, requests equal. Else Burstable. */
export function qosOf(spec: Draft): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const asked = (list: Draft) => ['cpu', 'memory'].filter((name) => quantityOf(list?.[name]) > 0);
  if (containers.every(({ resources }) => !asked(resources?.requests).length && !asked(resources?.limits).length))
    return 'BestEffort';
  const isFull = containers.every(
    ({ resources }) =>
      asked(resources?.limits).length === 2 &&
      asked(resources?.requests).every((name) => quantityOf(resources.requests[name]) === quantityOf(resources.limits[name])),
  );
  return isFull ? 'Guaranteed' : 'Burstable';
}
