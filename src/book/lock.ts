// The file of the registry. Reading and writing only; what its entries mean is in registry.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'astro/zod';
import type { Lock } from './registry.ts';
import { lockedCard } from './schema.ts';

const path = (root: string): string => join(root, 'content/cards.lock.json');

/** @throws when the file is not what src/book/schema.ts says; it is written by the program, so a slip there is no author's. */
export function loadLock(root: string): Lock {
  if (!existsSync(path(root))) return {};
  return z.record(z.string(), lockedCard).parse(JSON.parse(readFileSync(path(root), 'utf8'))) as Lock;
}

/** One card a line, so that a diff shows what changed. */
export function saveLock(root: string, lock: Lock): void {
  const lines = Object.entries(lock).map(([id, locked]) => `  ${JSON.stringify(id)}: ${JSON.stringify(locked)}`);
  writeFileSync(path(root), `{\n${lines.join(',\n')}\n}\n`);
}
