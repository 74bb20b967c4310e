import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { aWorld, openScreen } from '../../test/screen';
import { oldestEventId } from './live';

const ADA = '+15550100101';
const OURS = '+15550100000';

function withAda() {
  const world = aWorld();
  const conversation = world.conversationFor(OURS, ADA, 'Ada Lovelace');
  world.addMessage(conversation, { direction: 'inbound', text: 'First' });
  return { world, id: conversation.id };
}

it('shows what came in while an older answer was still under way', async () => {
  const { world, id } = withAda();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  openScreen(`/inbox/${id}`, {
    world,
    answering: async (request, normal) => {
      const answer = await normal(); // as things stand now
      if (request.url.includes(`/conversations/${id}/messages`)) await held;
      return answer;
    },
  });
  await screen.findByText('Live');
  world.receive(ADA, OURS, 'Second');
  await screen.findByRole('link', { name: /Second/ }); // the event is here, the answer is not
  release();
  const thread = await screen.findByRole('list', { name: 'Messages' });
  expect(await within(thread).findByText('Second')).toBeInTheDocument();
  expect(within(thread).getByText('First')).toBeInTheDocument();
});

it('asks for everything again when told to', async () => {
  const { world } = withAda();
  openScreen('/inbox', { world });
  await screen.findByText('Live');
  await screen.findByRole('link', { name: /Ada Lovelace/ });
  world.conversationFor(OURS, '+15550100102', 'Ben Bitdiddle');
  expect(screen.queryByRole('link', { name: /Ben Bitdiddle/ })).not.toBeInTheDocument();
  world.tell('reset', {});
  expect(await screen.findByRole('link', { name: /Ben Bitdiddle/ })).toBeInTheDocument();
});

it('finds the oldest event that any part of an answer reflects', () => {
  expect(oldestEventId({ value: 1, eventId: 7 })).toBe(7);
  expect(oldestEventId({ pages: [{ eventId: 9 }, { eventId: 4 }] })).toBe(4);
  expect(oldestEventId({ value: 1, eventId: Number.NaN })).toBeNull();
  expect(oldestEventId([1, 2])).toBeNull();
});
