import { expect, test } from '@playwright/test';
import { axe } from '../support/page.ts';

const journeys = [
  {
    lang: 'en',
    word: 'disruption budget',
    slip: 'PodDisruptionBugdet',
    other: '选主',
    otherPage: 'leader-election',
    none: 'Nothing found',
  },
  {
    lang: 'zh',
    word: '干扰预算',
    slip: 'PodDisruptionBugdet',
    other: 'leader election',
    otherPage: 'leader-election',
    none: '没有找到',
  },
] as const;

test('letters typed while the search loads are kept', async ({ page }) => {
  await page.goto('/en/concepts/one-replica/');
  await page.keyboard.press('/');
  await page.keyboard.type('lease');
  await expect(page.getByRole('combobox')).toHaveValue('lease');
  await expect(page.getByRole('option').first()).toHaveAttribute('href', /leader-election/);
});

for (const { lang, word, slip, other, otherPage, none } of journeys) {
  test.describe(`search in ${lang}`, () => {
    test('opens by key, finds a section, goes there, all by keyboard', async ({ page }) => {
      await page.goto(`/${lang}/concepts/one-replica/`);
      await page.keyboard.press('/');
      const field = page.getByRole('combobox');
      await expect(field).toBeFocused();
      await page.keyboard.type(word);
      const first = page.getByRole('option').first();
      await expect(first).toHaveAttribute('aria-selected', 'true');
      await expect(first).toHaveAttribute('href', new RegExp(`^/${lang}/concepts/disruption-budget/`));
      await expect(page.locator('.gloss')).toContainText(word);
      await page.keyboard.press('ArrowDown');
      await expect(page.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(new RegExp(`/${lang}/concepts/disruption-budget/`));
    });

    test('⌘K and Ctrl+K open it, Escape empties and closes, focus returns', async ({ page }) => {
      await page.goto(`/${lang}/concepts/one-replica/`);
      const opener = page.locator('[data-search]').first();
      await opener.focus();
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('combobox')).toBeFocused();
      await page.keyboard.type('lease');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('combobox')).toHaveValue('');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
      await expect(opener).toBeFocused();
    });

    test('finds a field with a slip, and the other language', async ({ page }) => {
      await page.goto(`/${lang}/concepts/one-replica/`);
      await page.keyboard.press('/');
      await page.keyboard.type(slip);
      await expect(page.getByRole('option').first()).toHaveAttribute('href', /disruption-budget/);
      await page.getByRole('combobox').fill(other);
      await expect(page.getByRole('option').first()).toHaveAttribute('href', new RegExp(otherPage));
    });

    test('keys of an input method are left to it', async ({ page }) => {
      await page.goto(`/${lang}/concepts/one-replica/`);
      await page.keyboard.press('/');
      await expect(page.getByRole('combobox')).toBeFocused();
      await page.keyboard.type(word);
      await expect(page.getByRole('option').first()).toBeVisible();
      const field = page.getByRole('combobox');
      for (const init of [
        { key: 'Enter', isComposing: true },
        { key: 'Enter', keyCode: 229 },
        { key: 'Escape', keyCode: 229 },
      ]) {
        await field.dispatchEvent('keydown', { ...init, bubbles: true, cancelable: true });
      }
      await expect(page).toHaveURL(/one-replica/);
      await expect(field).toHaveValue(word);
      await field.evaluate((input: HTMLInputElement) => {
        input.value = 'Lease';
        input.dispatchEvent(new CompositionEvent('compositionend', { data: 'Lease', bubbles: true }));
      });
      await expect(page.getByRole('option').first()).toHaveAttribute('href', /leader-election/);
    });

    test('the page keeps the query in the address, and says so when nothing is found', async ({ page }) => {
      await page.goto(`/${lang}/search/?q=${encodeURIComponent(word)}`);
      await expect(page.locator('#search-results a').first()).toHaveAttribute('href', /disruption-budget/);
      await page.locator('#search-query').fill('qqqqqqqq');
      await expect(page.locator('#search-status')).toContainText(none);
      await expect(page).toHaveURL(/q=qqqqqqqq/);
    });

    test('one load is enough: the next search needs no network', async ({ page, context }) => {
      await page.goto(`/${lang}/search/?q=lease`);
      await expect(page.locator('#search-results a').first()).toBeVisible();
      await context.setOffline(true);
      await page.locator('#search-query').fill(word);
      await expect(page.locator('#search-results a').first()).toHaveAttribute('href', /disruption-budget/);
    });

    test('a missing index is said, and a second try works', async ({ page }) => {
      await page.route('**/search-index.*.json', (route) => route.abort());
      await page.goto(`/${lang}/concepts/one-replica/`);
      await page.keyboard.press('/');
      const again = page.getByRole('dialog').getByRole('button', { name: lang === 'en' ? 'Try again' : '再试一次' });
      await expect(again).toBeVisible();
      await page.unroute('**/search-index.*.json');
      await page.getByRole('combobox').fill(word);
      await expect(page.getByRole('option').first()).toHaveAttribute('href', /disruption-budget/);
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      test(`no axe violation with results open, ${colorScheme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme });
        await page.goto(`/${lang}/concepts/one-replica/`);
        await page.keyboard.press('/');
        await expect(page.getByRole('combobox')).toBeFocused();
        await page.keyboard.type(word);
        await expect(page.getByRole('option').first()).toBeVisible();
        expect(await axe(page)).toEqual([]);
      });
    }
  });
}
