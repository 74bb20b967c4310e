import { expect, it } from 'vitest';
import { aConversation, aMessage } from '../../../test/make';
import { holdOrder, lastSender, neighbour, preview } from './model';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => aConversation({ id }));
const ids = (items: readonly { id: string }[]) => items.map((item) => item.id).join('');
if (!a || !b || !c || !d) throw new Error('unreachable');

it('keeps every row where it is while the order is held, and counts what waits', () => {
  const { items, waiting } = holdOrder([d, c, a, b], ['a', 'b', 'c']);
  expect(ids(items)).toBe('abc');
  expect(waiting).toBe(2); // d is new, c moved up
});

it('lets a list grow at its end while the order is held', () => {
  expect(holdOrder([a, b, c, d], ['a', 'b'])).toEqual({ items: [a, b, c, d], waiting: 0 });
});

it('drops a row that left the list although the order is held', () => {
  expect(ids(holdOrder([a, c], ['a', 'b', 'c']).items)).toBe('ac');
});

it('tells who sent last', () => {
  expect(lastSender(aConversation({ last_message: aMessage({ direction: 'inbound' }) }))).toBeNull();
  expect(lastSender(aConversation({ last_message: aMessage({ direction: 'outbound', class: 'auto' }) }))).toBe('Auto');
  expect(lastSender(aConversation({ last_message: aMessage({ direction: 'outbound', class: 'human' }) }))).toBe('You');
});

it('shows a text on one line, and names what has none', () => {
  expect(preview(aConversation({ last_message: aMessage({ text: 'one\n two' }) }))).toBe('one two');
  expect(preview(aConversation({ last_message: null }))).toBe('No messages yet');
});

it('moves to the neighbour and stays at the ends', () => {
  expect(neighbour(['a', 'b'], 'a', 1)).toBe('b');
  expect(neighbour(['a', 'b'], 'b', 1)).toBe('b');
  expect(neighbour(['a', 'b'], null, 1)).toBe('a');
  expect(neighbour([], null, 1)).toBeNull();
});
