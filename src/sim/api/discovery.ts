// Which resources the server has. The table is a real 1.36 server's discovery, made compact: one row for each resource,
// [name, kind, namespaced, short names, categories, subresources, verbs when they are not all eight].
// Differs: second versions of a kind (autoscaling/v1, events.k8s.io/v1) are not served.

import type { KubeObject } from '../types.ts';
import type { OpenApi } from './custom.ts';
import table from './resources.json' with { type: 'json' };
import type { GroupResource } from './status.ts';

export interface ResourceInfo extends GroupResource {
  readonly version: string;
  /** `v1`, `apps/v1`. */
  readonly groupVersion: string;
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
  readonly verbs: readonly string[];
  /** A CustomResourceDefinition made it; then what its schema asks, and where replicas are for the scale subresource. */
  readonly isCustom?: true;
  readonly schema?: OpenApi;
  readonly scale?: {
    readonly specReplicasPath: string;
    readonly statusReplicasPath: string;
    readonly labelSelectorPath?: string;
  };
}

type Row = readonly (string | number)[];

const ALL_VERBS = 'create delete deletecollection get list patch update watch';
const words = (text: string | number | undefined): readonly string[] => (text ? String(text).split(' ') : []);

function infoOf(groupVersion: string, row: Row): ResourceInfo {
  const [group, version] = groupVersion.includes('/') ? (groupVersion.split('/') as [string, string]) : ['', groupVersion];
  const [resource, kind, namespaced, shortNames, categories, subresources, verbs] = row;
  return {
    group,
    version,
    groupVersion,
    resource: String(resource),
    kind: String(kind),
    singular: String(kind).toLowerCase(),
    namespaced: namespaced === 1,
    shortNames: words(shortNames),
    categories: words(categories),
    subresources: words(subresources),
    verbs: words(verbs ?? ALL_VERBS),
  };
}

/** Every resource, in the order in which a server lists them. */
export const RESOURCES: readonly ResourceInfo[] = Object.entries(table as Record<string, readonly Row[]>).flatMap(
  ([groupVersion, rows]) => rows.map((row) => infoOf(groupVersion, row)),
);

const byName = new Map<string, ResourceInfo>();
const byPath = new Map<string, ResourceInfo>();
const byKind = new Map<string, ResourceInfo>();
for (const info of RESOURCES) {
  if (!byName.has(info.resource)) byName.set(info.resource, info);
  byPath.set(`${info.groupVersion}/${info.resource}`, info);
  byKind.set(`${info.groupVersion}/${info.kind}`, info);
}

/** Whether every server has the resource, without a definition. */
export const isBuiltIn = (resource: string): boolean => byName.has(resource);

const textsOf = (list: unknown): readonly string[] => (Array.isArray(list) ? list.map(String) : []);

/** Resources that a CustomResourceDefinition adds, by its stored object. */
const customs = new WeakMap<KubeObject, readonly ResourceInfo[]>();

interface Version {
  readonly name: string;
  readonly served?: boolean;
  readonly schema?: { readonly openAPIV3Schema?: OpenApi };
  readonly subresources?: { readonly status?: object; readonly scale?: NonNullable<ResourceInfo['scale']> };
}

/** The resources a CustomResourceDefinition serves: one for each served version. */
export function customResourcesOf(definition: KubeObject): readonly ResourceInfo[] {
  let infos = customs.get(definition);
  if (!infos) {
    const { group, names = {}, scope, versions = [] } = definition.spec ?? {};
    const isServed = definition.status?.conditions?.some(
      (one: { type: string; status: string }) => one.type === 'Established' && one.status === 'True',
    );
    infos = (versions as Version[])
      .filter((version) => isServed && version.served !== false)
      .map((version) => ({
        group,
        version: version.name,
        groupVersion: `${group}/${version.name}`,
        resource: names.plural,
        kind: names.kind,
        singular: names.singular ?? String(names.kind).toLowerCase(),
        namespaced: scope === 'Namespaced',
        shortNames: textsOf(names.shortNames),
        categories: textsOf(names.categories),
        subresources: Object.keys(version.subresources ?? {}).filter((name) => name === 'status' || name === 'scale'),
        verbs: words(ALL_VERBS),
        isCustom: true,
        ...(version.schema?.openAPIV3Schema ? { schema: version.schema.openAPIV3Schema } : {}),
        ...(version.subresources?.scale ? { scale: version.subresources.scale } : {}),
      }));
    customs.set(definition, infos);
  }
  return infos;
}

/** What a server knows at a moment: the built-in resources and those of its CustomResourceDefinitions. */
export class Discovery {
  readonly #customs: readonly ResourceInfo[];
  constructor(definitions: readonly KubeObject[]) {
    this.#customs = definitions.flatMap(customResourcesOf);
  }

  all(): readonly ResourceInfo[] {
    return [...RESOURCES, ...this.#customs];
  }

  /** By plural name, as the engine's own code names it; a core or first group wins. */
  named(resource: string): ResourceInfo | undefined {
    return byName.get(resource) ?? this.#customs.find((info) => info.resource === resource);
  }

  /** By what a path says: group and version, plural name. */
  at(groupVersion: string, resource: string): ResourceInfo | undefined {
    return (
      byPath.get(`${groupVersion}/${resource}`) ??
      this.#customs.find((info) => info.groupVersion === groupVersion && info.resource === resource)
    );
  }

  /** By what a manifest says: apiVersion and kind. */
  kinded(apiVersion: string, kind: string): ResourceInfo | undefined {
    return (
      byKind.get(`${apiVersion}/${kind}`) ??
      this.#customs.find((info) => info.groupVersion === apiVersion && info.kind === kind)
    );
  }

  /**
   * By what a person types: plural, singular, short name or kind, with an optional `.group` or `.version.group`;
   * upper and lower case alike. The first match in discovery order wins.
   */
  typed(word: string): ResourceInfo | undefined {
    const [name = '', ...rest] = word.toLowerCase().split('.');
    const suffix = rest.join('.');
    return this.all().find(
      (info) =>
        (info.resource === name || info.singular === name || info.shortNames.includes(name)) &&
        (suffix === '' || suffix === info.group || suffix === `${info.version}.${info.group}` || suffix === `${info.version}.`),
    );
  }

  /** Members of a category such as `all`, in discovery order. */
  category(word: string): readonly ResourceInfo[] {
    const seen = new Set<string>();
    return this.all().filter((info) => info.categories.includes(word) && !seen.has(info.kind) && seen.add(info.kind));
  }
}
