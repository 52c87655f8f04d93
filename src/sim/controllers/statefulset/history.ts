// ControllerRevisions: which templates a StatefulSet had, and under which names.
// Models pkg/controller/history/controller_history.go and stateful_set_control.go getStatefulSetRevisions, truncateHistory (v1.36),
// rules STS-24, STS-25, STS-36.

import { isSame } from '../../../base/json.ts';
import type { SyncContext } from '../../actor.ts';
import { matchesSelector } from '../../api/selectors.ts';
import { isReason } from '../../api/status.ts';
import type { KubeObject, Pod, PodTemplate } from '../../types.ts';
import { hashSuffix } from '../deployment/revision.ts';
import { adoptionPatch, controllerReference } from '../ownership.ts';
import { revisionOfPod, type StatefulSet } from './identity.ts';

const HASH = 'controller.kubernetes.io/hash';

export interface ControllerRevision extends KubeObject {
  readonly revision: number;
  readonly data: { readonly spec: { readonly template: PodTemplate } };
}

const byNumber = (a: ControllerRevision, b: ControllerRevision) => a.revision - b.revision;

/** The template that a revision remembers. */
export function templateOf(revision: ControllerRevision): PodTemplate {
  const { $patch: _, ...template } = revision.data.spec.template as PodTemplate & { readonly $patch?: string };
  return template;
}

/** All revisions of a set, oldest first; orphans that match its selector are adopted. */
export function revisionsOf(set: StatefulSet, ctx: SyncContext): readonly ControllerRevision[] {
  const namespace = set.metadata.namespace ?? '';
  const own = ctx.read.controlledBy('controllerrevisions', set.metadata.uid) as readonly ControllerRevision[];
  if (set.metadata.deletionTimestamp) return [...own].sort(byNumber);
  const orphans = ctx.read
    .orphans('controllerrevisions', namespace)
    .filter(({ metadata }) => matchesSelector(set.spec.selector, metadata.labels));
  const adopted = orphans.map(
    (orphan) =>
      ctx.api.patch(
        'controllerrevisions',
        namespace,
        orphan.metadata.name,
        adoptionPatch(set, orphan),
        'merge',
        'CTL-07',
      ) as ControllerRevision,
  );
  return [...own, ...adopted].sort(byNumber);
}

function create(set: StatefulSet, revision: number, ctx: SyncContext): ControllerRevision {
  const template = { ...set.spec.template, $patch: 'replace' };
  for (let collisions = set.status?.collisionCount ?? 0; ; collisions++) {
    const hash = hashSuffix(set.spec.template, collisions === 0 ? undefined : collisions);
    const name = `${set.metadata.name}-${hash}`;
    const body = {
      metadata: {
        name,
        namespace: set.metadata.namespace ?? '',
        labels: { ...set.spec.template.metadata?.labels, [HASH]: hash },
        ownerReferences: [controllerReference(set)],
      },
      data: { spec: { template } },
      revision,
    };
    try {
      return ctx.api.create('controllerrevisions', body, 'STS-24', { revision: name, number: revision }) as ControllerRevision;
    } catch (error) {
      if (!isReason(error, 'AlreadyExists') || collisions > 20) throw error;
    }
  }
}

export interface Revisions {
  readonly all: readonly ControllerRevision[];
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
}

/** STS-24, STS-25: the revision of the present template, made or renumbered if need be, and the one that most Pods still have. */
export function syncRevisions(set: StatefulSet, ctx: SyncContext): Revisions {
  const before = revisionsOf(set, ctx);
  const latest = before.at(-1);
  const next = (latest?.revision ?? 0) + 1;
  const equal = before.filter((revision) => isSame(templateOf(revision), set.spec.template)).at(-1);
  let update = latest;
  let all = before;
  if (!equal) {
    update = create(set, next, ctx);
    all = [...before, update];
  } else if (equal !== latest) {
    update = ctx.api.update('controllerrevisions', { ...equal, revision: next } as KubeObject, 'STS-24', {
      revision: equal.metadata.name,
      number: next,
    }) as ControllerRevision;
    all = [...before.filter((revision) => revision !== equal), update];
  }
  const current = all.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? (update as ControllerRevision);
  return { all, current, update: update as ControllerRevision };
}

/** STS-36: revisions that nobody uses, beyond the limit, oldest first. */
export function planTruncation(set: StatefulSet, revisions: Revisions, pods: readonly Pod[]): readonly ControllerRevision[] {
  const limit = set.spec.revisionHistoryLimit ?? 10;
  const live = new Set([revisions.current.metadata.name, revisions.update.metadata.name, ...pods.map(revisionOfPod)]);
  const idle = revisions.all.filter(({ metadata }) => !live.has(metadata.name));
  return limit < 0 ? [] : idle.slice(0, Math.max(0, idle.length - limit));
}
