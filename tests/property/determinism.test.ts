// The same seed gives the same history: twice in one process, and in another process with another time zone, another language and no
// optimising compiler. tests/e2e/determinism.spec.ts asks a browser for the same.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../support/history.ts';

const SEEDS = Array.from({ length: 100 }, (_, i) => i + 1);
const here = SEEDS.map(fingerprintOf);

test('each of 100 seeds has a history of its own', () => {
  assert.equal(new Set(here).size, SEEDS.length);
});

test('a second run of each seed writes the same history', () => {
  assert.deepEqual(SEEDS.map(fingerprintOf), here);
});

test('another process, time zone and language, without compiled code, writes the same history', () => {
  const module = JSON.stringify(join(import.meta.dirname, '../support/history.ts'));
  const seeds = SEEDS.slice(0, 10);
  const script = `import { fingerprintOf } from ${module}; console.log(JSON.stringify(${JSON.stringify(seeds)}.map(fingerprintOf)));`;
  const options = ['--no-opt', '--no-maglev', '--input-type=module-typescript', '--eval', script];
  const env = { ...process.env, TZ: 'Pacific/Chatham', LANG: 'zh_CN.UTF-8', LC_ALL: 'zh_CN.UTF-8' };
  const there: unknown = JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8', env }));
  assert.deepEqual(there, here.slice(0, 10));
});
