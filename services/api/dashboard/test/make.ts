/* make.ts - objects as the API gives them, with what a test does not care about filled in. */
import type { Contact, Conversation, Message, OurNumber, Rule } from '../src/lib/api';

export const OUR_NUMBER = '+15550100000';
const AT = '2026-03-02T10:00:00.000Z';

let lastId = 0;
const nextId = (kind: string): string => {
  lastId += 1;
  return `${kind}-${lastId}`;
};

export function aMessage(change: Partial<Message> = {}): Message {
  return {
    id: nextId('message'),
    conversation_id: 'conversation',
    direction: 'inbound',
    from: '+15550100101',
    to: OUR_NUMBER,
    text: 'Hello',
    media: [],
    encoding: 'gsm7',
    segments: 1,
    status: change.direction === 'outbound' ? 'queued' : 'received',
    status_reason: null,
    status_text: null,
    error_code: null,
    cost: null,
    plivo_uuid: null,
    class: change.direction === 'outbound' ? 'human' : null,
    source: null,
    send_at: null,
    valid_until: null,
    held_until: null,
    created_at: AT,
    updated_at: AT,
    ...change,
  };
}

export function aConversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: nextId('conversation'),
    number: OUR_NUMBER,
    contact: { id: nextId('contact'), address: '+15550100101', name: null },
    status: 'open',
    assignee: null,
    labels: [],
    unread: 0,
    snooze_until: null,
    last_message: null,
    opted_out: false,
    paused: false,
    created_at: AT,
    updated_at: AT,
    ...change,
  };
}

export function aContact(change: Partial<Contact> = {}): Contact {
  return {
    id: nextId('contact'),
    address: '+15550100101',
    name: null,
    attributes: {},
    time_zone: null,
    consent: 'none',
    valid: true,
    erased_at: null,
    created_at: AT,
    updated_at: AT,
    ...change,
  };
}

export function aNumber(change: Partial<OurNumber> = {}): OurNumber {
  return {
    id: nextId('number'),
    address: OUR_NUMBER,
    kind: 'long_code',
    reply_via: 'rest',
    stop_reply: 'parley',
    help_reply: null,
    help_by: null,
    topic: null,
    campaign: null,
    rate: 0,
    daily_limit: null,
    state: 'active',
    ...change,
  };
}

export function aRule(change: Partial<Rule> = {}): Rule {
  return {
    id: nextId('rule'),
    position: 0,
    name: 'Greeting',
    enabled: true,
    system: false,
    match: { kind: 'exact', words: ['hello'], number: null },
    actions: [{ kind: 'reply', text: 'Hello! How can we help?' }],
    cooldown_s: 0,
    created_at: AT,
    updated_at: AT,
    ...change,
  };
}
