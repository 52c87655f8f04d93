// The typed client that actors and kubectl use: one method for each thing that can be asked of the API, over the one door.

import type { Json, KubeObject, ObjectOf, Pod, Resource } from '../types.ts';

/** What a caller gives to be created: the server fills in the rest. */
export type NewObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: KubeObject['metadata']['ownerReferences'];
    readonly finalizers?: readonly string[];
  };
  readonly [field: string]: unknown;
};

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';
export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: PropagationPolicy;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export type Facts = Readonly<Record<string, Json>>;

/** `why` is the id of the rule that is followed, for the log. Every method throws ApiError when the server refuses. */
export interface Client {
  get<R extends Resource>(resource: R, namespace: string, name: string): ObjectOf<R>;
  /** Sorted by namespace and name, as the API lists. */
  list<R extends Resource>(resource: R, options?: ListOptions): readonly ObjectOf<R>[];
  create<R extends Resource>(resource: R, object: NewObject, why: string, facts?: Facts): ObjectOf<R>;
  update<R extends Resource>(resource: R, object: ObjectOf<R>, why: string, facts?: Facts): ObjectOf<R>;
  updateStatus<R extends Resource>(resource: R, object: ObjectOf<R>, why: string, facts?: Facts): ObjectOf<R>;
  patch<R extends Resource>(
    resource: R,
    namespace: string,
    name: string,
    patch: Json | Readonly<Record<string, unknown>>,
    type: PatchType,
    why: string,
    options?: { readonly subresource?: 'status' | 'scale' | 'finalize'; readonly facts?: Facts },
  ): ObjectOf<R>;
  delete(resource: Resource, namespace: string, name: string, options: DeleteOptions, why: string, facts?: Facts): void;
  /** POST pods/eviction (PDB-05 …). */
  evict(namespace: string, pod: string, options: DeleteOptions, why: string): void;
  /** POST pods/binding; also sets condition PodScheduled. */
  bind(namespace: string, pod: string, node: string, why: string, facts?: Facts): Pod;
  /** Sets replicas through the scale subresource; returns the replicas before. */
  scale(resource: Resource, namespace: string, name: string, replicas: number, why: string): number;
}
