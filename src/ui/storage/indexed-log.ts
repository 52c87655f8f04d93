// The review log in IndexedDB. `tail` holds one record per event, `packed` older events in compressed parts, `cache` one snapshot.
// Two tabs write without a lock: every page has its own device name, so ids never meet, and a write is one strict transaction.

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { StoredEvent } from '../../review/event.ts';
import { inLogOrder } from '../../review/replay.ts';
import type { Snapshot } from '../../review/snapshot.ts';
import type { LogHead, LogMark, LogNews, ReviewLog, WholeLog } from './log.ts';
import { packEvents, unpackEvents } from './pack.ts';

interface PackedPart {
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
/** `parts` are the keys of the packed parts that the snapshot covers: with any other set it is not used. */
interface Cached {
  readonly parts: readonly number[];
  readonly snapshot: Snapshot;
}
interface ReviewSchema extends DBSchema {
  tail: { key: string; value: StoredEvent };
  packed: { key: number; value: PackedPart };
  cache: { key: 'base'; value: Cached };
}

/** More events than this at once (an import) go straight into a packed part. */
const bulk = 512;
const strict = { durability: 'strict' } as const;
const databaseName = 'ordinal-review';

/** Rejects when the browser refuses to open a database (private windows of some browsers, a full disk). */
export async function openIndexedLog(name = databaseName): Promise<ReviewLog> {
  const db = await openDB<ReviewSchema>(name, 1, {
    upgrade(database) {
      database.createObjectStore('tail', { keyPath: 'id' });
      database.createObjectStore('packed', { autoIncrement: true });
      database.createObjectStore('cache');
    },
    // A later version of the site wants to change the database: let it.
    blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
  });
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
  const listeners = new Set<(news: LogNews) => void>();
  if (channel !== null) {
    channel.onmessage = (message: MessageEvent<LogNews>) => {
      for (const listener of listeners) listener(message.data);
    };
  }
  return {
    isKept: true,
    readHead: () => readHead(db),
    readAll: () => readAll(db),
    append: async (events) => {
      if (events.length === 0) return;
      if (events.length > bulk) await appendPart(db, events);
      else await appendEach(db, events);
      channel?.postMessage(events.length > bulk ? 'read-again' : events);
    },
    pack: (read, snapshot) => pack(db, read, snapshot),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      channel?.close();
      db.close();
    },
  };
}

type Database = IDBPDatabase<ReviewSchema>;

async function readHead(db: Database): Promise<LogHead> {
  const tx = db.transaction(['tail', 'packed', 'cache']);
  const [tail, parts, cached] = await Promise.all([
    tx.objectStore('tail').getAll(),
    tx.objectStore('packed').getAllKeys(),
    tx.objectStore('cache').get('base'),
  ]);
  await tx.done;
  const fits = cached !== undefined && cached.parts.length === parts.length && parts.every((key, i) => key === cached.parts[i]);
  return { snapshot: fits ? cached.snapshot : null, tail: inLogOrder(tail), packed: parts.length };
}

async function readAll(db: Database): Promise<WholeLog> {
  const tx = db.transaction(['tail', 'packed']);
  const [tail, parts] = await Promise.all([tx.objectStore('tail').getAll(), tx.objectStore('packed').getAll()]);
  await tx.done;
  const unpacked = await Promise.all(parts.map((part) => unpackEvents(part.bytes)));
  const whole = unpacked.filter((events) => events !== null);
  return {
    events: inLogOrder([...whole.flat(), ...tail]),
    tail,
    packed: parts.length,
    damaged: unpacked.length - whole.length,
  };
}

async function appendEach(db: Database, events: readonly StoredEvent[]): Promise<void> {
  const tx = db.transaction('tail', 'readwrite', strict);
  const writes = events.map(async (event) => {
    if ((await tx.store.getKey(event.id)) === undefined) await tx.store.add(event);
  });
  await Promise.all([...writes, tx.done]);
}

/** A part that no snapshot covers: the next reader replays everything, and packs. */
async function appendPart(db: Database, events: readonly StoredEvent[]): Promise<void> {
  const bytes = await packEvents(events);
  const tx = db.transaction('packed', 'readwrite', strict);
  await Promise.all([tx.store.add({ count: events.length, bytes }), tx.done]);
}

async function pack(db: Database, read: LogMark, snapshot: Snapshot): Promise<boolean> {
  const bytes = await packEvents(read.tail);
  const tx = db.transaction(['tail', 'packed', 'cache'], 'readwrite', strict);
  const [held, before] = await Promise.all([tx.objectStore('tail').getAllKeys(), tx.objectStore('packed').count()]);
  const expected = new Set(read.tail.map((event) => event.id));
  if (before !== read.packed || held.length !== expected.size || !held.every((id) => expected.has(id))) {
    await tx.done;
    return false;
  }
  if (held.length > 0) await tx.objectStore('packed').add({ count: held.length, bytes });
  const parts = await tx.objectStore('packed').getAllKeys();
  await Promise.all([tx.objectStore('cache').put({ parts, snapshot }, 'base'), tx.objectStore('tail').clear(), tx.done]);
  return true;
}
