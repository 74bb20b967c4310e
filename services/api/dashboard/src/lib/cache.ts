/*
 * cache.ts - the keys of what is cached, and the one pure reducer by which events patch it.
 *
 * A page is patched only by events newer than its own `eventId`: what it already reflects changes nothing.
 */
import type { InfiniteData } from '@tanstack/react-query';
import type { Contact, Conversation, ConversationStatus, Message, Page, Single } from './api';
import type { LiveEvent } from './events';

export interface ConversationFilter {
  readonly status?: ConversationStatus | undefined;
  readonly q?: string | undefined;
}

export const keys = {
  me: () => ['me'] as const,
  conversations: (filter: ConversationFilter) => ['conversations', filter] as const,
  conversation: (id: string) => ['conversation', id] as const,
  messages: (conversationId: string) => ['messages', conversationId] as const,
  timeline: (messageId: string) => ['timeline', messageId] as const,
  contacts: (filter: { readonly q?: string | undefined }) => ['contacts', filter] as const,
  contact: (id: string) => ['contact', id] as const,
  consent: (contactId: string) => ['consent', contactId] as const,
  ledger: () => ['ledger'] as const,
  rules: () => ['rules'] as const,
  numbers: () => ['numbers'] as const,
  notices: (status: 'open' | 'closed') => ['notices', status] as const,
  settings: () => ['settings'] as const,
  phone: (address: string) => ['phone', address] as const,
};

export type Pages<T> = InfiniteData<Page<T>, string | null>;

export type Patch =
  | { readonly do: 'keep' }
  | { readonly do: 'set'; readonly data: unknown }
  | { readonly do: 'refetch' };

const KEEP: Patch = { do: 'keep' };
const REFETCH: Patch = { do: 'refetch' };

export const LOCAL_PREFIX = 'local:';
export const isLocal = (message: Message): boolean => message.id.startsWith(LOCAL_PREFIX);

export function lastAt(conversation: Conversation): string {
  return conversation.last_message?.created_at ?? conversation.created_at;
}

export function matches(conversation: Conversation, filter: ConversationFilter): boolean {
  if (filter.status !== undefined && conversation.status !== filter.status) return false;
  if (filter.q === undefined || filter.q === '') return true;
  const { name, address } = conversation.contact;
  const q = filter.q.toLowerCase();
  return address.includes(q) || (name ?? '').toLowerCase().includes(q);
}

type Change<T> = (item: T) => T;

/** Changes items in place, page by page; the same object when nothing changed. */
function changeItems<T>(pages: Pages<T>, number: number, change: Change<T>): Pages<T> {
  let touched = false;
  const next = pages.pages.map((page) => {
    if (number <= page.eventId) return page;
    let here = false;
    const data = page.data.map((item) => {
      const changed = change(item);
      here ||= changed !== item;
      return changed;
    });
    touched ||= here;
    return here ? { ...page, data } : page;
  });
  return touched ? { ...pages, pages: next } : pages;
}

/** Puts an item where its time belongs; beyond the last loaded page it is left to be loaded. */
function insertByTime<T>(pages: Pages<T>, item: T, timeOf: (item: T) => string): Pages<T> {
  const at = timeOf(item);
  for (const [index, page] of pages.pages.entries()) {
    const place = page.data.findIndex((other) => timeOf(other) <= at);
    const isEnd = index === pages.pages.length - 1 && page.next_cursor === null;
    if (place < 0 && !isEnd) continue;
    const data = page.data.toSpliced(place < 0 ? page.data.length : place, 0, item);
    return { ...pages, pages: pages.pages.with(index, { ...page, data }) };
  }
  return pages;
}

function removeItem<T extends { readonly id: string }>(pages: Pages<T>, id: string): Pages<T> {
  const without = (page: Page<T>) =>
    page.data.some((item) => item.id === id) ? { ...page, data: page.data.filter((item) => item.id !== id) } : page;
  return { ...pages, pages: pages.pages.map(without) };
}

const firstEventId = <T>(pages: Pages<T>): number => pages.pages[0]?.eventId ?? 0;
const hasItem = <T extends { readonly id: string }>(pages: Pages<T>, id: string): boolean =>
  pages.pages.some((page) => page.data.some((item) => item.id === id));

/** A message told about the conversation whose last one it is, or now becomes. */
export function withMessage(conversation: Conversation, message: Message): Conversation {
  if (conversation.id !== message.conversation_id) return conversation;
  const last = conversation.last_message;
  const isSame = last?.id === message.id;
  if (!isSame && last !== null && last.created_at > message.created_at) return conversation;
  return { ...conversation, last_message: message };
}

/** Whose data was erased is listed no more. */
function withoutContact(pages: Pages<Conversation>, contactId: string): Pages<Conversation> {
  const theirs = pages.pages.flatMap((page) => page.data).filter((item) => item.contact.id === contactId);
  return theirs.reduce((rest, item) => removeItem(rest, item.id), pages);
}

function patchConversations(
  pages: Pages<Conversation>,
  filter: ConversationFilter,
  event: LiveEvent,
): Pages<Conversation> {
  switch (event.kind) {
    case 'conversation': {
      if (event.number <= firstEventId(pages)) return pages;
      const { conversation } = event;
      const without = removeItem(pages, conversation.id);
      return matches(conversation, filter) ? insertByTime(without, conversation, lastAt) : without;
    }
    case 'message': {
      const { message, number } = event;
      const changed = changeItems(pages, number, (item) => withMessage(item, message));
      if (changed === pages || !event.created) return changed;
      const item = changed.pages.flatMap((page) => page.data).find((c) => c.id === message.conversation_id);
      return item === undefined ? changed : insertByTime(removeItem(changed, item.id), item, lastAt);
    }
    case 'contact': {
      const { id, address, name, erased_at: erasedAt } = event.contact;
      if (erasedAt !== null) return withoutContact(pages, id);
      return changeItems(pages, event.number, (item) =>
        item.contact.id === id ? { ...item, contact: { id, address, name } } : item,
      );
    }
    case 'notice':
      return pages;
  }
}

/** The bubble shown before the server answered, when `message` is what it became. */
export function localTwin(pages: Pages<Message>, message: Message): Message | undefined {
  if (message.direction !== 'outbound' || message.class !== 'human') return undefined;
  return pages.pages.flatMap((page) => page.data).findLast((m) => isLocal(m) && m.text === message.text);
}

/** Puts one message into a thread: in place if it is there, else where its time belongs. */
export function putMessage(pages: Pages<Message>, message: Message, number: number): Pages<Message> {
  const twin = localTwin(pages, message);
  const cleared = twin === undefined ? pages : removeItem(pages, twin.id);
  if (hasItem(cleared, message.id)) return changeItems(cleared, number, (m) => (m.id === message.id ? message : m));
  return insertByTime(cleared, message, (m) => m.created_at);
}

function patchMessages(pages: Pages<Message>, conversationId: string, event: LiveEvent): Pages<Message> {
  if (event.kind !== 'message' || event.message.conversation_id !== conversationId) return pages;
  if (event.number <= firstEventId(pages)) return pages;
  return putMessage(pages, event.message, event.number);
}

function patchConversation(single: Single<Conversation>, event: LiveEvent): Single<Conversation> {
  if (event.number <= single.eventId) return single;
  const { value } = single;
  switch (event.kind) {
    case 'conversation':
      return event.conversation.id === value.id ? { value: event.conversation, eventId: event.number } : single;
    case 'message': {
      const changed = withMessage(value, event.message);
      return changed === value ? single : { value: changed, eventId: single.eventId };
    }
    case 'contact': {
      const { id, address, name } = event.contact;
      return id === value.contact.id
        ? { value: { ...value, contact: { id, address, name } }, eventId: single.eventId }
        : single;
    }
    case 'notice':
      return single;
  }
}

function patchContact(single: Single<Contact>, event: LiveEvent): Single<Contact> {
  const isOurs = event.kind === 'contact' && event.contact.id === single.value.id && event.number > single.eventId;
  return isOurs ? { value: event.contact, eventId: event.number } : single;
}

function patchContacts(pages: Pages<Contact>, event: LiveEvent): Pages<Contact> {
  if (event.kind !== 'contact') return pages;
  return changeItems(pages, event.number, (item) => (item.id === event.contact.id ? event.contact : item));
}

const changed = (before: unknown, after: unknown): Patch => (before === after ? KEEP : { do: 'set', data: after });

/** What one event does to one cached thing. `data` is what the key's own query put there. */
export function applyEvent(key: readonly unknown[], data: unknown, event: LiveEvent): Patch {
  const [root, detail] = key;
  if (data === undefined) return KEEP;
  switch (root) {
    case 'conversations':
      return changed(data, patchConversations(data as Pages<Conversation>, detail as ConversationFilter, event));
    case 'conversation':
      return changed(data, patchConversation(data as Single<Conversation>, event));
    case 'messages':
      return changed(data, patchMessages(data as Pages<Message>, detail as string, event));
    case 'contacts': {
      const pages = data as Pages<Contact>;
      const isNew = event.kind === 'contact' && !hasItem(pages, event.contact.id) && event.number > firstEventId(pages);
      return isNew ? REFETCH : changed(data, patchContacts(pages, event));
    }
    case 'contact':
      return changed(data, patchContact(data as Single<Contact>, event));
    case 'timeline':
      return event.kind === 'message' && event.message.id === detail ? REFETCH : KEEP;
    case 'consent':
      return event.kind === 'contact' && event.contact.id === detail ? REFETCH : KEEP;
    case 'ledger':
      return event.kind === 'contact' ? REFETCH : KEEP;
    case 'notices':
      return event.kind === 'notice' ? REFETCH : KEEP;
    case 'phone':
      return event.kind === 'message' && [event.message.from, event.message.to].includes(detail as string)
        ? REFETCH
        : KEEP;
    default:
      return KEEP;
  }
}
