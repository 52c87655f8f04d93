// kubectl diff: what apply would change, as a unified diff of YAML. Models kubectl/pkg/cmd/diff/diff.go.
// Differs: the merge is carried out here with the server's own patch function instead of a server-side dry run; no temporary files are named.

import { mergePatch, strategicPatch } from '../../sim/api/patches.ts';
import { typeOf } from '../../sim/api/schema.ts';
import { isReason } from '../../sim/api/status.ts';
import type { KubeObject } from '../../sim/types.ts';
import { FILENAME, SELECTOR } from '../common.ts';
import type { Context, Verb } from '../context.ts';
import { toYaml, withoutManagers } from '../emit.ts';
import { report } from '../errors.ts';
import { isSet, Refusal } from '../flags.ts';
import { type Manifest, manifestsOf } from '../manifest.ts';
import { annotated, LAST_APPLIED, patchFor } from './apply.ts';

const CONTEXT = 3;
const MOST_LINES = 4000;

type Edit = readonly [mark: ' ' | '-' | '+', line: string];

/** The shortest way from one list of lines to another (longest common subsequence). */
function editsOf(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = lengths[i] as Uint16Array;
      const below = lengths[i + 1] as Uint16Array;
      row[j] = a[i] === b[j] ? (below[j + 1] as number) + 1 : Math.max(below[j] as number, row[j + 1] as number);
    }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push([' ', a[i++] as string]);
      j++;
    } else if (i < a.length && (j >= b.length || (lengths[i + 1]?.[j] as number) >= (lengths[i]?.[j + 1] as number)))
      edits.push(['-', a[i++] as string]);
    else edits.push(['+', b[j++] as string]);
  }
  return edits;
}

const rangeText = (from: number, count: number) => (count === 1 ? String(from) : `${count === 0 ? from - 1 : from},${count}`);

/** Hunks with three lines around each change, as `diff -u` prints them; '' when nothing differs. */
export function unifiedDiff(before: string, after: string): string {
  const edits = editsOf(linesOf(before), linesOf(after));
  const near = edits.map((_, i) => edits.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(([mark]) => mark !== ' '));
  let [left, right] = [1, 1];
  let text = '';
  for (let i = 0; i < edits.length; ) {
    if (!near[i]) {
      left++;
      right++;
      i++;
      continue;
    }
    let end = i;
    while (end < edits.length && near[end]) end++;
    const hunk = edits.slice(i, end);
    const [minus, plus] = [hunk.filter(([mark]) => mark !== '+').length, hunk.filter(([mark]) => mark !== '-').length];
    text += `@@ -${rangeText(left, minus)} +${rangeText(right, plus)} @@\n${hunk.map(([mark, line]) => `${mark}${line}\n`).join('')}`;
    left += minus;
    right += plus;
    i = end;
  }
  return text;
}

const linesOf = (text: string) => text.split('\n').slice(0, -1).slice(0, MOST_LINES);

function withoutNoise(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  return withoutManagers({ ...object, metadata: { ...object.metadata, annotations } });
}

function diffOne(manifest: Manifest, ctx: Context): string {
  const { info, namespace, name } = manifest;
  let there: KubeObject | null = null;
  try {
    there = ctx.api.get(info.resource, namespace, name);
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
  const change = there ? patchFor(manifest, there) : null;
  if (there && !change) return '';
  const type = typeOf(info.groupVersion, info.kind);
  const next = !there
    ? annotated(manifest)
    : change?.type === 'strategic'
      ? strategicPatch(there, change.patch, type as string)
      : mergePatch(there, change?.patch);
  const text = unifiedDiff(there ? toYaml(withoutNoise(there)) : '', toYaml(withoutNoise(next as unknown as KubeObject)));
  if (text === '') return '';
  const file = `${info.groupVersion.replace('/', '.')}.${info.kind}.${namespace}.${name}`;
  return `diff -u -N LIVE/${file} MERGED/${file}\n--- LIVE/${file}\n+++ MERGED/${file}\n${text}`;
}

export const diff: Verb = {
  use: '-f FILENAME',
  short: 'Diff the live version against a would-be applied version',
  examples: ['kubectl diff -f web.yaml'],
  flags: { ...FILENAME, ...SELECTOR },
  run: (args, ctx) => {
    if (!isSet(args, 'filename')) throw new Refusal('error: must specify one of -f and -k');
    const errors: unknown[] = [];
    let isDifferent = false;
    for (const manifest of manifestsOf(args, ctx, (error) => errors.push(error))) {
      try {
        const text = diffOne(manifest, ctx);
        isDifferent ||= text !== '';
        ctx.out(text);
      } catch (error) {
        errors.push(error);
      }
    }
    return report(errors, ctx) ? 2 : isDifferent ? 1 : 0;
  },
};
