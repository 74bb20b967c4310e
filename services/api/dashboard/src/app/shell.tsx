import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import clsx from 'clsx';
import {
  Command as CommandIcon,
  Hash,
  Inbox,
  LogOut,
  type LucideIcon,
  Moon,
  Smartphone,
  Sun,
  SunMoon,
  Users,
  Waypoints,
} from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { NewConversation } from '@/features/composer/new-conversation';
import { conversationsQuery } from '@/features/inbox/queries';
import { api, type Me } from '@/lib/api';
import { meQuery } from '@/lib/queries';
import { useCommands } from '@/lib/use-commands';
import { Badge, keyCaps } from '@/ui/bits';
import { IconButton } from '@/ui/button';
import { Toasts } from '@/ui/toast';
import { globalCommands } from './global-commands';
import type { Live } from './live';
import { LiveBadge } from './live-badge';
import { Logo } from './logo';
import { CheatSheet, Palette } from './palette';
import { isPhoneShown, showPhone, usePhoneShown } from './phone-pref';
import { nextTheme, type Theme, useTheme } from './theme';

const Phone = lazy(() => import('@/features/phone-demo/phone').then((m) => ({ default: m.Phone })));

type Opened = 'palette' | 'keys' | 'compose' | null;

const PLACES: readonly {
  readonly to: '/inbox' | '/contacts' | '/rules' | '/numbers';
  readonly label: string;
  readonly icon: LucideIcon;
}[] = [
  { to: '/inbox', label: 'Inbox', icon: Inbox },
  { to: '/contacts', label: 'Contacts', icon: Users },
  { to: '/rules', label: 'Rules', icon: Waypoints },
  { to: '/numbers', label: 'Numbers', icon: Hash },
];

const THEME_ICONS: Readonly<Record<Theme, LucideIcon>> = { system: SunMoon, light: Sun, dark: Moon };

function useUnread(): number {
  const { data } = useInfiniteQuery(conversationsQuery({ status: 'open' }));
  const unread = data?.pages.flatMap((page) => page.data).filter((c) => c.unread > 0).length ?? 0;
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Parley` : 'Parley';
  }, [unread]);
  return unread;
}

function Rail() {
  const unread = useUnread();
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
          {to === '/inbox' && unread > 0 && (
            <span className="nums absolute top-1 left-1/2 ml-1 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent-solid px-1 text-[10px] font-semibold text-white">
              {unread}
              <span className="sr-only"> unread conversations</span>
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

interface TopBarProps {
  readonly me: Me | undefined;
  readonly live: Live;
  readonly onPalette: () => void;
  readonly onSignOut: () => void;
}

function TopBar({ me, live, onPalette, onSignOut }: TopBarProps) {
  const theme = useTheme();
  const phone = usePhoneShown();
  const ThemeIcon = THEME_ICONS[theme];
  return (
    <header className="flex h-12 shrink-0 items-center gap-2.5 px-3 md:px-4">
      <Logo />
      <span className="font-semibold tracking-tight">Parley</span>
      {me !== undefined && (
        <>
          <Badge tone={me.environment === 'live' ? 'good' : 'warn'}>
            {me.environment === 'live' ? 'LIVE' : 'DEMO'}
          </Badge>
          <span className="truncate text-sm text-ink-3 max-md:hidden">{me.tenant.name}</span>
        </>
      )}
      <span className="flex-1" />
      <LiveBadge live={live} />
      <button
        type="button"
        onClick={onPalette}
        className="ml-2 flex h-8 items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 text-xs text-ink-3 hover:text-ink max-md:hidden"
      >
        <CommandIcon size={13} aria-hidden /> Commands <span className="text-2xs">{keyCaps('Mod+k')}</span>
      </button>
      {me?.demo && (
        <IconButton
          label={phone ? 'Hide the phone' : 'Show the phone'}
          keys="p"
          aria-pressed={phone}
          onClick={() => showPhone(!phone)}
        >
          <Smartphone size={17} />
        </IconButton>
      )}
      <IconButton label={`Theme: ${theme}`} onClick={nextTheme}>
        <ThemeIcon size={17} />
      </IconButton>
      <IconButton label={me === undefined ? 'Sign out' : `Sign out ${me.user.name}`} onClick={onSignOut}>
        <LogOut size={16} />
      </IconButton>
    </header>
  );
}

function useGlobalCommands(open: (what: Opened) => void, me: Me | undefined) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const isDemo = useRef(false);
  isDemo.current = me?.demo ?? false;
  const signOut = useMemo(
    () => () => {
      void api
        .POST('/api/v1/logout')
        .catch(() => undefined) // without an answer the cookie stays; the next page says so
        .then(() => {
          client.clear();
          window.location.assign('/sign-in');
        });
    },
    [client],
  );
  useCommands(
    useMemo(
      () =>
        globalCommands({
          go: (to) => void navigate({ to }),
          palette: () => open('palette'),
          cheatSheet: () => open('keys'),
          compose: () => open('compose'),
          theme: nextTheme,
          phone: () => showPhone(!isPhoneShown()),
          signOut,
          isDemo: () => isDemo.current,
        }),
      [navigate, open, signOut],
    ),
  );
  return signOut;
}

export function Shell({ live }: { readonly live: Live }) {
  const { data: me } = useQuery(meQuery());
  const [opened, setOpened] = useState<Opened>(null);
  const navigate = useNavigate();
  const phone = usePhoneShown();
  const signOut = useGlobalCommands(setOpened, me);
  const close = () => setOpened(null);
  return (
    <div className="flex h-dvh flex-col">
      <TopBar me={me} live={live} onPalette={() => setOpened('palette')} onSignOut={signOut} />
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <Rail />
        <main className="min-h-0 min-w-0 flex-1 overflow-hidden border-line bg-surface md:rounded-tl-xl md:border-t md:border-l">
          <Outlet />
        </main>
        {me?.demo && phone && (
          <div
            className={clsx(
              'border-line md:w-82 md:shrink-0 md:border-t md:border-l',
              'max-md:fixed max-md:inset-0 max-md:z-30',
            )}
          >
            <Suspense fallback={null}>
              <Phone onClose={() => showPhone(false)} />
            </Suspense>
          </div>
        )}
      </div>
      {opened === 'palette' && <Palette onClose={close} />}
      {opened === 'keys' && <CheatSheet onClose={close} />}
      {opened === 'compose' && (
        <NewConversation
          onClose={close}
          onSent={(conversationId) => {
            close();
            void navigate({ to: '/inbox/$conversationId', params: { conversationId } });
          }}
        />
      )}
      <Toasts />
    </div>
  );
}
