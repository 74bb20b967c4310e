/* actions.ts - what can be done to a conversation and its messages. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Conversation, type ConversationStatus, type Message, take, takeSingle } from '@/lib/api';
import { keys, type Pages, putMessage } from '@/lib/cache';
import { toast } from '@/ui/toast';

const NOW = Number.POSITIVE_INFINITY; // an answer is newer than any page

type Settle = 'check' | 'resend' | 'cancel' | 'mark-sent' | 'mark-failed';

function settle(id: string, how: Settle): Promise<Message> {
  const params = { path: { id } };
  switch (how) {
    case 'check':
      return take(api.POST('/api/v1/messages/{id}/check', { params }));
    case 'resend':
      return take(api.POST('/api/v1/messages/{id}/resend', { params }));
    case 'cancel':
      return take(api.DELETE('/api/v1/messages/{id}', { params }));
    case 'mark-sent':
      return take(api.POST('/api/v1/messages/{id}/mark', { params, body: { as: 'sent' } }));
    case 'mark-failed':
      return take(api.POST('/api/v1/messages/{id}/mark', { params, body: { as: 'failed' } }));
  }
}

const DONE: Readonly<Record<Settle, string>> = {
  check: 'Plivo is being asked. The answer shows up here.',
  resend: 'It is being sent again.',
  cancel: 'Cancelled.',
  'mark-sent': 'Marked as sent.',
  'mark-failed': 'Marked as failed.',
};

export function useSettle() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ message, how }: { readonly message: Message; readonly how: Settle }) => settle(message.id, how),
    onSuccess: (message, { how }) => {
      client.setQueryData<Pages<Message>>(keys.messages(message.conversation_id), (pages) =>
        pages === undefined ? pages : putMessage(pages, message, NOW),
      );
      void client.invalidateQueries({ queryKey: keys.timeline(message.id) });
      toast('good', DONE[how]);
    },
    onError: (error) => toast('bad', error.message),
  });
}

export function useSetStatus() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, status }: { readonly id: string; readonly status: ConversationStatus }) =>
      takeSingle<Conversation>(api.PATCH('/api/v1/conversations/{id}', { params: { path: { id } }, body: { status } })),
    onSuccess: (single) => {
      client.setQueryData(keys.conversation(single.value.id), single);
      void client.invalidateQueries({ queryKey: ['conversations'] });
      toast('good', single.value.status === 'closed' ? 'Closed.' : 'Open again.');
    },
    onError: (error) => toast('bad', error.message),
  });
}

/** Unread is a hint: when this fails, the next look tries again. */
export const markRead = (id: string): Promise<unknown> =>
  api.POST('/api/v1/conversations/{id}/read', { params: { path: { id } } }).catch(() => undefined);
