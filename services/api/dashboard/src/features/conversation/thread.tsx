import { useInfiniteQuery } from '@tanstack/react-query';
import { ArrowDown, MessagesSquare } from 'lucide-react';
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Conversation, Message } from '@/lib/api';
import { isLocal } from '@/lib/cache';
import { useNow } from '@/lib/use-now';
import { Skeleton } from '@/ui/bits';
import { Button } from '@/ui/button';
import { Broken, Empty, Loading } from '@/ui/states';
import { markRead } from './actions';
import { Bubble } from './bubble';
import { announcement, buildThread } from './model';
import { messagesQuery } from './queries';

interface ThreadProps {
  readonly conversation: Conversation;
  readonly name: string;
  readonly explainedId: string | null;
  readonly onExplain: (messageId: string) => void;
}

const NEAR_END_PX = 80;

/** Stays at the end while one reads there, and keeps its place when older messages come in above. */
function useScrollPlace(
  scrollRef: RefObject<HTMLDivElement | null>,
  newestId: string | undefined,
  oldestId: string | undefined,
) {
  const [isAtEnd, setIsAtEnd] = useState(true);
  const place = useRef({ height: 0, oldestId, isAtEnd: true });
  useLayoutEffect(() => {
    const box = scrollRef.current;
    if (box === null) return;
    const grewAbove = place.current.oldestId !== oldestId && place.current.oldestId !== undefined;
    if (place.current.isAtEnd) box.scrollTop = box.scrollHeight;
    else if (grewAbove) box.scrollTop += box.scrollHeight - place.current.height;
    place.current = { ...place.current, height: box.scrollHeight, oldestId };
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new newest message is what asks for another look
  useEffect(() => {
    const box = scrollRef.current;
    if (box === null) return;
    const onResize = new ResizeObserver(() => {
      if (place.current.isAtEnd) box.scrollTop = box.scrollHeight;
    });
    onResize.observe(box);
    return () => onResize.disconnect();
  }, [scrollRef, newestId]);
  const onScroll = () => {
    const box = scrollRef.current;
    if (box === null) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
    place.current.isAtEnd = atEnd;
    setIsAtEnd(atEnd);
  };
  const toEnd = () => scrollRef.current?.scrollTo({ top: scrollRef.current.scrollHeight, behavior: 'smooth' });
  return { isAtEnd, onScroll, toEnd };
}

/** Says what comes into the open thread, and only that. */
function Announcer({ newest, name }: { readonly newest: Message | undefined; readonly name: string }) {
  const first = useRef(newest?.id);
  const isNew = newest !== undefined && newest.id !== first.current && !isLocal(newest);
  return (
    <p aria-live="polite" className="sr-only">
      {isNew ? announcement(newest, name) : ''}
    </p>
  );
}

function useMarkRead(conversation: Conversation): void {
  const { id, unread, last_message: last } = conversation;
  const newest = last?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each newest message is read once, whatever the count says
  useEffect(() => {
    const read = () => {
      if (unread > 0 && !document.hidden) void markRead(id);
    };
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, [id, unread, newest]);
}

function Outline() {
  return (
    <Loading label="Loading messages">
      <div className="flex flex-col gap-3 p-5">
        <Skeleton className="h-10 w-64 rounded-2xl" />
        <Skeleton className="h-16 w-80 self-end rounded-2xl" />
        <Skeleton className="h-10 w-44 rounded-2xl" />
      </div>
    </Loading>
  );
}

export function Thread({ conversation, name, explainedId, onExplain }: ThreadProps) {
  const query = useInfiniteQuery(messagesQuery(conversation.id));
  const scrollRef = useRef<HTMLDivElement>(null);
  const now = useNow();
  const messages = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data]);
  const items = useMemo(() => buildThread(messages, now), [messages, now]);
  const { isAtEnd, onScroll, toEnd } = useScrollPlace(scrollRef, messages[0]?.id, messages.at(-1)?.id);
  useMarkRead(conversation);

  if (query.isPending) return <Outline />;
  if (query.isError && messages.length === 0) return <Broken query={query} />;
  if (items.length === 0)
    return (
      <Empty icon={MessagesSquare} title="No messages yet">
        Write the first one below.
      </Empty>
    );
  return (
    <div className="relative h-full">
      <div ref={scrollRef} onScroll={onScroll} className="flex h-full flex-col overflow-y-auto overscroll-contain pb-4">
        <div className="flex-1" />
        {query.hasNextPage && (
          <div className="flex justify-center pt-3">
            <Button
              size="sm"
              variant="ghost"
              disabled={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {query.isFetchingNextPage ? 'Loading…' : 'Older messages'}
            </Button>
          </div>
        )}
        <ol aria-label="Messages">
          {items.map((item) =>
            item.kind === 'day' ? (
              <li key={item.key} className="flex items-center gap-3 px-5 pt-5 pb-1 text-2xs font-medium text-ink-3">
                <span className="h-px flex-1 bg-line" />
                {item.label}
                <span className="h-px flex-1 bg-line" />
              </li>
            ) : (
              <Bubble key={item.key} item={item} isExplained={item.message.id === explainedId} onExplain={onExplain} />
            ),
          )}
        </ol>
      </div>
      {!isAtEnd && (
        <button
          type="button"
          onClick={toEnd}
          className="absolute bottom-3 left-1/2 inline-flex -translate-x-1/2 items-center gap-1 rounded-full border border-line bg-raised px-3 py-1 text-xs font-medium shadow-float"
        >
          <ArrowDown size={13} aria-hidden /> Newest
        </button>
      )}
      <Announcer key={conversation.id} newest={messages[0]} name={name} />
    </div>
  );
}
