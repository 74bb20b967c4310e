import { Link } from '@tanstack/react-router';
import clsx from 'clsx';
import { ShieldOff } from 'lucide-react';
import type { Conversation } from '@/lib/api';
import { initials, readableAddress } from '@/lib/phone';
import { STATUS } from '@/lib/status';
import { exactTime, shortTime } from '@/lib/time';
import { Face } from '@/ui/bits';
import { Mark } from '@/ui/mark';
import { displayName, lastSender, preview } from './model';

interface RowProps {
  readonly conversation: Conversation;
  readonly now: number;
  readonly isOpen: boolean;
  readonly isCursor: boolean;
  readonly showNumber: boolean;
}

function LastMessage({ conversation }: { readonly conversation: Conversation }) {
  const sender = lastSender(conversation);
  const message = conversation.last_message;
  const status = message?.direction === 'outbound' ? STATUS[message.status] : null;
  return (
    <span className="flex min-w-0 flex-1 items-center gap-1">
      {status !== null && <Mark icon={status.icon} tone={status.tone} word={status.word} iconOnly />}
      <span className={clsx('truncate text-sm', conversation.unread > 0 ? 'text-ink' : 'text-ink-2')}>
        {sender !== null && <span className="text-ink-3">{sender}: </span>}
        {preview(conversation)}
      </span>
    </span>
  );
}

export function ConversationRow({ conversation, now, isOpen, isCursor, showNumber }: RowProps) {
  const { contact, unread, last_message: last, number } = conversation;
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: conversation.id }}
      search={(search) => ({ status: search.status, q: search.q })}
      aria-current={isOpen ? 'true' : undefined}
      className={clsx(
        'relative flex h-full items-center gap-3 px-4 outline-offset-[-2px]',
        isOpen ? 'bg-accent-soft' : 'hover:bg-hover',
        isCursor && !isOpen && 'bg-hover',
      )}
    >
      {isCursor && <span aria-hidden className="absolute inset-y-2 left-0 w-0.5 rounded-r bg-accent" />}
      <Face text={initials(contact.name)} seed={contact.address} />
      <span className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex items-center gap-1.5">
          <span className={clsx('nums truncate', unread > 0 ? 'font-semibold' : 'font-medium')}>
            {displayName(conversation)}
          </span>
          {conversation.opted_out && (
            <span className="text-bad" title="Opted out">
              <ShieldOff size={13} aria-hidden />
              <span className="sr-only">opted out</span>
            </span>
          )}
          <span className="flex-1" />
          {last !== null && (
            <time
              dateTime={last.created_at}
              title={exactTime(last.created_at)}
              className="nums shrink-0 text-xs text-ink-3"
            >
              {shortTime(last.created_at, now)}
            </time>
          )}
        </span>
        <span className="flex items-center gap-2">
          <LastMessage conversation={conversation} />
          {unread > 0 && (
            <span className="nums flex h-4.5 min-w-4.5 shrink-0 items-center justify-center rounded-full bg-accent-solid px-1 text-2xs font-semibold text-white">
              {unread > 99 ? '99+' : unread}
              <span className="sr-only"> unread</span>
            </span>
          )}
        </span>
        {showNumber && <span className="nums truncate text-2xs text-ink-3">to {readableAddress(number)}</span>}
      </span>
    </Link>
  );
}
