// The daily review in a real browser: nothing lost when the browser is killed or two tabs write, by keyboard alone, in both
// languages, as a file and back, and accessible in every state.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { axe } from '../support/page.ts';

const words = {
  en: {
    show: 'Show answer',
    predict: 'Predict',
    good: /^Good/,
    easy: /^Easy/,
    undo: 'Undo',
    bury: 'Not today',
    suspend: 'Suspend',
    flag: 'Flag',
    done: 'Done for today',
    replay: 'Replay',
  },
  zh: {
    show: '显示答案',
    predict: '预测',
    good: /^良好/,
    easy: /^容易/,
    undo: '撤销',
    bury: '今天不看',
    suspend: '暂停',
    flag: '标记',
    done: '今天的复习做完了',
    replay: '重放',
  },
} as const;
type Lang = keyof typeof words;
const langs = ['en', 'zh'] as const;

const face = (page: Page) => page.locator('article.face');
const question = (page: Page) => page.locator('article.face .q');
const back = (page: Page) => page.locator('article.face .back');

async function openReview(page: Page, lang: Lang): Promise<void> {
  await page.goto(`/${lang}/review/`);
  await expect(face(page)).toBeVisible();
}

/** Shows the answer of whatever card is open; a predict card is answered first. */
async function reveal(page: Page): Promise<void> {
  await expect(face(page)).toBeVisible();
  if ((await page.locator('.choices').count()) > 0) await page.keyboard.press('1');
  await page.keyboard.press(' ');
  await expect(back(page)).toBeVisible();
}

/** Rates n cards and waits for each to be stored: the next card, or the end, is drawn only then. */
async function rateCards(page: Page, n: number, key = '4'): Promise<void> {
  for (let i = 0; i < n; i++) {
    await reveal(page);
    await page.keyboard.press(key);
    await expect(back(page)).toHaveCount(0);
  }
}

/** The log's entries, as the browser's database holds them. */
const storedReviews = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('ordinal-review');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction('tail').objectStore('tail').getAll();
          all.onsuccess = () => {
            opening.result.close();
            resolve((all.result as { kind: string }[]).filter(({ kind }) => kind === 'review').length);
          };
        };
      }),
  );

/** Complaints of the browser: a script error, or something the policy refused. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

for (const lang of langs) {
  const t = words[lang];

  test.describe(`review in ${lang}`, () => {
    test('a card by keyboard alone: Space, a rating, undo', async ({ page }) => {
      const complaints = complaintsOf(page);
      await openReview(page, lang);
      const first = await question(page).textContent();
      await page.keyboard.press('3');
      await expect(back(page), 'no rating before the answer').toHaveCount(0);
      await page.keyboard.press(' ');
      await expect(back(page)).toBeFocused();
      await expect(page.getByRole('button', { name: t.good })).toContainText(lang === 'en' ? '10 min' : '10 分');
      await page.keyboard.press('3');
      await expect(question(page)).not.toHaveText(first ?? '');
      expect(await storedReviews(page)).toBe(1);
      await page.keyboard.press('u');
      await expect(question(page)).toHaveText(first ?? '');
      await expect(back(page)).toBeVisible();
      expect(complaints).toEqual([]);
    });

    test('the day ends, says what comes tomorrow, and the deck knows', async ({ page }) => {
      await openReview(page, lang);
      await rateCards(page, 10);
      await expect(page.getByRole('heading', { name: t.done })).toBeVisible();
      await expect(page.locator('.next')).toContainText(lang === 'en' ? /\d+ due, \d+ new/ : /\d+张到期，\d+张新卡/);
      await page.goto(`/${lang}/deck/`);
      await expect(page.locator('.is-later')).toHaveCount(10);
    });

    test('not today, suspend, flag and undo', async ({ page }) => {
      await openReview(page, lang);
      const first = (await question(page).textContent()) ?? '';
      await page.getByRole('button', { name: t.flag }).click();
      await expect(page.getByRole('button', { name: t.flag })).toHaveAttribute('aria-pressed', 'true');
      await page.getByRole('button', { name: t.suspend }).click();
      await expect(question(page)).not.toHaveText(first);
      await page.getByRole('button', { name: t.undo }).click();
      await expect(question(page)).toHaveText(first);
      await page.getByRole('button', { name: t.bury }).click();
      await expect(question(page)).not.toHaveText(first);
      await page.reload();
      await expect(question(page)).not.toHaveText(first);
      await page.goto(`/${lang}/deck/`);
      await expect(page.locator('.is-buried')).toHaveCount(1);
    });

    test('a predict card is answered by choosing, then shows how it went', async ({ page }) => {
      await openReview(page, lang);
      for (let i = 0; i < 10 && (await page.locator('.choices').count()) === 0; i++) await rateCards(page, 1);
      await expect(page.getByRole('button', { name: t.predict })).toBeDisabled();
      await page.keyboard.press(' ');
      await expect(back(page), 'no answer before a choice').toHaveCount(0);
      await page.getByRole('radio').first().check();
      await page.getByRole('button', { name: t.predict }).click();
      await expect(page.locator('.verdict .word')).toBeVisible();
      await expect(page.locator('.opt.is-right')).toHaveCount(1);
      await expect(page.getByRole('button', { name: t.replay })).toBeVisible();
      const link = page.locator('.back > .src a');
      await expect(link).toHaveAttribute('href', new RegExp(`^/${lang}/concepts/[a-z-]+/#[a-z0-9-]+$`));
      const passage = await link.getAttribute('href');
      await page.goto(passage ?? '');
      await expect(page.locator(`[id="${passage?.split('#')[1]}"]`)).toHaveCount(1);
    });

    for (const scheme of ['light', 'dark'] as const) {
      test(`axe: front, back, prediction, end, deck, settings, ${scheme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        await openReview(page, lang);
        expect(await axe(page)).toEqual([]);
        await reveal(page);
        expect(await axe(page)).toEqual([]);
        await page.keyboard.press('4');
        await expect(back(page)).toHaveCount(0);
        for (let i = 0; i < 9 && (await page.locator('.choices').count()) === 0; i++) await rateCards(page, 1);
        await page.keyboard.press('2');
        expect(await axe(page)).toEqual([]);
        await reveal(page);
        await page.getByRole('button', { name: t.replay }).click();
        await expect(page.locator('.replay .clock')).toBeVisible();
        await expect(page.locator('.replay .predict-form'), 'what was answered is not asked again').toHaveCount(0);
        expect(await axe(page)).toEqual([]);
        await page.locator('.rate button').first().click();
        await expect(back(page)).toHaveCount(0);
        while ((await page.getByRole('heading', { name: t.done }).count()) === 0) await rateCards(page, 1);
        expect(await axe(page)).toEqual([]);
        await page.goto(`/${lang}/deck/`);
        await expect(page.locator('.stands button').first()).toBeVisible();
        expect(await axe(page)).toEqual([]);
        await page.goto(`/${lang}/review/settings/`);
        await expect(page.locator('form.options')).toBeVisible();
        await page
          .locator('input[type=file]')
          .setInputFiles({ name: 'no.txt', mimeType: 'text/plain', buffer: Buffer.from('no log') });
        await expect(page.getByRole('alert')).toBeVisible();
        expect(await axe(page)).toEqual([]);
      });
    }
  });
}

test('the language of a card is switched in place, and both languages share one memory', async ({ page }) => {
  await openReview(page, 'en');
  const english = await question(page).textContent();
  await page.keyboard.press('l');
  await expect(face(page)).toHaveAttribute('lang', 'zh-Hans');
  await expect(question(page)).not.toHaveText(english ?? '');
  await page.keyboard.press(' ');
  await page.keyboard.press('4');
  await expect(back(page)).toHaveCount(0);
  await page.goto('/en/review/');
  await expect(question(page)).not.toHaveText(english ?? '');
  await expect(page.locator('.prog .n')).toHaveText('1 / 10');
});

test('the number of due cards stands beside Today, on every page, from the log alone', async ({ page }) => {
  await page.clock.setFixedTime(new Date('2026-11-20T10:00:00'));
  await openReview(page, 'en');
  await rateCards(page, 3);
  const due = page.locator('.nav [data-due]');
  await page.goto('/en/concepts/one-replica/');
  await expect(due).toBeHidden();
  await page.clock.setFixedTime(new Date('2026-12-20T10:00:00'));
  await page.goto('/en/concepts/one-replica/');
  await expect(due).toHaveText('3');
  await page.goto('/zh/review/');
  await expect(page.locator('.prog')).toContainText('3张到期');
});

test('two tabs: nothing is lost, and each sees what the other did', async ({ context }) => {
  const [left, right] = [await context.newPage(), await context.newPage()];
  await openReview(left, 'en');
  await openReview(right, 'zh');
  for (let i = 0; i < 5; i++) {
    await rateCards(left, 1);
    await rateCards(right, 1);
  }
  await expect.poll(() => storedReviews(left)).toBe(10);
  await expect(left.getByRole('heading', { name: words.en.done })).toBeVisible();
  await expect(right.getByRole('heading', { name: words.zh.done })).toBeVisible();
});

/** A browser of its own, so that it can be killed without a chance to say goodbye. */
async function startBrowser(profile: string): Promise<{ process: ChildProcess; browser: Browser }> {
  const executable = test.info().project.use.launchOptions?.executablePath ?? chromium.executablePath();
  const args = [
    '--headless=new',
    '--no-sandbox',
    '--no-first-run',
    '--disable-gpu',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    'about:blank',
  ];
  const child = spawn(executable, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    child.on('exit', () => reject(new Error(`The browser did not start: ${said}`)));
  });
  return { process: child, browser: await chromium.connectOverCDP(endpoint) };
}

test('ten reviews, the browser killed, opened again: ten reviews', async ({ baseURL }) => {
  const profile = mkdtempSync(join(tmpdir(), 'ordinal-profile-'));
  const first = await startBrowser(profile);
  const page = await first.browser.contexts()[0]!.newPage();
  await page.goto(`${baseURL}/en/review/`);
  await rateCards(page, 10);
  const gone = new Promise((resolve) => first.process.once('exit', resolve));
  first.process.kill('SIGKILL');
  await gone;
  const second = await startBrowser(profile);
  try {
    const again = await second.browser.contexts()[0]!.newPage();
    await again.goto(`${baseURL}/en/review/`);
    await expect(again.getByText('10 cards reviewed')).toBeVisible();
    expect(await storedReviews(again)).toBe(10);
  } finally {
    const closed = new Promise((resolve) => second.process.once('exit', resolve));
    second.process.kill('SIGKILL');
    await closed;
  }
});

async function exportLog(page: Page, lang: Lang): Promise<Buffer> {
  await page.goto(`/${lang}/review/settings/`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: lang === 'en' ? 'Export' : '导出' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^ordinal-reviews-\d{4}-\d\d-\d\d\.jsonl\.gz$/);
  return readFileSync(await download.path());
}

const importFile = (page: Page, name: string, buffer: Buffer) =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/gzip', buffer });

test('export, then import elsewhere: the same log, byte for byte, unknown kinds included', async ({
  page,
  browser,
  baseURL,
}) => {
  await openReview(page, 'en');
  await rateCards(page, 4);
  const text = gunzipSync(await exportLog(page, 'en')).toString();
  const unknown = '{"id":"future.1","kind":"hologram","t":1795000000000,"utcOffsetMin":480,"light":{"deep":[1,"二"]}}';
  const lines = [...text.trimEnd().split('\n'), unknown];
  lines[0] = lines[0]!.replace('"events":4', '"events":5');
  const other = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }) });
  const elsewhere = await other.newPage();
  await elsewhere.goto('/zh/review/settings/');
  await importFile(elsewhere, 'log.jsonl.gz', gzipSync(`${lines.join('\n')}\n`));
  await expect(elsewhere.getByRole('status').filter({ hasText: '已加入5条' })).toBeVisible();
  await importFile(elsewhere, 'log.jsonl.gz', gzipSync(`${lines.join('\n')}\n`));
  await expect(elsewhere.getByRole('status').filter({ hasText: '都已经有了' })).toBeVisible();
  const back = gunzipSync(await exportLog(elsewhere, 'zh')).toString();
  expect(back.split('\n').sort()).toEqual(`${lines.join('\n')}\n`.split('\n').sort());
  await elsewhere.goto('/zh/review/');
  await expect(elsewhere.locator('.prog .n')).toHaveText('4 / 10');
  await other.close();
});

test('a corrupt file: place and next step, nothing changed, what is whole can be taken', async ({ page }) => {
  const complaints = complaintsOf(page);
  await openReview(page, 'en');
  await rateCards(page, 3);
  const file = await exportLog(page, 'en');
  const text = gunzipSync(file).toString();
  const alert = page.getByRole('alert');

  await importFile(page, 'picture.gz', Buffer.from('<!doctype html>'));
  await expect(alert).toContainText('picture.gz: 1 problem');
  await expect(alert).toContainText('Line 1');
  await expect(alert).toContainText('Choose the file that Export made');
  await expect(alert).toContainText('Your log is unchanged.');
  await page.getByRole('button', { name: 'Leave it' }).click();
  await expect(alert).toHaveCount(0);

  await importFile(page, 'cut.gz', file.subarray(0, 24));
  await expect(alert).toContainText('cut off or damaged');

  const broken = text
    .split('\n')
    .map((line, i) =>
      i === 2
        ? line.replace('"rating":4', '"rating":9').replace(/"id":"\w+/, '"id":"elsewhere')
        : i === 1
          ? line.replace(/"id":"\w+/, '"id":"other')
          : line,
    );
  await importFile(page, 'broken.jsonl', Buffer.from(broken.join('\n')));
  await expect(alert).toContainText('Line 3');
  await expect(alert).toContainText('rating: 9');
  expect(await storedReviews(page)).toBe(3);
  await page.getByRole('button', { name: 'Add the 2 entries that can be read' }).click();
  await expect(page.getByRole('status').filter({ hasText: '1 entry added' })).toBeVisible();
  expect(await storedReviews(page)).toBe(4);
  expect(complaints).toEqual([]);
});

test('an option out of bounds is named with its bounds; a good one is kept', async ({ page }) => {
  await page.goto('/en/review/settings/');
  await page.getByLabel('New cards a day').fill('4000');
  await page.getByRole('button', { name: 'Save options' }).click();
  await expect(page.getByText('New cards a day: 4000 does not fit. Take a number from 0 to 999.')).toBeVisible();
  await page.getByLabel('New cards a day').fill('2');
  await page.getByRole('button', { name: 'Save options' }).click();
  await expect(page.getByText('Options saved.')).toBeVisible();
  await openReview(page, 'en');
  await expect(page.locator('.prog')).toContainText('2 new');
});

test('the cards of one page: asked for on the page, all of them, and the page says where each stands', async ({ page }) => {
  await page.goto('/en/concepts/one-replica/');
  const rows = page.locator('[data-card-id]');
  const cards = await rows.count();
  await page.locator('.deck header a').click();
  await expect(page.locator('.ofpage')).toBeVisible();
  await rateCards(page, 2);
  await expect(page.locator('.prog .n')).toHaveText(/^2 \//);
  await page.goto('/en/concepts/one-replica/');
  await expect(rows.locator('[data-stand]')).toHaveCount(cards);
  await expect(rows.locator('[data-stand]').filter({ hasText: /^in \d+ d$/ })).toHaveCount(2);
});

test('a deck that does not arrive says so, and the next try works', async ({ page }) => {
  await page.route('**/deck.en.json', (route) => route.abort());
  await page.goto('/en/review/');
  await expect(page.getByRole('alert')).toContainText('The deck did not arrive');
  await page.unroute('**/deck.en.json');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(face(page)).toBeVisible();
});

test('a card cannot bring a script, a style or a form into the page', async ({ page }) => {
  await page.addInitScript('window.ran = 0; window.x = () => { window.ran += 1; };');
  await page.route('**/deck.en.json', async (route) => {
    const response = await route.fetch();
    const deck = (await response.json()) as { cards: { question: string }[] };
    for (const card of deck.cards) {
      card.question =
        '<p style="color:red" onclick="x()">safe <img src=x onerror="x()"><script>x()</script><a href="javascript:x()">link</a> <button>b</button></p><form><input></form>';
    }
    await route.fulfill({ response, json: deck });
  });
  await openReview(page, 'en');
  expect(await question(page).innerHTML()).toBe('<p>safe <a>link</a> b</p>');
  expect(await page.evaluate('window.ran')).toBe(0);
});

test('on a phone every target has 44 px and the ratings stand at the bottom', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openReview(page, 'zh');
  await reveal(page);
  for (const button of await page.locator('main button, main a.btn').all()) {
    const box = await button.boundingBox();
    if (box !== null) expect(Math.min(box.width, box.height), (await button.textContent()) ?? '').toBeGreaterThanOrEqual(43.5);
  }
  const rate = await page.locator('.rate').boundingBox();
  expect(Math.round((rate?.y ?? 0) + (rate?.height ?? 0))).toBe(844);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
