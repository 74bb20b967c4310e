import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, takePage } from '@/lib/api';
import { type ConversationFilter, keys } from '@/lib/cache';
import { endless } from '@/lib/queries';

export const conversationsQuery = (filter: ConversationFilter) =>
  infiniteQueryOptions({
    queryKey: keys.conversations(filter),
    ...endless((page, signal) => {
      const { status, q } = filter;
      const query = { ...page, ...(status && { status }), ...(q && { q }) };
      return takePage(api.GET('/api/v1/conversations', { params: { query }, signal }));
    }),
  });
