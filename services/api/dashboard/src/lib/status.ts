/*
 * status.ts - what a person reads for each status of a message. `Record` over the API's own list: a new status does not
 * compile until it stands here.
 */
import type { MessageStatus } from './api';

export type Tone = 'muted' | 'busy' | 'good' | 'warn' | 'bad';
export type MarkIcon = 'clock' | 'pause' | 'send' | 'check' | 'double-check' | 'alert' | 'ban' | 'question' | 'inbound';

export interface StatusWords {
  readonly word: string;
  readonly icon: MarkIcon;
  readonly tone: Tone;
  /** What it means, when the server has no sentence of its own. */
  readonly meaning: string;
}

export const STATUS: Readonly<Record<MessageStatus, StatusWords>> = {
  received: { word: 'received', icon: 'inbound', tone: 'muted', meaning: 'It came in.' },
  queued: { word: 'queued', icon: 'clock', tone: 'muted', meaning: 'It waits in our outbox.' },
  held: { word: 'held', icon: 'pause', tone: 'warn', meaning: 'It is held back for now.' },
  sending: { word: 'sending', icon: 'send', tone: 'busy', meaning: 'It is on its way to Plivo.' },
  accepted: { word: 'accepted', icon: 'send', tone: 'busy', meaning: 'Plivo has it.' },
  sent: {
    word: 'sent',
    icon: 'check',
    tone: 'muted',
    meaning: 'The carrier has it. Many never report more than that.',
  },
  delivered: { word: 'delivered', icon: 'double-check', tone: 'good', meaning: 'It arrived.' },
  undelivered: { word: 'not delivered', icon: 'alert', tone: 'bad', meaning: 'The carrier could not deliver it.' },
  failed: { word: 'failed', icon: 'alert', tone: 'bad', meaning: 'It could not be sent.' },
  rejected: { word: 'rejected', icon: 'alert', tone: 'bad', meaning: 'It was rejected.' },
  expired: { word: 'expired', icon: 'alert', tone: 'bad', meaning: 'It waited too long to still be sent.' },
  blocked: { word: 'blocked', icon: 'ban', tone: 'bad', meaning: 'It was not sent: a check forbade it.' },
  cancelled: { word: 'cancelled', icon: 'ban', tone: 'muted', meaning: 'It was cancelled before it left.' },
  unconfirmed: {
    word: 'unconfirmed',
    icon: 'question',
    tone: 'warn',
    meaning: 'Nobody can tell yet whether Plivo took it. It is not sent again until that is known.',
  },
};

/** It has not left us: it can still be cancelled. */
export const isCancellable = (status: MessageStatus): boolean => status === 'queued' || status === 'held';
