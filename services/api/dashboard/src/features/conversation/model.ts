/* model.ts - how messages become a thread. Pure. */
import type { Message } from '@/lib/api';
import { isLocal } from '@/lib/cache';
import { STATUS, type StatusWords } from '@/lib/status';
import { clockTime, dayAndMonth, dayName, sameDay } from '@/lib/time';

export type ThreadItem =
  | { readonly kind: 'day'; readonly key: string; readonly label: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: Message;
      /** First and last of a run by one side, close together: they share one corner and one line of facts. */
      readonly isFirst: boolean;
      readonly isLast: boolean;
    };

const RUN_MS = 5 * 60_000;

/** Two messages read as one run: same side, same voice, soon after one another. */
function continues(before: Message | undefined, message: Message): boolean {
  if (before === undefined || before.direction !== message.direction || before.class !== message.class) return false;
  return (
    Date.parse(message.created_at) - Date.parse(before.created_at) < RUN_MS &&
    sameDay(before.created_at, message.created_at)
  );
}

/** `newestFirst` as the server lists them; the thread reads from old to new. */
export function buildThread(newestFirst: readonly Message[], now: number): readonly ThreadItem[] {
  const messages = newestFirst.toReversed();
  return messages.flatMap((message, i): ThreadItem[] => {
    const before = messages[i - 1];
    const after = messages[i + 1];
    const item: ThreadItem = {
      kind: 'message',
      key: message.id,
      message,
      isFirst: !continues(before, message),
      isLast: after === undefined || !continues(message, after),
    };
    if (before !== undefined && sameDay(before.created_at, message.created_at)) return [item];
    const day = dayName(message.created_at, now);
    return [{ kind: 'day', key: `day ${message.created_at}`, label: day }, item];
  });
}

/** The words under a bubble. */
export function statusOf(message: Message): StatusWords {
  if (isLocal(message)) return { ...STATUS.queued, word: 'sending…' };
  if (isScheduled(message)) return { ...STATUS.queued, word: `leaves ${leavesAt(message.send_at)}` };
  return STATUS[message.status];
}

/** Nothing holds it but the time that somebody chose. */
export function isScheduled(message: Message): message is Message & { readonly send_at: string } {
  const { status, send_at, held_until } = message;
  return status === 'held' && send_at !== null && (held_until === null || held_until === send_at);
}

const leavesAt = (at: string): string => `${dayAndMonth(at)}, ${clockTime(at)}`;

/** Facts under every bubble of a run would be noise: the last one speaks for all that went well. */
export function needsFacts(message: Message, isLast: boolean): boolean {
  const { tone } = STATUS[message.status];
  return isLast || isLocal(message) || tone === 'bad' || tone === 'warn';
}

/** The sentence under a bubble that did not simply arrive, or null. */
export function trouble(message: Message): string | null {
  const { tone, meaning } = STATUS[message.status];
  if (isScheduled(message) || message.direction === 'inbound' || (tone !== 'bad' && tone !== 'warn')) return null;
  const code = message.error_code === null ? '' : ` (Plivo ${message.error_code})`;
  return `${message.status_text ?? meaning}${code}`;
}

/** What a screen reader says when a message comes into the open thread. */
export function announcement(message: Message, name: string): string {
  const text = message.text ?? '';
  return message.direction === 'inbound' ? `${name}: ${text}` : `Sent: ${text}`;
}

/** Who spoke for us, where it was not a person. What confirms a STOP has a class that nobody can ask for. */
export function voice(message: Message): string | null {
  if (message.direction === 'inbound' || message.class === 'human') return null;
  return message.class === 'transactional' || message.class === 'bulk' ? 'By the API' : 'Automatic answer';
}
