import { expect, test } from '@playwright/test';

const SIM = process.env.SIM;
const ANN = `${process.env.PEOPLE}1`;
const BEN = `${process.env.PEOPLE}2`;

async function textIn(request, from, text) {
  const answer = await request.post(`${SIM}/sim/inbound`, { data: { from, text } });
  expect(await answer.json()).toMatchObject({ webhook_status: 200 });
}

async function phoneTexts(request, number) {
  const answer = await request.get(`${SIM}/sim/phones/${encodeURIComponent(number)}/messages`);
  return (await answer.json()).filter((m) => m.by === 'parley').map((m) => m.text);
}

async function send(page, to, text) {
  await page.getByRole('textbox', { name: 'To' }).fill(to);
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('button', { name: 'Send SMS' }).click();
}

const items = (page, kind, person) => page.locator(`li.${kind}`).filter({ hasText: person });

test.beforeEach(async ({ page }) => {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.complaints = complaints;
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'SMS chat' })).toBeVisible();
});

test.afterEach(async ({ page }) => {
  expect(page.complaints).toEqual([]);
});

test('a text appears without a reload, and its answer reaches the phone', async ({ page, request }) => {
  await textIn(request, ANN, 'Is <b>anyone</b> there? ☎');
  const came = items(page, 'inbound', ANN).filter({ hasText: 'Is <b>anyone</b> there? ☎' });
  await expect(came).toHaveCount(1);
  await expect(came).toContainText(`From ${ANN}`);
  const shown = Date.parse(await came.locator('time').textContent());
  expect(Math.abs(Date.now() - shown)).toBeLessThan(60_000);

  await send(page, ANN, 'Yes, I am.');
  await expect(page.getByRole('status')).toHaveText(/^Message sent: \S+$/);
  const answer = items(page, 'outbound', ANN).filter({ hasText: 'Yes, I am.' });
  await expect(answer).toHaveCount(1);
  await expect(answer).toContainText(`To ${ANN}`);
  await expect.poll(() => phoneTexts(request, ANN)).toContain('Yes, I am.');
  await expect(page.getByRole('alert')).toHaveCount(0);

  await textIn(request, ANN, 'Thanks!');
  await expect(items(page, 'inbound', ANN).filter({ hasText: 'Thanks!' })).toHaveCount(1);
  const ours = ['Is <b>anyone</b> there? ☎', 'Yes, I am.', 'Thanks!']; // between them stand automatic answers
  const texts = await page.locator('li').filter({ hasText: ANN }).locator('span').allTextContents();
  expect(texts.filter((text) => ours.includes(text))).toEqual(ours); // oldest first
});

test('what cannot be sent is said in words', async ({ page }) => {
  await send(page, '', '');
  await expect(page.getByRole('alert')).toHaveText('Missing required fields: to, text');
  await send(page, ANN, '');
  await expect(page.getByRole('alert')).toHaveText('Missing required fields: to, text');
  await send(page, 'not a number', 'hello');
  await expect(page.getByRole('alert')).toHaveText('Invalid phone number format');
  await expect(page.getByRole('status')).toHaveCount(0);
});

test('who said STOP gets nothing more until START', async ({ page, request }) => {
  await textIn(request, BEN, 'STOP');
  await send(page, BEN, 'One more thing');
  await expect(page.getByRole('alert')).toContainText('opted out');
  await textIn(request, BEN, 'START');
  await send(page, BEN, 'Welcome back');
  await expect(page.getByRole('status')).toHaveText(/^Message sent: /);
  await expect.poll(() => phoneTexts(request, BEN)).toContain('Welcome back');
  expect(await phoneTexts(request, BEN)).not.toContain('One more thing');
});
