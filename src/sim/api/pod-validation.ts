// What is wrong with a Pod or a Pod template, in upstream's order and words (VAL-06, VAL-08, VAL-16, VAL-17).
// Models pkg/apis/core/validation/validation.go (ValidatePodSpec, ValidatePodTemplateSpec).

import { isPort, nonNegative, oneOf, PORT_RANGE } from './checks.ts';
import type { Draft } from './desk.ts';
import type { FieldErrors } from './fields.ts';
import { keyFaults, labelFaults, subdomainFaults, validateAnnotations, validateLabels } from './metadata.ts';
import { quantityOf } from './quantity.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const MOST_SECONDS = 2 ** 31 - 1;

/** A template of a controller; its metadata's path lacks `metadata`, as upstream's does. `claims` are volume names from claim templates. */
export function validateTemplate(template: Draft, path: string, errors: FieldErrors, claims: readonly string[] = []): void {
  validateLabels(template.metadata?.labels, `${path}.labels`, errors);
  validateAnnotations(template.metadata?.annotations, `${path}.annotations`, errors);
  validatePodSpec(template.spec, `${path}.spec`, errors, claims);
}

export function validatePodSpec(spec: Draft, path: string, errors: FieldErrors, claims: readonly string[] = []): void {
  const volumes = new Set([...claims, ...validateVolumes(spec.volumes ?? [], `${path}.volumes`, errors)]);
  validateContainers(spec.containers ?? [], `${path}.containers`, volumes, errors);
  validateInitContainers(spec, `${path}.initContainers`, volumes, errors);
  oneOf(spec.restartPolicy, `${path}.restartPolicy`, ['Always', 'OnFailure', 'Never'], errors);
  oneOf(spec.dnsPolicy, `${path}.dnsPolicy`, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'], errors);
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors);
  validateSpread(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`, errors);
  if (spec.nodeName) errors.each(`${path}.nodeName`, spec.nodeName, subdomainFaults(spec.nodeName));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MOST_SECONDS))
    errors.invalid(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${MOST_SECONDS}, inclusive`);
  if (spec.hostname) errors.each(`${path}.hostname`, spec.hostname, labelFaults(spec.hostname));
  if (spec.subdomain) errors.each(`${path}.subdomain`, spec.subdomain, labelFaults(spec.subdomain));
  for (const [i, toleration] of (spec.tolerations ?? []).entries())
    validateToleration(toleration, `${path}.tolerations[${i}]`, errors);
}

const SOURCE_NEEDS: Readonly<Record<string, string>> = {
  persistentVolumeClaim: 'claimName',
  secret: 'secretName',
  configMap: 'name',
  hostPath: 'path',
};

function validateVolumes(volumes: readonly Draft[], path: string, errors: FieldErrors): readonly string[] {
  const names = new Set<string>();
  for (const [i, volume] of volumes.entries()) {
    const here = `${path}[${i}]`;
    const sources = Object.keys(volume).filter((key) => key !== 'name');
    for (const extra of sources.slice(1)) errors.forbidden(`${here}.${extra}`, 'may not specify more than 1 volume type');
    const need = SOURCE_NEEDS[sources[0] ?? ''];
    if (need && !volume[sources[0] as string][need]) errors.required(`${here}.${sources[0]}.${need}`);
    if (!volume.name) errors.required(`${here}.name`);
    else errors.each(`${here}.name`, volume.name, labelFaults(volume.name));
    if (names.has(volume.name)) errors.duplicate(`${here}.name`, volume.name);
    names.add(volume.name);
  }
  return [...names];
}

function validateContainers(
  containers: readonly Draft[],
  path: string,
  volumes: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  if (containers.length === 0) errors.required(path);
  const names = new Set<string>();
  for (const [i, container] of containers.entries()) {
    const here = `${path}[${i}]`;
    validateContainer(container, here, volumes, errors);
    if (names.has(container.name)) errors.duplicate(`${here}.name`, container.name);
    else if (container.name) names.add(container.name);
    validateProbe(container.livenessProbe, `${here}.livenessProbe`, true, errors);
    validateProbe(container.readinessProbe, `${here}.readinessProbe`, false, errors);
    validateProbe(container.startupProbe, `${here}.startupProbe`, true, errors);
  }
}

function validateInitContainers(spec: Draft, path: string, volumes: ReadonlySet<string>, errors: FieldErrors): void {
  const names = new Set<string>((spec.containers ?? []).map((container: Draft) => container.name));
  for (const [i, container] of (spec.initContainers ?? []).entries()) {
    const here = `${path}[${i}]`;
    validateContainer(container, here, volumes, errors);
    if (names.has(container.name)) errors.duplicate(`${here}.name`, container.name);
    names.add(container.name);
    for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'])
      if (container[probe] && container.restartPolicy !== 'Always')
        errors.forbidden(`${here}.${probe}`, 'may not be set for init containers without restartPolicy=Always');
  }
}

function validateContainer(container: Draft, path: string, volumes: ReadonlySet<string>, errors: FieldErrors): void {
  if (!container.name) errors.required(`${path}.name`);
  else errors.each(`${path}.name`, container.name, labelFaults(container.name));
  if (!container.image) errors.required(`${path}.image`);
  else if (container.image !== container.image.trim())
    errors.invalid(`${path}.image`, container.image, 'must not have leading or trailing whitespace');
  oneOf(container.terminationMessagePolicy, `${path}.terminationMessagePolicy`, ['File', 'FallbackToLogsOnError'], errors);
  validatePorts(container.ports ?? [], `${path}.ports`, errors);
  for (const [i, variable] of (container.env ?? []).entries()) validateVariable(variable, `${path}.env[${i}]`, errors);
  validateMounts(container.volumeMounts ?? [], `${path}.volumeMounts`, volumes, errors);
  oneOf(container.imagePullPolicy, `${path}.imagePullPolicy`, ['Always', 'IfNotPresent', 'Never'], errors);
  validateResources(container.resources, `${path}.resources`, errors);
}

function portNameFaults(name: string): readonly string[] {
  const faults = name.length > 15 ? ['must be no more than 15 characters'] : [];
  if (!/^[-a-z0-9]+$/.test(name)) faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)');
  if (name.includes('--')) faults.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) faults.push('must not begin or end with a hyphen');
  return faults;
}

function validatePorts(ports: readonly Draft[], path: string, errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const here = `${path}[${i}]`;
    if (port.name) {
      const faults = portNameFaults(port.name);
      errors.each(`${here}.name`, port.name, faults);
      if (faults.length === 0 && names.has(port.name)) errors.duplicate(`${here}.name`, port.name);
      names.add(port.name);
    }
    if (!port.containerPort) errors.required(`${here}.containerPort`);
    else if (!isPort(port.containerPort)) errors.invalid(`${here}.containerPort`, port.containerPort, PORT_RANGE);
    if (port.hostPort && !isPort(port.hostPort)) errors.invalid(`${here}.hostPort`, port.hostPort, PORT_RANGE);
    oneOf(port.protocol, `${here}.protocol`, PROTOCOLS, errors);
  }
}

function validateVariable({ name, value, valueFrom }: Draft, path: string, errors: FieldErrors): void {
  if (!name) errors.required(`${path}.name`);
  else if (!/^[ -<>-~]+$/.test(name))
    errors.invalid(
      `${path}.name`,
      name,
      "a valid environment variable name must consist only of printable ASCII characters other than '='",
    );
  if (!valueFrom) return;
  if (value) errors.invalid(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty');
  const sources = Object.keys(valueFrom).length;
  if (sources === 0)
    errors.invalid(
      `${path}.valueFrom`,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    );
  if (sources > 1) errors.invalid(`${path}.valueFrom`, '', 'may not have more than one field specified at a time');
}

function validateMounts(mounts: readonly Draft[], path: string, volumes: ReadonlySet<string>, errors: FieldErrors): void {
  const paths = new Set<string>();
  for (const [i, mount] of mounts.entries()) {
    const here = `${path}[${i}]`;
    if (!mount.name) errors.required(`${here}.name`);
    if (!volumes.has(mount.name)) errors.notFound(`${here}.name`, mount.name ?? '');
    if (!mount.mountPath) errors.required(`${here}.mountPath`);
    if (paths.has(mount.mountPath)) errors.invalid(`${here}.mountPath`, mount.mountPath, 'must be unique');
    paths.add(mount.mountPath);
  }
}

function validateResources(resources: Draft, path: string, errors: FieldErrors): void {
  const { limits = {}, requests = {} } = resources ?? {};
  for (const [list, name] of [
    [limits, 'limits'],
    [requests, 'requests'],
  ] as const)
    for (const key of Object.keys(list).sort()) {
      const here = `${path}.${name}[${key}]`;
      if (!key.includes('/') && !/^(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(key))
        errors.invalid(`${path}.${name}`, key, 'must be a standard resource for containers');
      if (quantityOf(list[key]) < 0) errors.invalid(here, list[key], 'must be greater than or equal to 0');
    }
  for (const key of Object.keys(requests).sort())
    if (limits[key] !== undefined && quantityOf(requests[key]) > quantityOf(limits[key]))
      errors.invalid(`${path}.requests`, requests[key], `must be less than or equal to ${key} limit of ${limits[key]}`);
}

function validateProbe(probe: Draft, path: string, isOnce: boolean, errors: FieldErrors): void {
  if (!probe) return;
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((handler) => probe[handler]);
  if (handlers.length === 0) errors.required(path, 'must specify a handler type');
  for (const extra of handlers.slice(1)) errors.forbidden(`${path}.${extra}`, 'may not specify more than 1 handler type');
  if (probe.exec && !probe.exec.command?.length) errors.required(`${path}.exec.command`);
  for (const handler of ['httpGet', 'tcpSocket'])
    if (probe[handler]) validatePortOrName(probe[handler].port, `${path}.${handler}.port`, errors);
  if (probe.grpc && !isPort(probe.grpc.port)) errors.invalid(`${path}.grpc.port`, probe.grpc.port ?? 0, PORT_RANGE);
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'])
    nonNegative(probe[field], `${path}.${field}`, errors);
  if (isOnce && probe.successThreshold !== 1) errors.invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1');
}

/** A port number, or the name of a container's port. */
export function validatePortOrName(port: Draft, path: string, errors: FieldErrors): void {
  if (typeof port === 'number') {
    if (!isPort(port)) errors.invalid(path, port, PORT_RANGE);
  } else errors.each(path, port ?? '', portNameFaults(port ?? ''));
}

function validateSpread(constraints: readonly Draft[], path: string, errors: FieldErrors): void {
  for (const [i, constraint] of constraints.entries()) {
    const here = `${path}[${i}]`;
    if (!(constraint.maxSkew > 0)) errors.invalid(`${here}.maxSkew`, constraint.maxSkew ?? 0, 'must be greater than zero');
    if (!constraint.topologyKey) errors.required(`${here}.topologyKey`, 'can not be empty');
    if (!['DoNotSchedule', 'ScheduleAnyway'].includes(constraint.whenUnsatisfiable))
      errors.unsupported(`${here}.whenUnsatisfiable`, constraint.whenUnsatisfiable ?? '', ['DoNotSchedule', 'ScheduleAnyway']);
  }
}

function validateToleration(toleration: Draft, path: string, errors: FieldErrors): void {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  if (key) errors.each(`${path}.key`, key, keyFaults(key));
  else if (operator !== 'Exists')
    errors.invalid(
      `${path}.operator`,
      operator ?? '',
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    );
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    errors.invalid(`${path}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set");
  if (operator === 'Exists' && value)
    errors.invalid(`${path}.operator`, toleration, "value must be empty when `operator` is 'Exists'");
  if (operator && operator !== 'Exists' && operator !== 'Equal')
    errors.unsupported(`${path}.operator`, operator, ['Equal', 'Exists']);
  if (effect && !EFFECTS.includes(effect)) errors.unsupported(`${path}.effect`, effect, EFFECTS);
}
