import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aContact, aConversation, aMessage } from '../../test/make';
import type { Conversation, Message } from './api';
import { applyEvent, keys, type Pages, putMessage } from './cache';
import { type LiveEvent, readEvent } from './events';
import { readSse, SSE_START } from './sse';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 10, minute)).toISOString();

function pagesOf<T>(data: readonly T[], eventId = 10, next: string | null = null): Pages<T> {
  return { pages: [{ data, next_cursor: next, eventId }], pageParams: [null] };
}

function patched(key: readonly unknown[], data: unknown, ...events: readonly LiveEvent[]): unknown {
  return events.reduce((now, event) => {
    const patch = applyEvent(key, now, event);
    return patch.do === 'set' ? patch.data : now;
  }, data);
}

const conversationAt = (id: string, minute: number, change: Partial<Conversation> = {}): Conversation =>
  aConversation({ id, last_message: aMessage({ conversation_id: id, created_at: at(minute) }), ...change });

const told = (number: number, conversation: Conversation): LiveEvent => ({
  number,
  kind: 'conversation',
  conversation,
});
const said = (number: number, message: Message, created = true): LiveEvent => ({
  number,
  kind: 'message',
  created,
  message,
});

function ids(data: unknown): string {
  const pages = data as Pages<{ id: string }>;
  return pages.pages.flatMap((page) => page.data.map((item) => item.id)).join(' ');
}

describe('a list of conversations', () => {
  const open = keys.conversations({ status: 'open' });
  const list = pagesOf([conversationAt('b', 20), conversationAt('a', 10)]);

  it('puts the one with the newest message first', () => {
    expect(ids(patched(open, list, told(11, conversationAt('a', 30))))).toBe('a b');
  });

  it('lets go of one that does not belong there any more', () => {
    expect(ids(patched(open, list, told(11, conversationAt('b', 20, { status: 'closed' }))))).toBe('a');
  });

  it('is not touched by an event that it already reflects', () => {
    expect(applyEvent(open, list, told(10, conversationAt('a', 30)))).toEqual({ do: 'keep' });
  });

  it('leaves what lies beyond its last page to be loaded', () => {
    const more = pagesOf([conversationAt('b', 20)], 10, 'next');
    expect(ids(patched(open, more, told(11, conversationAt('old', 5))))).toBe('b');
  });

  it('shows a new status of the last message', () => {
    const last = aMessage({ id: 'm', conversation_id: 'a', direction: 'outbound', status: 'sent', created_at: at(10) });
    const before = pagesOf([aConversation({ id: 'a', last_message: last })]);
    const now = patched(open, before, said(11, { ...last, status: 'delivered' }, false)) as Pages<Conversation>;
    expect(now.pages[0]?.data[0]?.last_message?.status).toBe('delivered');
  });

  it('does not go back to a status that is older than what it shows', () => {
    const last = aMessage({ id: 'm', conversation_id: 'a', direction: 'outbound', status: 'delivered' });
    const before = pagesOf([aConversation({ id: 'a', last_message: last })]);
    expect(applyEvent(open, before, said(10, { ...last, status: 'sent' }, false))).toEqual({ do: 'keep' });
  });

  it('does not show an older message as the last one', () => {
    const old = aMessage({ conversation_id: 'b', created_at: at(1) });
    expect(applyEvent(open, list, said(11, old, false))).toEqual({ do: 'keep' });
  });
});

describe('a thread', () => {
  const thread = keys.messages('c');
  const first = aMessage({ id: 'm1', conversation_id: 'c', created_at: at(1) });

  it('takes a message of its own and no other', () => {
    const mine = aMessage({ id: 'm2', conversation_id: 'c', created_at: at(2) });
    const other = aMessage({ id: 'm3', conversation_id: 'd', created_at: at(3) });
    expect(ids(patched(thread, pagesOf([first]), said(11, mine), said(12, other)))).toBe('m2 m1');
  });

  it('shows a message once, however often it is told', () => {
    const mine = aMessage({ id: 'm2', conversation_id: 'c', created_at: at(2) });
    expect(ids(patched(thread, pagesOf([first]), said(11, mine), said(12, mine), said(13, mine, false)))).toBe('m2 m1');
  });

  it('lets the real message take the place of the bubble shown before it', () => {
    const change = { conversation_id: 'c', direction: 'outbound', class: 'human', text: 'Yes' } as const;
    const local = aMessage({ ...change, id: 'local:k', created_at: at(3) });
    const real = aMessage({ ...change, id: 'm2', created_at: at(3) });
    const shown = putMessage(pagesOf([first]), local, Number.POSITIVE_INFINITY);
    expect(ids(patched(thread, shown, said(11, real)))).toBe('m2 m1');
  });
});

it('asks again for what an event changes but does not carry', () => {
  const message = aMessage({ id: 'm' });
  expect(applyEvent(keys.timeline('m'), [], said(11, message, false))).toEqual({ do: 'refetch' });
  const contact: LiveEvent = { number: 11, kind: 'contact', contact: aContact({ id: 'p' }) };
  expect(applyEvent(keys.consent('p'), pagesOf([]), contact)).toEqual({ do: 'refetch' });
});

describe('a recorded stream', () => {
  const one = aMessage({ id: 'm1', conversation_id: 'c', created_at: at(1) });
  const two = aMessage({ id: 'm2', conversation_id: 'c', direction: 'outbound', status: 'queued', created_at: at(2) });
  const recorded = [
    ['message.created', one],
    ['conversation.created', aConversation({ id: 'c', unread: 1, last_message: one })],
    ['message.created', two],
    ['conversation.updated', aConversation({ id: 'c', unread: 0, last_message: two })],
    ['message.updated', { ...two, status: 'sent' }],
    ['something.new', { unknown: true }],
    ['message.updated', { ...two, status: 'delivered' }],
    [
      'conversation.updated',
      aConversation({ id: 'c', unread: 0, opted_out: true, last_message: { ...two, status: 'delivered' } }),
    ],
  ] as const;
  const text = recorded
    .map(([type, data], i) => `id: ${11 + i}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
    .join('');
  const events = readSse(SSE_START, text).blocks.flatMap((block) => readEvent(block) ?? []);

  it('leaves the list as the server would list it', () => {
    const list = patched(
      keys.conversations({ status: 'open' }),
      pagesOf<Conversation>([]),
      ...events,
    ) as Pages<Conversation>;
    expect(list.pages[0]?.data).toHaveLength(1);
    expect(list.pages[0]?.data[0]).toMatchObject({ opted_out: true, last_message: { id: 'm2', status: 'delivered' } });
  });

  it('gives the same thread when any part of it is told twice', () => {
    const wanted = ids(patched(keys.messages('c'), pagesOf<Message>([]), ...events));
    fc.assert(
      fc.property(fc.nat(events.length), fc.nat(events.length), (from, length) => {
        const again = events.slice(from, from + length);
        const rest = events.slice(from + length);
        const told = [...events.slice(0, from), ...again, ...again, ...rest];
        expect(ids(patched(keys.messages('c'), pagesOf<Message>([]), ...told))).toBe(wanted);
      }),
    );
  });
});
