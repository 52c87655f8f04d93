// The engine writes the same history on an older Node: Node 20, when this machine has one (its path in ORDINAL_NODE20, or on PATH).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../support/history.ts';

const SEEDS = Array.from({ length: 100 }, (_, i) => i + 1);

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** A Node 20 of this machine, or null. */
function node20(): string | null {
  const given = process.env['ORDINAL_NODE20'];
  const places = given ? [given] : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  const versionOf = (path: string) => execFileSync(path, ['--version'], { encoding: 'utf8' });
  return [...new Set([...places, '/usr/bin/node'])].find((path) => isProgram(path) && /^v20\./.test(versionOf(path))) ?? null;
}

const node = node20();

test('Node 20 writes the same histories on 100 seeds', {
  skip: node === null && 'no Node 20 here: put one on PATH, or name it in ORDINAL_NODE20',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ordinal-'));
  try {
    const file = join(folder, 'history.cjs');
    const options = ['--bundle', '--platform=node', '--format=cjs', '--target=node20', '--log-level=error'];
    execFileSync('node_modules/.bin/esbuild', ['tests/support/history.ts', ...options, `--outfile=${file}`]);
    const script = `const { fingerprintOf } = require(${JSON.stringify(file)});
        console.log(JSON.stringify({ version: process.version, histories: ${JSON.stringify(SEEDS)}.map(fingerprintOf) }));`;
    const answer = execFileSync(node as string, ['--eval', script], { encoding: 'utf8' });
    const { version, histories } = JSON.parse(answer) as { version: string; histories: string[] };
    assert.match(version, /^v20\./);
    assert.deepEqual(histories, SEEDS.map(fingerprintOf));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
