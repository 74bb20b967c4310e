import { expect, test } from '@playwright/test';

const SESSION = 'test-results/session.json';

/** Left out with API_AUTH=off: then everyone is the owner. */
const LOGIN_URL = process.env.LOGIN_URL;

test('a sign-in link works once', async ({ page, browser }) => {
  await page.goto(LOGIN_URL ?? '/');
  await expect(page.getByRole('heading', { name: 'Inbox' })).toBeVisible();
  await expect(page.getByRole('status', { name: 'Live updates' })).toHaveText('Live');
  expect(new URL(page.url()).search).not.toContain('token');
  await page.context().storageState({ path: SESSION });

  if (LOGIN_URL === undefined) return;
  const stranger = await browser.newContext();
  const second = await stranger.newPage();
  await second.goto(LOGIN_URL);
  await expect(second.getByRole('heading', { name: 'Sign in to Parley' })).toBeVisible();
  await stranger.close();
});
