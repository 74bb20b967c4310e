/* make.ts - objects as the API gives them, with what a test does not care about filled in. */
import type { Contact, Conversation, Message, Notice, OurNumber, Rule, Settings } from '../src/lib/api';

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
    state_reason: null,
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

export function aNotice(change: Partial<Notice> = {}): Notice {
  return {
    id: nextId('notice'),
    kind: 'refusal',
    subject: 'conversation:c',
    severity: 'warning',
    status: 'open',
    text: 'A person may have asked to be left alone.',
    data: {},
    count: 1,
    created_at: AT,
    last_at: AT,
    closed_at: null,
    closed_by: null,
    ...change,
  };
}

/** As a new tenant has them. */
export function theSettings(change: Partial<Settings> = {}): Settings {
  return {
    opt_out_scope: 'tenant',
    retention_days: 548,
    report_days: 90,
    quiet_bulk: '08:00-21:00',
    quiet_transactional: null,
    quiet_auto: null,
    quiet_human: null,
    quiet_states: true,
    quiet_reply_minutes: 60,
    home_zone: null,
    holidays: [],
    federal_holidays: false,
    loop_limit: 20,
    loop_same_limit: 6,
    loop_window_s: 600,
    spend_daily_limit: null,
    spend_warn_percent: 80,
    unknown_human: 'resend',
    unknown_auto: 'resend',
    unknown_transactional: 'resend',
    unknown_bulk: 'resend',
    sender_name: null,
    first_message: 'add',
    ...change,
  };
}
