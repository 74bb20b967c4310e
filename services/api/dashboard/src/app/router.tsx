import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router';
import { FileQuestion } from 'lucide-react';
import { Empty } from '@/ui/states';
import { ConversationPage, NoConversation } from './conversation-page';
import { InboxPage } from './inbox-page';
import type { Live } from './live';
import { readContactSearch, readInboxSearch } from './search-params';
import { Shell } from './shell';
import { SignInPage } from './sign-in-page';

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: () => (
    <Empty icon={FileQuestion} title="There is no such page">
      <a href="/inbox" className="font-medium text-accent hover:underline">
        Go to the inbox
      </a>
    </Empty>
  ),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw): { readonly reason?: 'link' } => (raw.reason === 'link' ? { reason: 'link' } : {}),
  component: SignInPage,
});

function makeTree(live: Live) {
  const app = createRoute({ getParentRoute: () => root, id: 'app', component: () => <Shell live={live} /> });
  const home = createRoute({
    getParentRoute: () => app,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/inbox' });
    },
  });
  const inbox = createRoute({
    getParentRoute: () => app,
    path: '/inbox',
    validateSearch: readInboxSearch,
    component: InboxPage,
  });
  const noConversation = createRoute({ getParentRoute: () => inbox, path: '/', component: NoConversation });
  const conversation = createRoute({
    getParentRoute: () => inbox,
    path: '/$conversationId',
    component: ConversationPage,
  });
  const contacts = createRoute({
    getParentRoute: () => app,
    path: '/contacts',
    validateSearch: readContactSearch,
    component: lazyRouteComponent(() => import('./contacts-page'), 'ContactsPage'),
  });
  const noContact = createRoute({
    getParentRoute: () => contacts,
    path: '/',
    component: lazyRouteComponent(() => import('./contacts-page'), 'NoContact'),
  });
  const contact = createRoute({
    getParentRoute: () => contacts,
    path: '/$contactId',
    component: lazyRouteComponent(() => import('./contacts-page'), 'ContactPage'),
  });
  const rules = createRoute({
    getParentRoute: () => app,
    path: '/rules',
    component: lazyRouteComponent(() => import('./rules-page'), 'RulesPage'),
  });
  const numbers = createRoute({
    getParentRoute: () => app,
    path: '/numbers',
    component: lazyRouteComponent(() => import('./numbers-page'), 'NumbersPage'),
  });
  const notices = createRoute({
    getParentRoute: () => app,
    path: '/notices',
    component: lazyRouteComponent(() => import('./notices-page'), 'NoticesPage'),
  });
  const settings = createRoute({
    getParentRoute: () => app,
    path: '/settings',
    component: lazyRouteComponent(() => import('./settings-page'), 'SettingsPage'),
  });
  return root.addChildren([
    signIn,
    app.addChildren([
      home,
      inbox.addChildren([noConversation, conversation]),
      contacts.addChildren([noContact, contact]),
      rules,
      numbers,
      notices,
      settings,
    ]),
  ]);
}

export function makeRouter(live: Live, history?: RouterHistory) {
  return createRouter({
    routeTree: makeTree(live),
    defaultPreload: 'intent',
    defaultPendingMs: 200,
    ...(history && { history }),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
