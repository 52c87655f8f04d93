// Every page of the sitemap, in both themes: no violation of the policy, no error, nothing that axe minds, a twin in the other language.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { axe, colourRules, dist, sitemapPaths, watch } from '../support/page.ts';

const paths = [...sitemapPaths(), '/en/search/', '/zh/search/', '/404.html'];

test('the sitemap lists the pages of both languages', () => {
  const of = (lang: string) =>
    paths
      .filter((path) => path.startsWith(`/${lang}/`))
      .map((path) => path.slice(3))
      .sort();
  expect(of('en')).toEqual(of('zh'));
  expect(of('en').length).toBeGreaterThan(15);
});

for (const path of paths) {
  test(`sound in both themes: ${path}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    const watched = await watch(page);
    await page.goto(path, { waitUntil: 'networkidle' });
    expect(await axe(page), 'light').toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    expect(await axe(page, colourRules), 'dark: only colours can differ').toEqual([]);
    expect(await page.locator('h1').count()).toBe(1);
    expect(
      await page
        .locator('[style]:not([data-open-by-script])')
        .evaluateAll((all) => all.map((each) => each.outerHTML.slice(0, 120))),
    ).toEqual([]);
    watched.check();
  });
}

for (const path of paths.filter((each) => /^\/(en|zh)\//.test(each) && !each.includes('/search/'))) {
  test(`has its twin, canonical and description: ${path}`, async ({ request }) => {
    const html = await (await request.get(path)).text();
    const lang = path.slice(1, 3);
    const rest = path.slice(4);
    expect(html).toContain(`<html lang="${lang === 'en' ? 'en' : 'zh-Hans'}"`);
    for (const [code, folder] of [
      ['en', 'en'],
      ['zh-Hans', 'zh'],
    ] as const) {
      expect(html).toMatch(new RegExp(`<link rel="alternate" hreflang="${code}" href="https?://[^"]+/${folder}/${rest}"`));
      expect(existsSync(join(dist, folder, rest, 'index.html'))).toBe(true);
    }
    expect(html).toMatch(new RegExp(`<link rel="canonical" href="https?://[^"]+${path}"`));
    expect(html.match(/<meta name="description" content="([^"]+)"/)?.[1]?.length ?? 0).toBeGreaterThan(10);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>[^<]/);
    expect(html).not.toMatch(/\sstyle="/);
    expect(html).not.toContain('unsafe-inline');
  });
}

test('every link inside the site leads somewhere', async ({ request }) => {
  const html = new Map<string, string>();
  for (const path of paths) html.set(path, await (await request.get(path)).text());
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
