// Containers, volumes and templates in `kubectl describe`. Models describeContainers, describeVolumes, DescribePodTemplate.

import { formatSelector } from '../../sim/api/selectors.ts';
import { fieldOf } from '../../sim/kubelet/variables.ts';
import type { EnvFrom, EnvVar, Probe, Volume } from '../../sim/pod-parts.ts';
import type {
  Container,
  ContainerState,
  ContainerStatus,
  LabelSelector,
  Pod,
  PodTemplate,
  Toleration,
} from '../../sim/types.ts';
import { annotationLines, type Lines, longTime, pairLines, yesNo } from './lines.ts';

const STEP = '  ';

function stateLines(title: string, state: ContainerState): Lines {
  const { running, waiting, terminated } = state;
  const pad = STEP.repeat(2);
  const deep = STEP.repeat(3);
  if (running) return [`${pad}${title}:\tRunning`, `${deep}Started:\t${longTime(running.startedAt)}`];
  if (terminated)
    return [
      `${pad}${title}:\tTerminated`,
      ...(terminated.reason ? [`${deep}Reason:\t${terminated.reason}`] : []),
      ...(terminated.message ? [`${deep}Message:\t${terminated.message}`] : []),
      `${deep}Exit Code:\t${terminated.exitCode}`,
      ...(terminated.signal ? [`${deep}Signal:\t${terminated.signal}`] : []),
      `${deep}Started:\t${longTime(terminated.startedAt)}`,
      `${deep}Finished:\t${longTime(terminated.finishedAt)}`,
    ];
  return [`${pad}${title}:\tWaiting`, ...(waiting?.reason ? [`${deep}Reason:\t${waiting.reason}`] : [])];
}

/** `http-get http://:8080/ready delay=0s timeout=1s period=10s #success=1 #failure=3` (DescribeProbe). */
function probeText(probe: Probe): string {
  const attrs = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds}s period=${probe.periodSeconds}s #success=${probe.successThreshold} #failure=${probe.failureThreshold}`;
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${attrs}`;
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${attrs}`;
  const { httpGet } = probe;
  return `http-get ${(httpGet?.scheme ?? 'HTTP').toLowerCase()}://${httpGet?.host ?? ''}:${httpGet?.port}${httpGet?.path ?? '/'} ${attrs}`;
}

function portLines(container: Container, pad: string): Lines {
  const ports = container.ports ?? [];
  const shown = (value: (port: (typeof ports)[number]) => number) =>
    ports.map((port) => `${value(port)}/${port.protocol}${port.name ? ` (${port.name})` : ''}`).join(', ') || '<none>';
  const s = ports.length > 1 ? 's' : '';
  return [
    `${pad}Port${s}:\t${shown((port) => port.containerPort)}`,
    `${pad}Host Port${s}:\t${shown((port) => port.hostPort ?? 0)}`,
  ];
}

function resourceLines(container: Container, pad: string): Lines {
  const block = (title: string, list: Readonly<Record<string, string>> = {}) => {
    const names = Object.keys(list).sort();
    return names.length ? [`${pad}${title}:`, ...names.map((name) => `${pad}${STEP}${name}:\t${list[name]}`)] : [];
  };
  return [...block('Limits', container.resources?.limits), ...block('Requests', container.resources?.requests)];
}

/** A variable and where its value comes from; of a Pod the value too. */
function variableText({ name, value, valueFrom }: EnvVar, pod: Pod | undefined): string {
  const path = valueFrom?.fieldRef?.fieldPath;
  const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (secretKeyRef)
    return `${name}:\t<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name}'>\tOptional: ${secretKeyRef.optional ?? false}`;
  if (configMapKeyRef)
    return `${name}:\t<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name}'>\tOptional: ${configMapKeyRef.optional ?? false}`;
  return path === undefined ? `${name}:\t${value ?? ''}` : `${name}:\t${pod ? fieldOf(pod, path) : ''} (v1:${path})`;
}

function sourceText({ configMapRef, secretRef, prefix }: EnvFrom): string {
  const source = configMapRef ?? secretRef;
  return `${source?.name ?? ''}\t${configMapRef ? 'ConfigMap' : 'Secret'}${prefix ? ` with prefix '${prefix}'` : ''}\tOptional: ${source?.optional ?? false}`;
}

const linesOf = (text: string) => text.split('\n');

/** Where the variables of a container come from. */
function environmentLines(container: Container, pod: Pod | undefined, pad: string): Lines {
  const env = container.env ?? [];
  const sources = container.envFrom ?? [];
  const deep = pad + STEP;
  return [
    ...(sources.length ? [`${pad}Environment Variables from:`, ...sources.map((source) => deep + sourceText(source))] : []),
    env.length ? `${pad}Environment:` : `${pad}Environment:\t<none>`,
    ...env.flatMap((variable) => linesOf(variableText(variable, pod)).map((line, i) => `${deep}${i ? '\t' : ''}${line}`)),
  ];
}

interface Described {
  readonly status: ContainerStatus | undefined;
  readonly pod: Pod | undefined;
  readonly nameIndent: string;
}

function containerLines(container: Container, { status, pod, nameIndent }: Described): Lines {
  const pad = STEP.repeat(2);
  const list = (title: string, items: readonly string[] = []) =>
    items.length ? [`${pad}${title}:`, ...items.flatMap(linesOf).map((item) => `${pad}${STEP}${item}`)] : [];
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  const probes = (
    [
      ['Liveness', container.livenessProbe],
      ['Readiness', container.readinessProbe],
      ['Startup', container.startupProbe],
    ] as const
  ).flatMap(([title, probe]) => (probe ? [`${pad}${title}:\t${probeText(probe)}`] : []));
  return [
    `${STEP}${nameIndent}${container.name}:`,
    ...(status ? [`${pad}Container ID:\t${status.containerID ?? ''}`] : []),
    `${pad}Image:\t${container.image}`,
    ...(status ? [`${pad}Image ID:\t${status.imageID}`] : []),
    ...portLines(container, pad),
    ...list('Command', container.command),
    ...list('Args', container.args),
    ...(status ? stateLines('State', status.state) : []),
    ...(status?.lastState.terminated ? stateLines('Last State', status.lastState) : []),
    ...(status ? [`${pad}Ready:\t${yesNo(status.ready)}`, `${pad}Restart Count:\t${status.restartCount}`] : []),
    ...resourceLines(container, pad),
    ...probes,
    ...environmentLines(container, pod, pad),
    mounts.length ? `${pad}Mounts:` : `${pad}Mounts:\t<none>`,
    ...mounts.map(
      (mount) =>
        `${pad}${STEP}${mount.mountPath} from ${mount.name} (${mount.readOnly ? 'ro' : 'rw'}${mount.subPath ? `,path="${mount.subPath}"` : ''})`,
    ),
  ];
}

/** A block of containers; `space` is two spaces inside a template. */
export function containersBlock(
  title: string,
  containers: readonly Container[],
  statuses: readonly ContainerStatus[] | undefined,
  space: string,
  pod?: Pod,
): Lines {
  const nameIndent = space ? ' ' : '';
  return [
    `${space}${title}:${containers.length ? '' : ' <none>'}`,
    ...containers.flatMap((container) =>
      containerLines(container, { status: statuses?.find((status) => status.name === container.name), pod, nameIndent }),
    ),
  ];
}

const VOLUME_TYPES: Readonly<Record<string, string>> = {
  emptyDir: "EmptyDir (a temporary directory that shares a pod's lifetime)",
  hostPath: 'HostPath (bare host directory volume)',
  configMap: 'ConfigMap (a volume populated by a ConfigMap)',
  secret: 'Secret (a volume populated by a Secret)',
  persistentVolumeClaim: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
};

function volumeLines(volume: Volume, nameIndent: string): Lines {
  const pad = STEP.repeat(2);
  const kind = Object.keys(VOLUME_TYPES).find((key) => volume[key] !== undefined);
  const source = (kind ? volume[kind] : {}) as Readonly<Record<string, unknown>>;
  const details: Readonly<Record<string, Lines>> = {
    emptyDir: [`Medium:\t${source['medium'] ?? ''}`, `SizeLimit:\t${source['sizeLimit'] ?? '<unset>'}`],
    hostPath: [`Path:\t${source['path']}`, `HostPathType:\t${source['type'] ?? ''}`],
    configMap: [`Name:\t${source['name']}`, `Optional:\t${source['optional'] ?? false}`],
    secret: [`SecretName:\t${source['secretName']}`, `Optional:\t${source['optional'] ?? false}`],
    persistentVolumeClaim: [`ClaimName:\t${source['claimName']}`, `ReadOnly:\t${source['readOnly'] ?? false}`],
  };
  const lines = kind ? [`Type:\t${VOLUME_TYPES[kind]}`, ...(details[kind] ?? [])] : ['<unknown>'];
  return [`${STEP}${nameIndent}${volume.name}:`, ...lines.map((line) => pad + line)];
}

export function volumesBlock(volumes: readonly Volume[] = [], space = ''): Lines {
  if (volumes.length === 0) return [`${space}Volumes:\t<none>`];
  return [`${space}Volumes:`, ...volumes.flatMap((volume) => volumeLines(volume, space ? ' ' : ''))];
}

/** `Tolerations:` with one on each line (printPodTolerationsMultiline). */
export function tolerationLines(tolerations: readonly Toleration[] = [], title = 'Tolerations'): Lines {
  if (tolerations.length === 0) return [`${title}:\t<none>`];
  const sorted = [...tolerations].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
  return sorted.map((t, i) => {
    const head = `${t.key ?? ''}${t.value ? `=${t.value}` : ''}${t.effect ? `:${t.effect}` : ''}`;
    const exists = t.operator === 'Exists' && !t.value ? `${head ? ' ' : ''}op=Exists` : '';
    return `${i === 0 ? `${title}:` : ''}\t${head}${exists}${t.tolerationSeconds === undefined ? '' : ` for ${t.tolerationSeconds}s`}`;
  });
}

interface Spread {
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly maxSkew: number;
  readonly labelSelector?: LabelSelector;
}

/** `Topology Spread Constraints:` with one on each line (describeTopologySpreadConstraints). */
export function spreadLines(constraints: readonly Spread[] = [], space = ''): Lines {
  return [...constraints]
    .sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : 1))
    .map(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }, i) => {
      const selector = labelSelector ? ` for selector ${formatSelector(labelSelector)}` : '';
      const head = i === 0 ? `${space}Topology Spread Constraints:` : space;
      return `${head}\t${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`;
    });
}

/** What stands under `Pod Template:`. */
export function templateLines(template: PodTemplate): Lines {
  const { metadata = {}, spec } = template;
  return [
    ...pairLines(`${STEP}Labels`, metadata.labels),
    ...(Object.keys(metadata.annotations ?? {}).length ? annotationLines(`${STEP}Annotations`, metadata.annotations) : []),
    ...(spec.initContainers?.length ? containersBlock('Init Containers', spec.initContainers, undefined, STEP) : []),
    ...containersBlock('Containers', spec.containers, undefined, STEP),
    ...volumesBlock(spec.volumes, STEP),
    ...spreadLines(spec.topologySpreadConstraints, STEP),
    ...pairLines(`${STEP}Node-Selectors`, spec.nodeSelector),
    ...tolerationLines(spec.tolerations, `${STEP}Tolerations`),
  ];
}

export const templateBlock = (template: PodTemplate): Lines => ['Pod Template:', ...templateLines(template)];
