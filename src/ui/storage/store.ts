// The review of this page: the log, and its replay kept up to date. Nothing counts before the log has it.

import type { Moment } from '../../review/day.ts';
import type { StoredEvent, Writer } from '../../review/event.ts';
import { missingIn } from '../../review/merge.ts';
import type { Planned } from '../../review/plan.ts';
import { type Aliases, type Base, emptyBase, type ReviewState, replay, replayAll } from '../../review/replay.ts';
import { decodeBase, encodeBase } from '../../review/snapshot.ts';
import type { LogMark, LogNews, ReviewLog } from './log.ts';

/** A tail longer than this is packed when the review opens. */
const packFrom = 512;

export interface ReviewStore {
  readonly log: ReviewLog;
  readonly state: () => ReviewState;
  /** Packed parts that could not be read. */
  readonly damaged: () => number;
  /** Plans an event on the present state, stores it, and then replays. Rejects when the storage refuses; the state is then unchanged. */
  readonly write: (plan: (state: ReviewState, writer: Writer) => Planned) => Promise<StoredEvent>;
  /** Appends what the log does not have yet, and says how many events that was. */
  readonly merge: (incoming: readonly StoredEvent[]) => Promise<number>;
  /** Packs a long tail. Cheap when there is nothing to do. */
  readonly tidy: () => Promise<void>;
  readonly subscribe: (listener: () => void) => () => void;
  readonly close: () => void;
}

interface Held {
  base: Base;
  tail: readonly StoredEvent[];
  state: ReviewState;
  damaged: number;
  /** What pack() may pack; null when the base is not what the log's snapshot would be. */
  read: LogMark | null;
  /** The whole log was replayed: there was no snapshot, or it did not fit. */
  isRebuilt: boolean;
}

/** `device` is a fresh random name: it must never have written before. */
export async function openStore(log: ReviewLog, aliases: Aliases, device: string): Promise<ReviewStore> {
  const held = await read(log, aliases);
  const listeners = new Set<() => void>();
  let writer: Writer = { device, nextSeq: 1, lastT: Number.NEGATIVE_INFINITY };
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const take = async (news: LogNews) => {
    const grown = news === 'read-again' ? null : withTail(held, news, aliases);
    Object.assign(held, grown ?? (await readWhole(log, aliases)));
    tell();
  };
  const unsubscribe = log.subscribe((news) => void inTurn(() => take(news)));
  return {
    log,
    state: () => held.state,
    damaged: () => held.damaged,
    write: (plan) =>
      inTurn(async () => {
        const planned = plan(held.state, writer);
        await log.append([planned.event]);
        writer = planned.writer;
        await take([planned.event]);
        return planned.event;
      }),
    merge: (incoming) =>
      inTurn(async () => {
        const missing = missingIn((await log.readAll()).events, incoming);
        if (missing.length === 0) return 0;
        await log.append(missing);
        await take('read-again');
        return missing.length;
      }),
    tidy: () => inTurn(() => tidy(log, held)),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      unsubscribe();
      log.close();
    },
  };
}

/** Snapshot and tail when they fit, the whole log otherwise. */
async function read(log: ReviewLog, aliases: Aliases): Promise<Held> {
  const head = await log.readHead();
  const base = head.packed === 0 ? emptyBase : decodeBase(head.snapshot);
  const state = base === null ? 'stale' : replay(base, head.tail, aliases);
  if (base === null || state === 'stale') return readWhole(log, aliases);
  return { base, tail: head.tail, state, damaged: 0, read: head, isRebuilt: false };
}

async function readWhole(log: ReviewLog, aliases: Aliases): Promise<Held> {
  const whole = await log.readAll();
  const state = replayAll(whole.events, aliases);
  return {
    base: state.asBase(),
    tail: [],
    state,
    damaged: whole.damaged,
    read: whole.damaged > 0 ? null : whole,
    isRebuilt: true,
  };
}

/** The state with more events after it; null when the log has to be read again. */
function withTail(held: Held, events: readonly StoredEvent[], aliases: Aliases): Partial<Held> | null {
  const tail = [...held.tail, ...events];
  const state = replay(held.base, tail, aliases);
  return state === 'stale' ? null : { tail, state, read: null };
}

/** Packs a long tail; and after a replay of everything, so that the next visit has a snapshot to start from. */
async function tidy(log: ReviewLog, held: Held): Promise<void> {
  const { read, isRebuilt } = held;
  if (read === null || (read.tail.length < packFrom && !(isRebuilt && read.packed > 0))) return;
  held.read = null;
  await log.pack(read, encodeBase(held.state.asBase()));
}

export type Clock = () => Moment;

/** The reader's clock: the only place of the review where one is read. */
export const readerClock: Clock = () => ({ t: Date.now(), utcOffsetMin: -new Date().getTimezoneOffset() });

/** Ten random letters and digits: the name of this page as a writer. */
export function freshDevice(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('');
}
