// Bytes and requests of a concept page before anything is touched, brotli 11, as our own server sends them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { dist, sitemapPaths } from '../support/page.ts';

const KB = 1024;
const budget = { page: 24 * KB, requests: 6, cssAndScript: 12 * KB, script: 5 * KB };

const brotli = (path: string): number =>
  brotliCompressSync(readFileSync(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

const fileOf = (url: string): string => {
  const { pathname } = new URL(url);
  return join(dist, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
};

const concepts = sitemapPaths().filter((path) => /\/concepts\/[^/]+\/$/.test(path));

test('there are concept pages to weigh', () => {
  expect(concepts.length).toBeGreaterThanOrEqual(16);
});

for (const path of concepts) {
  test(`light before it is touched: ${path}`, async ({ page }) => {
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.goto(path, { waitUntil: 'networkidle' });
    await page.waitForTimeout(500);
    const icon = await page.locator('link[rel=icon]').getAttribute('href');
    const all = [...new Set([...urls, new URL(icon ?? '', page.url()).href])];
    const sizes = all.map((url) => ({ url: new URL(url).pathname, bytes: brotli(fileOf(url)) }));
    const sum = (of: RegExp) => sizes.filter(({ url }) => of.test(url)).reduce((total, { bytes }) => total + bytes, 0);
    const seen = JSON.stringify(sizes, null, 1);
    expect(all.length, seen).toBeLessThanOrEqual(budget.requests);
    expect(sum(/./), seen).toBeLessThanOrEqual(budget.page);
    expect(sum(/\.(css|js)$/), seen).toBeLessThanOrEqual(budget.cssAndScript);
    expect(sum(/\.js$/), seen).toBeLessThanOrEqual(budget.script);
  });
}
