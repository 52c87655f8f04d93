// PATCH: reads, changes, writes, in one step. Models apiserver/pkg/endpoints/handlers/patch.go.

import { isRecord } from '../../base/json.ts';
import type { KubeObject } from '../types.ts';
import type { PatchType } from './client.ts';
import { decode } from './decode.ts';
import type { Desk, Draft } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { applied, decodeApplied, managersOfApplied } from './managed.ts';
import { jsonPatch, mergePatch, strategicPatch } from './patches.ts';
import { typeOf } from './schema.ts';
import { badRequest, conflict, STALE, unsupportedMediaType } from './status.ts';
import { scaleOf, updateScale } from './subresources.ts';
import { createObject, replace, replaceStatus, stored } from './write.ts';

export interface PatchRequest {
  readonly type: PatchType;
  readonly patch: unknown;
  readonly subresource: '' | 'status' | 'scale' | 'finalize';
  readonly force?: boolean;
}

/** Applies a patch to a stored object; a patch that changes nothing writes nothing. */
export function patchObject(
  desk: Desk,
  info: ResourceInfo,
  namespace: string,
  name: string,
  request: PatchRequest,
): KubeObject {
  if (request.type === 'apply') return applyObject(desk, info, namespace, name, request);
  const old = stored(desk, info, namespace, name);
  if (request.subresource === 'scale') {
    const scale = patched(scaleOf(old, info), request, null) as Draft;
    return updateScale(desk, info, namespace, name, scale);
  }
  const type = typeOf(info.groupVersion, info.kind);
  if (request.type === 'strategic' && type === null)
    throw unsupportedMediaType('application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml');
  const draft = decode(info, patched(old, request, type), desk);
  if (draft.metadata?.name !== name)
    throw badRequest(`the name of the object (${draft.metadata?.name}) does not match the name on the URL (${name})`);
  if (draft.metadata.resourceVersion !== old.metadata.resourceVersion) throw conflict(info, name, STALE);
  return request.subresource === 'status'
    ? replaceStatus(desk, info, old, draft)
    : replace({ ...desk, subresource: request.subresource }, info, old, draft);
}

/** Server-side apply: creates what is not there. */
function applyObject(
  desk: Desk,
  info: ResourceInfo,
  namespace: string,
  name: string,
  { patch, force }: PatchRequest,
): KubeObject {
  const config = decodeApplied(info, patch);
  if (!desk.manager)
    throw badRequest('PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch');
  config.metadata = { ...config.metadata, name };
  const old = desk.store.get(info.resource, namespace, name);
  if (!old) return createObject(desk, info, namespace, config, managersOfApplied(desk, info, config));
  const { draft, managedFields } = applied(desk, info, old, config, force === true);
  return replace(desk, info, old, decode(info, draft), managedFields);
}

function patched(target: KubeObject, { type, patch }: PatchRequest, schema: string | null): unknown {
  if (type === 'json') return jsonPatch(target, patch);
  if (!isRecord(patch)) throw badRequest('json: cannot unmarshal array into Go value of type map[string]interface {}');
  return type === 'strategic' ? strategicPatch(target, patch, schema) : mergePatch(target, patch);
}
