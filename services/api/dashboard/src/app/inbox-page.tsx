import { Link, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import clsx from 'clsx';
import { useCallback, useMemo, useRef, useState } from 'react';
import { ConversationList } from '@/features/inbox/conversation-list';
import { neighbour } from '@/features/inbox/model';
import { useCommands } from '@/lib/use-commands';
import { inboxMoves } from './inbox-commands';
import { NewButton } from './new-button';
import { SearchField } from './search-field';
import { filterOf, type InboxSearch } from './search-params';

const VIEWS: readonly { readonly status: InboxSearch['status']; readonly label: string }[] = [
  { status: undefined, label: 'Open' },
  { status: 'closed', label: 'Closed' },
  { status: 'all', label: 'All' },
];

function Views({ search }: { readonly search: InboxSearch }) {
  return (
    <nav aria-label="Views" className="flex gap-1">
      {VIEWS.map(({ status, label }) => (
        <Link
          key={label}
          to="/inbox"
          search={{ status, q: search.q }}
          aria-current={search.status === status ? 'page' : undefined}
          className={clsx(
            'rounded-md px-2 py-0.5 text-xs font-medium',
            search.status === status ? 'bg-accent-soft text-accent' : 'text-ink-2 hover:bg-hover',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

export function InboxPage() {
  const navigate = useNavigate();
  const search = useSearch({ from: '/app/inbox' });
  const params = useParams({ strict: false });
  const openId = params.conversationId ?? null;
  const filter = useMemo(() => filterOf(search), [search]);
  const ids = useRef<readonly string[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const current = useRef({ cursor, openId });
  current.current = { cursor: cursor ?? openId, openId };

  const onItems = useCallback((next: readonly string[]) => {
    ids.current = next;
  }, []);
  const onSearch = useCallback(
    (q: string) =>
      void navigate({ to: '.', search: (old: InboxSearch) => ({ ...old, q: q || undefined }), replace: true }),
    [navigate],
  );
  const commands = useMemo(
    () =>
      inboxMoves({
        move: (step) => setCursor(neighbour(ids.current, current.current.cursor, step)),
        open: () => {
          const conversationId = current.current.cursor;
          if (conversationId === null) return;
          void navigate({ to: '/inbox/$conversationId', params: { conversationId }, search: keepFilter });
        },
        search: () => searchRef.current?.focus(),
      }),
    [navigate],
  );
  useCommands(commands);

  return (
    <div className="flex h-full">
      <section
        aria-label="Inbox"
        className={clsx(
          'flex w-full flex-col border-line md:w-84 md:shrink-0 md:border-r',
          openId !== null && 'max-md:hidden',
        )}
      >
        <div className="flex flex-col gap-2.5 border-b border-line px-4 pt-3 pb-2.5">
          <div className="flex items-center gap-2">
            <h1 className="flex-1 text-lg font-semibold tracking-tight">Inbox</h1>
            <NewButton />
          </div>
          <SearchField label="Search name or number" value={search.q ?? ''} onSearch={onSearch} fieldRef={searchRef} />
          <Views search={search} />
        </div>
        <div className="min-h-0 flex-1">
          <ConversationList
            key={JSON.stringify(filter)}
            filter={filter}
            openId={openId}
            cursorId={cursor}
            onItems={onItems}
          />
        </div>
      </section>
      <div className={clsx('min-w-0 flex-1', openId === null && 'max-md:hidden')}>
        <Outlet />
      </div>
    </div>
  );
}

const keepFilter = (old: InboxSearch): InboxSearch => ({ status: old.status, q: old.q });
