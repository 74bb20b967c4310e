import { queryOptions } from '@tanstack/react-query';
import { api, takePage } from '@/lib/api';
import { keys } from '@/lib/cache';
import { LIST_MAX } from '@/lib/queries';

export const rulesQuery = () =>
  queryOptions({
    queryKey: keys.rules(),
    queryFn: async ({ signal }) =>
      (await takePage(api.GET('/api/v1/rules', { params: { query: { limit: LIST_MAX } }, signal }))).data,
  });
