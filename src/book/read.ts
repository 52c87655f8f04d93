// Files under content/ as values, each checked by its schema; what is wrong becomes a problem with a line, never an exception.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'astro/zod';
import { LineCounter, parseDocument } from 'yaml';
import type { Problem } from './problem.ts';

type Document = ReturnType<typeof parseDocument>;

/** A parsed YAML text that can tell the line of a path. `firstLine` is the line of the text in its file. */
export interface Parsed {
  readonly value: unknown;
  lineOf(path: readonly PropertyKey[]): number;
  readonly problems: readonly Problem[];
}

function lineIn(yaml: Document, lines: LineCounter, firstLine: number, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = yaml.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line + firstLine - 1;
  }
  return firstLine;
}

export function parseYaml(text: string, file: string, firstLine = 1): Parsed {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines });
  const problems = yaml.errors.map((error) => ({
    file,
    line: (error.linePos?.[0].line ?? 1) + firstLine - 1,
    fact: `this is not YAML: ${error.message.split('\n')[0]}`,
    mend: 'Mend the line; quote a text that holds “: ” or starts with a special character.',
  }));
  return {
    value: problems.length > 0 ? undefined : yaml.toJS(),
    lineOf: (path) => lineIn(yaml, lines, firstLine, path),
    problems,
  };
}

export interface Checked<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

/** Validates what was parsed; each issue of the schema becomes a problem at its line. */
export function check<T>(parsed: Parsed, schema: z.ZodType<T>, file: string, at: readonly PropertyKey[] = []): Checked<T> {
  if (parsed.problems.length > 0) return { value: undefined, problems: parsed.problems };
  const under = at.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], parsed.value);
  const result = schema.safeParse(under);
  if (result.success) return { value: result.data, problems: [] };
  const problems = result.error.issues.map((issue) => {
    const path = [...at, ...issue.path];
    return {
      file,
      line: parsed.lineOf(path),
      fact: `${path.map(String).join('.') || 'the file'}: ${issue.message}`,
      mend: 'See src/book/schema.ts for the shape.',
    };
  });
  return { value: undefined, problems };
}

export interface Entries<T> {
  readonly entries: ReadonlyMap<string, T>;
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
}

/** A file that maps ids to entries. A missing file has none; a wrong entry is left out and reported. */
export function readEntries<T>(root: string, file: string, schema: z.ZodType<T>): Entries<T> {
  const path = join(root, file);
  if (!existsSync(path)) return { entries: new Map(), lines: new Map(), problems: [] };
  const parsed = parseYaml(readFileSync(path, 'utf8'), file);
  const problems: Problem[] = [...parsed.problems];
  const entries = new Map<string, T>();
  const lines = new Map<string, number>();
  for (const id of Object.keys((parsed.value as Record<string, unknown> | undefined) ?? {})) {
    const checked = check(parsed, schema, file, [id]);
    lines.set(id, parsed.lineOf([id]));
    problems.push(...checked.problems);
    if (checked.value !== undefined) entries.set(id, checked.value);
  }
  return { entries, lines, problems };
}
