// What one member of a replicated store has on its disk: who the members are, and the newest version it saw of each value.
// `members`: one name a line, written once. `store`: `key=value #<number> <writer>` a line; a higher number is newer.

import { readFile, writeFile } from '../kubelet/files.ts';
import { localPodOf } from '../kubelet/machine.ts';
import { call } from '../network.ts';
import { homeOf, type Process } from './process.ts';
import { programOf } from './program.ts';
import type { StoreProgram } from './store.ts';

/** A value with its version: the number, and among equal numbers the writer's name. */
export interface Version {
  readonly value: string;
  readonly number: number;
  readonly writer: string;
}

/** A store that has peers, as its program says. */
export type Replicated = StoreProgram & { readonly dir: string; readonly peers: string };
export const isReplicated = (store: StoreProgram | undefined): store is Replicated =>
  store?.peers !== undefined && store.dir !== undefined;

/** Whether `a` is newer than `b`. Versions are in one order for all, so members never disagree about the newest. */
export function isNewer(a: Version, b: Version | undefined): boolean {
  if (!b || a.number !== b.number) return a.number > (b?.number ?? 0);
  return a.writer === b.writer ? a.value > b.value : a.writer > b.writer;
}

const pathIn = (dir: string, name: string) => `${dir.replace(/\/$/, '')}/${name}`;

/** Who the members are by this disk; null on a disk that is new. */
export function membersOf(process: Process, { dir }: Replicated): readonly string[] | null {
  const text = readFile(homeOf(process), pathIn(dir, 'members'));
  const names = text?.split('\n').filter(Boolean) ?? [];
  return names.length > 0 ? names : null;
}

/** Returns null, or what the disk says against it. */
export const writeMembers = (process: Process, { dir }: Replicated, members: readonly string[]): string | null =>
  writeFile(homeOf(process), pathIn(dir, 'members'), members.map((name) => `${name}\n`).join(''));

type Versions = ReadonlyMap<string, Version>;

export function versionsOf(process: Process, { dir }: Replicated): Versions {
  const text = readFile(homeOf(process), pathIn(dir, 'store')) ?? '';
  const found = [...text.matchAll(/^([^=\n]+)=(.*) #(\d+) (\S+)$/gm)];
  return new Map(
    found.map(([, key = '', value = '', number, writer = '']) => [key, { value, number: Number(number), writer }]),
  );
}

/** Keeps what is newer than what is there. Returns null, or what the disk says against it. */
export function keep(process: Process, store: Replicated, news: Versions): string | null {
  const known = versionsOf(process, store);
  const newer = [...news].filter(([key, version]) => isNewer(version, known.get(key)));
  if (newer.length === 0) return null;
  const lines = [...new Map([...known, ...newer])].map(
    ([key, { value, number, writer }]) => `${key}=${value} #${number} ${writer}\n`,
  );
  return writeFile(homeOf(process), pathIn(store.dir, 'store'), lines.join(''));
}

/** What the member is called in DNS: the Pod's host name if it has one there, else its address. */
export function memberName({ ctx, pod, node }: Process, { peers }: Replicated): string {
  const { hostname, subdomain } = pod.spec;
  if (hostname !== undefined && subdomain === peers) return hostname;
  return (localPodOf(ctx.machines, node, pod.metadata.uid)?.ip ?? '').replaceAll('.', '-');
}

/** Asks a member by its name in DNS: the process that answers, or why none does. */
export function reach(process: Process, { peers }: Replicated, member: string): Process | string {
  const { ctx, pod } = process;
  const answer = call(pod.metadata.namespace ?? '', `${member}.${peers}`, process, ctx);
  if (answer.kind !== 'reached')
    return { timeout: 'timeout', refused: 'connection refused', unknown: 'no such name' }[answer.kind];
  if (answer.isSick) return '500';
  const local = localPodOf(ctx.machines, answer.node, answer.uid);
  const state = local?.containers[answer.container];
  if (!local || !state || !isReplicated(programOf(ctx.settings.programs, state.image).store)) return 'it is no store';
  return { ctx, node: answer.node, pod: local.pod, container: answer.container, state };
}
