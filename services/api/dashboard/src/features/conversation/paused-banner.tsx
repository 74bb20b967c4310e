import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Hand } from 'lucide-react';
import { api, type Conversation, takeSingle } from '@/lib/api';
import { keys } from '@/lib/cache';
import { Button } from '@/ui/button';
import { toast } from '@/ui/toast';

function useGoOn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      takeSingle<Conversation>(
        api.PATCH('/api/v1/conversations/{id}', { params: { path: { id } }, body: { paused: false } }),
      ),
    onSuccess: (single) => {
      client.setQueryData(keys.conversation(single.value.id), single);
      toast('good', 'Messages go on.');
    },
    onError: (error) => toast('bad', error.message),
  });
}

/** Somebody may have asked to be left alone, in words of their own: a person decides. */
export function PausedBanner({ conversation }: { readonly conversation: Conversation }) {
  const goOn = useGoOn();
  if (!conversation.paused || conversation.opted_out) return null;
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-line bg-warn-soft px-4 py-2 text-sm text-warn"
    >
      <Hand size={16} aria-hidden className="shrink-0" />
      <span className="min-w-0 flex-1">They may have asked you to stop. What is sent here waits until you decide.</span>
      <Button size="sm" disabled={goOn.isPending} onClick={() => goOn.mutate(conversation.id)}>
        It was not a stop
      </Button>
      <Link to="/contacts/$contactId" params={{ contactId: conversation.contact.id }} className="font-medium underline">
        Opt them out
      </Link>
    </div>
  );
}
