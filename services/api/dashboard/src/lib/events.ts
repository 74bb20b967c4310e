/*
 * events.ts - what the stream tells, as types; and the log of what it told lately.
 *
 * I1  The log holds every event after `start`, in order, without a hole.
 * I2  It holds at most EVENTS_KEPT; what falls out moves `start` forward.
 */
import type { Contact, Conversation, Message } from './api';
import type { SseBlock } from './sse';

export type LiveEvent =
  | { readonly number: number; readonly kind: 'message'; readonly created: boolean; readonly message: Message }
  | { readonly number: number; readonly kind: 'conversation'; readonly conversation: Conversation }
  | { readonly number: number; readonly kind: 'contact'; readonly contact: Contact }
  | { readonly number: number; readonly kind: 'notice' };

export const EVENTS_KEPT = 1000;

/** Null for a type that this page does not know. */
export function readEvent(block: SseBlock): LiveEvent | null {
  const number = Number(block.id);
  if (block.data === null || block.id === null || !Number.isSafeInteger(number)) return null;
  switch (block.event) {
    case 'message.created':
    case 'message.updated':
      return {
        number,
        kind: 'message',
        created: block.event === 'message.created',
        message: JSON.parse(block.data) as Message,
      };
    case 'conversation.created':
    case 'conversation.updated':
      return { number, kind: 'conversation', conversation: JSON.parse(block.data) as Conversation };
    case 'contact.created':
    case 'contact.updated':
      return { number, kind: 'contact', contact: JSON.parse(block.data) as Contact };
    case 'notice.created':
    case 'notice.updated':
      return { number, kind: 'notice' };
    default:
      return null;
  }
}

export class EventLog {
  private events: LiveEvent[] = [];
  private start: number | null = null;

  /** Begins anew after event `number`. */
  restart(number: number): void {
    this.events = [];
    this.start = number;
  }

  add(event: LiveEvent): void {
    this.events.push(event);
    if (this.events.length > EVENTS_KEPT) this.start = this.events.shift()?.number ?? this.start;
  }

  /** All events after `number`; null when the log does not reach back that far. */
  since(number: number): readonly LiveEvent[] | null {
    if (this.start === null) return [];
    if (number < this.start) return null;
    return this.events.filter((event) => event.number > number);
  }
}
