// The one door: a request with upstream's paths in, a code and a body out. Controllers, kubectl and, later, a real kubectl through
// an HTTP shim all come through here.

import type { PodRuntime, SyncContext } from '../actor.ts';
import { writesSince } from '../log.ts';
import { type ClusterState, timeAt } from '../state.ts';
import type { From, Store } from '../store.ts';
import type { KubeObject } from '../types.ts';
import type { DeleteOptions, PatchType } from './client.ts';
import type { Desk, Draft, Operation } from './desk.ts';
import { Discovery, type ResourceInfo } from './discovery.ts';
import { evictPod } from './eviction.ts';
import { patchObject } from './patching.ts';
import { proxyToPod } from './proxy.ts';
import { listObjects, watchEventsOf } from './read.ts';
import { deleteObject } from './remove.ts';
import { execInPod, logsOfPod } from './runtime.ts';
import { ApiError, badRequest, methodNotAllowed, noSuchResource, type Status, success } from './status.ts';
import { bindPod, scaleOf, updateScale } from './subresources.ts';
import { tableOf } from './tables.ts';
import { createObject, stored, updateObject, updateStatus } from './write.ts';

export interface ApiRequest {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  /** `/apis/apps/v1/namespaces/default/deployments/web/scale` */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** For a patch: `application/strategic-merge-patch+json` and the like. */
  readonly contentType?: string;
  readonly body?: unknown;
  /** `table` asks for the columns and cells that kubectl prints. */
  readonly accept?: 'json' | 'table';
}

export interface ApiResponse {
  readonly code: number;
  readonly body: unknown;
  /** Texts of `Warning:` headers. */
  readonly warnings: readonly string[];
}

export interface List {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubeObject[];
}

/** What the door needs of the cluster around it. */
export interface DoorContext {
  readonly state: ClusterState;
  readonly store: Store;
  readonly runtime: PodRuntime | undefined;
  /** A context in which the node's runtime can act. */
  contextFor(from: From): SyncContext;
}

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export class Door {
  readonly #context: DoorContext;
  #discovery: Discovery | null = null;
  #definitions: readonly KubeObject[] = [];

  constructor(context: DoorContext) {
    this.#context = context;
  }

  /** What the server knows now. */
  get discovery(): Discovery {
    const definitions = this.#context.store.list('customresourcedefinitions');
    if (!this.#discovery || definitions !== this.#definitions) this.#discovery = new Discovery(definitions);
    this.#definitions = definitions;
    return this.#discovery;
  }

  /** A request as it would go over the wire; never throws, errors are Status bodies. */
  request(request: ApiRequest, from: From): ApiResponse {
    const warnings: string[] = [];
    try {
      const manager = request.query?.['fieldManager'];
      const mode = request.query?.['fieldValidation'];
      const desk = {
        ...this.desk(from, (message) => warnings.push(message)),
        ...(manager ? { manager } : {}),
        ...(mode === 'Ignore' || mode === 'Warn' ? { unknownFields: mode } : {}),
      } satisfies Desk;
      const body = this.#answer(desk, request);
      return { code: request.verb === 'create' ? 201 : 200, body, warnings };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { code: error.status.code, body: error.status, warnings };
    }
  }

  /** One request's view of the cluster. */
  desk(from: From, warn: (message: string) => void = () => {}): Desk {
    const { state, store } = this.#context;
    return { state, store, discovery: this.discovery, from, now: timeAt(state.settings, state.nowMs), warn };
  }

  #answer(desk: Desk, request: ApiRequest): unknown {
    const operation = this.#operationOf(desk, request);
    if (request.verb === 'watch') return this.#watch(desk, operation, request.accept === 'table');
    const result = this.perform(desk, operation);
    if (request.accept !== 'table' || typeof result !== 'object' || result === null) return result;
    if (operation.info.resource === 'endpoints' && operation.verb !== 'delete')
      desk.warn('v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice');
    const items = operation.verb === 'list' ? (result as List).items : isKubeObject(result) ? [result] : null;
    return items ? tableOf(desk, operation.info, items) : result;
  }

  #watch(desk: Desk, { info, namespace, name, query }: Operation, asTable: boolean): readonly unknown[] {
    const since = Number(query['resourceVersion'] ?? desk.state.revision);
    const fieldSelector = name ? `metadata.name=${name}` : query['fieldSelector'];
    const events = watchEventsOf(writesSince(desk.state.log, since), info, {
      ...listOptionsOf(query),
      namespace,
      ...(fieldSelector ? { fieldSelector } : {}),
    });
    return asTable ? events.map((event) => ({ ...event, object: tableOf(desk, info, [event.object]) })) : events;
  }

  #operationOf(desk: Desk, { path, verb, query = {}, contentType, body }: ApiRequest): Operation {
    const parts = path.split('?')[0]?.split('/').filter(Boolean).map(decodeURIComponent) ?? [];
    const [root, ...rest] = parts;
    const groupVersion = root === 'api' ? rest.splice(0, 1)[0] : root === 'apis' ? rest.splice(0, 2).join('/') : undefined;
    let namespace = '';
    if (rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] as string))
      namespace = rest.splice(0, 2)[1] as string;
    const [resource = '', name = '', subresource = '', ...more] = rest;
    const info = groupVersion ? desk.discovery.at(groupVersion, resource) : undefined;
    if (!info || (more.length > 0 && subresource !== 'proxy') || (subresource && !info.subresources.includes(subresource)))
      throw noSuchResource();
    return {
      verb: verb === 'watch' ? 'list' : verb,
      info,
      namespace: info.namespaced ? namespace : '',
      name,
      subresource,
      rest: more.join('/'),
      query,
      ...(contentType ? { contentType } : {}),
      body,
    };
  }

  /** Performs what a path and verb ask for; throws ApiError. */
  perform(desk: Desk, operation: Operation): unknown {
    const { verb, info, namespace, name, query, body, subresource } = operation;
    if (subresource) return this.#performSub(desk, operation);
    if (!info.verbs.includes(verb) || (verb === 'create' && name)) throw methodNotAllowed(info, verb);
    if (verb !== 'list' && verb !== 'create' && verb !== 'deletecollection' && !name) throw badRequest('name is required');
    switch (verb) {
      case 'get':
        return stored(desk, info, namespace, name);
      case 'list':
        return this.list(desk, info, { ...listOptionsOf(query), namespace });
      case 'create':
        return createObject(desk, info, namespace || (info.namespaced ? 'default' : ''), body);
      case 'update':
        return updateObject(desk, info, namespace, name, body);
      case 'patch':
        return patchObject(desk, info, namespace, name, { ...patchOf(operation), subresource: '' });
      case 'delete':
        return deletion(desk, info, namespace, name, deleteOptionsOf(body, query));
      case 'deletecollection': {
        const options = deleteOptionsOf(body, query);
        const items = listObjects(desk, info, { ...listOptionsOf(query), namespace });
        for (const item of items) deleteObject(desk, info, item.metadata.namespace ?? '', item.metadata.name, options);
        return {
          apiVersion: info.groupVersion,
          kind: `${info.kind}List`,
          metadata: { resourceVersion: String(desk.state.revision) },
          items,
        };
      }
    }
  }

  list(desk: Desk, info: ResourceInfo, options: Parameters<typeof listObjects>[2]): List {
    const items = listObjects(desk, info, options);
    return {
      apiVersion: info.groupVersion,
      kind: `${info.kind}List`,
      metadata: { resourceVersion: String(desk.state.revision) },
      items,
    };
  }

  #performSub(desk: Desk, operation: Operation): unknown {
    const { verb, info, namespace, name, body, query, subresource } = operation;
    const { runtime, contextFor } = this.#context;
    switch (`${verb} ${subresource}`) {
      case 'get status':
        return stored(desk, info, namespace, name);
      case 'update status':
        return updateStatus(desk, info, namespace, name, body);
      case 'get scale':
        return scaleOf(stored(desk, info, namespace, name), info);
      case 'update scale':
        return updateScale(desk, info, namespace, name, body);
      case 'patch status':
      case 'patch scale':
        return patchObject(desk, info, namespace, name, { ...patchOf(operation), subresource: subresource as 'status' });
      case 'create binding':
        return bindPod(desk, info, namespace, name, body as Draft);
      case 'create eviction':
        evictPod(desk, info, namespace, name, ((body as Draft)?.deleteOptions ?? {}) as DeleteOptions);
        return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } satisfies Status;
      case 'get log':
        return logsOfPod(desk, runtime, contextFor(desk.from), info, namespace, name, query);
      case 'get proxy':
        if (info.resource !== 'pods') throw noSuchResource();
        return proxyToPod(desk, runtime, contextFor(desk.from), info, namespace, name, operation.rest ?? '');
      case 'create exec':
        return execInPod(desk, runtime, contextFor(desk.from), info, namespace, name, body as Draft);
      default:
        throw methodNotAllowed({ group: info.group, resource: `${info.resource}/${subresource}` }, verb);
    }
  }
}

const isKubeObject = (value: object): value is KubeObject => 'metadata' in value && 'kind' in value && value.kind !== 'Status';

function deletion(desk: Desk, info: ResourceInfo, namespace: string, name: string, options: DeleteOptions): unknown {
  const { object, isGone } = deleteObject(desk, info, namespace, name, options);
  return isGone && info.resource !== 'pods' ? success(info, name, object.metadata.uid) : object;
}

function listOptionsOf(query: Readonly<Record<string, string>>) {
  const { labelSelector, fieldSelector } = query;
  return { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
}

function deleteOptionsOf(body: unknown, query: Readonly<Record<string, string>>): DeleteOptions {
  const { gracePeriodSeconds, propagationPolicy, preconditions } = (body ?? {}) as Draft;
  const grace =
    gracePeriodSeconds ?? (query['gracePeriodSeconds'] === undefined ? undefined : Number(query['gracePeriodSeconds']));
  const policy = propagationPolicy ?? query['propagationPolicy'];
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(preconditions ? { preconditions } : {}),
  };
}

function patchOf({ contentType = '', body, query }: Operation) {
  const type = PATCH_TYPES[contentType];
  if (!type) throw badRequest(`unknown patch type ${contentType}`);
  return { type, patch: body, force: query['force'] === 'true' };
}
