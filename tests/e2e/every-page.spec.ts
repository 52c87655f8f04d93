// Every page of the sitemap: no violation of the policy, no error, nothing that axe minds, a twin in the other language;
// a concept page is light before it is touched.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect, type Page, type Request } from '@playwright/test';
import { expectLight } from '../support/budget.ts';
import { axe, dist, sitemapPaths, type Watch, watch } from '../support/page.ts';

const site = `http://localhost:${process.env['PORT'] ?? 4321}`;

/** One tab for all pages that a worker looks at: opening a new one for each costs more than looking. */
const test = base.extend<object, { tab: { page: Page; watched: Watch } }>({
  tab: [
    async ({ browser }, use) => {
      const context = await browser.newContext({ viewport: { width: 1366, height: 900 }, serviceWorkers: 'block' });
      const page = await context.newPage();
      await use({ page, watched: await watch(page) });
      await context.close();
    },
    { scope: 'worker' },
  ],
});

const paths = [...sitemapPaths(), '/en/search/', '/zh/search/', '/404.html'];

const isConcept = (path: string): boolean => /\/concepts\/[^/]+\/$/.test(path);

test('the sitemap lists the pages of both languages', () => {
  const of = (lang: string) =>
    paths
      .filter((path) => path.startsWith(`/${lang}/`))
      .map((path) => path.slice(3))
      .sort();
  expect(of('en')).toEqual(of('zh'));
  expect(of('en').length).toBeGreaterThan(15);
});

/** Twins share structure and colours, so one is looked at in light and the other in dark. */
for (const path of paths) {
  const theme = path.startsWith('/zh/') ? 'dark' : 'light';
  test(`sound, ${theme}: ${path}`, async ({ tab: { page, watched } }) => {
    const urls: string[] = [];
    const note = (request: Request) => urls.push(request.url());
    page.on('request', note);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    // A concept in English is watched until it asks for nothing more; its twin has the same scripts. A lab is there when it asks or can run.
    await page.goto(`${site}${path}`, { waitUntil: /^\/en\/concepts\/[^/]+\/$/.test(path) ? 'networkidle' : 'load' });
    if (/\/labs\/./.test(path)) await page.locator('.predict-form, [role=toolbar]').first().waitFor();
    if (/\/review\/$/.test(path)) await page.locator('article.face').waitFor();
    page.off('request', note);
    if (isConcept(path)) expectLight([...urls, `${site}/favicon.svg`]);
    expect(await axe(page), theme).toEqual([]);
    expect(await page.locator('h1').count()).toBe(1);
    expect(
      await page
        .locator('[style]:not([data-open-by-script])')
        .evaluateAll((all) => all.map((each) => each.outerHTML.slice(0, 120))),
    ).toEqual([]);
    watched.check();
  });
}

const own = paths.filter((each) => /^\/(en|zh)\//.test(each) && !each.includes('/search/'));

test('each page has its twin, its canonical address, a description, and nothing inline', () => {
  for (const path of own) {
    const html = readFileSync(join(dist, path, 'index.html'), 'utf8');
    const lang = path.slice(1, 3);
    const rest = path.slice(4);
    expect.soft(html, path).toContain(`<html lang="${lang === 'en' ? 'en' : 'zh-Hans'}"`);
    for (const [code, folder] of [
      ['en', 'en'],
      ['zh-Hans', 'zh'],
    ] as const) {
      expect
        .soft(html, path)
        .toMatch(new RegExp(`<link rel="alternate" hreflang="${code}" href="https?://[^"]+/${folder}/${rest}"`));
      expect.soft(existsSync(join(dist, folder, rest, 'index.html')), path).toBe(true);
    }
    expect.soft(html, path).toMatch(new RegExp(`<link rel="canonical" href="https?://[^"]+${path}"`));
    expect.soft(html.match(/<meta name="description" content="([^"]+)"/)?.[1]?.length ?? 0, path).toBeGreaterThan(10);
    expect.soft(html, path).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>[^<]/);
    expect.soft(html, path).not.toMatch(/\sstyle="/);
    expect.soft(html, path).not.toContain('unsafe-inline');
  }
});

test('every link inside the site leads somewhere', () => {
  const fileOf = (path: string) => join(dist, path.endsWith('/') ? `${path}index.html` : path);
  const html = new Map(paths.map((path) => [path, readFileSync(fileOf(path), 'utf8')]));
  const broken: string[] = [];
  for (const [path, text] of html) {
    for (const [, href = ''] of text.matchAll(/<a\s[^>]*href="([^"]+)"/g)) {
      const url = new URL(href.replace(/&amp;/g, '&'), `http://site${path}`);
      if (url.host !== 'site') continue;
      const target = html.get(url.pathname) ?? (existsSync(join(dist, url.pathname, 'index.html')) ? '' : undefined);
      if (target === undefined) broken.push(`${path} → ${href}`);
      else if (url.hash && target !== '' && !target.includes(`id="${decodeURIComponent(url.hash.slice(1))}"`))
        broken.push(`${path} → ${href}`);
    }
  }
  expect([...new Set(broken)]).toEqual([]);
});
