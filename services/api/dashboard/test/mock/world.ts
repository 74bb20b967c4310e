/*
 * world.ts - a Parley in memory, for tests and for looking at the page without one: the same routes, shapes and events.
 *
 * It decides as little as it can: keywords, one greeting, and a delivery that goes through its states by itself.
 */
import type {
  ConsentEntry,
  Contact,
  Conversation,
  Message,
  MessageStatus,
  Notice,
  OurNumber,
  Rule,
  Settings,
  SimPhoneMessage,
  TimelineEntry,
} from '../../src/lib/api';
import { countSegments } from '../../src/lib/segments.ts';
import { aContact, aConversation, aMessage, aNumber, aRule, theSettings } from '../make.ts';

export interface WorldOptions {
  readonly now?: () => number;
  /** Delivery steps wait this long each; null: they wait for `deliver()`. */
  readonly stepMs?: number | null;
}

interface LoggedEvent {
  readonly number: number;
  readonly type: string;
  readonly data: unknown;
}

const STEPS: readonly MessageStatus[] = ['sending', 'accepted', 'sent', 'delivered'];
const KEYWORDS: Readonly<Record<string, 'out' | 'in' | 'help'>> = {
  STOP: 'out',
  UNSUBSCRIBE: 'out',
  START: 'in',
  HELP: 'help',
};

const systemRule = (name: string, words: string[], kind: 'opt_out' | 'opt_in' | 'help', position: number): Rule =>
  aRule({ name, system: true, position, match: { kind: 'exact', words, number: null }, actions: [{ kind }] });

export class World {
  readonly conversations = new Map<string, Conversation>();
  readonly messages = new Map<string, Message>();
  readonly contacts = new Map<string, Contact>();
  readonly timelines = new Map<string, TimelineEntry[]>();
  readonly phones = new Map<string, SimPhoneMessage[]>();
  readonly sent = new Map<string, { body: string; message: Message }>();
  readonly ledger: ConsentEntry[] = [];
  readonly events: LoggedEvent[] = [];
  readonly listeners = new Set<(event: LoggedEvent) => void>();
  notices: Notice[] = [];
  settings: Settings = theSettings();
  numbers: OurNumber[] = [aNumber({ id: 'number-1', rate: 20, help_reply: 'Parley demo. Reply STOP to opt out.' })];
  rules: Rule[] = [
    systemRule('Opt out', ['stop', 'end', 'quit', 'revoke', 'opt out', 'cancel', 'unsubscribe'], 'opt_out', 0),
    systemRule('Opt in', ['start', 'unstop', 'yes'], 'opt_in', 1),
    systemRule('Help', ['help', 'info'], 'help', 2),
    aRule({ position: 3, match: { kind: 'exact', words: ['hello', 'hi', 'hey'], number: null } }),
  ];

  private readonly now: () => number;
  private readonly stepMs: number | null;
  private ids = 0;

  constructor({ now = Date.now, stepMs = 350 }: WorldOptions = {}) {
    this.now = now;
    this.stepMs = stepMs;
  }

  at(): string {
    return new Date(this.now()).toISOString();
  }

  newId(): string {
    this.ids += 1;
    return `019ab2f0-0000-7000-8000-${String(this.ids).padStart(12, '0')}`;
  }

  get lastEvent(): number {
    return this.events.at(-1)?.number ?? 100;
  }

  tell(type: string, data: unknown): void {
    const event = { number: this.lastEvent + 1, type, data };
    this.events.push(event);
    for (const listener of this.listeners) listener(event);
  }

  contactFor(address: string, name: string | null = null): Contact {
    const known = [...this.contacts.values()].find((c) => c.address === address);
    if (known !== undefined) return known;
    const contact = aContact({ id: this.newId(), address, name, created_at: this.at(), updated_at: this.at() });
    this.contacts.set(contact.id, contact);
    return contact;
  }

  conversationFor(number: string, address: string, name: string | null = null): Conversation {
    const known = [...this.conversations.values()].find((c) => c.number === number && c.contact.address === address);
    if (known !== undefined) return known;
    const contact = this.contactFor(address, name);
    const conversation = aConversation({
      id: this.newId(),
      number,
      contact: { id: contact.id, address, name: contact.name },
      opted_out: contact.consent === 'out',
      created_at: this.at(),
      updated_at: this.at(),
    });
    this.conversations.set(conversation.id, conversation);
    return conversation;
  }

  explain(message: Message, kind: string, text: string, data: Record<string, unknown> = {}): void {
    const entries = this.timelines.get(message.id) ?? [];
    this.timelines.set(message.id, [...entries, { at: this.at(), kind, text, data }]);
  }

  putConversation(id: string, change: Partial<Conversation>): Conversation {
    const old = this.conversations.get(id);
    if (old === undefined) throw new Error(`no conversation ${id}`);
    const next = { ...old, ...change, updated_at: this.at() };
    this.conversations.set(id, next);
    this.tell('conversation.updated', next);
    return next;
  }

  addMessage(conversation: Conversation, change: Partial<Message>): Message {
    const isOut = change.direction === 'outbound';
    const { encoding, segments } = countSegments(change.text ?? '');
    const { address } = conversation.contact;
    const message = aMessage({
      id: this.newId(),
      conversation_id: conversation.id,
      from: isOut ? conversation.number : address,
      to: isOut ? address : conversation.number,
      encoding,
      segments,
      created_at: this.at(),
      updated_at: this.at(),
      ...change,
    });
    this.messages.set(message.id, message);
    this.tell('message.created', message);
    const unread = (this.conversations.get(conversation.id)?.unread ?? 0) + (isOut ? 0 : 1);
    this.putConversation(conversation.id, { last_message: message, unread, status: 'open' });
    return message;
  }

  setStatus(id: string, change: Partial<Message>): Message {
    const old = this.messages.get(id);
    if (old === undefined) throw new Error(`no message ${id}`);
    const next = { ...old, ...change, updated_at: this.at() };
    this.messages.set(id, next);
    this.tell('message.updated', next);
    const conversation = this.conversations.get(next.conversation_id);
    if (conversation?.last_message?.id === id) this.putConversation(conversation.id, { last_message: next });
    return next;
  }

  /** Asks for an outbound message, through the one check that matters here. */
  send(conversation: Conversation, text: string, kind: Message['class'], sendAt: string | null = null): Message {
    const message = this.addMessage(conversation, { direction: 'outbound', text, class: kind, source: 'api' });
    if (this.conversations.get(conversation.id)?.opted_out && kind !== 'auto') {
      this.explain(message, 'consent', 'Blocked: the person opted out.');
      return this.setStatus(message.id, {
        status: 'blocked',
        status_reason: 'opted_out',
        status_text: 'They opted out.',
      });
    }
    this.explain(message, 'consent', 'Nothing in the ledger forbids it.');
    if (sendAt !== null) return this.setStatus(message.id, { status: 'held', send_at: sendAt });
    this.step(message.id, 0);
    return message;
  }

  private step(id: string, at: number): void {
    if (this.stepMs === null) return;
    setTimeout(() => {
      const message = this.messages.get(id);
      if (message === undefined || message.status === 'cancelled') return;
      if (message.text?.includes('lost') && at === 1) {
        this.setStatus(id, { status: 'unconfirmed' });
        this.explain(message, 'attempt', 'The connection was cut after the request had left.', { attempt: 1 });
        return;
      }
      this.advance(id);
      if (at + 1 < STEPS.length) this.step(id, at + 1);
    }, this.stepMs);
  }

  /** One step further on its way. */
  advance(id: string): void {
    const message = this.messages.get(id);
    if (message === undefined) return;
    const status = STEPS[STEPS.indexOf(message.status) + 1];
    if (status === undefined) return;
    const next = this.setStatus(id, {
      status,
      ...(status === 'accepted' && { plivo_uuid: `5f0e7b1e-${id.slice(-4)}-4a1a-9d0b-0a58d8d3a001` }),
      ...(status === 'delivered' && {
        cost: { amount: (0.0055 * message.segments).toFixed(5), currency: 'USD', estimated: false },
      }),
    });
    if (status === 'sending') this.explain(next, 'grant', 'Granted: no limit is near.', { lane: next.class });
    if (status === 'accepted') this.explain(next, 'attempt', 'Plivo took it (202).', { attempt: 1, took_ms: 41 });
    if (status === 'sent' || status === 'delivered')
      this.explain(next, 'report', `Plivo reports: ${status}.`, { Status: status, Sequence: STEPS.indexOf(status) });
    if (status === 'accepted')
      this.onPhone(next.to, { by: 'parley', from: next.from, to: next.to, text: next.text ?? '' });
  }

  onPhone(phone: string, message: { by: 'parley' | 'plivo' | 'phone'; from: string; to: string; text: string }): void {
    const screen = this.phones.get(phone) ?? [];
    const direction = message.by === 'phone' ? 'outbound' : 'inbound';
    const entry = { ...message, direction, media: [], at: this.at(), message_uuid: this.newId() };
    this.phones.set(phone, [...screen, entry]);
  }

  erase(id: string): Contact | undefined {
    const contact = this.contacts.get(id);
    if (contact === undefined) return undefined;
    const gone = { ...contact, address: 'erased', name: null, erased_at: this.at() };
    this.contacts.set(id, gone);
    for (const [key, conversation] of this.conversations)
      if (conversation.contact.id === id) this.conversations.delete(key);
    this.tell('contact.updated', gone);
    return gone;
  }

  closeNotice(id: string): Notice | undefined {
    this.notices = this.notices.map((n) =>
      n.id === id ? { ...n, status: 'closed', closed_at: this.at(), closed_by: 'Owner' } : n,
    );
    return this.notices.find((n) => n.id === id);
  }

  setConsent(address: string, to: 'in' | 'out', source: ConsentEntry['source'], evidence: string): ConsentEntry {
    const contact = this.contactFor(address);
    const entry: ConsentEntry = {
      sequence: this.ledger.length + 1,
      at: this.at(),
      number: null,
      contact_id: contact.id,
      address,
      from: contact.consent,
      to,
      source,
      evidence,
      actor: source === 'agent' ? 'Owner' : null,
      scope: null,
      superseded: false,
      hash: Array.from({ length: 64 }, (_, i) => '0123456789abcdef'[(i * 7 + this.ledger.length * 11) % 16]).join(''),
    };
    this.ledger.push(entry);
    const next = { ...contact, consent: to, updated_at: this.at() };
    this.contacts.set(contact.id, next);
    this.tell('contact.updated', next);
    for (const conversation of this.conversations.values())
      if (conversation.contact.id === contact.id) this.putConversation(conversation.id, { opted_out: to === 'out' });
    return entry;
  }

  /** What a text that comes in sets off. */
  receive(from: string, to: string, text: string): Message {
    this.onPhone(from, { by: 'phone', from, to, text });
    const conversation = this.conversationFor(to, from);
    const message = this.addMessage(conversation, { direction: 'inbound', text });
    this.explain(message, 'received', `Came in from ${from}.`, { Type: 'sms', Units: message.segments });
    const word = KEYWORDS[text.trim().toUpperCase()];
    if (word !== undefined) {
      this.explain(message, 'rule', `The system's rule for “${text.trim()}” won.`);
      if (word !== 'help') this.setConsent(from, word, 'keyword', text.trim());
      const reply =
        word === 'out'
          ? 'You are unsubscribed and will get no more messages. Reply START to come back.'
          : word === 'in'
            ? 'Welcome back. Reply STOP to opt out.'
            : (this.numbers[0]?.help_reply ?? 'Help');
      this.send(conversation, reply, 'auto');
      return message;
    }
    const rule = this.matching(text);
    const reply = rule?.actions.find((action) => action.kind === 'reply');
    this.explain(message, 'rule', rule === undefined ? 'No rule matched.' : `The rule “${rule.name}” won.`);
    if (reply !== undefined) this.send(conversation, reply.text ?? '', 'auto');
    return message;
  }

  matching(text: string): Rule | undefined {
    const plain = text.trim().toLowerCase();
    return this.rules.find((rule) => {
      const { kind, words = [] } = rule.match;
      if (!rule.enabled) return false;
      if (kind === 'any') return true;
      return words.some((word) => {
        const w = word.toLowerCase();
        if (kind === 'exact') return plain === w;
        if (kind === 'prefix') return plain.startsWith(w);
        return kind === 'contains' ? plain.includes(w) : new RegExp(word, 'i').test(text);
      });
    });
  }
}
