/* queries.ts - what several screens ask for alike. */
import { queryOptions } from '@tanstack/react-query';
import { api, type Page, take, takePage } from './api';
import { keys } from './cache';

const PAGE_ITEMS = 50;
export const LIST_MAX = 200;

const pageQuery = (cursor: string | null) => ({ limit: PAGE_ITEMS, ...(cursor === null ? {} : { cursor }) });

export const meQuery = () =>
  queryOptions({
    queryKey: keys.me(),
    queryFn: ({ signal }) => take(api.GET('/api/v1/me', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const numbersQuery = () =>
  queryOptions({
    queryKey: keys.numbers(),
    queryFn: async ({ signal }) =>
      (await takePage(api.GET('/api/v1/numbers', { params: { query: { limit: LIST_MAX } }, signal }))).data,
  });

/**
 * A page with something on it, or the last one. A long search answers with empty pages that only say where to go on;
 * nobody should have to ask for those by hand, or read "nothing found" before the end.
 */
export async function pageWithItems<T>(
  ask: (cursor: string | null) => Promise<Page<T>>,
  from: string | null = null,
): Promise<Page<T>> {
  const first = await ask(from);
  let page = first;
  while (page.data.length === 0 && page.next_cursor !== null) page = await ask(page.next_cursor);
  return { ...page, eventId: first.eventId }; // what was passed over is known only as of the first answer
}

interface Asking {
  readonly pageParam: string | null;
  readonly signal: AbortSignal;
}

/** A list that goes on for as long as there is more: `ask` gets one page's limit and cursor. */
export const endless = <T>(ask: (query: ReturnType<typeof pageQuery>, signal: AbortSignal) => Promise<Page<T>>) => ({
  queryFn: ({ pageParam, signal }: Asking) => pageWithItems((cursor) => ask(pageQuery(cursor), signal), pageParam),
  initialPageParam: null as string | null,
  getNextPageParam: (last: Page<T>) => last.next_cursor,
});
