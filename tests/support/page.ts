// What every browser test watches: violations of the policy and errors of scripts. Both must be none, in any state of any page.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import axeCore, { type AxeResults } from 'axe-core';

export const dist = join(import.meta.dirname, '..', '..', 'dist');

export interface Watch {
  /** Fails the test when the page has violated its policy or thrown since the last time. */
  check(): void;
}

/** Call before `page.goto`. */
export async function watch(page: Page): Promise<Watch> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/.test(message.text()))
      complaints.push(`console: ${message.text()}`);
  });
  await page.exposeFunction('ordinalViolation', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      (globalThis as unknown as { ordinalViolation(text: string): void }).ordinalViolation(
        `${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
      );
    });
  });
  return { check: () => expect(complaints.splice(0)).toEqual([]) };
}

/** WCAG 2.2 A and AA, and good practice. */
const everything = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** A colour half way from one state to the next is neither. What never ends is not waited for. */
const atRest = (page: Page): Promise<unknown> =>
  page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => Number(effect?.getComputedTiming().endTime ?? 0) < 5000)
        .map(({ finished }) => finished),
    ),
  );

/** All rules of axe that count here; the failures as readable lines. Put into a page once, however often it is asked. */
export async function axe(page: Page): Promise<string[]> {
  await atRest(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeCore.source);
  const violations = await page.evaluate(
    async (values) => {
      const { run } = (globalThis as unknown as { axe: { run(options: unknown): Promise<AxeResults> } }).axe;
      return (await run(values)).violations;
    },
    {
      runOnly: { type: 'tag', values: everything },
      resultTypes: ['violations'],
      iframes: false,
    },
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`),
  );
}

/** Paths of the sitemap, such as `/en/concepts/one-replica/`. */
export function sitemapPaths(): string[] {
  const index = readFileSync(join(dist, 'sitemap-index.xml'), 'utf8');
  const files = [...index.matchAll(/<loc>[^<]*\/([^/<]+\.xml)<\/loc>/g)].map((match) => match[1] ?? '');
  const urls = files.flatMap((file) =>
    [...readFileSync(join(dist, file), 'utf8').matchAll(/<loc>([^<]+)<\/loc>/g)].map((match) => match[1] ?? ''),
  );
  return urls.map((url) => new URL(url).pathname);
}
