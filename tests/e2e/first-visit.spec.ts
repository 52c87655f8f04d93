// A first visit, ten minutes long: front page, the first concept, a prediction that a run answers, the cards of the page, the next page.
// No step may end without a way on.
import { expect, test } from '@playwright/test';
import { watch } from '../support/page.ts';

const languages = [
  { lang: 'en', start: /Start with: Desired state/, title: 'Desired state', predict: 'Predict and run', next: /^Next page: / },
  { lang: 'zh', start: /从这里开始：期望状态/, title: '期望状态', predict: '先预测，再运行', next: /^下一页：/ },
] as const;

for (const { lang, start, title, predict, next } of languages) {
  test(`${lang}: a first visit reads, predicts, reviews and goes on`, async ({ page }) => {
    const watched = await watch(page);
    await page.goto(`/${lang}/`);
    await page.getByRole('link', { name: start }).click();
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();

    const form = page.locator('form[data-predict]').first();
    await form.getByRole('radio').first().check();
    await form.getByRole('button', { name: predict }).click();
    await expect(page.locator('.opt .verdict').first()).toBeVisible();

    await page.locator('.meta a[href="#deck"]').click();
    await page.locator('#deck a.btn').click();
    const face = page.locator('article.face');
    const forward = page.getByRole('link', { name: next });
    for (let card = 0; card < 40; card++) {
      await expect(face.or(forward)).toBeVisible();
      if (await forward.isVisible()) break;
      const question = await face.locator('.q').textContent();
      if ((await page.locator('.choices').count()) > 0) await page.keyboard.press('1');
      await page.keyboard.press(' ');
      await expect(face.locator('.back')).toBeVisible();
      await page.keyboard.press('4');
      // The next card, or the end. Counted, not awaited: at the end there is no card to look at.
      await expect.poll(async () => (await face.locator('.q').allTextContents()).join() !== question).toBe(true);
    }
    await forward.click();
    await expect(page).toHaveURL(new RegExp(`/${lang}/concepts/scaling/$`));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    watched.check();
  });
}
