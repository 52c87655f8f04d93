// A base as columns: what the browser keeps so that a log of a million reviews opens without being replayed.
// A cache, nothing more: a snapshot that is damaged, older or unknown decodes to null, and the log is replayed.

import type { SetEvent } from './event.ts';
import { type Memory, unseen } from './memory.ts';
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
  const columns = Object.fromEntries(texts.map((name) => [name, snapshot.texts[name]?.split('\n') ?? []]));
  const whole = [...floats, ...wholes, ...smalls].every((name) => snapshot.numbers[name]?.length === cards.length);
  if (!whole || rows.size !== cards.length || snapshot.marks.length !== cards.length) return null;
  return {
    memories: tableOf(rows, snapshot, columns),
    writes: new Map(snapshot.writes.map((event) => [event.key, event])),
    awaited: new Set(snapshot.awaited),
    basis: snapshot.basis,
  };
}

/** Rows become memories when they are asked for, and stay: today's queue asks for each card once. */
function tableOf(
  rows: ReadonlyMap<string, number>,
  snapshot: Snapshot,
  columns: Readonly<Record<string, string[]>>,
): MemoryTable {
  const made: Memory[] = [];
  return {
    keys: () => rows.keys(),
    get: (card) => {
      const row = rows.get(card);
      if (row === undefined) return undefined;
      made[row] ??= memoryAt(row, snapshot, columns);
      return made[row];
    },
  };
}

function memoryAt(row: number, { numbers, marks }: Snapshot, columns: Readonly<Record<string, string[]>>): Memory {
  const number = (name: (typeof floats | typeof wholes | typeof smalls)[number]): number => numbers[name]![row]!;
  const text = (name: (typeof texts)[number]): string => columns[name]![row] ?? '';
  const bits = marks[row]!;
  return {
    ...unseen,
    phase: phases[bits & 3]!,
    step: number('step'),
    stability: number('stability'),
    difficulty: number('difficulty'),
    intervalDays: number('intervalDays'),
    dueDay: number('dueDay'),
    dueAt: number('dueAt'),
    firstDay: number('firstDay'),
    lastDay: number('lastDay'),
    lastDueDay: number('lastDueDay'),
    reps: number('reps'),
    lapses: number('lapses'),
    lastReview: text('lastReview'),
    lastRating: number('lastRating'),
    lastT: number('lastT'),
    suspended: (bits & 4) !== 0,
    flagged: (bits & 8) !== 0,
    buriedDay: number('buriedDay'),
    seenEn: text('seenEn'),
    seenZh: text('seenZh'),
  };
}
