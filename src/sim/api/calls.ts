// The client, made of direct calls to the door's handlers: no path is built or read on the way.

import type { KubeObject, ObjectOf, Pod, Resource } from '../types.ts';
import type { Client, DeleteOptions, Facts, ListOptions, NewObject, PatchType } from './client.ts';
import type { Desk, Draft } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import type { Door } from './door.ts';
import { evictPod } from './eviction.ts';
import { patchObject } from './patching.ts';
import { listObjects } from './read.ts';
import { deleteObject } from './remove.ts';
import { noSuchResource } from './status.ts';
import { bindPod, updateScale } from './subresources.ts';
import { createObject, stored, updateObject, updateStatus } from './write.ts';

/** Who is calling: name and cause; each write adds its own `why`. */
export interface Caller {
  readonly actor: string;
  readonly cause: number | null;
}

/** A client in someone's name. `wrote` is told after each write, for the cause of timers set later in the same sync. */
export class DoorClient implements Client {
  readonly #door: Door;
  readonly #caller: Caller;

  constructor(door: Door, caller: Caller) {
    this.#door = door;
    this.#caller = caller;
  }

  #desk(why: string, facts?: Facts): Desk {
    return this.#door.desk({ ...this.#caller, why, ...(facts ? { facts } : {}) });
  }

  #info(desk: Desk, resource: Resource): ResourceInfo {
    const info = desk.discovery.named(resource);
    if (!info) throw noSuchResource();
    return info;
  }

  get<R extends Resource>(resource: R, namespace: string, name: string): ObjectOf<R> {
    const desk = this.#desk('read');
    return stored(desk, this.#info(desk, resource), namespace, name) as ObjectOf<R>;
  }

  list<R extends Resource>(resource: R, options: ListOptions = {}): readonly ObjectOf<R>[] {
    const desk = this.#desk('read');
    return listObjects(desk, this.#info(desk, resource), options) as readonly ObjectOf<R>[];
  }

  create<R extends Resource>(resource: R, object: NewObject, why: string, facts?: Facts): ObjectOf<R> {
    const desk = this.#desk(why, facts);
    const info = this.#info(desk, resource);
    return createObject(desk, info, info.namespaced ? (object.metadata.namespace ?? 'default') : '', object) as ObjectOf<R>;
  }

  update<R extends Resource>(resource: R, object: ObjectOf<R>, why: string, facts?: Facts): ObjectOf<R> {
    const desk = this.#desk(why, facts);
    const { namespace = '', name } = (object as KubeObject).metadata;
    return updateObject(desk, this.#info(desk, resource), namespace, name, object) as ObjectOf<R>;
  }

  updateStatus<R extends Resource>(resource: R, object: ObjectOf<R>, why: string, facts?: Facts): ObjectOf<R> {
    const desk = this.#desk(why, facts);
    const { namespace = '', name } = (object as KubeObject).metadata;
    return updateStatus(desk, this.#info(desk, resource), namespace, name, object) as ObjectOf<R>;
  }

  patch<R extends Resource>(
    resource: R,
    namespace: string,
    name: string,
    patch: unknown,
    type: PatchType,
    why: string,
    options: { readonly subresource?: 'status' | 'scale' | 'finalize'; readonly facts?: Facts } = {},
  ): ObjectOf<R> {
    const desk = this.#desk(why, options.facts);
    const request = { type, patch, subresource: options.subresource ?? '' } as const;
    return patchObject(desk, this.#info(desk, resource), namespace, name, request) as ObjectOf<R>;
  }

  delete(resource: Resource, namespace: string, name: string, options: DeleteOptions, why: string, facts?: Facts): void {
    const desk = this.#desk(why, facts);
    deleteObject(desk, this.#info(desk, resource), namespace, name, options);
  }

  evict(namespace: string, pod: string, options: DeleteOptions, why: string): void {
    const desk = this.#desk(why);
    evictPod(desk, this.#info(desk, 'pods'), namespace, pod, options);
  }

  bind(namespace: string, pod: string, node: string, why: string, facts?: Facts): Pod {
    const desk = this.#desk(why, facts);
    return bindPod(desk, this.#info(desk, 'pods'), namespace, pod, { target: { kind: 'Node', name: node } } as Draft) as Pod;
  }

  scale(resource: Resource, namespace: string, name: string, replicas: number, why: string): number {
    const desk = this.#desk(why);
    const info = this.#info(desk, resource);
    const before = stored(desk, info, namespace, name);
    updateScale(desk, info, namespace, name, { spec: { replicas } });
    return before.spec?.replicas ?? 0;
  }
}
