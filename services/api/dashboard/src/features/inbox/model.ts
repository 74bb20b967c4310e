/* model.ts - how a list of conversations reads, and what moves in it. Pure. */
import type { Conversation } from '@/lib/api';
import { readableAddress } from '@/lib/phone';

export const displayName = (conversation: Conversation): string =>
  conversation.contact.name ?? readableAddress(conversation.contact.address);

/** Who sent last: nothing for the customer, else who of us. */
export function lastSender(conversation: Conversation): string | null {
  const message = conversation.last_message;
  if (message === null || message.direction === 'inbound') return null;
  if (message.class === 'human') return 'You';
  return message.class === 'transactional' || message.class === 'bulk' ? 'API' : 'Auto';
}

export function preview(conversation: Conversation): string {
  const message = conversation.last_message;
  if (message === null) return 'No messages yet';
  if (message.text !== null && message.text !== '') return message.text.replace(/\s+/g, ' ');
  return message.media.length > 0
    ? `${message.media.length} attachment${message.media.length > 1 ? 's' : ''}`
    : '(empty)';
}

export interface Held {
  readonly items: readonly Conversation[];
  /** How many would be further up, or are not shown yet. */
  readonly waiting: number;
}

/**
 * Keeps the order that `held` had, so that no row moves away under the pointer; null holds nothing.
 * What is new since then waits.
 */
export function holdOrder(items: readonly Conversation[], held: readonly string[] | null): Held {
  if (held === null) return { items, waiting: 0 };
  const byId = new Map(items.map((item) => [item.id, item]));
  const kept = held.flatMap((id) => byId.get(id) ?? []);
  const heldIds = new Set(held);
  const lastHeld = items.findLastIndex((item) => heldIds.has(item.id));
  const loadedLater = items.slice(lastHeld + 1);
  const shown = [...kept, ...loadedLater];
  const place = new Map(held.map((id, i) => [id, i]));
  let deepest = -1;
  let waiting = items.length - shown.length;
  for (const item of items.toReversed()) {
    const at = place.get(item.id);
    if (at === undefined) continue;
    if (deepest !== -1 && at > deepest) waiting += 1;
    deepest = deepest === -1 ? at : Math.min(deepest, at);
  }
  return { items: shown, waiting };
}

/** The neighbour of `id` in the list; the first when `id` is not in it. */
export function neighbour(ids: readonly string[], id: string | null, step: 1 | -1): string | null {
  const at = id === null ? -1 : ids.indexOf(id);
  if (at < 0) return ids[0] ?? null;
  return ids[at + step] ?? ids[at] ?? null;
}
