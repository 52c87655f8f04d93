// A review log in memory: for tests, and for browsers that refuse to keep anything (the reader is told).

import type { StoredEvent } from '../../review/event.ts';
import { inLogOrder } from '../../review/replay.ts';
import type { Snapshot } from '../../review/snapshot.ts';
import type { LogNews, ReviewLog } from './log.ts';

/** What several logs in memory may share, as tabs share a database. */
export interface MemoryPlace {
  tail: Map<string, StoredEvent>;
  packed: StoredEvent[][];
  snapshot: Snapshot | null;
  listeners: Set<(news: LogNews, from: object) => void>;
}

export const memoryPlace = (): MemoryPlace => ({ tail: new Map(), packed: [], snapshot: null, listeners: new Set() });

export function openMemoryLog(place: MemoryPlace = memoryPlace()): ReviewLog {
  const self = {};
  const own = new Set<(news: LogNews, from: object) => void>();
  return {
    isKept: false,
    readHead: async () => ({
      snapshot: place.snapshot,
      tail: inLogOrder([...place.tail.values()]),
      packed: place.packed.length,
    }),
    readAll: async () => ({
      events: inLogOrder([...place.packed.flat(), ...place.tail.values()]),
      tail: inLogOrder([...place.tail.values()]),
      packed: place.packed.length,
      damaged: 0,
    }),
    append: async (events) => {
      for (const event of events) if (!place.tail.has(event.id)) place.tail.set(event.id, event);
      for (const listener of place.listeners) listener(events, self);
    },
    pack: async ({ tail, packed }, snapshot) => {
      if (packed !== place.packed.length || tail.length !== place.tail.size || !tail.every((event) => place.tail.has(event.id)))
        return false;
      if (tail.length > 0) place.packed.push([...tail]);
      place.tail.clear();
      place.snapshot = snapshot;
      return true;
    },
    subscribe: (listener) => {
      const heard = (news: LogNews, from: object) => {
        if (from !== self) listener(news);
      };
      own.add(heard);
      place.listeners.add(heard);
      return () => place.listeners.delete(heard);
    },
    close: () => {
      for (const heard of own) place.listeners.delete(heard);
    },
  };
}
