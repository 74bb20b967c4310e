import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError, api, take } from '@/lib/api';
import { keys } from '@/lib/cache';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/field';
import { toast } from '@/ui/toast';

interface FormProps {
  readonly contactId: string;
  readonly state: 'in' | 'out';
  readonly onDone: () => void;
}

/** A change by one of us always says what shows it. */
export function ConsentForm({ contactId, state, onDone }: FormProps) {
  const client = useQueryClient();
  const [evidence, setEvidence] = useState('');
  const [missing, setMissing] = useState(false);
  const change = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/contacts/{id}/consent', {
          params: { path: { id: contactId } },
          body: { state, source: 'agent', evidence: evidence.trim() },
        }),
      ),
    onSuccess: () => {
      for (const queryKey of [
        keys.contact(contactId),
        keys.consent(contactId),
        ['contacts'],
        ['conversations'],
        ['conversation'],
        keys.ledger(),
      ])
        void client.invalidateQueries({ queryKey });
      toast('good', state === 'out' ? 'Opted out.' : 'Opted in.');
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(evidence.trim() === '');
    if (evidence.trim() !== '') change.mutate();
  };
  const refused =
    change.error instanceof ApiError
      ? (change.error.fields.get('evidence') ?? change.error.message)
      : change.error?.message;
  return (
    <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-3 rounded-lg border border-line bg-sunken p-3">
      <TextField
        label={state === 'out' ? 'Why are they opted out?' : 'What shows that they agreed?'}
        hint="Kept in the ledger for good."
        error={missing ? 'The ledger needs a reason.' : refused}
        value={evidence}
        maxLength={1000}
        onChange={(event) => setEvidence(event.target.value)}
      />
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onDone}>
          Cancel
        </Button>
        <Button size="sm" type="submit" variant="primary" disabled={change.isPending}>
          {state === 'out' ? 'Opt out' : 'Opt in'}
        </Button>
      </div>
    </form>
  );
}
