import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { answer, problem } from '../../test/mock/routes';
import type { World } from '../../test/mock/world';
import { aWorld, openScreen } from '../../test/screen';

const ADA = '+15550100101';
const OURS = '+15550100000';

describe('each page', () => {
  it.each([
    ['/contacts', 'Loading contacts'],
    ['/rules', 'Loading rules'],
    ['/numbers', 'Loading numbers'],
  ])('%s says that it loads', async (path, label) => {
    openScreen(path, { answering: () => new Promise(() => {}) });
    expect(await screen.findByRole('status', { name: label })).toBeInTheDocument();
  });

  it.each(['/contacts', '/rules', '/numbers'])(
    '%s says why it did not load, and when there is no connection',
    async (path) => {
      let offline = false;
      const { user } = openScreen(path, {
        answering: () =>
          offline
            ? Promise.reject(new TypeError('fetch failed'))
            : Promise.resolve(problem(503, 'The worker does not answer.')),
      });
      expect(await screen.findByRole('alert')).toHaveTextContent('The worker does not answer.');
      offline = true;
      await user.click(screen.getByRole('button', { name: 'Try again' }));
      expect(await screen.findByText('No connection')).toBeInTheDocument();
    },
  );

  it('says what to do when it is empty', async () => {
    const world = aWorld();
    world.numbers = [];
    world.rules = [];
    const { router } = openScreen('/contacts', { world });
    expect(await screen.findByText('No contacts yet')).toBeInTheDocument();
    await router.navigate({ to: '/rules' });
    expect(await screen.findByText('No rules yet')).toBeInTheDocument();
    await router.navigate({ to: '/numbers' });
    expect(await screen.findByText('No numbers yet')).toBeInTheDocument();
  });
});

describe('a search through many rows', () => {
  /** The worker passes over so many rows that its first two pages are empty, and only say where to go on. */
  const searchingLong = (world: World, path: string) => (request: Request, normal: () => Promise<Response>) => {
    const url = new URL(request.url);
    if (url.pathname !== path) return normal();
    const next = { null: 'far', far: 'farther' }[String(url.searchParams.get('cursor'))];
    if (next !== undefined)
      return Promise.resolve(Response.json({ data: [], next_cursor: next }, { headers: { 'Event-Id': '0' } }));
    url.searchParams.delete('cursor');
    return answer(world, new Request(url));
  };

  it.each([
    ['/inbox?q=ada', '/api/v1/conversations'],
    ['/contacts?q=ada', '/api/v1/contacts'],
  ])('%s goes on by itself until something is found', async (page, path) => {
    const world = aWorld();
    world.conversationFor(OURS, ADA, 'Ada Lovelace');
    openScreen(page, { world, answering: searchingLong(world, path) });
    expect(await screen.findByRole('link', { name: /Ada Lovelace/ })).toBeInTheDocument();
  });

  it.each([
    ['/inbox?q=ada', '/api/v1/conversations'],
    ['/contacts?q=ada', '/api/v1/contacts'],
  ])('%s says that nobody is found only at the end', async (page, path) => {
    const world = aWorld();
    const long = searchingLong(world, path);
    let answerLast: (() => void) | undefined;
    openScreen(page, {
      world,
      answering: async (request, normal) => {
        if (request.url.includes('cursor=farther'))
          await new Promise<void>((resolve) => {
            answerLast = resolve;
          });
        return long(request, normal);
      },
    });
    await waitFor(() => expect(answerLast).toBeDefined());
    expect(screen.getByRole('status', { name: /^Loading/ })).toBeInTheDocument();
    expect(screen.queryByText('Nobody found')).not.toBeInTheDocument();
    answerLast?.();
    expect(await screen.findByText('Nobody found')).toBeInTheDocument();
  });
});

describe('rules', () => {
  it('are made, tried, switched off and deleted', async () => {
    const { user, world } = openScreen('/rules');
    await user.click(await screen.findByRole('button', { name: 'New rule' }));
    const dialog = await screen.findByRole('dialog', { name: 'New rule' });
    await user.click(within(dialog).getByRole('button', { name: 'Create rule' }));
    expect(within(dialog).getByText('A rule needs a name.')).toBeInTheDocument();
    await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), 'Hours');
    await user.type(within(dialog).getByRole('textbox', { name: /Words/ }), 'hours, open');
    await user.type(within(dialog).getByRole('textbox', { name: 'Reply' }), '9 to 18');
    await user.click(within(dialog).getByRole('button', { name: 'Create rule' }));
    expect(await screen.findByText('Text is “hours” or “open”')).toBeInTheDocument();

    await user.type(screen.getByRole('textbox', { name: 'A text that comes in' }), 'hours');
    await user.click(screen.getByRole('button', { name: 'Try it' }));
    expect(await screen.findByText(/“hours” is one of its words/)).toBeInTheDocument();

    await user.click(screen.getByRole('switch', { name: 'Hours is on' }));
    await waitFor(() => expect(world.rules.at(-1)?.enabled).toBe(false));
    await user.click(screen.getByRole('button', { name: 'Delete Hours' }));
    await user.click(await screen.findByRole('button', { name: 'Delete rule' }));
    await waitFor(() => expect(screen.queryByText('Text is “hours” or “open”')).not.toBeInTheDocument());
  });

  it('of the system cannot be changed', async () => {
    openScreen('/rules');
    await screen.findByText('Opt out', { selector: 'span' });
    expect(screen.queryByRole('button', { name: 'Delete Opt out' })).not.toBeInTheDocument();
  });
});

describe('numbers', () => {
  it('are paused and given a rate; what cannot be is said beside the field', async () => {
    const { user, world } = openScreen('/numbers');
    await user.click(await screen.findByRole('button', { name: 'Pause' }));
    expect(await screen.findByText('Paused')).toBeInTheDocument();
    const rate = screen.getByRole('textbox', { name: 'Segments a second' });
    await user.clear(rate);
    await user.type(rate, 'fast{Enter}');
    expect(screen.getByText(/More than 0/)).toBeInTheDocument();
    await user.clear(rate);
    await user.type(rate, '2{Enter}');
    await waitFor(() => expect(world.numbers[0]?.rate).toBe(2));
  });

  it('change who confirms a STOP', async () => {
    const { user, world } = openScreen('/numbers');
    await user.selectOptions(await screen.findByRole('combobox', { name: 'STOP is confirmed by' }), 'both');
    await waitFor(() => expect(world.numbers[0]?.stop_reply).toBe('both'));
  });
});

describe('contacts', () => {
  function withAda() {
    const world = aWorld();
    const conversation = world.conversationFor(OURS, ADA, 'Ada Lovelace');
    return { world, id: conversation.contact.id };
  }

  it('show how their consent came to be', async () => {
    const { world, id } = withAda();
    world.setConsent(ADA, 'out', 'keyword', 'STOP');
    openScreen(`/contacts/${id}`, { world });
    const history = await screen.findByRole('list', { name: 'Consent history' });
    expect(await within(history).findByText('“STOP”')).toBeInTheDocument();
    expect(screen.getByText(/only their own START undoes that/)).toBeInTheDocument();
  });

  it('show a new entry when it is made', async () => {
    const { world, id } = withAda();
    openScreen(`/contacts/${id}`, { world });
    expect(await screen.findByText('Nothing in the ledger')).toBeInTheDocument();
    await screen.findByText('Live');
    world.receive(ADA, OURS, 'STOP');
    expect(await screen.findByText('“STOP”')).toBeInTheDocument();
  });
});

describe('the phone of the demo', () => {
  it('texts as a customer and shows the answer', async () => {
    const { user, world } = openScreen('/inbox');
    await screen.findByText('No conversations yet');
    await screen.findByText('DEMO');
    await user.keyboard('p');
    const phone = await screen.findByRole('complementary', { name: 'Phone of a customer' });
    await screen.findByText('Live');
    await user.type(within(phone).getByRole('textbox', { name: 'Text as Ada' }), 'hello{Enter}');
    expect(await screen.findByRole('link', { name: /010-0101/ })).toBeInTheDocument();
    const reply = [...world.messages.values()].find((m) => m.class === 'auto');
    world.advance(reply?.id ?? '');
    world.advance(reply?.id ?? '');
    expect(await within(phone).findByText('Hello! How can we help?')).toBeInTheDocument();
  });
});
