import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowRight, BellRing, Check } from 'lucide-react';
import { useState } from 'react';
import { api, type Notice, take } from '@/lib/api';
import { dateAndTime } from '@/lib/time';
import { Badge, Skeleton } from '@/ui/bits';
import { Button } from '@/ui/button';
import { Broken, Empty, Loading } from '@/ui/states';
import { toast } from '@/ui/toast';
import { byUrgency, countText, placeOf, SEVERITY } from './model';
import { closedNoticesQuery, openNoticesQuery } from './queries';

const LINK = 'inline-flex items-center gap-1 font-medium text-accent hover:underline';

function Where({ subject }: { readonly subject: string }) {
  const place = placeOf(subject);
  switch (place?.to) {
    case 'conversation':
      return (
        <Link to="/inbox/$conversationId" params={{ conversationId: place.id }} className={LINK}>
          Open the conversation <ArrowRight size={13} aria-hidden />
        </Link>
      );
    case 'contact':
      return (
        <Link to="/contacts/$contactId" params={{ contactId: place.id }} className={LINK}>
          Open the contact <ArrowRight size={13} aria-hidden />
        </Link>
      );
    case 'numbers':
      return (
        <Link to="/numbers" className={LINK}>
          Open the numbers <ArrowRight size={13} aria-hidden />
        </Link>
      );
    case 'settings':
      return (
        <Link to="/settings" className={LINK}>
          Open the settings <ArrowRight size={13} aria-hidden />
        </Link>
      );
    default:
      return null;
  }
}

function useClose() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => take(api.POST('/api/v1/notices/{id}/close', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['notices'] }),
    onError: (error) => toast('bad', error.message),
  });
}

function Item({ notice }: { readonly notice: Notice }) {
  const close = useClose();
  const { word, tone } = SEVERITY[notice.severity];
  const often = countText(notice.count);
  return (
    <li className="flex items-start gap-3 border-b border-line px-4 py-3 last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-xs text-ink-3">
          <Badge tone={tone}>{word}</Badge>
          <time dateTime={notice.last_at} className="nums">
            {dateAndTime(notice.last_at)}
          </time>
          {often !== null && <span className="nums">{often}</span>}
        </p>
        <p className="mt-1 text-sm">{notice.text}</p>
        <p className="mt-1 text-sm">
          <Where subject={notice.subject} />
        </p>
      </div>
      {notice.status === 'open' ? (
        <Button size="sm" disabled={close.isPending} onClick={() => close.mutate(notice.id)}>
          <Check size={13} aria-hidden /> Done
        </Button>
      ) : (
        <span className="text-xs text-ink-3">
          {notice.closed_by === null ? 'Over' : `Closed by ${notice.closed_by}`}
        </span>
      )}
    </li>
  );
}

const CARD = 'rounded-lg border border-line bg-surface';

function Closed() {
  const query = useInfiniteQuery(closedNoticesQuery());
  const notices = query.data?.pages.flatMap((page) => page.data) ?? [];
  if (query.isPending) return <Skeleton className="mt-3 h-20 rounded-lg" />;
  if (query.isError) return <p className="mt-3 text-sm text-bad">{query.error.message}</p>;
  if (notices.length === 0) return <p className="mt-3 text-sm text-ink-3">None yet.</p>;
  return (
    <>
      <ol aria-label="Closed notices" className={`mt-3 ${CARD}`}>
        {notices.map((notice) => (
          <Item key={notice.id} notice={notice} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button size="sm" variant="ghost" className="mt-2" onClick={() => void query.fetchNextPage()}>
          Older ones
        </Button>
      )}
    </>
  );
}

export function NoticeList() {
  const query = useQuery(openNoticesQuery());
  const [showsClosed, setShowsClosed] = useState(false);
  if (query.isPending)
    return (
      <Loading label="Loading notices">
        <Skeleton className="h-40 rounded-lg" />
      </Loading>
    );
  if (query.isError) return <Broken query={query} />;
  return (
    <>
      {query.data.data.length === 0 ? (
        <Empty icon={BellRing} title="Nothing to look at">
          What needs a person shows up here: a text that may mean “stop”, a number with trouble, a limit that was
          reached.
        </Empty>
      ) : (
        <ol aria-label="Open notices" className={CARD}>
          {byUrgency(query.data.data).map((notice) => (
            <Item key={notice.id} notice={notice} />
          ))}
        </ol>
      )}
      <section className="mt-6">
        <Button size="sm" variant="ghost" aria-expanded={showsClosed} onClick={() => setShowsClosed(!showsClosed)}>
          {showsClosed ? 'Hide closed ones' : 'Show closed ones'}
        </Button>
        {showsClosed && <Closed />}
      </section>
    </>
  );
}
