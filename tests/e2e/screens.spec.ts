import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page, test } from '@playwright/test';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** By the debugger's way in, which the page's content policy does not bind. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found: Violation[] = await page.evaluate('axe.run().then((result) => result.violations)');
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const path of ['/inbox', '/contacts', '/rules', '/numbers', '/sign-in']) {
    test(`${path} has nothing that axe objects to (${colorScheme})`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
      expect(await violations(page)).toEqual([]);
    });
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`an open conversation, its explanation and the dialogs have nothing that axe objects to (${colorScheme})`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('/inbox');
    await page.getByRole('list', { name: 'Conversations' }).getByRole('link').first().click();
    await page.getByRole('textbox', { name: /^Message to/ }).fill('It\u2019s fine');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('textbox', { name: /^Message to/ }).press('Escape');
    await page.keyboard.press('i');
    await expect(page.getByRole('list', { name: 'Timeline' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    for (const [key, dialog] of [
      ['?', 'Keys'],
      ['c', 'New conversation'],
      ['Control+k', 'Commands'],
    ] as const) {
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog', { name: dialog })).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog', { name: dialog })).toBeHidden();
    }
  });
}

test('who asks for less motion sees new colours at once, when the system turns dark', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto('/inbox');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.evaluate(`document.addEventListener('transitionrun', (e) => (window.begun ??= []).push(e.propertyName))`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.evaluate('new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))');
  expect(await page.evaluate('window.begun ?? []')).toEqual([]);
});

test('a narrow screen shows one pane at a time', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/inbox');
  const row = page.getByRole('list', { name: 'Conversations' }).getByRole('link').first();
  await row.click();
  await expect(page.getByRole('textbox', { name: /^Message to/ })).toBeVisible();
  await expect(row).toBeHidden();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(row).toBeVisible();
});
