// Which Pods and ReplicaSets belong to whom.
// Models pkg/controller/controller_ref_manager.go ClaimObject (v1.36), rule CTL-07.

import { matcherOf } from '../api/selectors.ts';
import type { KubeObject, LabelSelector, OwnerReference, Pod } from '../types.ts';

/** Whether a selector has no requirement at all. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

const NONE: readonly OwnerReference[] = [];

/** The owner reference with controller: true, if there is one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  for (const owner of object.metadata.ownerReferences ?? NONE) if (owner.controller === true) return owner;
  return undefined;
}

/** The reference a controller writes into what it makes. */
export function controllerReference(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

export interface ClaimPlan<T> {
  /** Owned already and still matching. */
  readonly keep: readonly T[];
  readonly adopt: readonly T[];
  readonly release: readonly T[];
}

/** CTL-07: decides which candidates (own and orphaned, of one namespace) the owner keeps, takes and lets go. */
export function planClaims<T extends KubeObject>(
  owner: KubeObject,
  selector: LabelSelector,
  candidates: readonly T[],
): ClaimPlan<T> {
  const keep: T[] = [];
  const adopt: T[] = [];
  const release: T[] = [];
  const isSelected = matcherOf(selector);
  const ownerGoes = owner.metadata.deletionTimestamp !== undefined;
  for (const candidate of candidates) {
    const reference = controllerOf(candidate);
    if (reference && reference.uid !== owner.metadata.uid) continue;
    const matches = isSelected(candidate.metadata.labels);
    if (reference) {
      if (matches) keep.push(candidate);
      else if (!ownerGoes) release.push(candidate);
    } else if (matches && !ownerGoes && candidate.metadata.deletionTimestamp === undefined) adopt.push(candidate);
  }
  return { keep, adopt, release };
}

/** What a patch writes to adopt an object. Upstream sends the uid along, so that a new object of the same name is left alone. */
export function adoptionPatch(owner: KubeObject, object: KubeObject) {
  const others = object.metadata.ownerReferences ?? [];
  return { metadata: { uid: object.metadata.uid, ownerReferences: [...others, controllerReference(owner)] } };
}

/** What a patch writes to release an object. */
export function releasePatch(owner: KubeObject, object: KubeObject) {
  const others = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid);
  return { metadata: { uid: object.metadata.uid, ownerReferences: others.length > 0 ? others : null } };
}

/** A Pod made from a template, owned by `owner`; the API server names it. RS-05. */
export function podFromTemplate(owner: KubeObject, template: Pod | { readonly metadata?: object; readonly spec: object }) {
  const { labels, annotations, finalizers } = (template.metadata ?? {}) as Pod['metadata'];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace ?? '',
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: template.spec,
  };
}
