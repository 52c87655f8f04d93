// A base as columns: what the browser keeps so that a log of a million reviews opens without being replayed.
// A cache, nothing more: a snapshot that is damaged, older or unknown decodes to null, and the log is replayed.

import type { SetEvent } from './event.ts';
import type { Memory } from './memory.ts';
import type { Base, MemoryTable } from './replay.ts';
import type { Phase } from './schedule.ts';

/** Raised whenever replay or this layout changes: an older snapshot is then rebuilt from the log. */
const layout = 1;
const phases: readonly Phase[] = ['new', 'learning', 'review', 'relearning'];
const floats = ['stability', 'difficulty', 'intervalDays', 'dueAt', 'lastT'] as const;
const wholes = ['dueDay', 'firstDay', 'lastDay', 'lastDueDay', 'buriedDay', 'reps', 'lapses'] as const;
const smalls = ['step', 'lastRating'] as const;
const texts = ['lastReview', 'seenEn', 'seenZh'] as const;

export interface Snapshot {
  readonly layout: number;
  readonly basis: string;
  readonly awaited: readonly string[];
  readonly writes: readonly SetEvent[];
  /** Card ids and text columns, one per line. */
  readonly cards: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly numbers: Readonly<Record<string, Float64Array | Int32Array | Uint8Array>>;
  /** Phase in the low bits, then suspended (4) and flagged (8). */
  readonly marks: Uint8Array;
}

export function encodeBase(base: Base): Snapshot {
  const cards = [...base.memories.keys()];
  const memories = cards.map((card) => base.memories.get(card)!);
  const numbers: Record<string, Float64Array | Int32Array | Uint8Array> = {};
  for (const name of floats) numbers[name] = Float64Array.from(memories, (memory) => memory[name]);
  for (const name of wholes) numbers[name] = Int32Array.from(memories, (memory) => memory[name]);
  for (const name of smalls) numbers[name] = Uint8Array.from(memories, (memory) => memory[name]);
  return {
    layout,
    basis: base.basis,
    awaited: [...base.awaited],
    writes: [...base.writes.values()],
    cards: cards.join('\n'),
    texts: Object.fromEntries(texts.map((name) => [name, memories.map((memory) => memory[name]).join('\n')])),
    numbers,
    marks: Uint8Array.from(
      memories,
      (memory) => phases.indexOf(memory.phase) + (memory.suspended ? 4 : 0) + (memory.flagged ? 8 : 0),
    ),
  };
}

/** Null when the snapshot is not one of this layout, or its columns do not fit each other. */
export function decodeBase(snapshot: Snapshot | null | undefined): Base | null {
  if (snapshot?.layout !== layout) return null;
  const cards = snapshot.cards === '' ? [] : snapshot.cards.split('\n');
  const rows = new Map(cards.map((card, row) => [card, row]));
  const whole = [...floats, ...wholes, ...smalls].every((name) => snapshot.numbers[name]?.length === cards.length);
  if (!whole || rows.size !== cards.length || snapshot.marks.length !== cards.length) return null;
  return {
    memories: tableOf(rows, snapshot),
    writes: new Map(snapshot.writes.map((event) => [event.key, event])),
    awaited: new Set(snapshot.awaited),
    basis: snapshot.basis,
  };
}

/** Rows become memories when they are asked for, and stay: today's queue asks for each card, again and again. */
function tableOf(rows: ReadonlyMap<string, number>, snapshot: Snapshot): MemoryTable {
  const read = rowReader(snapshot);
  const made: (Memory | undefined)[] = new Array(rows.size);
  return {
    keys: () => rows.keys(),
    get: (card) => {
      const row = rows.get(card);
      if (row === undefined) return undefined;
      made[row] ??= read(row);
      return made[row];
    },
  };
}

function rowReader({ numbers, marks, texts: held }: Snapshot): (row: number) => Memory {
  const column = (name: (typeof floats | typeof wholes | typeof smalls)[number]) => numbers[name]!;
  const text = (name: (typeof texts)[number]) => held[name]?.split('\n') ?? [];
  const [stability, difficulty, intervalDays, dueAt, lastT] = floats.map(column);
  const [dueDay, firstDay, lastDay, lastDueDay, buriedDay, reps, lapses] = wholes.map(column);
  const [step, lastRating] = smalls.map(column);
  const [lastReview, seenEn, seenZh] = texts.map(text);
  return (row) => ({
    phase: phases[marks[row]! & 3]!,
    step: step![row]!,
    stability: stability![row]!,
    difficulty: difficulty![row]!,
    intervalDays: intervalDays![row]!,
    dueDay: dueDay![row]!,
    dueAt: dueAt![row]!,
    firstDay: firstDay![row]!,
    lastDay: lastDay![row]!,
    lastDueDay: lastDueDay![row]!,
    reps: reps![row]!,
    lapses: lapses![row]!,
    lastReview: lastReview![row] ?? '',
    lastRating: lastRating![row]!,
    lastT: lastT![row]!,
    suspended: (marks[row]! & 4) !== 0,
    flagged: (marks[row]! & 8) !== 0,
    buriedDay: buriedDay![row]!,
    seenEn: seenEn![row] ?? '',
    seenZh: seenZh![row] ?? '',
  });
}
