// Actors whose watches cannot be relied on: events come late and out of order, come twice, or are lost until the watch is opened again
// and everything is listed, as client-go's reflector does. The cluster itself does not know.

import type { Actor, SyncContext, Watch } from '../../src/sim/actor.ts';
import type { KubeObject, Resource } from '../../src/sim/types.ts';
import type { Draw } from './chaos.ts';

/** Between two lists, in virtual milliseconds. */
const LIST_EVERY_MS = 2000;
/** Longest delay of an event. */
const LATEST_MS = 400;

/** What became of events in one run. */
export interface Distortion {
  lost: number;
  repeated: number;
}

/** What one actor believes of one resource: an informer's cache, by uid. */
class Informer {
  readonly actor: string;
  readonly resource: Resource;
  readonly watch: Watch;
  readonly cache = new Map<string, KubeObject>();

  constructor(actor: string, resource: Resource, watch: Watch) {
    this.actor = actor;
    this.resource = resource;
    this.watch = watch;
  }

  /** Keys of an event as the actor sees it: changed since what it knew, which may be older than what was before. */
  keysOf(object: KubeObject, read: SyncContext['read'], gone: boolean): readonly string[] {
    const { uid } = object.metadata;
    const before = gone ? null : (this.cache.get(uid) ?? null);
    if (gone) this.cache.delete(uid);
    else this.cache.set(uid, object);
    return this.watch(object, before, read, gone, this.resource);
  }

  /** Everything there is, and what has vanished unseen. */
  list(read: SyncContext['read']): readonly string[] {
    const present = read.list(this.resource) as readonly KubeObject[];
    const uids = new Set(present.map(({ metadata }) => metadata.uid));
    const vanished = [...this.cache.values()].filter(({ metadata }) => !uids.has(metadata.uid));
    return [
      ...vanished.flatMap((object) => this.keysOf(object, read, true)),
      ...present.flatMap((object) => this.keysOf(object, read, false)),
    ];
  }
}

/** The actors behind unreliable watches: three events of ten are lost, one of ten comes twice, all come 1 to 400 ms late. */
export function withUnreliableWatches(actors: readonly Actor[], draw: Draw, seen: Distortion): readonly Actor[] {
  const informers: Informer[] = [];
  const again: { readonly actor: string; readonly key: string }[] = [];
  const wrapped = actors.map((actor): Actor => {
    const watches: Partial<Record<Resource, Watch>> = {};
    for (const [resource, watch] of Object.entries(actor.watches) as [Resource, Watch][]) {
      const informer = new Informer(actor.name, resource, watch);
      informers.push(informer);
      watches[resource] = (object, _before, read, gone) => {
        const fate = draw(10);
        if (fate < 3) {
          seen.lost++;
          return [];
        }
        const keys = informer.keysOf(object, read, gone);
        if (fate === 3) {
          seen.repeated++;
          again.push(...keys.map((key) => ({ actor: actor.name, key })));
        }
        return keys;
      };
    }
    return { ...actor, watches, latencyMs: [1, LATEST_MS] };
  });
  const reflector: Actor = {
    name: 'reflector',
    latencyMs: [1, 1],
    watches: {},
    startKeys: ['list'],
    sync: (key, ctx) => {
      for (const { actor, key: repeated } of again.splice(0)) ctx.as(actor).after(1 + draw(LATEST_MS), repeated);
      for (const informer of informers)
        for (const listed of informer.list(ctx.read)) ctx.as(informer.actor).after(1 + draw(LATEST_MS), listed);
      ctx.after(LIST_EVERY_MS, key);
    },
  };
  return [...wrapped, reflector];
}
