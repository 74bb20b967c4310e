import clsx from 'clsx';
import { Info } from 'lucide-react';
import type { Message } from '@/lib/api';
import { isLocal } from '@/lib/cache';
import { isCancellable } from '@/lib/status';
import { clockTime, exactTime } from '@/lib/time';
import { Button } from '@/ui/button';
import { Mark } from '@/ui/mark';
import { useSettle } from './actions';
import { Attachment } from './attachment';
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

function Facts({ message }: { readonly message: Message }) {
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
    </div>
  );
}

/** Beside the bubble: there when one points at it, comes to it by keys, has no pointer, or something is wrong. */
function ExplainButton({ item, isExplained, onExplain }: BubbleProps) {
  const { message } = item;
  if (isLocal(message)) return null;
  return (
    <button
      type="button"
      aria-expanded={isExplained}
      title="Explain"
      onClick={() => onExplain(message.id)}
      className={clsx(
        'flex size-7 shrink-0 items-center justify-center rounded-full text-ink-3 transition-opacity',
        'hover:bg-hover hover:text-accent focus-visible:opacity-100 group-hover:opacity-100',
        trouble(message) === null && !isExplained && 'pointer-fine:opacity-0',
      )}
    >
      <Info size={15} aria-hidden />
      <span className="sr-only">Explain</span>
    </button>
  );
}

export function Bubble(props: BubbleProps) {
  const { item, isExplained } = props;
  const { message, isFirst, isLast } = item;
  const isOut = message.direction === 'outbound';
  const hasText = message.text !== null && message.text !== '';
  return (
    <li
      data-status={message.status}
      className={clsx('group flex flex-col px-5', isOut ? 'items-end' : 'items-start', isFirst ? 'pt-3' : 'pt-0.5')}
    >
      <div className={clsx('flex max-w-[min(36rem,90%)] items-center gap-1', isOut && 'flex-row-reverse')}>
        <div
          className={clsx(
            'min-w-0 rounded-2xl px-3.5 py-2 text-base break-words whitespace-pre-wrap',
            isOut ? 'bg-bubble-out' : 'bg-bubble-in',
            isOut ? !isLast && 'rounded-br-md' : !isLast && 'rounded-bl-md',
            isOut ? !isFirst && 'rounded-tr-md' : !isFirst && 'rounded-tl-md',
            isLocal(message) && 'opacity-70',
            message.status === 'cancelled' && 'text-ink-3 line-through',
            isExplained && 'ring-2 ring-accent',
          )}
        >
          <span className="sr-only">{isOut ? 'We: ' : 'They: '}</span>
          {hasText ? message.text : message.media.length === 0 && <em className="text-ink-3">no text</em>}
          {message.media.length > 0 && (
            <div className={clsx('flex flex-wrap gap-1.5', hasText ? 'mt-2 mb-1' : 'my-1')}>
              {message.media.map((file) => (
                <Attachment key={file.id} file={file} who={isOut ? 'We' : 'They'} />
              ))}
            </div>
          )}
        </div>
        <ExplainButton {...props} />
      </div>
      <div className="max-w-[min(34rem,82%)]">
        <Trouble message={message} />
        {needsFacts(message, isLast) && <Facts message={message} />}
      </div>
    </li>
  );
}
