/* use-send.ts - sends a draft: its bubble at once, the real message when the server has it, the draft back if it refuses. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, api, type Conversation, type Message, type MessageCreate, take } from '@/lib/api';
import { keys, LOCAL_PREFIX, type Pages, putMessage } from '@/lib/cache';
import { randomKey } from '@/lib/random-key';
import type { Draft, DraftBox } from './drafts';
import { localMessage } from './model';

const NOW = Number.POSITIVE_INFINITY;

export function postMessage(body: MessageCreate, key: string): Promise<Message> {
  return take(api.POST('/api/v1/messages', { body, params: { header: { 'Idempotency-Key': key } } }));
}

const USED_BEFORE = 'An earlier version of this was already sent: look above. Send again to send this one as well.';

/** Once a key has sent another text, this text needs a key of its own, and a person who knows it. */
function afterRefusal(error: Error, draft: Draft): { readonly draft: Draft; readonly message: string } {
  if (!(error instanceof ApiError) || error.status !== 422) return { draft, message: error.message };
  return { draft: { ...draft, key: randomKey() }, message: USED_BEFORE };
}

export interface Sending {
  readonly draft: Draft;
  /** RFC 3339; null: at once. */
  readonly sendAt: string | null;
}

export function useSend(conversation: Conversation, box: DraftBox) {
  const client = useQueryClient();
  const key = keys.messages(conversation.id);
  const patch = (change: (pages: Pages<Message>) => Pages<Message>) =>
    client.setQueryData<Pages<Message>>(key, (pages) => (pages === undefined ? pages : change(pages)));
  const without = (id: string) => (pages: Pages<Message>) => ({
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, data: page.data.filter((m) => m.id !== id) })),
  });

  return useMutation({
    mutationFn: async ({ draft, sendAt }: Sending) => {
      try {
        const { number, contact } = conversation;
        const message: MessageCreate = { to: contact.address, from: number, text: draft.text, class: 'human' };
        return await postMessage(sendAt === null ? message : { ...message, send_at: sendAt }, draft.key);
      } catch (cause) {
        const refusal = afterRefusal(cause instanceof Error ? cause : new Error('It could not be sent.'), draft);
        patch(without(`${LOCAL_PREFIX}${draft.key}`));
        box.failed(refusal.draft);
        throw new Error(refusal.message);
      }
    },
    onMutate: ({ draft, sendAt }) => {
      const bubble = localMessage(conversation, draft.text, draft.key, new Date().toISOString());
      patch((pages) => putMessage(pages, { ...bubble, send_at: sendAt }, NOW));
    },
    onSuccess: (message, { draft }) => {
      patch((pages) => putMessage(without(`${LOCAL_PREFIX}${draft.key}`)(pages), message, NOW));
      box.settled();
    },
  });
}
