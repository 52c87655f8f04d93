// Compares printed text without what cannot be the same twice: ages, generated names, hashes, uids, times, addresses.
// The rules are those by which the recordings of a real cluster were compared (tests/golden); nodes count unless said otherwise.

import type { Volatile } from './transcript.ts';

const TIME_COLUMNS = new Set(['AGE', 'DURATION', 'LAST SCHEDULE', 'LAST SEEN', 'FIRST SEEN']);
const AGE = /^(\d+(\.\d+)?(ms|[smhdy]))+( ago)?$|^<unknown>$/;
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export type Mask = (text: string) => string;

const byLength = (a: string, b: string) => b.length - a.length;

/** Replaces generated names, hashes, uids, times and addresses. */
export function maskFor({ generated, hashes }: Volatile): Mask {
  const rules: (readonly [RegExp, string])[] = [
    ...Object.keys(generated)
      .sort(byLength)
      .map((name) => [new RegExp(`${escaped(name)}(?![a-z0-9])`, 'g'), `${generated[name]}<id>`] as const),
    ...[...hashes].sort(byLength).map((hash) => [new RegExp(`\\b${escaped(hash)}\\b`, 'g'), '<hash>'] as const),
    [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
    [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
    [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
    [/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, '<ip>'],
    [/-[23]\d{7}(?=\b|-)/g, '-<minute>'],
    [/ \((?:\d+[smhd])+ ago\)/g, ''],
  ];
  return (text) => rules.reduce((masked, [from, to]) => masked.replace(from, to), text);
}

/** A mask for text whose generated names are unknown, as on a page: the shapes of Pod names and hashes are recognised. */
export function maskByShape(): Mask {
  const known = maskFor({ generated: {}, hashes: [] });
  const random = '[bcdfghjklmnpqrstvwxz2456789]{5}';
  return (text) =>
    known(
      text
        .replace(new RegExp(`-[456789bcdf]{8,10}-${random}(?![a-z0-9])`, 'g'), '-<hash>-<id>')
        .replace(/-(?=[a-z]*\d)[456789bcdf]{8,10}(?![a-z0-9])/g, '-<hash>')
        .replace(new RegExp(`-(?=${random}(?![a-z0-9]))(?=[a-z]*[2456789])${random}`, 'g'), '-<id>'),
    );
}

/** Cells of a block that looks like a table of kubectl's: cut at the header's columns; null when it is none. */
export function cellsOf(block: readonly string[]): readonly (readonly string[])[] | null {
  const header = block[0] ?? '';
  if (!/^[A-Z][A-Z0-9()\- ]*(?: {2,}[A-Z][A-Z0-9()\- ]*)*$/.test(header.trimEnd()) || !/[A-Z]{2}/.test(header)) return null;
  const starts = [...header.matchAll(/(?:^| {2,})(?=\S)/g)].map((m) => m.index + m[0].length);
  return block.map((line) => starts.map((start, i) => line.slice(start, starts[i + 1]).trim()));
}

function tableLines(cells: readonly (readonly string[])[], mask: Mask): readonly string[] {
  const [header = [], ...rows] = cells;
  const masked = rows.map((row) =>
    row.map((cell, i) => (TIME_COLUMNS.has(header[i] as string) && AGE.test(cell) ? '~' : mask(cell))).join(' | '),
  );
  return [header.join(' | '), ...(masked.some((row) => /<(id|hash|uid)>/.test(row)) ? [...masked].sort() : masked)];
}

/** The lines of an output that count: tables by cells, descriptions without ages, everything else masked. */
export function comparableLines(command: string, text: string, mask: Mask): readonly string[] {
  if (/kubectl describe/.test(command))
    return mask(text)
      .replace(/\b(?:\d+(?:ms|[smhd]))+\b/g, '~')
      .replace(/\(x\d+ over ~\)/g, '')
      .split('\n')
      .map((line) => line.replace(/[ \t]+/g, ' ').trim())
      .filter((line) => line && !/^-+( -+)*$/.test(line));
  const lines = text
    .replace(/\n$/, '')
    .split(/\n\n/)
    .flatMap((block) => {
      const rows = block.split('\n');
      const cells = rows.length > 1 ? cellsOf(rows) : null;
      if (cells) return [...tableLines(cells, mask), ''];
      const masked = rows.map((row) => mask(row).trimEnd());
      return [...(masked.some((row) => /<(id|hash)>/.test(row)) ? masked.sort() : masked), ''];
    });
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** What differs between an expected and an actual output: lines with - and +; empty when nothing does. */
export function outputDifference(
  command: string,
  expected: string,
  actual: string,
  mask: Mask = maskByShape(),
): readonly string[] {
  const wanted = comparableLines(command, expected, mask);
  const left = [...comparableLines(command, actual, mask)];
  if (wanted.join('\n') === left.join('\n')) return [];
  const missing = wanted.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const difference = [...missing.map((line) => `- ${line}`), ...left.map((line) => `+ ${line}`)];
  return difference.length ? difference : ['the order of the lines differs'];
}
