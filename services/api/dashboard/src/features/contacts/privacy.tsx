import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Download, Eraser } from 'lucide-react';
import { useState } from 'react';
import { api, type Contact, take } from '@/lib/api';
import { readableAddress } from '@/lib/phone';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { TextField } from '@/ui/field';
import { toast } from '@/ui/toast';

const WORD = 'erase';

function EraseDialog({ contact, onClose }: { readonly contact: Contact; readonly onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const client = useQueryClient();
  const navigate = useNavigate();
  const erase = useMutation({
    mutationFn: () => take(api.POST('/api/v1/contacts/{id}/erase', { params: { path: { id: contact.id } } })),
    onSuccess: async () => {
      onClose();
      await navigate({ to: '/contacts' });
      client.removeQueries({ queryKey: ['contact', contact.id] });
      void client.invalidateQueries();
      toast('good', 'Their data is being erased.');
    },
    onError: (error) => toast('bad', error.message),
  });
  return (
    <Dialog title={`Erase all about ${contact.name ?? readableAddress(contact.address)}?`} onClose={onClose}>
      <form
        className="flex flex-col gap-3 px-5 pb-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim().toLowerCase() === WORD) erase.mutate();
        }}
      >
        <p className="text-sm text-ink-2">
          Texts, files, name, reports and the evidence of their consent go for good. That they opted out, if they did,
          is kept without their number, so that nothing is ever sent to them again.
        </p>
        <TextField label={`Type “${WORD}”`} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" variant="danger" disabled={typed.trim().toLowerCase() !== WORD || erase.isPending}>
            <Eraser size={14} aria-hidden /> Erase for good
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What somebody may ask of us about themselves: a copy, and to be forgotten. */
export function Privacy({ contact }: { readonly contact: Contact }) {
  const [isErasing, setErasing] = useState(false);
  return (
    <section className="mt-8 border-t border-line pt-4">
      <h2 className="font-semibold">Their data</h2>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <a
          href={`/api/v1/contacts/${contact.id}/export`}
          className="inline-flex h-7 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-2.5 text-xs font-medium hover:bg-hover"
        >
          <Download size={13} aria-hidden /> Export all of it
        </a>
        <Button size="sm" variant="danger" onClick={() => setErasing(true)}>
          <Eraser size={13} aria-hidden /> Erase…
        </Button>
      </div>
      {isErasing && <EraseDialog contact={contact} onClose={() => setErasing(false)} />}
    </section>
  );
}
