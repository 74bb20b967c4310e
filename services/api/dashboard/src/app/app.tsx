import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type RouterHistory, RouterProvider } from '@tanstack/react-router';
import { ApiError } from '@/lib/api';
import { CommandProvider } from '@/lib/use-commands';
import { Live } from './live';
import { makeRouter } from './router';

const RETRIES = 2;

const mayHelp = (error: Error): boolean => error instanceof ApiError && (error.status === 0 || error.status === 503);

interface Options {
  readonly history?: RouterHistory;
  readonly retries?: number;
}

/** Everything the page holds, wired together once. */
export function makeApp({ history, retries = RETRIES }: Options = {}) {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) void router.navigate({ to: '/sign-in' });
      },
    }),
    defaultOptions: {
      queries: {
        networkMode: 'always', // a browser that thinks itself offline may still reach this machine
        staleTime: 30_000, // the stream keeps it fresh; this bounds what a missed thing could cost
        retry: (failures, error) => failures < retries && mayHelp(error),
      },
      mutations: { networkMode: 'always' },
    },
  });
  const live = new Live(client);
  const router = makeRouter(live, history);
  const view = (
    <QueryClientProvider client={client}>
      <CommandProvider>
        <RouterProvider router={router} />
      </CommandProvider>
    </QueryClientProvider>
  );
  return { client, live, router, view };
}
