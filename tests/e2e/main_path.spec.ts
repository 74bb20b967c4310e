import { expect, type Page, test } from '@playwright/test';

const SIM = process.env.SIM ?? '';
const BEN = { name: 'Ben', address: '+15550100102', shown: '+1 (555) 010-0102' };

/** New in each run, so that a store which is kept between runs does not answer for this one. */
const STAMP = Date.now().toString(36);
const HELLO = `hello ${STAMP}`;
const ANSWER = `Hello yourself, ${STAMP}.`;
const OURS = `Written by a person, ${STAMP}.`;

const phone = (page: Page) => page.getByRole('complementary', { name: 'Phone of a customer' });
const thread = (page: Page) => page.getByRole('list', { name: 'Messages', exact: true });
const composer = (page: Page) => page.getByRole('textbox', { name: /^Message to/ });
const bubble = (page: Page, text: string) => thread(page).getByRole('listitem').filter({ hasText: text });

async function textAs(page: Page, text: string): Promise<void> {
  await phone(page).getByRole('textbox', { name: `Text as ${BEN.name}` }).fill(text);
  await phone(page).getByRole('button', { name: 'Send from the phone' }).click();
}

async function ruleFor(page: Page): Promise<string> {
  const answer = await page.request.post('/api/v1/rules', {
    data: {
      name: `Greeting ${STAMP}`,
      match: { kind: 'exact', words: [HELLO], number: null },
      actions: [{ kind: 'reply', text: ANSWER }],
    },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return (await answer.json()).id;
}

async function receivedBy(page: Page, address: string, text: string): Promise<number> {
  const answer = await page.request.get(`${SIM}/sim/phones/${encodeURIComponent(address)}/messages`);
  const screen: { by: string; text: string }[] = await answer.json();
  return screen.filter((message) => message.by === 'parley' && message.text === text).length;
}

test('a text comes in, is answered, is replied to, and STOP ends it, all without a reload', async ({ page }) => {
  const rule = await ruleFor(page);
  const loads: string[] = [];
  const complaints: string[] = [];
  page.on('load', () => loads.push(page.url()));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));

  await page.goto('/inbox');
  await expect(page.getByRole('status', { name: 'Live updates' })).toHaveText('Live');
  await phone(page).getByRole('radio', { name: BEN.name }).click();
  await textAs(page, 'START'); // an earlier run may have left this person opted out

  await test.step('the text, its automatic answer, and the receipt', async () => {
    await textAs(page, HELLO);
    await page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: BEN.shown }).click();
    await expect(bubble(page, HELLO)).toBeVisible();
    await expect(bubble(page, ANSWER)).toContainText('Automatic answer');
    await expect(bubble(page, ANSWER)).toContainText('delivered');
    await expect(phone(page).getByText(ANSWER)).toBeVisible();
  });

  await test.step('a reply from the composer arrives once', async () => {
    await composer(page).fill(OURS);
    await expect(page.getByText(/GSM-7 · 1 segment/)).toBeVisible();
    await composer(page).press('Control+Enter');
    await expect(composer(page)).toHaveValue('');
    await expect(bubble(page, OURS)).toContainText('delivered');
    await expect(bubble(page, OURS)).toHaveCount(1);
    await expect(phone(page).getByText(OURS)).toBeVisible();
    expect(await receivedBy(page, BEN.address, OURS)).toBe(1);
  });

  await test.step('the message explains itself', async () => {
    await bubble(page, OURS).hover();
    await bubble(page, OURS).getByRole('button', { name: 'Explain' }).click();
    const timeline = page.getByRole('list', { name: 'Timeline' });
    await expect(timeline.getByText('· attempt').first()).toBeVisible();
    await expect(timeline.getByText('· report').first()).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(timeline).toBeHidden();
  });

  await test.step('STOP closes the composer, START opens it', async () => {
    await textAs(page, 'STOP');
    await expect(page.getByText('Opted out').first()).toBeVisible();
    await expect(composer(page)).toBeDisabled();
    await expect(page.getByText(/They opted out/)).toBeVisible();
    await textAs(page, 'START');
    await expect(composer(page)).toBeEnabled();
  });

  expect(loads, 'the page was loaded once').toHaveLength(1);
  expect(complaints, 'neither the content policy nor the page complains').toEqual([]);
  await page.request.delete(`/api/v1/rules/${rule}`);
});
