// One request of kubectl's, with the server's warnings on stderr and its refusals thrown.

import type { PatchType } from '../sim/api/client.ts';
import type { ResourceInfo } from '../sim/api/discovery.ts';
import type { ApiRequest } from '../sim/api/door.ts';
import { ApiError, type Status } from '../sim/api/status.ts';
import type { KubeObject } from '../sim/types.ts';
import type { Context } from './context.ts';
import { pathOf } from './resources.ts';

/** The body of the answer; throws ApiError when the server refuses. */
export function send(ctx: Context, request: ApiRequest): KubeObject {
  const { code, body, warnings } = ctx.request(request);
  for (const warning of warnings) ctx.err(`Warning: ${warning}\n`);
  if (code >= 400) throw new ApiError(body as Status);
  return body as KubeObject;
}

const CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export interface PatchOptions {
  readonly subresource?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** PATCH of one object. */
export function sendPatch(
  ctx: Context,
  info: ResourceInfo,
  namespace: string,
  name: string,
  type: PatchType,
  patch: unknown,
  options: PatchOptions = {},
): KubeObject {
  return send(ctx, {
    verb: 'patch',
    path: pathOf(info, namespace, name, options.subresource),
    contentType: CONTENT_TYPES[type],
    body: patch,
    ...(options.query ? { query: options.query } : {}),
  });
}
