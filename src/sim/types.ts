// The shapes that everything in the simulator speaks about: Kubernetes objects as plain, immutable data, and the log of what was done to them.
// Field names and meanings are upstream's (staging/src/k8s.io/api); fields nobody here reads are carried along untouched.

/** Any JSON value. Objects in the store are JSON through and through, so a snapshot is a value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Plural resource name, as in paths and RBAC: `pods`, `replicasets`. */
export type Resource = string;

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  /** RFC 3339, whole seconds (CTL-14). */
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

/** Any object of the API. Kinds narrow `spec` and `status`. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  // biome-ignore lint/suspicious/noExplicitAny: the common shape of all kinds; narrowed by the interfaces of each kind
  readonly spec?: any;
  // biome-ignore lint/suspicious/noExplicitAny: see spec
  readonly status?: any;
  // biome-ignore lint/suspicious/noExplicitAny: kinds without spec (Event, EndpointSlice) keep fields at the top
  readonly [field: string]: any;
}

/** Names one object: what a log entry points at. */
export interface ObjectRef {
  readonly resource: Resource;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export type LogVerb = 'create' | 'update' | 'delete' | 'remove' | 'input' | 'fault' | 'observe';

/**
 * One thing that happened. Writes carry the object before and after; `cause` is the id of the entry that made it happen
 * (the watch event that woke the actor, the entry that set its timer, the reader's input), null for what comes from outside.
 */
export interface LogEntry {
  readonly id: number;
  /** Virtual milliseconds since the cluster started. */
  readonly atMs: number;
  readonly actor: string;
  readonly verb: LogVerb;
  readonly object?: ObjectRef;
  readonly resourceVersion?: number;
  readonly before?: KubeObject;
  readonly after?: KubeObject;
  readonly cause: number | null;
  /** Id of the rule that was followed (`behaviours.md`: RS-01 …) or `input`. Never a sentence. */
  readonly why: string;
  readonly facts?: Readonly<Record<string, Json>>;
}
