// A browser writes the same history as Node does: what the book prints at build time is what a reader's lab shows.
import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { fingerprintOf } from '../support/history.ts';

const SEEDS = Array.from({ length: 100 }, (_, i) => i + 1);
const OPTIONS = ['--bundle', '--format=iife', '--global-name=history', '--platform=browser', '--log-level=error'];

test('the same seeds give the same histories in the browser and in Node', async ({ page }) => {
  const bundle = execFileSync('node_modules/.bin/esbuild', ['tests/support/history.ts', ...OPTIONS], { encoding: 'utf8' });
  const there = await page.evaluate(`(() => { ${bundle}; return ${JSON.stringify(SEEDS)}.map(history.fingerprintOf); })()`);
  expect(there).toEqual(SEEDS.map(fingerprintOf));
});
