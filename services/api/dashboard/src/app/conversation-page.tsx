import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { useCallback, useMemo, useRef } from 'react';
import { Composer } from '@/features/composer/composer';
import { useSetStatus } from '@/features/conversation/actions';
import { ExplainDrawer } from '@/features/conversation/explain-drawer';
import { PausedBanner } from '@/features/conversation/paused-banner';
import { conversationQuery, messagesQuery } from '@/features/conversation/queries';
import { Thread } from '@/features/conversation/thread';
import { ThreadHeader } from '@/features/conversation/thread-header';
import { displayName } from '@/features/inbox/model';
import type { Conversation } from '@/lib/api';
import type { Pages } from '@/lib/cache';
import { useCommands } from '@/lib/use-commands';
import { Kbd, Skeleton } from '@/ui/bits';
import { Broken, Empty, Loading } from '@/ui/states';
import { conversationCommands } from './inbox-commands';
import type { InboxSearch } from './search-params';

export function NoConversation() {
  return (
    <Empty icon={MessagesSquare} title="Choose a conversation">
      <span className="mt-1 flex items-center justify-center gap-1.5 whitespace-nowrap max-md:hidden">
        <Kbd keys="j" /> <Kbd keys="k" /> to move, <Kbd keys="Enter" /> to open, <Kbd keys="?" /> for all keys
      </span>
    </Empty>
  );
}

/** What the list already shows of it, so that the header is there at once. */
function useFromList(id: string) {
  const client = useQueryClient();
  return () => {
    const lists = client.getQueriesData<Pages<Conversation>>({ queryKey: ['conversations'] });
    const value = lists
      .flatMap(([, pages]) => pages?.pages.flatMap((page) => page.data) ?? [])
      .find((c) => c.id === id);
    return value === undefined ? undefined : { value, eventId: Number.NaN };
  };
}

function useExplain() {
  const navigate = useNavigate();
  return useCallback(
    (explain: string | undefined) =>
      void navigate({ to: '.', search: (old: InboxSearch) => ({ ...old, explain }), replace: true }),
    [navigate],
  );
}

function useKeys(conversation: Conversation, explained: string | undefined) {
  const navigate = useNavigate();
  const explain = useExplain();
  const setStatus = useSetStatus();
  const newest = useInfiniteQuery(messagesQuery(conversation.id)).data?.pages[0]?.data[0]?.id;
  const { id, status } = conversation;
  const toggle = useCallback(
    () => setStatus.mutate({ id, status: status === 'closed' ? 'open' : 'closed' }),
    [setStatus.mutate, id, status],
  );
  const current = useRef({ toggle, explained, newest });
  current.current = { toggle, explained, newest };
  useCommands(
    useMemo(
      () =>
        conversationCommands({
          back: () => {
            if (current.current.explained !== undefined) explain(undefined);
            else void navigate({ to: '/inbox', search: (old: InboxSearch) => ({ status: old.status, q: old.q }) });
          },
          toggleStatus: () => current.current.toggle(),
          explain: () => explain(current.current.newest),
        }),
      [navigate, explain],
    ),
  );
  return { toggle, explain };
}

function Opened({ conversation }: { readonly conversation: Conversation }) {
  const { explain: explained } = useSearch({ from: '/app/inbox' });
  const { toggle, explain } = useKeys(conversation, explained);
  const messages = useInfiniteQuery(messagesQuery(conversation.id));
  const message = messages.data?.pages.flatMap((page) => page.data).find((m) => m.id === explained);
  const name = displayName(conversation);
  return (
    <section aria-label={`Conversation with ${name}`} className="relative flex h-full flex-col">
      <ThreadHeader conversation={conversation} name={name} onToggleStatus={toggle} />
      <div className="min-h-0 flex-1">
        <Thread
          conversation={conversation}
          name={name}
          explainedId={explained ?? null}
          onExplain={(id) => explain(id === explained ? undefined : id)}
        />
      </div>
      <PausedBanner conversation={conversation} />
      <Composer conversation={conversation} name={name} />
      {message !== undefined && <ExplainDrawer key={message.id} message={message} onClose={() => explain(undefined)} />}
    </section>
  );
}

export function ConversationPage() {
  const { conversationId } = useParams({ from: '/app/inbox/$conversationId' });
  const query = useQuery({ ...conversationQuery(conversationId), placeholderData: useFromList(conversationId) });
  if (query.isPending)
    return (
      <Loading label="Loading the conversation">
        <div className="flex h-14 items-center gap-3 border-b border-line px-4">
          <Skeleton className="size-8 rounded-full" />
          <Skeleton className="h-4 w-40" />
        </div>
      </Loading>
    );
  if (query.isError) return <Broken query={query} />;
  return <Opened key={conversationId} conversation={query.data.value} />;
}
