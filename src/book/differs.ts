// What the engine's own files say of themselves: the part of upstream a file models, and where it differs.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Difference {
  /** `src/sim/controllers/replicaset.ts` */
  readonly file: string;
  /** Upstream's file and function, if the header names one. */
  readonly models: string;
  readonly differs: string;
}

/** The comment lines at the head of a file, joined. */
const headOf = (source: string): string =>
  /^(?:\/\/.*\n)+/
    .exec(source)?.[0]
    .replace(/^\/\/ ?/gm, '')
    .replace(/\n/g, ' ')
    .trim() ?? '';

/** `Differs: x. y` up to the next such word at the end of the header. */
const after = (head: string, word: string): string =>
  new RegExp(`\\b${word}:? (.+?)(?= (?:Differs|Models|Source|Refuses):? |$)`).exec(head)?.[1]?.trim() ?? '';

/** Every `Differs:` in the heads of the engine's files, by path. */
export function differencesOf(root: string): Difference[] {
  const files = globSync('src/{sim,kubectl,scenario}/**/*.ts', { cwd: root }).sort();
  return files.flatMap((file) => {
    const head = headOf(readFileSync(join(root, file), 'utf8'));
    const differs = after(head, 'Differs');
    return differs === '' ? [] : [{ file, models: after(head, 'Models'), differs }];
  });
}
