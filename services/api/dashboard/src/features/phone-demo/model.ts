/* model.ts - the people of the demo, and what their phones show. Pure. */
import type { SimPhoneMessage } from '@/lib/api';

export interface Persona {
  readonly name: string;
  readonly address: string;
}

/** Numbers of the range that is kept free for stories (555-01xx). */
export const PERSONAS: readonly Persona[] = [
  { name: 'Ada', address: '+15550100101' },
  { name: 'Ben', address: '+15550100102' },
  { name: 'Chioma', address: '+15550100103' },
  { name: 'Dmitri', address: '+15550100104' },
  { name: 'Elena', address: '+15550100105' },
];

export const SUGGESTIONS: readonly string[] = ['hello', 'HELP', 'STOP', 'START'];

export interface ScreenBubble {
  readonly key: string;
  readonly mine: boolean;
  readonly text: string;
  readonly at: string;
  /** Who else wrote it, when it was not Parley. */
  readonly by: string | null;
}

/** From the phone's side: what the phone wrote is on the right. */
export function screenOf(messages: readonly SimPhoneMessage[]): readonly ScreenBubble[] {
  return messages.map((message, i) => ({
    key: `${message.message_uuid ?? message.at} ${i}`,
    mine: message.by === 'phone',
    text: message.text,
    at: message.at,
    by: message.by === 'plivo' ? 'Plivo' : null,
  }));
}

/** What a failed webhook call means, or null when it was taken. */
export function webhookTrouble(status: number | null): string | null {
  if (status !== null && status >= 200 && status < 300) return null;
  return status === null
    ? 'The webhook could not be reached. It is tried again.'
    : `The webhook answered ${status}. It is tried again.`;
}
