// Claims, volumes and storage classes: defaults, admission, validation (VOL-01, VAL-09, VAL-17).
// Models pkg/apis/core/v1/defaults.go, pkg/apis/core/validation, plugin/pkg/admission/storage.

import { isSame } from '../../base/json.ts';
import type { Desk, Draft, KindRules } from './desk.ts';
import type { FieldErrors } from './fields.ts';
import { subdomainFaults } from './metadata.ts';
import { preset } from './pod-defaults.ts';
import { quantityOf } from './quantity.ts';
import { forbidden } from './status.ts';

const MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

export function claimDefaults(claim: Draft): void {
  claim.spec ??= {};
  preset(claim.spec, { volumeMode: 'Filesystem', resources: {} });
}

function validateOncePod(spec: Draft, path: string, errors: FieldErrors): void {
  const modes: readonly string[] = spec.accessModes ?? [];
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && MODES.includes(mode)))
    errors.forbidden(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes');
}

/** A claim's spec, also inside a StatefulSet's template. */
export function validateClaimSpec(spec: Draft, path: string, errors: FieldErrors): void {
  if (!spec.accessModes?.length) errors.required(`${path}.accessModes`, 'at least 1 access mode is required');
  for (const mode of spec.accessModes ?? []) if (!MODES.includes(mode)) errors.unsupported(`${path}.accessModes`, mode, MODES);
  validateOncePod(spec, path, errors);
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.required(`${path}.resources[storage]`);
  else if (quantityOf(storage) <= 0) errors.invalid(`${path}.resources[storage]`, storage, 'must be greater than zero');
  if (spec.storageClassName)
    errors.each(`${path}.storageClassName`, spec.storageClassName, subdomainFaults(spec.storageClassName));
  if (spec.volumeMode && !['Block', 'Filesystem'].includes(spec.volumeMode))
    errors.unsupported(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']);
}

/** VAL-09: requests may grow once bound, a class may come late (VOL-02), the volume is chosen once. */
function validateClaimUpdate(next: Draft, old: Draft, errors: FieldErrors): void {
  const allowed = { ...next.spec };
  if (old.spec.volumeName === undefined) allowed.volumeName = old.spec.volumeName;
  if (old.spec.storageClassName === undefined) allowed.storageClassName = old.spec.storageClassName;
  if (old.status?.phase === 'Bound') allowed.resources = old.spec.resources;
  if (!isSame(allowed, old.spec)) {
    errors.forbidden(
      'spec',
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    );
    return;
  }
  const [wanted, had] = [next, old].map((claim) => quantityOf(claim.spec.resources?.requests?.storage)) as [number, number];
  if (wanted < had && wanted < quantityOf(old.status?.capacity?.storage))
    errors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
}

const CLAIMS = { group: '', resource: 'persistentvolumeclaims' };

/** Admission PersistentVolumeClaimResize: a bound claim grows only if its class says so. */
function refuseGrowth(next: Draft, old: Draft, { store }: Desk): void {
  const [wanted, had] = [next, old].map((claim) => quantityOf(claim.spec.resources?.requests?.storage)) as [number, number];
  if (!(wanted > had) || old.status?.phase !== 'Bound') return;
  if (store.get('storageclasses', '', next.spec.storageClassName ?? '')?.['allowVolumeExpansion'] === true) return;
  const why =
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
  throw forbidden(CLAIMS, old.metadata.name, why);
}

export const persistentvolumeclaims: KindRules = {
  defaults: claimDefaults,
  prepareCreate(claim, { store }) {
    claim.status = { phase: 'Pending' };
    claim.metadata.finalizers = [...new Set([...(claim.metadata.finalizers ?? []), 'kubernetes.io/pvc-protection'])];
    if (claim.spec.storageClassName !== undefined) return;
    const chosen = defaultClassOf(store.list('storageclasses'));
    if (chosen) claim.spec.storageClassName = chosen.metadata.name;
  },
  prepareUpdate: refuseGrowth,
  validate: ({ spec }, errors) => validateClaimSpec(spec, 'spec', errors),
  validateUpdate: validateClaimUpdate,
};

/** The newest default class; of equally old ones the first by name (VOL-01). */
export function defaultClassOf<T extends { readonly metadata: Draft }>(classes: readonly T[]): T | undefined {
  const order = (a: T, b: T) =>
    a.metadata.creationTimestamp === b.metadata.creationTimestamp
      ? a.metadata.name < b.metadata.name
        ? -1
        : 1
      : a.metadata.creationTimestamp < b.metadata.creationTimestamp
        ? 1
        : -1;
  return classes.filter((c) => c.metadata.annotations?.[DEFAULT_CLASS] === 'true').sort(order)[0];
}

const VOLUME_FIELDS = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

function validateCapacity(capacity: Draft, errors: FieldErrors): void {
  const names = Object.keys(capacity);
  if (names.length === 0) errors.required('spec.capacity');
  if (capacity.storage === undefined || names.length > 1)
    errors.unsupported('spec.capacity', names.length ? capacity : null, ['storage']);
  for (const name of names)
    if (quantityOf(capacity[name]) <= 0) errors.invalid(`spec.capacity[${name}]`, capacity[name], 'must be greater than zero');
}

/** One volume type: a directory of the node by a path without steps back, and a local one says on which node it is. */
function validateSources(spec: Draft, sources: readonly string[], errors: FieldErrors): void {
  const [first, ...others] = ['hostPath', 'local', ...sources].filter(
    (field, i, all) => field in spec && all.indexOf(field) === i,
  );
  const path: string = spec[first as string]?.path ?? '';
  if (first === 'hostPath' || first === 'local') {
    if (!path) errors.required(`spec.${first}.path`);
    else if (path.split('/').includes('..')) errors.invalid(`spec.${first}.path`, path, "must not contain '..'");
  }
  if (first === 'local' && !spec.nodeAffinity?.required)
    errors.required('spec.nodeAffinity', 'Local volume requires node affinity');
  for (const other of others) errors.forbidden(`spec.${other}`, 'may not specify more than 1 volume type');
}

export const persistentvolumes: KindRules = {
  defaults(volume) {
    volume.spec ??= {};
    preset(volume.spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' });
    if (volume.spec.hostPath) preset(volume.spec.hostPath, { type: '' });
  },
  prepareCreate(volume) {
    volume.status = { phase: 'Pending' };
    volume.metadata.finalizers = [...new Set([...(volume.metadata.finalizers ?? []), 'kubernetes.io/pv-protection'])];
  },
  validate({ spec }, errors) {
    if (!spec.accessModes?.length) errors.required('spec.accessModes');
    for (const mode of spec.accessModes ?? []) if (!MODES.includes(mode)) errors.unsupported('spec.accessModes', mode, MODES);
    validateOncePod(spec, 'spec', errors);
    validateCapacity(spec.capacity ?? {}, errors);
    const policies = ['Delete', 'Recycle', 'Retain'];
    if (!policies.includes(spec.persistentVolumeReclaimPolicy))
      errors.unsupported('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, policies);
    const sources = Object.keys(spec).filter((field) => !VOLUME_FIELDS.has(field));
    if (sources.length === 0) errors.required('spec', 'must specify a volume type');
    else validateSources(spec, sources, errors);
    if (spec.storageClassName)
      errors.each('spec.storageClassName', spec.storageClassName, subdomainFaults(spec.storageClassName));
  },
};

export const storageclasses: KindRules = {
  defaults: (draft) => preset(draft, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  validate(draft, errors) {
    if (!draft.provisioner) errors.required('provisioner');
    if (!['Delete', 'Retain', 'Recycle'].includes(draft.reclaimPolicy))
      errors.unsupported('reclaimPolicy', draft.reclaimPolicy, ['Delete', 'Retain']);
    const modes = ['Immediate', 'WaitForFirstConsumer'];
    if (!modes.includes(draft.volumeBindingMode)) errors.unsupported('volumeBindingMode', draft.volumeBindingMode, modes);
  },
  validateUpdate(next, old, errors) {
    for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'])
      if (!isSame(next[field], old[field]))
        errors.forbidden(field === 'parameters' ? 'parameters' : field, `updates to ${field} are forbidden.`);
  },
};
