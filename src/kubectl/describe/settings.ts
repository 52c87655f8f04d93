// kubectl describe of namespaces, classes and what Pods are told: ConfigMaps, Secrets, Endpoints; and of any kind without a describer.
// Models the describers of the same names in kubectl/pkg/describe/describe.go.

import type { KubeObject } from '../../sim/types.ts';
import type { Context } from '../context.ts';
import { annotationLines, eventLines, headLines, type Lines, labelLines, pairLines } from './lines.ts';

type Texts = Readonly<Record<string, string>>;

/** `a=b,c=d` in the order of the keys (labels.FormatLabels). */
export const formatPairs = (pairs: Texts | undefined): string =>
  Object.keys(pairs ?? {})
    .sort()
    .map((key) => `${key}=${pairs?.[key]}`)
    .join(',') || '<none>';

const sortedEntries = <Value>(data: Readonly<Record<string, Value>> | undefined): readonly (readonly [string, Value])[] =>
  Object.entries(data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

function quotaLines(quotas: readonly KubeObject[]): Lines {
  if (quotas.length === 0) return ['No resource quota.'];
  return [
    'Resource Quotas',
    ...quotas.flatMap(({ metadata, status }) => [
      `  Name:\t${metadata.name}`,
      '  Resource\tUsed\tHard',
      '  --------\t---\t---',
      ...sortedEntries<string>(status?.hard).map(([name, hard]) => `  ${name}\t${status?.used?.[name] ?? 0}\t${hard}`),
    ]),
  ];
}

export function describeNamespace(object: KubeObject, ctx: Context): Lines {
  const namespace = object.metadata.name;
  const hasLimits = ctx.api.list('limitranges', { namespace }).length > 0;
  return [
    `Name:\t${namespace}`,
    ...labelLines(object),
    `Status:\t${object.status?.phase ?? ''}`,
    '',
    ...quotaLines(ctx.api.list('resourcequotas', { namespace })),
    ...(hasLimits ? [] : ['', 'No LimitRange resource.']),
  ];
}

export function describeStorageClass(object: KubeObject, ctx: Context): Lines {
  const { metadata } = object;
  const { provisioner, parameters, allowVolumeExpansion, mountOptions, reclaimPolicy, volumeBindingMode } =
    object as KubeObject & {
      readonly provisioner?: string;
      readonly parameters?: Texts;
      readonly allowVolumeExpansion?: boolean;
      readonly mountOptions?: readonly string[];
      readonly reclaimPolicy?: string;
      readonly volumeBindingMode?: string;
    };
  const isDefault = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'].some(
    (key) => metadata.annotations?.[key] === 'true',
  );
  const expansion = allowVolumeExpansion === undefined ? '<unset>' : allowVolumeExpansion ? 'True' : 'False';
  return [
    `Name:\t${metadata.name}`,
    `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`,
    `Annotations:\t${formatPairs(metadata.annotations)}`,
    `Provisioner:\t${provisioner ?? ''}`,
    `Parameters:\t${formatPairs(parameters)}`,
    `AllowVolumeExpansion:\t${expansion}`,
    ...(mountOptions?.length ? ['MountOptions:', ...mountOptions.map((option) => `  ${option}`)] : ['MountOptions:\t<none>']),
    ...(reclaimPolicy ? [`ReclaimPolicy:\t${reclaimPolicy}`] : []),
    ...(volumeBindingMode ? [`VolumeBindingMode:\t${volumeBindingMode}`] : []),
    ...eventLines(object, ctx),
  ];
}

const bytesIn = (base64: string) => Math.floor((base64.replace(/=+$/, '').length * 3) / 4);

export function describeConfigMap(object: KubeObject, ctx: Context): Lines {
  const { data, binaryData } = object as KubeObject & { readonly data?: Texts; readonly binaryData?: Texts };
  return [
    ...headLines(object),
    ...labelLines(object),
    '',
    'Data',
    '====',
    ...sortedEntries(data).flatMap(([key, value]) => [`${key}:`, '----', ...value.split('\n'), '']),
    '',
    'BinaryData',
    '====',
    ...sortedEntries(binaryData).map(([key, value]) => `${key}: ${bytesIn(value)} bytes`),
    '',
    ...eventLines(object, ctx),
  ];
}

export function describeSecret(object: KubeObject): Lines {
  const { type, data } = object as KubeObject & { readonly type?: string; readonly data?: Texts };
  return [
    ...headLines(object),
    ...labelLines(object),
    '',
    `Type:\t${type ?? ''}`,
    '',
    'Data',
    '====',
    ...sortedEntries(data).map(([key, value]) => `${key}:\t${bytesIn(value)} bytes`),
  ];
}

interface Subset {
  readonly addresses?: readonly { readonly ip: string }[];
  readonly notReadyAddresses?: readonly { readonly ip: string }[];
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol: string }[];
}

export function describeEndpoints(object: KubeObject, ctx: Context): Lines {
  const { subsets = [] } = object as KubeObject & { readonly subsets?: readonly Subset[] };
  const ips = (addresses: Subset['addresses']) => addresses?.map(({ ip }) => ip).join(',') || '<none>';
  return [
    ...headLines(object),
    ...labelLines(object),
    'Subsets:',
    ...subsets.flatMap(({ addresses, notReadyAddresses, ports = [] }) => [
      `  Addresses:\t${ips(addresses)}`,
      `  NotReadyAddresses:\t${ips(notReadyAddresses)}`,
      ...(ports.length ? ['  Ports:', '    Name\tPort\tProtocol', '    ----\t----\t--------'] : []),
      ...ports.map(({ name, port, protocol }) => `    ${name || '<unset>'}\t${port}\t${protocol}`),
      '',
    ]),
    ...eventLines(object, ctx),
  ];
}

// ---- everything else ------------------------------------------------------------------------------------------------------------

/** `resourceVersion` → `Resource Version`, `uid` → `UID`; a key with more than letters stays as it is (smartLabelFor). */
function titled(key: string): string {
  if (!/^[A-Za-z]+$/.test(key)) return key;
  const parts = key.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [key];
  return parts
    .map((part) => (/^(api|url|uid|guid)$/i.test(part) ? part.toUpperCase() : part[0]?.toUpperCase() + part.slice(1)))
    .join(' ');
}

function contentLines(value: unknown, indent: string): Lines {
  if (typeof value !== 'object' || value === null) return [];
  return sortedEntries(value as Record<string, unknown>).flatMap(([key, part]) => {
    const title = `${indent}${titled(key)}:`;
    if (Array.isArray(part))
      return [
        title,
        ...part.flatMap((item) => (typeof item === 'object' ? contentLines(item, `${indent}  `) : [`${indent}  ${item}`])),
      ];
    return typeof part === 'object' && part !== null
      ? [title, ...contentLines(part, `${indent}  `)]
      : [`${title}\t${part === null ? '<nil>' : part}`];
  });
}

/** Kinds without a describer of their own (GenericDescriberFor). */
export function describeAny(object: KubeObject, ctx: Context): Lines {
  const { name, namespace, labels, annotations, managedFields: _, ...metadata } = object.metadata;
  return [
    `Name:\t${name}`,
    `Namespace:\t${namespace ?? ''}`,
    ...pairLines('Labels', labels),
    ...annotationLines('Annotations', annotations),
    ...contentLines({ ...object, metadata }, ''),
    ...eventLines(object, ctx),
  ];
}
