import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, takePage } from '@/lib/api';
import { keys } from '@/lib/cache';
import { endless, LIST_MAX, pageQuery } from '@/lib/queries';

export const openNoticesQuery = () =>
  queryOptions({
    queryKey: keys.notices('open'),
    queryFn: ({ signal }) =>
      takePage(api.GET('/api/v1/notices', { params: { query: { status: 'open', limit: LIST_MAX } }, signal })),
  });

export const closedNoticesQuery = () =>
  infiniteQueryOptions({
    queryKey: keys.notices('closed'),
    queryFn: ({ signal, pageParam }) =>
      takePage(
        api.GET('/api/v1/notices', { params: { query: { status: 'closed', ...pageQuery(pageParam) } }, signal }),
      ),
    ...endless,
  });
