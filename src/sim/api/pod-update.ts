// What may change on a living Pod (POD-20). Models pkg/apis/core/validation/validation.go ValidatePodUpdate.
// Differs: the refusal ends without the unified diff of the internal spec.

import { isSame } from '../../base/json.ts';
import type { Draft } from './desk.ts';
import type { FieldErrors } from './fields.ts';

const REFUSAL =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,' +
  '`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Whether gates were only taken away. */
const isFewer = (next: readonly Draft[] = [], old: readonly Draft[] = []) =>
  next.every(({ name }) => old.some((gate) => gate.name === name));

/** The spec with everything that may change taken from the old one. */
function withMutableOf(next: Draft, old: Draft): Draft {
  const images = (list: readonly Draft[] | undefined, from: readonly Draft[] | undefined) =>
    list?.map((container, i) => ({ ...container, image: from?.[i]?.image ?? container.image }));
  return {
    ...next,
    containers: images(next.containers, old.containers),
    initContainers: images(next.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: isFewer(next.schedulingGates, old.schedulingGates) ? old.schedulingGates : next.schedulingGates,
  };
}

export function validatePodUpdate({ spec: next }: Draft, { spec: old }: Draft, errors: FieldErrors): void {
  if (next.containers?.length !== old.containers.length) {
    errors.forbidden('spec.containers', 'pod updates may not add or remove containers');
    return;
  }
  if ((next.initContainers?.length ?? 0) !== (old.initContainers?.length ?? 0)) {
    errors.forbidden('spec.initContainers', 'pod updates may not add or remove containers');
    return;
  }
  const kept = (old.tolerations ?? []).every((t: Draft) =>
    (next.tolerations ?? []).some((n: Draft) => isSame({ ...n, tolerationSeconds: 0 }, { ...t, tolerationSeconds: 0 })),
  );
  if (!kept) errors.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds');
  if (!isSame(withMutableOf(next, old), old)) errors.forbidden('spec', REFUSAL);
}
