import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BellRing, Hash, Inbox, type LucideIcon, Settings2, Users, Waypoints } from 'lucide-react';
import { useEffect } from 'react';
import { conversationsQuery } from '@/features/inbox/queries';
import { openNoticesQuery } from '@/features/notices/queries';

const PLACES: readonly {
  readonly to: '/inbox' | '/contacts' | '/rules' | '/numbers' | '/notices' | '/settings';
  readonly label: string;
  readonly icon: LucideIcon;
}[] = [
  { to: '/inbox', label: 'Inbox', icon: Inbox },
  { to: '/contacts', label: 'Contacts', icon: Users },
  { to: '/rules', label: 'Rules', icon: Waypoints },
  { to: '/numbers', label: 'Numbers', icon: Hash },
  { to: '/notices', label: 'Notices', icon: BellRing },
  { to: '/settings', label: 'Settings', icon: Settings2 },
];

function useUnread(): number {
  const { data } = useInfiniteQuery(conversationsQuery({ status: 'open' }));
  const unread = data?.pages.flatMap((page) => page.data).filter((c) => c.unread > 0).length ?? 0;
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Parley` : 'Parley';
  }, [unread]);
  return unread;
}

function Count({ n, what }: { readonly n: number; readonly what: string }) {
  if (n === 0) return null;
  return (
    <span className="nums absolute top-1 left-1/2 ml-1 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent-solid px-1 text-[10px] font-semibold text-white">
      {n}
      <span className="sr-only"> {what}</span>
    </span>
  );
}

export function Rail() {
  const unread = useUnread();
  const notices = useQuery(openNoticesQuery()).data?.data.length ?? 0;
  return (
    <nav
      aria-label="Main"
      className="flex shrink-0 border-line bg-canvas max-md:order-last max-md:h-14 max-md:border-t md:w-17 md:flex-col md:items-center md:gap-1 md:pt-2"
    >
      {PLACES.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          className="relative flex flex-col items-center justify-center gap-0.5 rounded-lg text-2xs font-medium text-ink-2 hover:text-ink max-md:flex-1 md:h-13 md:w-14 md:hover:bg-hover"
          activeProps={{ className: 'text-accent md:bg-surface md:shadow-sm hover:text-accent' }}
        >
          <Icon size={19} strokeWidth={1.9} aria-hidden />
          {label}
          {to === '/inbox' && <Count n={unread} what="unread conversations" />}
          {to === '/notices' && <Count n={notices} what="open notices" />}
        </Link>
      ))}
    </nav>
  );
}
