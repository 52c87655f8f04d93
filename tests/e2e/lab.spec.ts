// Journeys through a lab in both languages: run, guess, step, go back, fork, type, edit, break, ask why, share. No violation of the policy,
// nothing thrown, and nothing that axe minds while it runs.
import { expect, type Locator, type Page, test } from '@playwright/test';
import { lab } from '../../src/i18n/lab.ts';
import { type Lang, langs } from '../../src/i18n/locales.ts';
import { inLang } from '../../src/i18n/twins.ts';
import { axe, type Watch, watch } from '../support/page.ts';

interface Opened {
  readonly page: Page;
  readonly t: Readonly<Record<keyof typeof lab, string>>;
  readonly watched: Watch;
  readonly clock: Locator;
  readonly press: (name: string) => Promise<void>;
  readonly type: (line: string) => Promise<void>;
}

const SCENARIO = 'deploy-one-replica';

async function open(page: Page, lang: Lang, path = `labs/${SCENARIO}/`): Promise<Opened> {
  const t = inLang(lab, lang);
  const watched = await watch(page);
  await page.goto(`/${lang}/${path}`);
  await expect(page.locator('.lab')).toBeVisible();
  const field = page.getByRole('textbox', { name: t.command });
  return {
    page,
    t,
    watched,
    clock: page.getByRole('timer', { name: t.time }),
    press: (name) => page.getByRole('button', { name, exact: true }).first().click(),
    type: async (line) => {
      await field.fill(line);
      await field.press('Enter');
    },
  };
}

/** The clock, in milliseconds, once what was done has been drawn. */
const msOf = async (clock: Locator): Promise<number> => {
  await clock.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const [m = '0', s = '0', ms = '0'] = ((await clock.textContent()) ?? '').split(/[:.]/);
  return (Number(m) * 60 + Number(s)) * 1000 + Number(ms);
};

/** Lets the file run on to its end without a guess. */
async function runThrough({ page, t, clock }: Opened): Promise<void> {
  await page.getByRole('combobox', { name: t.speed }).selectOption('60');
  for (let questions = 0; questions < 4; questions++) {
    const next = page.getByRole('button', { name: t.skip }).or(page.getByRole('heading', { name: t.goal }));
    await expect(next.first()).toBeVisible({ timeout: 20_000 });
    if (!(await page.getByRole('button', { name: t.skip }).isVisible())) break;
    await page.getByRole('button', { name: t.skip }).click();
  }
  await expect(page.getByRole('heading', { name: t.goal })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('button', { name: t.play, exact: true })).toBeVisible({ timeout: 20_000 });
  expect(await msOf(clock)).toBeGreaterThan(11_000);
}

for (const lang of langs) {
  test.describe(`a lab in ${lang}`, () => {
    test('runs, asks before the surprise, answers by itself, and the task can be solved', async ({ page }) => {
      const opened = await open(page, lang);
      const { t, clock } = opened;
      await expect(clock).toContainText('00:00');
      await page.waitForTimeout(300);
      await expect(clock).toContainText('00:00');
      await page.getByRole('combobox', { name: t.speed }).selectOption('10');
      await page.keyboard.press('Space');
      const question = page.locator('.predict-form');
      await expect(question).toBeVisible();
      expect(await msOf(clock)).toBeLessThan(4500);
      await question.getByRole('button', { name: t.predictAndRun }).click();
      await expect(question).toContainText(t.chooseFirst);
      await question.locator('.opt').first().click();
      await question.getByRole('button', { name: t.predictAndRun }).click();
      await expect(question.locator('.opt.right')).toContainText(t.engineSays);
      await expect(question.locator('.opt.right')).toContainText(/Two running|两个Pod都在跑/);
      await expect(question).toContainText(t.wrong);
      await question.getByRole('button', { name: t.goOn }).click();
      await runThrough(opened);
      await opened.type('kubectl label pod -l app=web app=suspect --overwrite');
      await expect(page.getByRole('log')).toContainText('labeled');
      await opened.press(t.settle);
      await expect(page.locator('.goal.reached')).toContainText(t.goalReached);
      opened.watched.check();
    });

    test('lets time pass for whoever presses Play on a lab at rest', async ({ page }) => {
      const opened = await open(page, lang);
      await page.keyboard.press('Space');
      await runThrough(opened);
      const restMs = await msOf(opened.clock);
      await opened.press(opened.t.play);
      await expect.poll(() => msOf(opened.clock)).toBeGreaterThan(restMs + 60_000);
      await opened.press(opened.t.pause);
      opened.watched.check();
    });

    test('goes event by event and cause by cause, back and forth', async ({ page }) => {
      const { clock, watched } = await open(page, lang);
      await page.keyboard.press('.');
      await page.keyboard.press('.');
      await page.keyboard.press('.');
      const third = await msOf(clock);
      expect(third).toBeGreaterThan(0);
      await page.keyboard.press('c');
      const effect = await msOf(clock);
      expect(effect).toBeGreaterThan(third);
      await expect(page.locator('.why li').first()).toBeVisible();
      await expect(page.locator('.tl .cause').first()).toBeAttached();
      await page.keyboard.press(',');
      expect(await msOf(clock)).toBeLessThan(effect);
      await page.keyboard.press('w');
      await expect(page.locator('[data-inspector] .in')).toBeFocused();
      watched.check();
    });

    test('scrubs by key and by pointer, and a deed in the past begins a new history', async ({ page }) => {
      const opened = await open(page, lang);
      const { t, clock } = opened;
      await opened.press(t.settle);
      await expect(page.locator('.predict-form')).toBeVisible();
      await opened.press(t.skip);
      await page.waitForTimeout(300);
      await opened.press(t.pause);
      const head = await msOf(clock);
      const slider = page.getByRole('slider', { name: t.scrub });
      await slider.focus();
      await slider.press('Home');
      expect(await msOf(clock)).toBe(0);
      await slider.press('ArrowRight');
      await slider.press('ArrowRight');
      expect(await msOf(clock)).toBeGreaterThan(0);
      await slider.press('End');
      expect(await msOf(clock)).toBe(head);
      const axis = page.locator('.tlaxis');
      const box = await axis.boundingBox();
      if (!box) throw new Error('the axis has no place');
      await page.mouse.move(box.x + 40, box.y + 12);
      await page.mouse.down();
      await page.mouse.move(box.x + 160, box.y + 12, { steps: 4 });
      await page.mouse.up();
      await expect.poll(() => msOf(clock)).toBeLessThan(head);
      const past = await msOf(clock);
      expect(past).toBeGreaterThan(500);
      await opened.type('kubectl get nodes');
      await expect(page.getByRole('log')).toContainText('node-1');
      const histories = page.getByRole('combobox', { name: t.history });
      await expect(histories.locator('option')).toHaveCount(2);
      await histories.selectOption({ index: 1 });
      expect(await msOf(clock)).toBe(head);
      await opened.press(t.fork);
      await expect(histories.locator('option')).toHaveCount(3);
      opened.watched.check();
    });

    test('has a terminal with history, completion, and errors in their place', async ({ page }) => {
      const opened = await open(page, lang);
      const { t } = opened;
      const log = page.getByRole('log', { name: t.terminalOut });
      const field = page.getByRole('textbox', { name: t.command });
      await opened.press(t.settle);
      await expect(page.locator('.predict-form')).toBeVisible();
      await opened.type('kubectl get deploy,pods');
      await expect(log).toContainText('deployment.apps/web');
      await expect(log).toContainText(/NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE/);
      await opened.type('kubectl frobnicate');
      await expect(log).toContainText('unknown command "frobnicate"');
      await opened.type('rm -rf /');
      await expect(log.locator('.err').last()).toContainText(/kubectl|not found/);
      await field.press('ArrowUp');
      await field.press('ArrowUp');
      await field.press('ArrowUp');
      await expect(field).toHaveValue('kubectl get deploy,pods');
      await field.fill('kubectl desc');
      await field.press('Tab');
      await expect(field).toHaveValue('kubectl describe ');
      await field.fill('');
      await field.press('Tab');
      await expect(field).not.toBeFocused();
      // The question still stands: what was typed has not answered it.
      await expect(page.locator('.predict-form')).toBeVisible();
      opened.watched.check();
    });

    test('edits manifests: malformed YAML has a place and a next step, and nothing is lost', async ({ page }) => {
      const opened = await open(page, lang, 'playground/');
      const { t } = opened;
      await opened.press(t.edit);
      const editor = page.locator('.editor');
      await expect(editor.locator('.cm-content')).toBeVisible();
      await expect(editor.locator('.verdict')).toContainText(t.yamlGood.split('{n}')[0] as string);
      await editor.locator('.cm-content').click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('kind: [\n');
      await expect(editor.locator('.verdict.bad')).toContainText(/\d+/);
      await expect(editor.locator('.verdict.bad')).toContainText(t.yamlNext);
      await editor.getByRole('button', { name: t.apply }).click();
      await expect(page.getByRole('log')).toContainText('error parsing web.yaml');
      for (let i = 0; i < 10; i++) await page.keyboard.press('Control+z');
      await editor.locator('.cm-content').click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('Shift+End');
      await page.keyboard.press('Delete');
      await editor.getByRole('button', { name: t.apply }).click();
      await expect(page.getByRole('log')).toContainText('deployment.apps/web created');
      await editor.getByRole('button', { name: t.close }).click();
      await opened.press(t.settle);
      await expect(page.locator('.svcs')).toContainText('deploy/web');
      await expect(page.locator('.pods button')).toHaveCount(3);
      opened.watched.check();
    });

    test('a link brings the same state back; a link cut in half says so and the lab starts', async ({ page, context }) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const opened = await open(page, lang);
      const { t, clock } = opened;
      await opened.press(t.settle);
      await expect(page.locator('.predict-form')).toBeVisible();
      await opened.type('kubectl scale deploy/web --replicas=2');
      await expect(page.getByRole('log')).toContainText('scaled');
      const at = await msOf(clock);
      await opened.press(t.share);
      await expect(page.locator('.notice')).toContainText(t.shared);
      const link = await page.evaluate(() => navigator.clipboard.readText());
      await page.goto('about:blank');
      await page.goto(link);
      expect(await msOf(clock)).toBe(at);
      await expect(page.getByRole('log')).toContainText('scaled');
      for (const cut of [
        link.slice(0, link.length - 12),
        link.slice(0, link.indexOf('#') + 9),
        `${link.slice(0, -20)}AAAA${link.slice(-16)}`,
      ]) {
        await page.goto('about:blank');
        await page.goto(cut);
        await expect(page.locator('.notice.bad')).toContainText(t.linkCut);
        await expect(clock).toContainText('00:00');
        await page.keyboard.press('.');
        await page.keyboard.press('.');
        expect(await msOf(clock)).toBeGreaterThan(0);
      }
      opened.watched.check();
    });

    test('leaving and coming back loses nothing', async ({ page }) => {
      const opened = await open(page, lang);
      const { t, clock } = opened;
      await opened.press(t.settle);
      await expect(page.locator('.predict-form')).toBeVisible();
      await opened.press(t.skip);
      await page.waitForTimeout(400);
      await opened.press(t.pause);
      const at = await msOf(clock);
      await page.waitForTimeout(700);
      await page.goto(`/${lang}/labs/`);
      await page.goBack();
      await expect(page.locator('.lab')).toBeVisible();
      expect(await msOf(clock)).toBe(at);
      opened.watched.check();
    });

    test('breaks machines and containers, and the chain of causes ends at the reader', async ({ page }) => {
      const opened = await open(page, lang, 'labs/one-replica-node/');
      const { t } = opened;
      await opened.press(t.settle);
      await expect(page.locator('.predict-form')).toBeVisible();
      await opened.press(t.break);
      const menu = page.getByRole('dialog', { name: t.breakTitle });
      await menu.getByRole('button', { name: t.crash, exact: true }).click();
      await expect(menu).toBeHidden();
      await opened.press(t.skip);
      await opened.press(t.pause);
      await page.getByRole('button', { name: `${t.powerOff} node-1` }).click();
      await expect(page.locator('.node.off')).toContainText(t.noPower);
      await page.getByRole('combobox', { name: t.speed }).selectOption('60');
      await opened.press(t.play);
      await expect(page.locator('.node.off')).toContainText('NotReady', { timeout: 20_000 });
      await expect(page.locator('.pods .word.leaving').first()).toContainText('Terminating', { timeout: 20_000 });
      await page.locator('.pods button', { hasText: 'Terminating' }).first().click();
      const why = page.locator('.inspector');
      await expect(why).toContainText(t.noTimer);
      await expect(why.locator('.why li').last()).toContainText(t.you);
      await why.getByRole('button', { name: t.yaml, exact: true }).click();
      await expect(why.locator('.yaml')).toContainText('deletionTimestamp');
      await why.getByRole('button', { name: t.events, exact: true }).click();
      await expect(why.locator('.evs')).toContainText('Scheduled');
      opened.watched.check();
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      test(`is sound while it runs, ${colorScheme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme });
        const opened = await open(page, lang);
        const { t } = opened;
        await opened.press(t.settle);
        await expect(page.locator('.predict-form')).toBeVisible();
        expect(await axe(page), 'asked').toEqual([]);
        await opened.press(t.skip);
        await page.waitForTimeout(1000);
        expect(await axe(page), 'running').toEqual([]);
        // A step ends play, whether it went on or stands before the next question.
        await page.keyboard.press('.');
        await page.locator('.pods button').first().click();
        await opened.press(t.asText);
        await opened.press(t.break);
        expect(await axe(page), 'log, inspector and menu').toEqual([]);
        await page.keyboard.press('Escape');
        await opened.press(t.edit);
        await expect(page.locator('.cm-content')).toBeVisible();
        expect(await axe(page), 'editor').toEqual([]);
        opened.watched.check();
      });
    }

    test('runs inside a text, and a prediction there is answered by the engine', async ({ page }) => {
      const t = inLang(lab, lang);
      const watched = await watch(page);
      await page.goto(`/${lang}/concepts/one-replica/`);
      await page.locator('[data-start]').first().click();
      const inText = page.locator('.lab.compact');
      await expect(inText).toBeVisible();
      await inText.getByRole('button', { name: t.play, exact: true }).click();
      await expect(inText.locator('.pods button').first()).toBeVisible();
      const form = page.locator('form[data-predict]').first();
      const id = await form.getAttribute('id');
      await form.locator('.opt').first().click();
      await form.locator('[type=submit]').click();
      const answered = page.locator(`#${id}`);
      await expect(answered.locator('.opt.right')).toContainText(t.engineSays);
      await expect(answered.getByRole('link', { name: t.runIt })).toHaveAttribute('href', new RegExp(`/${lang}/labs/`));
      expect(await axe(page)).toEqual([]);
      watched.check();
    });
  });
}

test('on a phone the transport lies under the thumb, targets are large, and only the drawing scrolls sideways', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const opened = await open(page, 'zh');
  await opened.press(opened.t.settle);
  await expect(page.locator('.predict-form')).toBeVisible();
  await opened.press(opened.t.skip);
  await page.waitForTimeout(500);
  await page.keyboard.press('.');
  const bar = await page.getByRole('toolbar').boundingBox();
  expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBeGreaterThan(830);
  for (const button of await page.getByRole('toolbar').getByRole('button').all()) {
    const box = await button.boundingBox();
    if (box) expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await opened.press(opened.t.more);
  await expect(page.getByRole('button', { name: opened.t.fork })).toBeVisible();
  await opened.press(opened.t.more);
  // What lies half under a bar would count as too small a target: look at the whole page at once.
  await page.setViewportSize({ width: 390, height: 3000 });
  expect(await axe(page)).toEqual([]);
  opened.watched.check();
});

test('a reader who wants no motion plays event by event', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const { clock, watched } = await open(page, 'en');
  await page.keyboard.press('Space');
  const seen = new Set<string>();
  for (let i = 0; i < 30; i++) {
    seen.add((await clock.textContent()) ?? '');
    await page.waitForTimeout(100);
  }
  // Three seconds hold four or five events; frames of play would have shown thirty times.
  expect(seen.size).toBeGreaterThan(2);
  expect(seen.size).toBeLessThan(8);
  watched.check();
});
