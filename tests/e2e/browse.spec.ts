// Journey 1, in both languages: come in, choose a language, find a page on the map, read it, look at words and keys, change the language
// in place, see both side by side, go on, come back.
import { expect, type Locator, type Page, test } from '@playwright/test';
import { axe, watch } from '../support/page.ts';

interface Words {
  readonly lang: 'en' | 'zh';
  readonly other: 'en' | 'zh';
  readonly name: string;
  readonly otherName: string;
  readonly concept: string;
  readonly twin: string;
  readonly bothLink: string;
  readonly startWith: RegExp;
  readonly goOn: RegExp;
}

const languages: readonly Words[] = [
  {
    lang: 'en',
    other: 'zh',
    name: 'English',
    otherName: '中文',
    concept: 'One replica may be two',
    twin: '一个副本可能是两个',
    bothLink: 'Both languages side by side',
    startWith: /Start with/,
    goOn: /Continue: One replica may be two/,
  },
  {
    lang: 'zh',
    other: 'en',
    name: '中文',
    otherName: 'English',
    concept: '一个副本可能是两个',
    twin: 'One replica may be two',
    bothLink: '中英对照',
    startWith: /从这里开始/,
    goOn: /继续读：一个副本可能是两个/,
  },
];

const path = (lang: string, section = '') => `/${lang}/concepts/one-replica/${section}`;

/** The section that the contents show as “here”. */
const here = (page: Page) => page.locator('.toc [aria-current]').getAttribute('href');

/** Playwright scrolls before it clicks, even to a sticky header; a reader does not. */
async function clickWithoutScrolling(page: Page, link: Locator): Promise<void> {
  const box = await link.boundingBox();
  await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2);
}

for (const words of languages) {
  const { lang, other } = words;

  test(`${lang}: the door asks once and remembers`, async ({ page }) => {
    const watched = await watch(page);
    await page.goto('/');
    await page.getByRole('link', { name: words.name, exact: true }).click();
    await expect(page).toHaveURL(`/${lang}/`);
    // The page remembers once its script has run, which may be after its address shows.
    await expect.poll(() => page.evaluate(() => localStorage.getItem('ordinal.lang'))).toBe(`"${lang}"`);
    await page.goto('/');
    await expect(page).toHaveURL(`/${lang}/`);
    await page.waitForLoadState();
    await page.goto('/?ask');
    await expect(page.getByRole('link', { name: words.name, exact: true })).toBeVisible();
    watched.check();
  });

  test(`${lang}: from the map to a page, and back to where one stopped`, async ({ page }) => {
    const watched = await watch(page);
    await page.goto(`/${lang}/`);
    const goOn = page.locator('[data-continue]');
    await expect(goOn).toHaveText(words.startWith);
    await page.locator('[data-map]').getByRole('link', { name: words.concept }).click();
    await expect(page.getByRole('heading', { level: 1, name: words.concept })).toBeVisible();
    await page.locator('#crash').scrollIntoViewIfNeeded();
    await page.evaluate(() => document.querySelector('#crash')?.scrollIntoView());
    await expect.poll(() => here(page)).toBe('#crash');
    await page.goto(`/${lang}/`);
    await expect(goOn).toHaveText(words.goOn);
    await expect(page.locator('[data-map] path.on').first()).toBeAttached();
    await goOn.click();
    await expect(page).toHaveURL(path(lang, '#crash'));
    watched.check();
  });

  test(`${lang}: a page read to its end is filled on the map`, async ({ page }) => {
    await page.goto(path(lang));
    await expect(page.locator('.side [data-slug=one-replica] .ord')).not.toHaveClass(/done/);
    await page.locator('[data-end]').scrollIntoViewIfNeeded();
    await expect(page.locator('.side [data-slug=one-replica] .ord')).toHaveClass(/done/);
    await page.goto(`/${other}/`);
    await expect(page.locator('[data-map] [data-slug=one-replica] > .ord')).toHaveClass(/done/);
  });

  test(`${lang}: the language changes in place, section included`, async ({ page }) => {
    await page.goto(path(lang, '#deletion'));
    await expect.poll(() => here(page)).toBe('#deletion');
    await clickWithoutScrolling(page, page.getByRole('banner').getByRole('link', { name: words.otherName }));
    await expect(page).toHaveURL(path(other, '#deletion'));
    await expect(page.getByRole('heading', { level: 1, name: words.twin })).toBeVisible();
    await expect(page.locator('#deletion')).toBeInViewport();
  });

  test(`${lang}: both languages side by side begin at the same height`, async ({ page }) => {
    const watched = await watch(page);
    await page.goto(path(lang, '#deletion'));
    await page.getByRole('link', { name: words.bothLink }).click();
    await expect(page).toHaveURL(path(lang, 'both/#deletion'));
    const ids = await page.locator('.both h2[id]').evaluateAll((heads) => heads.map((head) => head.id));
    const own = ids.filter((id) => !id.startsWith(`${other}-`));
    expect(own.length).toBeGreaterThan(4);
    for (const id of own) {
      const [left, right] = await Promise.all([
        page.locator(`#${id}`).boundingBox(),
        page.locator(`#${other}-${id}`).boundingBox(),
      ]);
      expect(Math.abs((left?.y ?? 0) - (right?.y ?? 1000)), id).toBeLessThan(24);
      expect(left?.x ?? 0).toBeLessThan(right?.x ?? 0);
    }
    watched.check();
  });

  test(`${lang}: a term opens with the pointer, a tap and the keyboard`, async ({ page }) => {
    const watched = await watch(page);
    await page.goto(path(lang));
    const term = page.locator('a.term').first();
    const card = page.locator('.pop');
    await term.scrollIntoViewIfNeeded();
    await term.hover();
    await expect(card).toBeVisible();
    expect(await axe(page)).toEqual([]);
    await page.mouse.move(5, 400);
    await expect(card).toBeHidden();
    await term.focus();
    await page.keyboard.press('Enter');
    await expect(card).toBeVisible();
    await page.keyboard.press('Tab');
    expect(await card.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await page.keyboard.press('Escape');
    await expect(card).toBeHidden();
    await expect(term).toBeFocused();
    watched.check();
  });

  test(`${lang}: a YAML key explains its field`, async ({ page }) => {
    await page.goto(path(lang, '#update'));
    await page.locator('a.yk', { hasText: 'replicas' }).first().hover();
    await expect(page.locator('.pop')).toContainText(lang === 'en' ? 'How many Pods' : '应该有几个Pod');
  });

  test(`${lang}: a transcript copies its commands`, async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(path(lang));
    const box = page.locator('.console').first();
    await box.locator('[data-copy]').click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await box.locator('pre b').evaluateAll((all) => all.map((each) => each.textContent).join('\n')));
    expect(copied).toMatch(/^kubectl /);
  });

  test(`${lang}: next and previous lead through the written pages`, async ({ page }) => {
    await page.goto(`/${lang}/concepts/scaling/`);
    const visited = ['scaling'];
    for (let step = 0; step < 5; step++) {
      await page.locator('.pager a[rel=next]').click();
      await expect(page.locator('.pager a[rel=prev]')).toHaveAttribute('href', `/${lang}/concepts/${visited.at(-1)}/`);
      visited.push(new URL(page.url()).pathname.split('/')[3] ?? '');
    }
    expect(visited).toEqual([
      'scaling',
      'replicaset',
      'replicas-and-service',
      'volumes-and-claims',
      'periodic-task',
      'singleton-service',
    ]);
    await page.goto(`/${lang}/concepts/data-store/`);
    await expect(page.locator('.pager a[rel=prev]')).toHaveCount(1);
    await expect(page.locator('.pager a[rel=next]')).toHaveCount(0);
  });

  test(`${lang}: on a phone a term opens at the foot of the screen, and nothing scrolls sideways`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const page = await context.newPage();
    const watched = await watch(page);
    for (const place of [
      `/${lang}/`,
      path(lang),
      path(lang, 'both/'),
      `/${lang}/concepts/`,
      `/${lang}/glossary/`,
      `/${lang}/errata/`,
      `/${lang}/sources/`,
      `/${lang}/limits/`,
    ]) {
      await page.goto(place);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), place).toBeLessThanOrEqual(390);
    }
    await page.goto(path(lang));
    await page.locator('a.term').first().tap();
    const card = await page.locator('.pop').boundingBox();
    expect(Math.round((card?.y ?? 0) + (card?.height ?? 0))).toBe(844);
    expect(Math.round(card?.width ?? 0)).toBe(390);
    expect(await axe(page)).toEqual([]);
    watched.check();
    await context.close();
  });

  test(`${lang}: without a script everything can be read`, async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`/${lang}/`);
    await page.locator('[data-map]').getByRole('link', { name: words.concept }).click();
    await expect(page.locator('#enough')).toBeVisible();
    await page.locator('a.term').first().click();
    await expect(page.locator('.terms:has(dl) > dl')).toBeVisible();
    await page.getByRole('banner').getByRole('link', { name: words.otherName }).click();
    await expect(page.getByRole('heading', { level: 1, name: words.twin })).toBeVisible();
    await context.close();
  });

  test(`${lang}: print holds the text and no chrome`, async ({ page }) => {
    await page.goto(path(lang));
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['.top', '.side', '.toc', '.foot', '.pager']) await expect(page.locator(hidden)).toBeHidden();
    await expect(page.locator('main h1')).toBeVisible();
    await expect(page.locator('.console pre').first()).toBeVisible();
  });
}

test('the theme follows the system until the reader decides, and is remembered', async ({ page }) => {
  const watched = await watch(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/en/');
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await paper()).toBe('rgb(21, 23, 26)');
  await page.getByRole('button', { name: 'Dark theme' }).click();
  expect(await paper()).toBe('rgb(250, 248, 243)');
  await page.goto('/zh/glossary/');
  expect(await paper()).toBe('rgb(250, 248, 243)');
  await page.keyboard.press('t');
  expect(await paper()).toBe('rgb(21, 23, 26)');
  watched.check();
});

test('a lab and a prediction start inside the page', async ({ page }) => {
  const watched = await watch(page);
  await page.goto('/en/concepts/one-replica/');
  await page.locator('[data-start]').first().click();
  await expect(page.locator('.lab').first()).toBeVisible();
  expect(await axe(page), 'lab running').toEqual([]);
  const form = page.locator('form[data-predict]').first();
  const id = await form.getAttribute('id');
  await form.locator('.opt').first().click();
  await form.getByRole('button').click();
  await expect(page.locator(`#${id} button.main`, { hasText: 'Predict and run' })).toBeHidden();
  expect(await axe(page), 'prediction answered').toEqual([]);
  watched.check();
});

test('an unknown address says so in both languages', async ({ page }) => {
  const answer = await page.goto('/en/concepts/nowhere/');
  expect(answer?.status()).toBe(404);
  await expect(page.getByText('Nothing at this address')).toBeVisible();
  await expect(page.getByText('这个地址没有内容')).toBeVisible();
});

test('an address without its last slash is led there', async ({ request }) => {
  const answer = await request.get('/en/concepts', { maxRedirects: 0 });
  expect(answer.status()).toBe(308);
  expect(answer.headers()['location']).toBe('/en/concepts/');
});

test('the server sends the policy, compresses, and answers validators', async ({ request }) => {
  const first = await request.get('/en/', { headers: { 'accept-encoding': 'br' } });
  expect(first.headers()['content-security-policy']).toContain("default-src 'none'");
  expect(first.headers()['content-security-policy']).not.toContain('unsafe-inline');
  expect(first.headers()['content-encoding']).toBe('br');
  expect(first.headers()['content-type']).toBe('text/html; charset=utf-8');
  const second = await request.get('/en/', {
    headers: { 'accept-encoding': 'br', 'if-none-match': first.headers()['etag'] ?? '' },
  });
  expect(second.status()).toBe(304);
});

test('pages read before, and the front page, open without a network', async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: 'allow' });
  const page = await context.newPage();
  const watched = await watch(page);
  await page.goto('/en/concepts/recreate/');
  await page.keyboard.press('End');
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    for (let tries = 0; tries < 50 && !(await caches.match('/en/concepts/recreate/')); tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
  });
  await context.setOffline(true);
  await page.goto('/zh/');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Kubernetes');
  await page.goto('/en/concepts/recreate/#choosing');
  await expect(page.getByRole('heading', { level: 1, name: 'Recreate stops before it starts' })).toBeVisible();
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('.book') ?? document.body).display)).toBe('grid');
  await page.goto('/zh/concepts/scaling/');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Kubernetes');
  watched.check();
  await context.close();
});

test('nothing more is loaded for keeping pages before the first touch', async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: 'allow' });
  const page = await context.newPage();
  await page.goto('/en/concepts/recreate/', { waitUntil: 'networkidle' });
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  await context.close();
});
