// Keeps a StatefulSet's Pods: each ordinal once, in order, with its own claims.
// Models pkg/controller/statefulset/{stateful_set,stateful_set_control,stateful_pod_control}.go (v1.36), rules STS-01 … STS-51.
// Differs: reads the store, so no stale cache (CTL-03); creates of a Parallel set go one after the other.

import { isSame } from '../../../base/json.ts';
import type { Actor, SyncContext } from '../../actor.ts';
import { matchesSelector } from '../../api/selectors.ts';
import { ApiError, isReason } from '../../api/status.ts';
import type { OwnerReference, Pod } from '../../types.ts';
import { itself, keyFor, ownersOf, splitKey } from '../keys.ts';
import { adoptionPatch, planClaims, releasePatch } from '../ownership.ts';
import { nextAvailabilityMs } from '../pods.ts';
import { planTruncation, type Revisions, syncRevisions, templateOf } from './history.ts';
import {
  claimName,
  claimOwnerOf,
  claimsOf,
  matchesIdentity,
  newPod,
  ordinalOf,
  parsePodName,
  podNameOf,
  repaired,
  type StatefulSet,
  usesCurrentRevision,
} from './identity.ts';
import { planStatefulSet, type SetAction, statefulSetStatus } from './plan.ts';

/** STS-43: between two looks at a claim that is about to be collected. */
const STALE_CLAIM_MS = 100;

interface Work {
  readonly set: StatefulSet;
  readonly revisions: Revisions;
  readonly ctx: SyncContext;
}

const facts = (set: StatefulSet, pod: string) => ({ set: set.metadata.name, pod });
const failed = (message: string) =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Conflict', code: 409 });

/** STS-05: own Pods and orphans whose name says that they belong here. */
function claimPods(set: StatefulSet, ctx: SyncContext): readonly Pod[] {
  const namespace = set.metadata.namespace ?? '';
  const isMember = (pod: Pod) => parsePodName(pod.metadata.name)[0] === set.metadata.name;
  const candidates = [
    ...ctx.read.controlledBy('pods', set.metadata.uid),
    ...ctx.read.orphans('pods', namespace).filter(isMember),
  ];
  const plan = planClaims(set, set.spec.selector, candidates);
  const patch = (pod: Pod, body: object) =>
    ctx.api.patch('pods', namespace, pod.metadata.name, body as Readonly<Record<string, unknown>>, 'merge', 'CTL-07');
  for (const pod of plan.release) patch(pod, releasePatch(set, pod));
  return [...plan.keep, ...plan.adopt.map((pod) => patch(pod, adoptionPatch(set, pod)))];
}

/** STS-46. */
function tell({ set, ctx }: Work, verb: 'Create' | 'Update' | 'Delete', pod: string, error: ApiError | null): void {
  const what = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
  if (error) ctx.event(set, 'Warning', `Failed${verb}`, `${what} failed error: ${error.message}`);
  else ctx.event(set, 'Normal', `Successful${verb}`, `${what} successful`);
}

/** STS-08, STS-09: makes the missing claims of an ordinal; throws when one is being deleted or refused. */
function ensureClaims({ set, ctx }: Work, ordinal: number): void {
  const pod = podNameOf(set, ordinal);
  for (const claim of claimsOf(set, ordinal)) {
    const { name, namespace = '' } = claim.metadata;
    const present = ctx.read.get('persistentvolumeclaims', namespace, name);
    if (present?.metadata.deletionTimestamp) throw failed(`pvc ${name} is being deleted`);
    if (present) continue;
    try {
      ctx.api.create('persistentvolumeclaims', claim, 'STS-08', { ...facts(set, pod), claim: name });
      ctx.event(
        set,
        'Normal',
        'SuccessfulCreate',
        `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`,
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      ctx.event(
        set,
        'Warning',
        'FailedCreate',
        `Create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
      );
      throw error;
    }
  }
}

/** STS-43: a claim that still belongs to an earlier Pod of this name. */
function hasStaleClaim({ set, ctx }: Work, ordinal: number): boolean {
  if ((set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled ?? 'Retain') === 'Retain') return false;
  return (set.spec.volumeClaimTemplates ?? []).some((template) => {
    const claim = ctx.read.get('persistentvolumeclaims', set.metadata.namespace ?? '', claimName(template, set, ordinal));
    return (
      claim?.metadata.ownerReferences?.some(({ kind, name }) => kind === 'Pod' && name === podNameOf(set, ordinal)) === true
    );
  });
}

/** STS-40, STS-42, STS-44: gives the claims of a Pod the owner that the retention policy wants. */
function tendClaims({ set, ctx }: Work, pod: Pod, isCondemned: boolean): void {
  const wanted = claimOwnerOf(set, pod, isCondemned);
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(template, set, ordinalOf(pod));
    const claim = ctx.read.get('persistentvolumeclaims', set.metadata.namespace ?? '', name);
    if (!claim || claim.metadata.deletionTimestamp) continue;
    const owners = claim.metadata.ownerReferences ?? [];
    const isOurs = (reference: OwnerReference) =>
      reference.uid === set.metadata.uid || (reference.kind === 'Pod' && reference.name === pod.metadata.name);
    const foreign = owners.find((reference) => reference.controller === true && !isOurs(reference));
    if (foreign && wanted) {
      ctx.event(
        set,
        'Warning',
        'ConflictingController',
        `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a managing controller, the retention policy is ignored for this claim`,
      );
      continue;
    }
    const next = [...owners.filter((reference) => !isOurs(reference)), ...(wanted ? [wanted] : [])];
    if (isSame(next, owners)) continue;
    const patch = { metadata: { ownerReferences: next.length > 0 ? next : null } };
    ctx.api.patch('persistentvolumeclaims', set.metadata.namespace ?? '', name, patch, 'merge', 'STS-40', {
      facts: { ...facts(set, pod.metadata.name), claim: name },
    });
  }
}

function createPod(work: Work, ordinal: number, why: string): void {
  const { set, revisions, ctx } = work;
  const name = podNameOf(set, ordinal);
  if (hasStaleClaim(work, ordinal)) {
    // Claims are not watched: without another look the Pod would wait for the next event of its set.
    ctx.after(STALE_CLAIM_MS, keyFor(set));
    return;
  }
  const revision = usesCurrentRevision(set, ordinal) ? revisions.current : revisions.update;
  try {
    ensureClaims(work, ordinal);
    const pod = ctx.api.create(
      'pods',
      newPod(set, ordinal, templateOf(revision), revision.metadata.name),
      why,
      facts(set, name),
    );
    tendClaims(work, pod, false);
  } catch (error) {
    // STS-17: the name is still taken; nobody is told, it is tried again.
    if (error instanceof ApiError && error.status.reason !== 'AlreadyExists') tell(work, 'Create', name, error);
    throw error;
  }
  tell(work, 'Create', name, null);
}

function deletePod(work: Work, pod: Pod, why: string): void {
  const { name, namespace = '', uid } = pod.metadata;
  try {
    work.ctx.api.delete('pods', namespace, name, { preconditions: { uid } }, why, facts(work.set, name));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!isReason(error, 'NotFound')) {
      tell(work, 'Delete', name, error as ApiError);
      throw error;
    }
  }
  tell(work, 'Delete', name, null);
}

function tendPod(work: Work, pod: Pod, isCondemned: boolean): void {
  const { set, ctx } = work;
  tendClaims(work, pod, isCondemned);
  if (isCondemned || matchesIdentity(set, pod)) return;
  ensureClaims(work, ordinalOf(pod));
  try {
    ctx.api.update('pods', repaired(set, pod), 'STS-04', facts(set, pod.metadata.name));
    tell(work, 'Update', pod.metadata.name, null);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    tell(work, 'Update', pod.metadata.name, error);
    throw error;
  }
}

function perform(work: Work, action: SetAction): void {
  if (action.act === 'create') createPod(work, action.ordinal, action.why);
  else if (action.act === 'delete') deletePod(work, action.pod, action.why);
  else if (action.act === 'claims') ensureClaims(work, ordinalOf(action.pod));
  else tendPod(work, action.pod, action.isCondemned);
}

/** Performs all actions; the first refusal ends them and is returned. */
function performAll(work: Work, actions: readonly SetAction[]): ApiError | null {
  for (const action of actions) {
    try {
      perform(work, action);
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }
  return null;
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const set = ctx.read.get('statefulsets', namespace, name) as StatefulSet | undefined;
  if (!set) return;
  const epochMs = ctx.settings.epochMs + ctx.nowMs;
  const pods = claimPods(set, ctx);
  const revisions = syncRevisions(set, ctx);
  const { current, update } = revisions;
  const isGoing = set.metadata.deletionTimestamp !== undefined;
  const actions = isGoing ? [] : planStatefulSet(set, pods, update.metadata.name, epochMs);
  const failure = performAll({ set, revisions, ctx }, actions);
  // STS-38: a Pod deleted for its revision no longer counts as current; others are counted as they were before this sync.
  const replaced = actions.flatMap((action) => (action.act === 'delete' && action.why === 'STS-27' ? [action.pod] : []));
  const counted = pods.map((pod) =>
    replaced.includes(pod) ? { ...pod, metadata: { ...pod.metadata, deletionTimestamp: ctx.now } } : pod,
  );
  const status = statefulSetStatus(set, counted, current.metadata.name, update.metadata.name, epochMs);
  if (!isSame(status, set.status)) ctx.api.updateStatus('statefulsets', { ...set, status }, 'STS-38', { set: name });
  if (failure) throw failure;
  for (const { metadata } of isGoing ? [] : planTruncation(set, revisions, pods)) {
    ctx.api.delete('controllerrevisions', namespace, metadata.name, {}, 'STS-36', { revision: metadata.name });
  }
  const waitMs = nextAvailabilityMs(pods, set.spec.minReadySeconds ?? 0, epochMs);
  if (waitMs !== null) ctx.after(waitMs, key);
}

export const statefulSetController: Actor = {
  name: 'statefulset-controller',
  latencyMs: [3, 12],
  watches: {
    statefulsets: itself,
    pods: ownersOf('StatefulSet', 'statefulsets', (set, pod) => matchesSelector(set.spec?.selector, pod.metadata.labels)),
  },
  sync,
};
