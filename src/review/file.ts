// The review log as a file: JSON Lines. The first line names the format and counts the events; each other line is one event, as stored.
// Whatever this version does not know, kinds and fields, passes through unchanged. A damaged line is named with its number and the
// slip; the whole lines are still there to be taken.

import { parseEventId, type StoredEvent } from './event.ts';
import { inLogOrder } from './replay.ts';

const format = 'ordinal-review-log';
const version = 1;

/** What is wrong with a file or a line of it. The words are the interface's (src/i18n/review.ts). */
export type FileProblemCode =
  | 'empty'
  | 'not-a-log'
  | 'newer-version'
  | 'cut-off'
  | 'not-json'
  | 'not-an-event'
  | 'bad-id'
  | 'bad-time'
  | 'bad-field';

export interface FileProblem {
  readonly code: FileProblemCode;
  /** Line in the file, from 1. */
  readonly line: number;
  /** The field and what was found there, or a short piece of the line. */
  readonly found: string;
}

export interface ParsedLog {
  readonly events: readonly StoredEvent[];
  readonly problems: readonly FileProblem[];
}

/** One text for one log: events in log order, so that exporting an imported log gives the same bytes. */
export function formatLog(events: readonly StoredEvent[]): string {
  const sorted = inLogOrder(events);
  const header = JSON.stringify({ format, version, events: sorted.length });
  return `${[header, ...sorted.map((event) => JSON.stringify(event))].join('\n')}\n`;
}

export function parseLog(text: string): ParsedLog {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1]!.trim() === '') lines.pop();
  if (lines.length === 0) return { events: [], problems: [{ code: 'empty', line: 1, found: '' }] };
  const header = headerOf(lines[0]!);
  if ('code' in header) return { events: [], problems: [header] };
  const events: StoredEvent[] = [];
  const problems: FileProblem[] = [];
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.trim() === '') continue;
    const read = eventOf(line, at + 1);
    if ('code' in read) problems.push(read);
    else events.push(read.event);
  }
  if (header.events !== null && events.length + problems.length < header.events) {
    problems.push({ code: 'cut-off', line: lines.length, found: `${events.length + problems.length} / ${header.events}` });
  }
  return { events, problems };
}

function headerOf(line: string): FileProblem | { readonly events: number | null } {
  const value = jsonOf(line);
  const problem = (code: FileProblemCode, found: string): FileProblem => ({ code, line: 1, found });
  if (!isRecord(value) || value.format !== format) return problem('not-a-log', pieceOf(line));
  if (value.version !== version) return problem('newer-version', String(value.version));
  return { events: typeof value.events === 'number' ? value.events : null };
}

function eventOf(text: string, line: number): FileProblem | { readonly event: StoredEvent } {
  const value = jsonOf(text);
  if (value === undefined) return { code: 'not-json', line, found: pieceOf(text) };
  if (!isRecord(value) || typeof value.kind !== 'string') return { code: 'not-an-event', line, found: pieceOf(text) };
  if (typeof value.id !== 'string' || parseEventId(value.id) === null)
    return { code: 'bad-id', line, found: shown('id', value.id) };
  if (!isTime(value.t)) return { code: 'bad-time', line, found: shown('t', value.t) };
  if (!isOffset(value.utcOffsetMin)) return { code: 'bad-time', line, found: shown('utcOffsetMin', value.utcOffsetMin) };
  const bad = badFieldOf(value);
  return bad === null ? { event: value as unknown as StoredEvent } : { code: 'bad-field', line, found: shown(bad, value[bad]) };
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string' && value !== '';
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isTime: Check = (value) => Number.isInteger(value) && Math.abs(value as number) <= 8.64e15;
/** Offsets in use run from −12 h to +14 h. */
const isOffset: Check = (value) => typeof value === 'number' && Math.abs(value) <= 16 * 60;
const mark: Readonly<Record<string, Check>> = { card: isText, on: isFlag };

const fieldsOf: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  review: {
    card: isText,
    rating: (value) => value === 1 || value === 2 || value === 3 || value === 4,
    tookMs: isCount,
    intervalDays: isCount,
    previous: (value) => value === null || isText(value),
    lang: isText,
    contentHash: (value) => typeof value === 'string',
    mode: isText,
  },
  undo: { target: isText },
  suspend: mark,
  bury: mark,
  flag: mark,
  set: { key: isText, value: (value) => value !== undefined },
};

/** The first field of a known kind that is missing or of the wrong type; null for whole events and for unknown kinds. */
function badFieldOf(event: Loose): string | null {
  const kind = String(event.kind);
  const fields = Object.hasOwn(fieldsOf, kind) ? fieldsOf[kind]! : {};
  for (const [name, check] of Object.entries(fields)) if (!check(event[name])) return name;
  return null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Anything JSON may hold where an event or the header is expected. */
interface Loose {
  readonly [field: string]: unknown;
  readonly format?: unknown;
  readonly version?: unknown;
  readonly events?: unknown;
  readonly id?: unknown;
  readonly kind?: unknown;
  readonly t?: unknown;
  readonly utcOffsetMin?: unknown;
}

const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value);

const pieceOf = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const shown = (field: string, value: unknown): string =>
  pieceOf(`${field}: ${value === undefined ? '–' : JSON.stringify(value)}`);
