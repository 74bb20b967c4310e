import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError, type OurNumber } from '@/lib/api';
import { readableAddress, tidyAddress } from '@/lib/phone';
import { numbersQuery } from '@/lib/queries';
import { randomKey } from '@/lib/random-key';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { SelectField, TextAreaField, TextField } from '@/ui/field';
import { type Draft, typed } from './drafts';
import { addressProblem, whyNotSend } from './model';
import { ForcedNotice, SegmentMeter } from './segment-meter';
import { postMessage } from './use-send';

interface NewProps {
  readonly onClose: () => void;
  readonly onSent: (conversationId: string) => void;
}

interface Problems {
  readonly to?: string | undefined;
  readonly text?: string | undefined;
  readonly other?: string | undefined;
}

function problemsOf(error: Error): Problems {
  if (!(error instanceof ApiError) || error.fields.size === 0) return { other: error.message };
  const [to, text] = [error.fields.get('to'), error.fields.get('text')];
  return { to, text, other: to === undefined && text === undefined ? error.message : undefined };
}

const senders = (numbers: readonly OurNumber[]) => numbers.filter((n) => n.state !== 'discovered');

export function NewConversation({ onClose, onSent }: NewProps) {
  const numbers = useQuery(numbersQuery());
  const [to, setTo] = useState('');
  const [from, setFrom] = useState('');
  const [draft, setDraft] = useState<Draft>({ text: '', key: '' });
  const [problems, setProblems] = useState<Problems>({});
  const options = senders(numbers.data ?? []);
  const type = (text: string) => setDraft((d) => typed(d, text, randomKey));

  const send = useMutation({
    mutationFn: () => {
      const sender = from || options[0]?.address;
      const body = { to: tidyAddress(to), text: draft.text, class: 'human' as const };
      return postMessage(sender === undefined ? body : { ...body, from: sender }, draft.key);
    },
    onSuccess: (message) => onSent(message.conversation_id),
    onError: (error) => {
      setProblems(problemsOf(error));
      if (error instanceof ApiError && error.status < 500 && error.status > 0)
        setDraft((d) => ({ ...d, key: randomKey() }));
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = { to: addressProblem(tidyAddress(to)) ?? undefined, text: whyNotSend(draft.text) ?? undefined };
    setProblems(found);
    if (found.to === undefined && found.text === undefined) send.mutate();
  };

  return (
    <Dialog title="New conversation" onClose={onClose}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4 overflow-y-auto px-5 pt-1 pb-5">
        <TextField
          label="To"
          type="tel"
          inputMode="tel"
          autoComplete="off"
          placeholder="+1 555 010 0123"
          value={to}
          error={problems.to}
          onChange={(event) => setTo(event.target.value)}
        />
        {options.length > 1 && (
          <SelectField label="From" value={from} onChange={(event) => setFrom(event.target.value)}>
            {options.map((number) => (
              <option key={number.id} value={number.address}>
                {readableAddress(number.address)}
              </option>
            ))}
          </SelectField>
        )}
        <div className="flex flex-col gap-2">
          <TextAreaField
            label="Message"
            rows={4}
            value={draft.text}
            error={problems.text}
            onChange={(event) => type(event.target.value)}
          />
          <ForcedNotice text={draft.text} onReplace={type} />
        </div>
        {problems.other !== undefined && (
          <p role="alert" className="text-xs text-bad">
            {problems.other}
          </p>
        )}
        <div className="flex items-center gap-2">
          <SegmentMeter text={draft.text} />
          <span className="flex-1" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={send.isPending}>
            {send.isPending ? 'Sending…' : 'Send'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
