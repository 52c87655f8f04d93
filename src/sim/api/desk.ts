// What every handler of the API works with: one request's view of the cluster, and the rules of one kind.

import type { ClusterState } from '../state.ts';
import type { From, Store } from '../store.ts';
import type { KubeObject } from '../types.ts';
import type { Discovery, ResourceInfo } from './discovery.ts';
import type { FieldErrors } from './fields.ts';

/** An object while the server still works on it; becomes a KubeObject when it is stored. */
// biome-ignore lint/suspicious/noExplicitAny: decoded user input of any kind; `decode` has checked its fields against the schema
export type Draft = any;

export interface Desk {
  readonly state: ClusterState;
  readonly store: Store;
  readonly discovery: Discovery;
  readonly from: From;
  /** The API's clock: RFC 3339, whole seconds. */
  readonly now: string;
  /** Who is named as the manager of what is written; undefined for writes whose managers are not tracked. */
  readonly manager?: string;
  /** The subresource that is written through, for the same list. */
  readonly subresource?: string;
  /** What happens to fields that the kind does not know (fieldValidation); absent: they are refused. */
  readonly unknownFields?: 'Ignore' | 'Warn';
  /** Adds a `Warning:` header to the answer. */
  warn(message: string): void;
}

/** What is special about one kind; everything absent is the common behaviour. */
export interface KindRules {
  /** Whether the server keeps metadata.generation (CTL-05). */
  readonly generation?: true;
  /** Fills in what the user left out (pkg/apis/<group>/<version>/defaults.go). */
  defaults?(draft: Draft): void;
  /** Admission and PrepareForCreate: sets first status, drops what users may not set. */
  prepareCreate?(draft: Draft, desk: Desk): void;
  /** PrepareForUpdate, after status and system metadata were carried over. */
  prepareUpdate?(draft: Draft, old: KubeObject, desk: Desk): void;
  /** The object by itself; metadata was checked already. */
  validate?(object: Draft, errors: FieldErrors): void;
  /** What may not change. */
  validateUpdate?(next: Draft, old: Draft, errors: FieldErrors): void;
  /** Rule of names, as validation.go's Validate…Name; a DNS-1123 subdomain when absent. */
  readonly name?: 'label' | 'label1035' | 'path';
}

/** One request after its path was read. */
export interface Operation {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  readonly info: ResourceInfo;
  readonly subresource: string;
  /** What of the path stands behind `proxy`. */
  readonly rest?: string;
  readonly namespace: string;
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: unknown;
}
