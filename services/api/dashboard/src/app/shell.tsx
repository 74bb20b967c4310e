import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import clsx from 'clsx';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { NewConversation } from '@/features/composer/new-conversation';
import { api, type Me } from '@/lib/api';
import { meQuery } from '@/lib/queries';
import { useCommands } from '@/lib/use-commands';
import { Toasts } from '@/ui/toast';
import { globalCommands } from './global-commands';
import type { Live } from './live';
import { CheatSheet, Palette } from './palette';
import { isPhoneShown, showPhone, usePhoneShown } from './phone-pref';
import { Rail } from './rail';
import { nextTheme } from './theme';
import { TopBar } from './top-bar';

const Phone = lazy(() => import('@/features/phone-demo/phone').then((m) => ({ default: m.Phone })));

type Opened = 'palette' | 'keys' | 'compose' | null;

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
