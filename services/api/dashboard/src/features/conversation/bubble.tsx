import clsx from 'clsx';
import { Info, Paperclip } from 'lucide-react';
import type { Message } from '@/lib/api';
import { isLocal } from '@/lib/cache';
import { isCancellable } from '@/lib/status';
import { clockTime, exactTime } from '@/lib/time';
import { Button } from '@/ui/button';
import { Mark } from '@/ui/mark';
import { useSettle } from './actions';
import { needsFacts, statusOf, type ThreadItem, trouble, voice } from './model';

interface BubbleProps {
  readonly item: Extract<ThreadItem, { kind: 'message' }>;
  readonly isExplained: boolean;
  readonly onExplain: (messageId: string) => void;
}

function Trouble({ message }: { readonly message: Message }) {
  const settle = useSettle();
  const why = trouble(message);
  if (why === null) return null;
  const isOpen = message.status === 'unconfirmed';
  return (
    <div
      className={clsx(
        'mt-1 flex max-w-full items-center gap-2 rounded-md px-2.5 py-1.5 text-xs',
        isOpen || message.status === 'held' ? 'bg-warn-soft text-warn' : 'bg-bad-soft text-bad',
      )}
    >
      <span className="min-w-0 flex-1">{why}</span>
      {isOpen && (
        <Button size="sm" disabled={settle.isPending} onClick={() => settle.mutate({ message, how: 'check' })}>
          Check now
        </Button>
      )}
    </div>
  );
}

function Facts({ item, onExplain, isExplained }: BubbleProps) {
  const { message } = item;
  const settle = useSettle();
  const { word, icon, tone } = statusOf(message);
  const isOut = message.direction === 'outbound';
  const said = voice(message);
  return (
    <div className={clsx('mt-1 flex flex-wrap items-center gap-x-2 text-2xs text-ink-3', isOut && 'justify-end')}>
      {said !== null && <span>{said}</span>}
      <time dateTime={message.created_at} title={exactTime(message.created_at)} className="nums">
        {clockTime(message.created_at)}
      </time>
      {isOut && <Mark icon={icon} tone={tone} word={word} />}
      {!isLocal(message) && isCancellable(message.status) && (
        <button
          type="button"
          className="rounded font-medium text-accent hover:underline"
          onClick={() => settle.mutate({ message, how: 'cancel' })}
        >
          Cancel
        </button>
      )}
      {!isLocal(message) && (
        <button
          type="button"
          aria-expanded={isExplained}
          className="inline-flex items-center gap-0.5 rounded font-medium text-ink-3 hover:text-accent"
          onClick={() => onExplain(message.id)}
        >
          <Info size={12} aria-hidden /> Explain
        </button>
      )}
    </div>
  );
}

export function Bubble(props: BubbleProps) {
  const { item, isExplained } = props;
  const { message, isFirst, isLast } = item;
  const isOut = message.direction === 'outbound';
  return (
    <li
      data-status={message.status}
      className={clsx('flex flex-col px-5', isOut ? 'items-end' : 'items-start', isFirst ? 'pt-3' : 'pt-0.5')}
    >
      <div
        className={clsx(
          'max-w-[min(34rem,82%)] rounded-2xl px-3.5 py-2 text-base break-words whitespace-pre-wrap',
          isOut ? 'bg-bubble-out' : 'bg-bubble-in',
          isOut ? !isLast && 'rounded-br-md' : !isLast && 'rounded-bl-md',
          isOut ? !isFirst && 'rounded-tr-md' : !isFirst && 'rounded-tl-md',
          isLocal(message) && 'opacity-70',
          message.status === 'cancelled' && 'text-ink-3 line-through',
          isExplained && 'ring-2 ring-accent',
        )}
      >
        <span className="sr-only">{isOut ? 'We: ' : 'They: '}</span>
        {message.text === null || message.text === '' ? <em className="text-ink-3">no text</em> : message.text}
        {message.media.map((media) => (
          <a
            key={media.id}
            href={media.url}
            rel="noreferrer"
            className="mt-1 flex items-center gap-1 text-sm text-accent underline"
          >
            <Paperclip size={13} aria-hidden /> {media.content_type ?? 'attachment'}
          </a>
        ))}
      </div>
      <div className="max-w-[min(34rem,82%)]">
        <Trouble message={message} />
        {needsFacts(message, isLast) && <Facts {...props} />}
      </div>
    </li>
  );
}
