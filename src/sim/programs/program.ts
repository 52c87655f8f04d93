// What the container of an image does, as data from the scenario file.
// Nothing upstream corresponds to it: it takes the place of the machine code in an image.

import { quantityOf } from '../api/quantity.ts';
import type { Json } from '../types.ts';
import type { PeersProgram } from './peers.ts';
import type { StoreProgram } from './store.ts';

/** A piece of work that the program does again and again. */
export interface Task {
  readonly name: string;
  readonly everyMs: number;
  /** At whole multiples of `everyMs` on the wall clock, not counted from the start of the process. */
  readonly isAligned: boolean;
  /** Service that gets a message for each piece of work. */
  readonly to?: string;
  /** APP-06: file that gets a line for each piece of work. */
  readonly file?: string;
  /** Sends the Lease's leaseTransitions along. */
  readonly hasToken: boolean;
}

/** LE-01: parameters of an election by Lease. */
export interface Election {
  readonly lease: string;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
  /** LE-08: empties the Lease when it is told to stop. */
  readonly releases: boolean;
}

/** APP-05: a queue of numbered items, shared by all workers that name it. */
export interface Queue {
  readonly name: string;
  readonly items: number;
  /** Work on one item. */
  readonly everyMs: number;
}

/** APP-04: a Service that is asked again and again; a store may be asked for a key, or told a number under one. */
export interface Requests {
  readonly to: string;
  readonly everyMs: number;
  readonly get?: string;
  readonly put?: string;
}

export interface Program {
  readonly startAfterMs: number;
  /** From Running to ready; null means never. */
  readonly readyAfterMs: number | null;
  /** From Running to the end; absent when it runs on. */
  readonly exitAfterMs?: number;
  /** One for all; by order of start in the whole scenario; by completion index, others 0. */
  readonly exitCode: number | readonly number[] | Readonly<Record<string, number>>;
  readonly stopAfterMs: number;
  readonly canPull: boolean;
  /** CPU used always, in thousandths of a core, and CPU time that each request costs. */
  readonly cpuMilli: number;
  readonly cpuPerRequestMs: number;
  readonly task?: Task;
  readonly election?: Election;
  readonly queue?: Queue;
  readonly receive?: { readonly isFencing: boolean };
  readonly store?: StoreProgram;
  /** It is the operator of Stores (src/sim/controllers/operator.ts). */
  readonly operator?: true;
  readonly requests?: Requests;
  readonly peers?: PeersProgram;
}

type Fields = { readonly [key: string]: Json };

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `500ms`, `3s`, `1m30s`, or of a number of seconds; NaN for anything else. */
export function parseDuration(value: Json | undefined): number {
  if (typeof value === 'number') return value * 1000;
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) return Number.NaN;
  let total = 0;
  for (const [, count, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(count) * (UNITS[unit as string] as number);
  return total;
}

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function duration(fields: Fields, key: string, otherwise: number): number {
  if (fields[key] === undefined) return otherwise;
  const ms = parseDuration(fields[key]);
  if (Number.isNaN(ms))
    throw new RangeError(`${key}: ${JSON.stringify(fields[key])} is not a duration such as 500ms, 3s or 2m`);
  return Math.round(ms);
}

/** At least 10 ms apart, so that a program cannot stop time. */
const period = (fields: Fields, key: string, otherwise: number) => Math.max(10, duration(fields, key, otherwise));

function text(fields: Fields, key: string): string {
  const value = fields[key];
  if (typeof value !== 'string' || value === '') throw new RangeError(`${key}: a name is needed`);
  return value;
}

function taskOf(fields: Fields): Task {
  return {
    name: typeof fields['name'] === 'string' ? fields['name'] : 'task',
    everyMs: period(fields, 'every', 10_000),
    isAligned: fields['aligned'] === true,
    hasToken: fields['token'] === true,
    ...texts(fields, ['to', 'file']),
  };
}

function queueOf(fields: Fields): Queue {
  const { items, name = 'queue' } = fields;
  if (typeof items !== 'number' || !Number.isInteger(items) || items < 0)
    throw new RangeError('items: a whole number is needed');
  return { name: String(name), items, everyMs: period(fields, 'every', 1000) };
}

function electionOf(fields: Fields): Election {
  return {
    lease: text(fields, 'lease'),
    leaseDurationMs: duration(fields, 'leaseDuration', 15_000),
    renewDeadlineMs: duration(fields, 'renewDeadline', 10_000),
    retryPeriodMs: period(fields, 'retryPeriod', 2000),
    releases: fields['release'] === true,
  };
}

/** The fields that are there, each a name. */
function texts<Key extends string>(fields: Fields, keys: readonly Key[]): { readonly [key in Key]?: string } {
  const given = keys.filter((key) => fields[key] !== undefined);
  return Object.fromEntries(given.map((key) => [key, text(fields, key)])) as { readonly [key in Key]?: string };
}

function storeOf(fields: Fields): StoreProgram {
  const { members = 3 } = fields;
  if (typeof members !== 'number' || !Number.isInteger(members) || members < 1 || members > 9)
    throw new RangeError('members: a whole number from 1 to 9 is needed');
  if (fields['peers'] !== undefined && fields['dir'] === undefined)
    throw new RangeError('peers: a replicated store needs a dir');
  return { ...texts(fields, ['dir', 'to', 'peers']), members };
}

const requestsOf = (fields: Fields): Requests => ({
  to: text(fields, 'to'),
  everyMs: period(fields, 'every', 1000),
  ...texts(fields, ['get', 'put']),
});

function peersOf(fields: Fields): PeersProgram {
  const { needs = 0 } = fields;
  if (typeof needs !== 'number' || !Number.isInteger(needs) || needs < 0)
    throw new RangeError('needs: a whole number is needed');
  return { service: text(fields, 'service'), everyMs: period(fields, 'every', 1000), needs };
}

/** A program as the scenario file describes it. Throws RangeError that names the field. */
export function parseProgram(value: Json | undefined): Program {
  const fields = isFields(value) ? value : {};
  const { task, election, receive, requests, queue, store, peers, operator } = fields;
  return {
    startAfterMs: duration(fields, 'startAfter', 200),
    readyAfterMs: fields['readyAfter'] === 'never' ? null : duration(fields, 'readyAfter', 300),
    ...(fields['exitAfter'] === undefined ? {} : { exitAfterMs: duration(fields, 'exitAfter', 0) }),
    exitCode: (fields['exitCode'] ?? 0) as Program['exitCode'],
    stopAfterMs: duration(fields, 'stopAfter', 300),
    canPull: fields['pull'] !== 'fail',
    cpuMilli: quantityOf(fields['cpu'] as string | number | undefined) * 1000,
    cpuPerRequestMs: duration(fields, 'cpuPerRequest', 0),
    ...(isFields(task) ? { task: taskOf(task) } : {}),
    ...(isFields(election) ? { election: electionOf(election) } : {}),
    ...(isFields(queue) ? { queue: queueOf(queue) } : {}),
    ...(receive === undefined || receive === null
      ? {}
      : { receive: { isFencing: isFields(receive) && receive['fencing'] === true } }),
    ...(store === undefined ? {} : { store: storeOf(isFields(store) ? store : {}) }),
    ...(operator === undefined || operator === false ? {} : { operator: true as const }),
    ...(isFields(requests) ? { requests: requestsOf(requests) } : {}),
    ...(isFields(peers) ? { peers: peersOf(peers) } : {}),
  };
}

/** Parsed programs by the scenario's table; a cache, not state. */
const cache = new WeakMap<object, Map<string, Program>>();

/** The program of an image; the defaults when the scenario does not name it. */
export function programOf(programs: Readonly<Record<string, Json>>, image: string): Program {
  const known = cache.get(programs) ?? new Map<string, Program>();
  cache.set(programs, known);
  const program = known.get(image) ?? parseProgram(Object.hasOwn(programs, image) ? programs[image] : undefined);
  known.set(image, program);
  return program;
}

/** The code with which a container ends: `start` counts starts of the image from 0, `index` is the Pod's completion index. */
export function exitCodeOf(program: Program, start: number, index: string | undefined): number {
  const { exitCode } = program;
  if (typeof exitCode === 'number') return exitCode;
  if (Array.isArray(exitCode)) return exitCode[Math.min(start, exitCode.length - 1)] ?? 0;
  return (exitCode as Readonly<Record<string, number>>)[index ?? ''] ?? 0;
}
