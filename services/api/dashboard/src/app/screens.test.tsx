import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { problem } from '../../test/mock/routes';
import type { World } from '../../test/mock/world';
import { aWorld, openScreen } from '../../test/screen';

const ADA = '+15550100101';
const OURS = '+15550100000';

function withAda(): { world: World; id: string } {
  const world = aWorld();
  const conversation = world.conversationFor(OURS, ADA, 'Ada Lovelace');
  world.addMessage(conversation, { direction: 'inbound', text: 'Are you open today?' });
  return { world, id: conversation.id };
}

const messages = () => screen.findByRole('list', { name: 'Messages' });
const composer = () => screen.findByRole('textbox', { name: /^Message to/ });

describe('the inbox', () => {
  it('shows who wrote, what, and how much is unread', async () => {
    openScreen('/inbox', withAda());
    const row = await screen.findByRole('link', { name: /Ada Lovelace/ });
    expect(row).toHaveTextContent('Are you open today?');
    expect(row).toHaveTextContent('1 unread');
  });

  it('shows a text that comes in without being reloaded', async () => {
    const { world } = openScreen('/inbox', withAda());
    await screen.findByText('Live');
    world.receive('+15550100102', OURS, 'Hello from Ben');
    expect(await screen.findByRole('link', { name: /Hello from Ben|010-0102/ })).toBeInTheDocument();
  });

  it('says that it loads, and keeps the place of what will come', async () => {
    openScreen('/inbox', { answering: () => new Promise(() => {}) });
    expect(await screen.findByRole('status', { name: 'Loading conversations' })).toBeInTheDocument();
  });

  it('says what to do when there is nothing yet', async () => {
    openScreen('/inbox');
    expect(await screen.findByText('No conversations yet')).toBeInTheDocument();
  });

  it('says why a list did not load, and tries again when asked', async () => {
    let broken = true;
    const { user } = openScreen('/inbox', {
      ...withAda(),
      answering: (_, normal) => (broken ? Promise.resolve(problem(503, 'The worker does not answer.')) : normal()),
    });
    expect(await screen.findByRole('alert')).toHaveTextContent('The worker does not answer.');
    broken = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: /Ada Lovelace/ })).toBeInTheDocument();
  });

  it('says when there is no connection', async () => {
    openScreen('/inbox', { answering: () => Promise.reject(new TypeError('fetch failed')) });
    expect(await screen.findByText('No connection')).toBeInTheDocument();
  });

  it('leads to signing in when the session is over', async () => {
    openScreen('/inbox', { answering: () => Promise.resolve(problem(401, 'Sign in first.')) });
    expect(await screen.findByRole('heading', { name: 'Sign in to Parley' })).toBeInTheDocument();
  });

  it('is walked by keys: down, open, reply', async () => {
    const { user } = openScreen('/inbox', withAda());
    await screen.findByRole('link', { name: /Ada Lovelace/ });
    await user.keyboard('j{Enter}');
    await messages();
    await user.keyboard('r');
    expect(await composer()).toHaveFocus();
  });
});

describe('a conversation', () => {
  it('marks what one sees as read', async () => {
    const { world, id } = withAda();
    openScreen(`/inbox/${id}`, { world });
    await messages();
    await waitFor(() => expect(world.conversations.get(id)?.unread).toBe(0));
  });

  it('shows each step of a delivery as it is reported', async () => {
    const { world, id } = withAda();
    openScreen(`/inbox/${id}`, { world });
    await messages();
    await screen.findByText('Live');
    const conversation = world.conversations.get(id);
    if (conversation === undefined) throw new Error('unreachable');
    const message = world.send(conversation, 'Yes, until six.', 'human');
    for (const word of ['queued', 'sending', 'accepted', 'sent', 'delivered']) {
      expect(await within(await messages()).findByText(word)).toBeInTheDocument();
      world.advance(message.id);
    }
  });

  it('tells the truth about an unconfirmed message, and asks Plivo when told to', async () => {
    const { world, id } = withAda();
    const conversation = world.conversations.get(id);
    if (conversation === undefined) throw new Error('unreachable');
    const message = world.send(conversation, 'Did this arrive?', 'human');
    world.setStatus(message.id, { status: 'unconfirmed' });
    const { user, asked } = openScreen(`/inbox/${id}`, { world });
    expect(await screen.findByText(/Nobody can tell yet whether Plivo took it/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Check now' }));
    expect(await within(await messages()).findByText('delivered')).toBeInTheDocument();
    expect(asked).toContain(`POST /api/v1/messages/${message.id}/check`);
  });

  it('explains a message by its timeline', async () => {
    const { world, id } = withAda();
    const conversation = world.conversations.get(id);
    if (conversation === undefined) throw new Error('unreachable');
    world.send(conversation, 'Yes', 'human');
    const { user } = openScreen(`/inbox/${id}`, { world });
    await messages();
    await user.click(screen.getAllByRole('button', { name: 'Explain' }).at(-1) ?? document.body);
    expect(await screen.findByText('Nothing in the ledger forbids it.')).toBeInTheDocument();
    await user.keyboard('{Escape}');
    expect(screen.queryByText('Nothing in the ledger forbids it.')).not.toBeInTheDocument();
  });

  it('says aloud only what comes into it', async () => {
    const { world, id } = withAda();
    openScreen(`/inbox/${id}`, { world });
    await messages();
    await screen.findByText('Live');
    world.receive('+15550100102', OURS, 'Elsewhere');
    world.receive(ADA, OURS, 'Still there?');
    expect(await screen.findByText('Ada Lovelace: Still there?')).toBeInTheDocument();
    expect(screen.queryByText(/: Elsewhere/)).not.toBeInTheDocument();
  });
});

describe('the composer', () => {
  it('shows the bubble before the server has answered', async () => {
    const { world, id } = withAda();
    const { user } = openScreen(`/inbox/${id}`, {
      world,
      answering: (request, normal) =>
        request.method === 'POST' && request.url.endsWith('/messages') ? new Promise(() => {}) : normal(),
    });
    await messages();
    await user.type(await composer(), 'Yes, until six.{Control>}{Enter}{/Control}');
    expect(await within(await messages()).findByText('sending…')).toBeInTheDocument();
    expect(await composer()).toHaveValue('');
  });

  it('takes the bubble away and gives the text back when the server refuses', async () => {
    const { world, id } = withAda();
    const { user } = openScreen(`/inbox/${id}`, {
      world,
      answering: (request, normal) =>
        request.method === 'POST' && request.url.endsWith('/messages')
          ? Promise.resolve(problem(503, 'The worker does not answer.'))
          : normal(),
    });
    await messages();
    await user.type(await composer(), 'Yes, until six.');
    await user.click(screen.getByRole('button', { name: 'Send' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The worker does not answer.');
    expect(await composer()).toHaveValue('Yes, until six.');
    expect(within(await messages()).queryByText('Yes, until six.')).not.toBeInTheDocument();
  });

  it('sends once, however often it is asked, when the answer was lost', async () => {
    const { world, id } = withAda();
    let lost = 1;
    const { user } = openScreen(`/inbox/${id}`, {
      world,
      answering: async (request, normal) => {
        const isSend = request.method === 'POST' && request.url.endsWith('/messages');
        const response = await normal();
        if (!isSend || lost === 0) return response;
        lost -= 1;
        throw new TypeError('connection reset');
      },
    });
    await messages();
    await user.type(await composer(), 'Only once');
    await user.click(screen.getByRole('button', { name: 'Send' }));
    await screen.findByRole('alert');
    await user.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(screen.queryByRole('alert')).not.toBeInTheDocument());
    expect([...world.messages.values()].filter((m) => m.text === 'Only once')).toHaveLength(1);
    await waitFor(async () => expect(within(await messages()).getAllByText('Only once')).toHaveLength(1));
  });

  it('closes with a reason when the person texts STOP', async () => {
    const { world, id } = withAda();
    openScreen(`/inbox/${id}`, { world });
    expect(await composer()).toBeEnabled();
    await screen.findByText('Live');
    world.receive(ADA, OURS, 'STOP');
    expect(await screen.findByText(/They opted out/)).toBeInTheDocument();
    expect(await composer()).toBeDisabled();
    expect(screen.getByText('Opted out')).toBeInTheDocument();
  });

  it('names the character that makes a text dearer, and replaces it', async () => {
    const { world, id } = withAda();
    const { user } = openScreen(`/inbox/${id}`, { world });
    await user.type(await composer(), 'It\u2019s fine');
    expect(screen.getByText(/U\+2019/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: /^Replace 1/ }));
    expect(await composer()).toHaveValue("It's fine");
    expect(screen.getByText('GSM-7 · 1 segment · 151 left')).toBeInTheDocument();
  });

  it('keeps the draft of each conversation', async () => {
    const { world, id } = withAda();
    const first = openScreen(`/inbox/${id}`, { world });
    await first.user.type(await composer(), 'Half a sent');
    await first.router.navigate({ to: '/inbox' });
    await screen.findByText('Choose a conversation');
    await first.router.navigate({ to: '/inbox/$conversationId', params: { conversationId: id } });
    expect(await composer()).toHaveValue('Half a sent');
  });
});

describe('a new conversation', () => {
  it('begins with a number, refuses what is none, and opens', async () => {
    const { user, world } = openScreen('/inbox');
    await screen.findByText('No conversations yet');
    await user.keyboard('c');
    const dialog = await screen.findByRole('dialog', { name: 'New conversation' });
    await user.type(within(dialog).getByRole('textbox', { name: 'Message' }), 'Hello Ben');
    await user.click(within(dialog).getByRole('button', { name: 'Send' }));
    expect(within(dialog).getByText('Whom is it for?')).toBeInTheDocument();
    await user.type(within(dialog).getByRole('textbox', { name: 'To' }), '+1 (555) 010-0102');
    await user.click(within(dialog).getByRole('button', { name: 'Send' }));
    expect(await within(await messages()).findByText('Hello Ben')).toBeInTheDocument();
    expect([...world.messages.values()][0]).toMatchObject({ to: '+15550100102', class: 'human' });
  });
});

describe('everything by keys', () => {
  it('finds a command by its words and runs it', async () => {
    const { user, router } = openScreen('/inbox');
    await screen.findByText('No conversations yet');
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox', { name: 'Command' }), 'rules{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/rules'));
  });

  it('lists all keys', async () => {
    const { user } = openScreen('/inbox');
    await screen.findByText('No conversations yet');
    await user.keyboard('?');
    expect(await screen.findByRole('dialog', { name: 'Keys' })).toHaveTextContent('Next conversation');
  });
});

describe('sending later', () => {
  it('asks for a time, and says when it will leave', async () => {
    const { world, id } = withAda();
    let sent: unknown = null;
    const { user } = openScreen(`/inbox/${id}`, {
      world,
      answering: async (request, normal) => {
        if (request.method !== 'POST' || !request.url.endsWith('/api/v1/messages')) return normal();
        sent = await request.clone().json();
        return normal();
      },
    });
    await user.type(await composer(), 'See you at noon');
    await user.click(screen.getByRole('button', { name: 'Send later' }));
    await user.click(await screen.findByRole('button', { name: 'Tomorrow at 9' }));
    await waitFor(() => expect(sent).toMatchObject({ text: 'See you at noon', class: 'human' }));
    expect(new Date((sent as { send_at: string }).send_at).getHours()).toBe(9);
    expect(await within(await messages()).findByText(/^leaves /)).toBeInTheDocument();
    expect(await composer()).toHaveValue('');
  });
});

describe('a conversation in which they may have asked to be left alone', () => {
  it('says that sends wait, until somebody has looked', async () => {
    const { world, id } = withAda();
    world.putConversation(id, { paused: true });
    const { user } = openScreen(`/inbox/${id}`, { world });
    expect(await screen.findByText(/may have asked you to stop/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'It was not a stop' }));
    await waitFor(() => expect(screen.queryByText(/may have asked you to stop/)).toBeNull());
    expect(world.conversations.get(id)?.paused).toBe(false);
  });
});
