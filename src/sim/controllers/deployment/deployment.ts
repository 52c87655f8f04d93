// Rolls a Deployment's template out over ReplicaSets, and scales them.
// Models pkg/controller/deployment/deployment_controller.go syncDeployment and sync.go (v1.36), rules DEP-03 … DEP-20.
// Differs: the deprecated rollback annotation is not read; a Deployment without selector labels is left alone without an event.

import { isSame } from '../../../base/json.ts';
import type { Actor, SyncContext } from '../../actor.ts';
import { matchesSelector } from '../../api/selectors.ts';
import { isReason } from '../../api/status.ts';
import type { Deployment, ReplicaSet } from '../../types.ts';
import { itself, keyFor, ownersOf, splitKey } from '../keys.ts';
import { adoptionPatch, controllerOf, isEmptySelector, planClaims, releasePatch } from '../ownership.ts';
import {
  conditionNow,
  deploymentStatus,
  hasDeadline,
  isComplete,
  pauseCondition,
  stuckCheckMs,
  withCondition,
  withProgress,
  withReplicaFailure,
} from './progress.ts';
import { isScalingEvent, planScale } from './proportional.ts';
import { planRecreate } from './recreate.ts';
import {
  findNewReplicaSet,
  isSameTemplate,
  newReplicaSetOf,
  planHistory,
  REVISION,
  revisionAnnotations,
  revisionOf,
  sizeAnnotations,
} from './revision.ts';
import { newReplicasOf, planRollingUpdate, type Resize, specTotal } from './rolling.ts';

/** What one sync works on; replaced by what each write returns. */
interface Rollout {
  readonly ctx: SyncContext;
  deployment: Deployment;
  newRS: ReplicaSet | undefined;
  old: ReplicaSet[];
}

const allOf = ({ old, newRS }: Rollout): readonly ReplicaSet[] => (newRS ? [...old, newRS] : old);

/** CTL-07: the Deployment's ReplicaSets, adopted and released as needed. */
function claimReplicaSets(deployment: Deployment, ctx: SyncContext): readonly ReplicaSet[] {
  const namespace = deployment.metadata.namespace ?? '';
  const candidates = [
    ...ctx.read.controlledBy('replicasets', deployment.metadata.uid),
    ...ctx.read.orphans('replicasets', namespace),
  ];
  const plan = planClaims(deployment, deployment.spec.selector, candidates);
  const patch = (rs: ReplicaSet, body: object) =>
    ctx.api.patch('replicasets', namespace, rs.metadata.name, body as Readonly<Record<string, unknown>>, 'merge', 'CTL-07');
  for (const rs of plan.release) patch(rs, releasePatch(deployment, rs));
  return [...plan.keep, ...plan.adopt.map((rs) => patch(rs, adoptionPatch(deployment, rs)))];
}

/** Writes sizes and size annotations; an event for each size that changed (DEP-19). Returns whether any did. */
function resize(rollout: Rollout, steps: readonly Resize[]): boolean {
  const { ctx, deployment } = rollout;
  let hasChanged = false;
  for (const { name, to, why } of steps) {
    const rs = allOf(rollout).find((set) => set.metadata.name === name) as ReplicaSet;
    const from = rs.spec.replicas;
    const annotations = { ...rs.metadata.annotations, ...sizeAnnotations(deployment) };
    if (from === to && isSame(annotations, rs.metadata.annotations)) continue;
    const changed = { ...rs, metadata: { ...rs.metadata, annotations }, spec: { ...rs.spec, replicas: to } };
    replace(rollout, ctx.api.update('replicasets', changed, why, { replicaSet: name, from, to }));
    if (from === to) continue;
    hasChanged = true;
    ctx.event(
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`,
    );
  }
  return hasChanged;
}

function replace(rollout: Rollout, rs: ReplicaSet): void {
  if (rollout.newRS?.metadata.name === rs.metadata.name) rollout.newRS = rs;
  else rollout.old = rollout.old.map((set) => (set.metadata.name === rs.metadata.name ? rs : set));
}

/** Writes the Deployment's revision annotation; like upstream this goes with the status. */
function writeStatus(
  rollout: Rollout,
  status: Deployment['status'],
  annotations = rollout.deployment.metadata.annotations,
): void {
  const { ctx, deployment } = rollout;
  let present = deployment;
  if (!isSame(annotations, deployment.metadata.annotations)) {
    const { name, namespace = '' } = deployment.metadata;
    present = ctx.api.patch('deployments', namespace, name, { metadata: { annotations } }, 'merge', 'DEP-11');
  }
  rollout.deployment = isSame(status, present.status)
    ? present
    : ctx.api.updateStatus('deployments', { ...present, status }, 'DEP-17', { deployment: deployment.metadata.name });
}

/** DEP-14: adds the condition for a ReplicaSet that was found or made, and the revision it stands for. */
function recordNewReplicaSet(rollout: Rollout, reason: string | null): void {
  const { deployment, ctx } = rollout;
  const newRS = rollout.newRS as ReplicaSet;
  const revision = String(revisionOf(newRS));
  const annotations = { ...deployment.metadata.annotations, [REVISION]: revision };
  const words = reason === 'NewReplicaSetCreated' ? 'Created' : 'Found';
  const condition =
    reason && hasDeadline(deployment)
      ? conditionNow('Progressing', 'True', reason, `${words} new replica set "${newRS.metadata.name}"`, ctx.now)
      : null;
  const conditions = condition ? withCondition(deployment.status.conditions ?? [], condition) : deployment.status.conditions;
  writeStatus(rollout, { ...deployment.status, ...(conditions && { conditions }) }, annotations);
}

/** DEP-04, DEP-11: the ReplicaSet of the present template, kept in step with the Deployment; made when `create` says so. */
function ensureNewReplicaSet(rollout: Rollout, create: boolean): void {
  const { ctx, deployment, newRS, old } = rollout;
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  if (newRS) {
    const annotations = revisionAnnotations(deployment, newRS.metadata.annotations ?? {}, revision);
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
    if (!isSame(annotations, newRS.metadata.annotations ?? {}) || minReadySeconds !== (newRS.spec.minReadySeconds ?? 0)) {
      const changed = { ...newRS, metadata: { ...newRS.metadata, annotations }, spec: { ...newRS.spec, minReadySeconds } };
      rollout.newRS = ctx.api.update('replicasets', changed, 'DEP-11', { replicaSet: newRS.metadata.name, revision });
    }
    const isUnmarked = hasDeadline(deployment) && !deployment.status.conditions?.some(({ type }) => type === 'Progressing');
    recordNewReplicaSet(rollout, isUnmarked ? 'FoundNewReplicaSet' : null);
  } else if (create) createNewReplicaSet(rollout, revision);
}

function createNewReplicaSet(rollout: Rollout, revision: number): void {
  const { ctx, deployment, old } = rollout;
  const size = newReplicasOf(deployment, 0, specTotal(old));
  const wanted = newReplicaSetOf(deployment, size, revision);
  const { name } = wanted.metadata;
  try {
    const { status: _, ...body } = wanted;
    rollout.newRS = ctx.api.create('replicasets', body, 'DEP-04', { replicaSet: name, revision, size });
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error;
    const found = ctx.read.get('replicasets', deployment.metadata.namespace ?? '', name);
    const isOurs = found && controllerOf(found)?.uid === deployment.metadata.uid;
    if (!found || !isOurs || !isSameTemplate(found.spec.template, deployment.spec.template)) {
      writeStatus(rollout, { ...deployment.status, collisionCount: (deployment.status.collisionCount ?? 0) + 1 });
      throw error;
    }
    rollout.newRS = found;
    recordNewReplicaSet(rollout, null);
    return;
  }
  if (size > 0) ctx.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`);
  recordNewReplicaSet(rollout, 'NewReplicaSetCreated');
}

/** DEP-18. */
function cleanUp(rollout: Rollout): void {
  for (const { metadata } of planHistory(rollout.deployment, rollout.old)) {
    rollout.ctx.api.delete('replicasets', metadata.namespace ?? '', metadata.name, {}, 'DEP-18', { replicaSet: metadata.name });
  }
}

/** Writes what a rollout has come to, and asks to be woken at the deadline. */
function finish(rollout: Rollout): void {
  const { ctx, deployment, newRS } = rollout;
  const epochMs = ctx.settings.epochMs + ctx.nowMs;
  const all = allOf(rollout);
  const counted = deploymentStatus(deployment, all, newRS, ctx.now);
  const status = withReplicaFailure(withProgress(deployment, counted, newRS, epochMs, ctx.now), all, newRS);
  writeStatus(rollout, status);
  const waitMs = stuckCheckMs(rollout.deployment, status, epochMs);
  if (waitMs !== null) ctx.after(waitMs, keyFor(deployment));
}

function syncRollingUpdate(rollout: Rollout): void {
  ensureNewReplicaSet(rollout, true);
  const steps = planRollingUpdate(rollout.deployment, rollout.newRS as ReplicaSet, rollout.old);
  if (!resize(rollout, steps) && isComplete(rollout.deployment, rollout.deployment.status)) cleanUp(rollout);
  finish(rollout);
}

function syncRecreate(rollout: Rollout): void {
  const { ctx } = rollout;
  ensureNewReplicaSet(rollout, false);
  const oldPods = rollout.old.flatMap((rs) => ctx.read.controlledBy('pods', rs.metadata.uid));
  const plan = planRecreate(rollout.deployment, rollout.old, oldPods);
  if (plan.step === 'shrink') resize(rollout, plan.resizes);
  if (plan.step === 'grow') {
    if (!rollout.newRS) ensureNewReplicaSet(rollout, true);
    const newRS = rollout.newRS as unknown as ReplicaSet;
    resize(rollout, [{ name: newRS.metadata.name, to: rollout.deployment.spec.replicas, why: 'DEP-09' }]);
    if (isComplete(rollout.deployment, rollout.deployment.status)) cleanUp(rollout);
  }
  finish(rollout);
}

/** DEP-05: scaling and pausing do not roll out. */
function syncScale(rollout: Rollout): void {
  const { ctx } = rollout;
  ensureNewReplicaSet(rollout, false);
  resize(rollout, planScale(rollout.deployment, rollout.newRS, rollout.old));
  if (rollout.deployment.spec.paused) cleanUp(rollout);
  writeStatus(rollout, deploymentStatus(rollout.deployment, allOf(rollout), rollout.newRS, ctx.now));
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const deployment = ctx.read.get('deployments', namespace, name);
  if (!deployment || isEmptySelector(deployment.spec.selector)) return;
  const all = claimReplicaSets(deployment, ctx);
  const newRS = findNewReplicaSet(deployment, all);
  const rollout: Rollout = { ctx, deployment, newRS, old: all.filter((rs) => rs !== newRS) };
  if (deployment.metadata.deletionTimestamp !== undefined) {
    writeStatus(rollout, deploymentStatus(deployment, all, newRS, ctx.now));
    return;
  }
  const pause = pauseCondition(deployment, ctx.now);
  if (pause)
    writeStatus(rollout, { ...deployment.status, conditions: withCondition(deployment.status.conditions ?? [], pause) });
  if (deployment.spec.paused || isScalingEvent(deployment, all)) syncScale(rollout);
  else if (deployment.spec.strategy.type === 'Recreate') syncRecreate(rollout);
  else syncRollingUpdate(rollout);
}

export const deploymentController: Actor = {
  name: 'deployment-controller',
  // Slower than the ReplicaSet controller, as on a real cluster (CTL-15): an old Pod is asked to go before its replacement is planned.
  latencyMs: [15, 35],
  watches: {
    deployments: itself,
    replicasets: ownersOf('Deployment', 'deployments', (deployment, rs) =>
      matchesSelector(deployment.spec.selector, rs.metadata.labels),
    ),
  },
  sync,
};
