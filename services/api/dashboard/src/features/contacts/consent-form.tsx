import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ShieldCheck, ShieldOff } from 'lucide-react';
import { useState } from 'react';
import { ApiError, api, type ConsentEntry, type Contact, take } from '@/lib/api';
import { keys } from '@/lib/cache';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { TextAreaField } from '@/ui/field';
import { toast } from '@/ui/toast';
import { mayOptIn } from './model';

type State = 'in' | 'out';

const WORDS: Readonly<Record<State, { readonly title: string; readonly hint: string; readonly deed: string }>> = {
  out: {
    title: 'Opt them out',
    hint: 'What they said, and where. It may stay empty.',
    deed: 'Opt out',
  },
  in: {
    title: 'Record that they opted in',
    hint: 'When, where and in which words: it is the proof, should somebody ask.',
    deed: 'Record it',
  },
};

function ChangeDialog(props: { readonly contact: Contact; readonly state: State; readonly onClose: () => void }) {
  const { contact, state, onClose } = props;
  const { title, hint, deed } = WORDS[state];
  const [evidence, setEvidence] = useState('');
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/contacts/{id}/consent', {
          params: { path: { id: contact.id } },
          body: { state, ...(evidence.trim() === '' ? {} : { evidence: evidence.trim() }) },
        }),
      ),
    onSuccess: () => {
      onClose();
      void client.invalidateQueries({ queryKey: keys.consent(contact.id) });
      void client.invalidateQueries({ queryKey: keys.contact(contact.id) });
      toast('good', state === 'out' ? 'Opted out. Nothing is sent to them any more.' : 'Recorded.');
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || !error.fields.has('evidence')) toast('bad', error.message);
    },
  });
  const refused = change.error instanceof ApiError ? change.error.fields.get('evidence') : undefined;
  const isMissing = state === 'in' && evidence.trim() === '';
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="flex flex-col gap-3 px-5 pb-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isMissing) change.mutate();
        }}
      >
        <TextAreaField
          label="Evidence"
          hint={hint}
          error={refused}
          rows={3}
          maxLength={2000}
          value={evidence}
          onChange={(event) => setEvidence(event.target.value)}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button
            type="submit"
            variant={state === 'out' ? 'danger' : 'primary'}
            disabled={isMissing || change.isPending}
          >
            {deed}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Consent by hand. Over a person's own STOP nobody can opt them in: then it is not offered. */
export function ConsentForm({
  contact,
  newest,
}: {
  readonly contact: Contact;
  readonly newest: ConsentEntry | undefined;
}) {
  const [state, setState] = useState<State | null>(null);
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      {contact.consent !== 'out' && (
        <Button size="sm" variant="danger" onClick={() => setState('out')}>
          <ShieldOff size={13} aria-hidden /> Opt them out…
        </Button>
      )}
      {mayOptIn(contact.consent, newest) && (
        <Button size="sm" onClick={() => setState('in')}>
          <ShieldCheck size={13} aria-hidden /> They opted in…
        </Button>
      )}
      {state !== null && <ChangeDialog contact={contact} state={state} onClose={() => setState(null)} />}
    </div>
  );
}
