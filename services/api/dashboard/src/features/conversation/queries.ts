import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, take, takePage, takeSingle } from '@/lib/api';
import { keys } from '@/lib/cache';
import { endless } from '@/lib/queries';

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => takeSingle(api.GET('/api/v1/conversations/{id}', { params: { path: { id } }, signal })),
  });

export const messagesQuery = (conversationId: string) =>
  infiniteQueryOptions({
    queryKey: keys.messages(conversationId),
    ...endless((query, signal) =>
      takePage(
        api.GET('/api/v1/conversations/{id}/messages', { params: { path: { id: conversationId }, query }, signal }),
      ),
    ),
  });

export const timelineQuery = (messageId: string) =>
  queryOptions({
    queryKey: keys.timeline(messageId),
    queryFn: async ({ signal }) =>
      (await take(api.GET('/api/v1/messages/{id}/timeline', { params: { path: { id: messageId } }, signal }))).data,
  });
