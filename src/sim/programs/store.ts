// A small store of words under keys, asked over HTTP: kept in memory, or in a file, one `key=value` a line.
// Nothing upstream corresponds to it; it stands for a program that has state. Rule APP-07.

import { readFile, writeFile } from '../kubelet/files.ts';
import { homeOf, type Process, print, runOf } from './process.ts';

/** What the scenario file says of a store. */
export interface StoreProgram {
  /** Directory that holds the file `store`; absent: it is kept in memory. */
  readonly dir?: string;
  /** It keeps nothing itself and passes everything on to this Service. */
  readonly to?: string;
  /** Headless Service whose DNS names the members of a replicated store, and how many found it. */
  readonly peers?: string;
  readonly members: number;
}

export interface HttpRequest {
  readonly method: string;
  /** Without the slash in front; empty for the root. */
  readonly key: string;
  readonly value: string;
  /** Pod that asks. */
  readonly from: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly text: string;
}

/** Asking for this key answers everything, one `key=value` a line. */
export const ALL_KEYS = '_all';
export const LONGEST_KEY = 64;
export const LONGEST_VALUE = 256;
/** Characters that a store in memory can hold. */
const MOST_TEXT = 16_384;

/** What is wrong with a request as such, or null. */
export function faultOf({ method, key, value }: HttpRequest): HttpResponse | null {
  if (!['GET', 'PUT', 'POST'].includes(method)) return { status: 405, text: '405 this store knows GET and PUT' };
  if (key.length > LONGEST_KEY || !/^[\w.-]*$/.test(key))
    return { status: 400, text: `400 a key is up to ${LONGEST_KEY} letters, digits, points and dashes` };
  if (value.length > LONGEST_VALUE || /[\r\n]/.test(value))
    return { status: 400, text: `400 a value is one line of up to ${LONGEST_VALUE} characters` };
  if (method !== 'GET' && key === ALL_KEYS) return { status: 400, text: `400 ${ALL_KEYS} is the list of all keys` };
  return method === 'GET' || key !== '' ? null : { status: 400, text: '400 name a key behind the slash' };
}

type Values = ReadonlyMap<string, string>;

/** Lines `key=value`; what is no such line is left out. */
export function parseValues(text: string): Values {
  const pairs = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
  });
  return new Map(pairs);
}

export const textOfValues = (values: Values): string => [...values].map(([key, value]) => `${key}=${value}\n`).join('');

const fileIn = (dir: string) => `${dir.replace(/\/$/, '')}/store`;

/** Memory of one process, which the next one does not see. */
interface Kept {
  readonly run: string;
  readonly text: string;
}
const keyOf = ({ pod, container }: Process) => `values/${pod.metadata.uid}/${container}`;

/** All that a store on its own holds. */
export function valuesOf(process: Process, { dir }: StoreProgram): Values {
  if (dir !== undefined) return parseValues(readFile(homeOf(process), fileIn(dir)) ?? '');
  const kept = process.ctx.machines.get(keyOf(process)) as unknown as Kept | undefined;
  return parseValues(kept?.run === runOf(process) ? kept.text : '');
}

/** Returns null, or why it could not be kept. */
export function keepValues(process: Process, { dir }: StoreProgram, values: Values): string | null {
  const text = textOfValues(values);
  if (dir !== undefined) {
    const fault = writeFile(homeOf(process), fileIn(dir), text);
    return fault === null ? null : `${fileIn(dir)}: ${fault}`;
  }
  if (text.length > MOST_TEXT) return 'the memory is full';
  process.ctx.machines.set(keyOf(process), { run: runOf(process), text });
  return null;
}

/** APP-07: a store on its own answers. */
export function serveAlone(process: Process, store: StoreProgram, { method, key, value, from }: HttpRequest): HttpResponse {
  const { name } = process.pod.metadata;
  const values = valuesOf(process, store);
  if (method === 'GET') {
    if (key === ALL_KEYS) return { status: 200, text: textOfValues(values).trimEnd() };
    const found = values.get(key);
    return found === undefined ? { status: 404, text: `404 no ${key} at ${name}` } : { status: 200, text: found };
  }
  const fault = keepValues(process, store, new Map([...values, [key, value]]));
  if (fault !== null) {
    print(process, `could not store ${key}=${value}: ${fault}`);
    return { status: 507, text: `507 ${name} could not store it: ${fault}` };
  }
  print(process, `stored ${key}=${value} for ${from}`);
  process.ctx.as(name).observe('APP-07', { pod: name, key, value, from }, process.pod);
  return { status: 200, text: `stored by ${name}` };
}
