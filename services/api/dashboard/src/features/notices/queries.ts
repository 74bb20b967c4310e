import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, takePage } from '@/lib/api';
import { keys } from '@/lib/cache';
import { endless, LIST_MAX, pageWithItems } from '@/lib/queries';

export const openNoticesQuery = () =>
  queryOptions({
    queryKey: keys.notices('open'),
    queryFn: ({ signal }) =>
      pageWithItems((cursor) => {
        const query = { status: 'open', limit: LIST_MAX, ...(cursor === null ? {} : { cursor }) } as const;
        return takePage(api.GET('/api/v1/notices', { params: { query }, signal }));
      }),
  });

export const closedNoticesQuery = () =>
  infiniteQueryOptions({
    queryKey: keys.notices('closed'),
    ...endless((page, signal) =>
      takePage(api.GET('/api/v1/notices', { params: { query: { status: 'closed', ...page } }, signal })),
    ),
  });
