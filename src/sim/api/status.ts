// What the API server says when it refuses: metav1.Status with upstream's reasons, codes and sentences.
// Models staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go.

import type { Json } from '../types.ts';

export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, Json>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
  readonly code: number;
}

/** A refused request. `status` is what goes over the wire; the message is the Status's. */
export class ApiError extends Error {
  readonly status: Status;
  constructor(status: Status) {
    super(status.message ?? status.reason ?? 'unknown');
    this.status = status;
  }
}

/** Whether something thrown is an ApiError of a reason, for example `NotFound`. */
export function isReason(error: unknown, reason: string): error is ApiError {
  return error instanceof ApiError && error.status.reason === reason;
}

/** A resource with its API group, as messages name it: `pods`, `deployments.apps`. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

export const qualified = ({ group, resource }: GroupResource) => (group ? `${resource}.${group}` : resource);

export function failure(code: number, reason: string, message: string, details?: Status['details']): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details ? { details } : {}),
    code,
  });
}

const detailsOf = (of: GroupResource, name: string) => ({ name, ...(of.group ? { group: of.group } : {}), kind: of.resource });

/** The answer of a deletion that removed something. */
export const success = (of: GroupResource, name: string, uid: string): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { ...detailsOf(of, name), uid },
  code: 200,
});

export const notFound = (of: GroupResource, name: string) =>
  failure(404, 'NotFound', `${qualified(of)} "${name}" not found`, detailsOf(of, name));

/** No such path, kind or resource at all. */
export const noSuchResource = () => failure(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (of: GroupResource, name: string) =>
  failure(409, 'AlreadyExists', `${qualified(of)} "${name}" already exists`, detailsOf(of, name));

/** CTL-04 and preconditions. */
export const conflict = (of: GroupResource, name: string, why: string) =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`, detailsOf(of, name));

/** A server-side apply that would change what others manage. */
export const applyConflict = (message: string, causes: readonly StatusCause[]) => failure(409, 'Conflict', message, { causes });

/** A server-side apply of something that the schema does not know. */
export const typedPatchFault = (what: string) => failure(500, '', `failed to create typed patch object ${what}`);

export const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

export const badRequest = (message: string) => failure(400, 'BadRequest', message);

export const forbidden = (of: GroupResource, name: string, why: string) =>
  failure(
    403,
    'Forbidden',
    name ? `${qualified(of)} "${name}" is forbidden: ${why}` : `${qualified(of)} is forbidden: ${why}`,
    detailsOf(of, name),
  );

export const tooManyRequests = (message: string, retryAfterSeconds: number, causes: readonly StatusCause[]) =>
  failure(429, 'TooManyRequests', message, { ...(causes.length ? { causes } : {}), retryAfterSeconds });

export const internalError = (message: string) => failure(500, 'InternalError', message);

export const methodNotAllowed = (of: GroupResource, verb: string) =>
  failure(405, 'MethodNotAllowed', `${verb} is not supported on resources of kind "${qualified(of)}"`, detailsOf(of, ''));

export const unsupportedMediaType = (of: string) =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${of}`,
  );

/** 422 with one cause for each field that is wrong; the sentence is an aggregate as Go prints it, doubles dropped. */
export function invalid(
  of: { readonly group: string; readonly kind: string },
  name: string,
  causes: readonly StatusCause[],
): ApiError {
  const unique = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  const list = unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`;
  const kind = of.group ? `${of.kind}.${of.group}` : of.kind;
  return failure(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`, {
    name,
    ...(of.group ? { group: of.group } : {}),
    kind: of.kind,
    causes,
  });
}
