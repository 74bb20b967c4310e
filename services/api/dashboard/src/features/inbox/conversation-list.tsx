import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { ArrowUp, Inbox, SearchX } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Conversation } from '@/lib/api';
import type { ConversationFilter } from '@/lib/cache';
import { useNow } from '@/lib/use-now';
import { Skeleton } from '@/ui/bits';
import { Broken, Empty, Loading } from '@/ui/states';
import { ConversationRow } from './conversation-row';
import { holdOrder } from './model';
import { conversationsQuery } from './queries';

const ROW_PX = 68;
const ROW_WITH_NUMBER_PX = 84;

interface ListProps {
  readonly filter: ConversationFilter;
  readonly openId: string | null;
  readonly cursorId: string | null;
  /** What stands in the list, in its order: for moving through it by keys. */
  readonly onItems: (ids: readonly string[]) => void;
}

function Outline() {
  const rows = Array.from({ length: 8 }, (_, i) => `outline-${i}`);
  return (
    <Loading label="Loading conversations">
      {rows.map((row) => (
        <div key={row} className="flex h-[68px] items-center gap-3 px-4">
          <Skeleton className="size-9 rounded-full" />
          <div className="flex flex-1 flex-col gap-2">
            <Skeleton className="h-3 w-32" />
            <Skeleton className="h-3 w-full" />
          </div>
        </div>
      ))}
    </Loading>
  );
}

function Nothing({ filter }: { readonly filter: ConversationFilter }) {
  if (filter.q)
    return (
      <Empty icon={SearchX} title="Nobody found">
        No name or number here contains “{filter.q}”.
      </Empty>
    );
  return (
    <Empty icon={Inbox} title={filter.status === 'closed' ? 'Nothing closed' : 'No conversations yet'}>
      {filter.status === 'closed'
        ? 'Conversations that you close come here.'
        : 'Write to someone, or text one of your numbers: it shows up here at once.'}
    </Empty>
  );
}

interface RowsProps extends Omit<ListProps, 'filter' | 'onItems'> {
  readonly items: readonly Conversation[];
  readonly onEnd: () => void;
}

function Rows({ items, openId, cursorId, onEnd }: RowsProps) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const now = useNow();
  const showNumber = useMemo(() => new Set(items.map((item) => item.number)).size > 1, [items]);
  const rowPx = showNumber ? ROW_WITH_NUMBER_PX : ROW_PX;
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 8,
  });
  const rows = virtual.getVirtualItems();
  const isAtEnd = (rows.at(-1)?.index ?? 0) >= items.length - 5;
  useEffect(() => {
    if (isAtEnd) onEnd();
  }, [isAtEnd, onEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height must be measured again
  useEffect(() => virtual.measure(), [rowPx]);
  const cursorIndex = items.findIndex((item) => item.id === cursorId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a moved cursor scrolls, not a list that changed around it
  useEffect(() => {
    if (cursorIndex >= 0) virtual.scrollToIndex(cursorIndex);
  }, [cursorId]);
  return (
    <div ref={scrollRef} className="h-full overflow-y-auto overscroll-contain">
      <ul aria-label="Conversations" className="relative" style={{ height: virtual.getTotalSize() }}>
        {rows.map((row) => {
          const conversation = items[row.index];
          if (conversation === undefined) return null;
          return (
            <li
              key={row.key}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              className="absolute inset-x-0 border-b border-line"
              style={{ height: row.size, transform: `translateY(${row.start}px)` }}
            >
              <ConversationRow
                conversation={conversation}
                now={now}
                isOpen={conversation.id === openId}
                isCursor={conversation.id === cursorId}
                showNumber={showNumber}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

export function ConversationList({ filter, openId, cursorId, onItems }: ListProps) {
  const query = useInfiniteQuery(conversationsQuery(filter));
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const all = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data]);
  const { items, waiting } = useMemo(() => holdOrder(all, held), [all, held]);
  useEffect(() => onItems(items.map((item) => item.id)), [items, onItems]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const loadMore = useMemo(
    () => () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage(); // its failure shows as the query's state
    },
    [hasNextPage, isFetchingNextPage, fetchNextPage],
  );

  if (query.isPending) return <Outline />;
  if (query.isError && all.length === 0) return <Broken query={query} />;
  if (all.length === 0) return <Nothing filter={filter} />;
  return (
    <div
      className="relative h-full"
      onPointerEnter={(event) => event.pointerType === 'mouse' && setHeld(all.map((item) => item.id))}
      onPointerLeave={() => setHeld(null)}
    >
      {waiting > 0 && (
        <button
          type="button"
          onClick={() => setHeld(all.map((item) => item.id))}
          className={clsx(
            'absolute top-2 left-1/2 z-10 inline-flex -translate-x-1/2 items-center gap-1 rounded-full px-3 py-1',
            'bg-accent-solid text-xs font-medium text-white shadow-float',
          )}
        >
          <ArrowUp size={13} aria-hidden /> {waiting} new
        </button>
      )}
      <Rows items={items} openId={openId} cursorId={cursorId} onEnd={loadMore} />
    </div>
  );
}
