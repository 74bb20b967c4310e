/* model.ts - what may be sent, and why not. Pure. */
import type { Conversation, Message, OurNumber } from '@/lib/api';
import { LOCAL_PREFIX } from '@/lib/cache';
import { isE164 } from '@/lib/phone';
import { countSegments, type SegmentCount, UNITS_MAX } from '@/lib/segments';

/** Why nothing can be written to this conversation, or null. */
export function whyClosed(conversation: Conversation): string | null {
  if (conversation.opted_out) return 'They opted out. Nothing may be sent to them until they text START themselves.';
  if (/[a-z]/i.test(conversation.contact.address)) return 'This sender is a name, not a number: it cannot be answered.';
  return null;
}

/** Why this text cannot be sent as it stands, or null. */
export function whyNotSend(text: string): string | null {
  if (text.trim() === '') return 'Write something first.';
  const { encoding, units } = countSegments(text);
  const over = units - UNITS_MAX[encoding];
  return over > 0 ? `Too long by ${over}: Plivo takes ${UNITS_MAX[encoding]} at most.` : null;
}

/** A hint about the number that would send, or null. */
export function numberHint(address: string, numbers: readonly OurNumber[]): string | null {
  const number = numbers.find((n) => n.address === address);
  if (number?.state === 'paused') return 'This number is paused: messages wait until it is active again.';
  return null;
}

export const encodingName = (count: SegmentCount): string => (count.encoding === 'gsm7' ? 'GSM-7' : 'UCS-2');

/** "1 segment · 17 left". */
export function meterText(count: SegmentCount): string {
  return `${count.segments} segment${count.segments === 1 ? '' : 's'} · ${count.left} left`;
}

/** How a character that cannot be seen, or not be told apart, is named. */
export function characterName(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\s\p{Cf}\p{Cc}\p{Mn}]/u.test(character) ? `U+${code}` : `${character} (U+${code})`;
}

export interface Offer {
  /** How many places change. */
  readonly places: number;
  readonly text: string;
  readonly saved: number;
}

/** What replacing would bring; null when it would change nothing. */
export function replacementOffer(text: string, replaced: string, now: SegmentCount): Offer | null {
  if (replaced === text) return null;
  const replaceable = new Set(now.forcedBy.filter((f) => f.replacement !== null).map((f) => f.character));
  const places = [...text].filter((c) => replaceable.has(c)).length;
  return { places, text: replaced, saved: now.segments - countSegments(replaced).segments };
}

/** What is typed as the receiver's number: refused with words, or null when fine. */
export function addressProblem(address: string): string | null {
  if (address === '') return 'Whom is it for?';
  if (!address.startsWith('+')) return 'Begin with + and the country code, like +1 555 010 0123.';
  return isE164(address) ? null : 'This is not a phone number: + and 2 to 15 digits.';
}

/** The bubble shown until the server has answered. */
export function localMessage(conversation: Conversation, text: string, key: string, at: string): Message {
  const { encoding, segments } = countSegments(text);
  return {
    id: `${LOCAL_PREFIX}${key}`,
    conversation_id: conversation.id,
    direction: 'outbound',
    from: conversation.number,
    to: conversation.contact.address,
    text,
    media: [],
    encoding,
    segments,
    status: 'queued',
    status_reason: null,
    status_text: null,
    error_code: null,
    cost: null,
    plivo_uuid: null,
    class: 'human',
    source: null,
    send_at: null,
    valid_until: null,
    held_until: null,
    created_at: at,
    updated_at: at,
  };
}
