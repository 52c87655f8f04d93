// What a kubectl command may use, and how one that waits is kept: as plain data, so that a snapshot may fall in the middle of it.

import { formatTime } from '../base/time.ts';
import type { Client, ListOptions } from '../sim/api/client.ts';
import type { Discovery, ResourceInfo } from '../sim/api/discovery.ts';
import type { ApiRequest, ApiResponse } from '../sim/api/door.ts';
import type { WatchEvent } from '../sim/api/read.ts';
import type { Json, Resource } from '../sim/types.ts';
import type { Args, Flags } from './flags.ts';

/** One command's view of the world at one moment. Everything it does to the cluster goes through `api` and `request`. */
export interface Context {
  readonly nowMs: number;
  /** Wall-clock milliseconds at virtual time 0. */
  readonly epochMs: number;
  readonly api: Client;
  readonly discovery: Discovery;
  /** Manifests that `-f` can read. */
  readonly files: Readonly<Record<string, string>>;
  request(request: ApiRequest): ApiResponse;
  /** The server's last resourceVersion. */
  readonly revision: number;
  /** What a watch would have sent since a resourceVersion. */
  changes(sinceRevision: number, resource: Resource, options?: ListOptions): readonly WatchEvent[];
  out(text: string): void;
  err(text: string): void;
}

/** A command that is not done: it goes on at `atMs`, or as soon as an object of `watch` was written, whichever is first. */
export interface Waiting {
  readonly state: Json;
  readonly atMs?: number;
  readonly watch?: readonly Resource[];
}

/** What came of a command so far: its exit code, or what it waits for. */
export type Outcome = number | Waiting;

export interface Verb {
  /** What follows the command's name in its usage line. */
  readonly use: string;
  readonly short: string;
  readonly examples: readonly string[];
  readonly flags: Flags;
  run(args: Args, ctx: Context): Outcome;
  resume?(state: Json, ctx: Context): Outcome;
}

/** `deployment.apps`, `pod`: how results are named. */
export const kindName = (info: ResourceInfo): string => (info.group ? `${info.singular}.${info.group}` : info.singular);

/** `deployment.apps/web`. */
export const objectName = (info: ResourceInfo, name: string): string => `${kindName(info)}/${name}`;

/** The API's clock now. */
export const clockOf = (ctx: Context): string => formatTime(ctx.epochMs + ctx.nowMs);
