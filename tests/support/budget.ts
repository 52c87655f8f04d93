// Bytes and requests of a concept page before anything is touched, brotli 11, as our own server sends them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { expect } from '@playwright/test';
import { dist } from './page.ts';

const KB = 1024;
const budget = { page: 24 * KB, requests: 6, cssAndScript: 12 * KB, script: 5 * KB };
const known = new Map<string, number>();

function brotli(path: string): number {
  const bytes =
    known.get(path) ?? brotliCompressSync(readFileSync(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  known.set(path, bytes);
  return bytes;
}

const fileOf = (url: string): string => {
  const { pathname } = new URL(url);
  return join(dist, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
};

/** Fails when what these requests fetched is more than a concept page may weigh. */
export function expectLight(urls: readonly string[]): void {
  const sizes = [...new Set(urls)].map((url) => ({ url: new URL(url).pathname, bytes: brotli(fileOf(url)) }));
  const sum = (of: RegExp) => sizes.filter(({ url }) => of.test(url)).reduce((total, { bytes }) => total + bytes, 0);
  const seen = JSON.stringify(sizes, null, 1);
  expect(sizes.length, `page, style, script and icon at least: ${seen}`).toBeGreaterThanOrEqual(4);
  expect(sizes.length, seen).toBeLessThanOrEqual(budget.requests);
  expect(sum(/./), seen).toBeLessThanOrEqual(budget.page);
  expect(sum(/\.(css|js)$/), seen).toBeLessThanOrEqual(budget.cssAndScript);
  expect(sum(/\.js$/), seen).toBeLessThanOrEqual(budget.script);
}
