/* queries.ts - what several screens ask for alike. */
import { queryOptions } from '@tanstack/react-query';
import { api, take, takePage } from './api';
import { keys } from './cache';

const PAGE_ITEMS = 50;
export const LIST_MAX = 200;

export const pageQuery = (cursor: string | null) => ({ limit: PAGE_ITEMS, ...(cursor === null ? {} : { cursor }) });

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

/** The parts that every endless list has in common. */
export const endless = {
  initialPageParam: null as string | null,
  getNextPageParam: (last: { readonly next_cursor: string | null }) => last.next_cursor,
};
