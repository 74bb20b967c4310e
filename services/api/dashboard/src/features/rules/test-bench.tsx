import { useMutation } from '@tanstack/react-query';
import clsx from 'clsx';
import { type FormEvent, useState } from 'react';
import { api, type RuleVerdict, take } from '@/lib/api';
import { Button } from '@/ui/button';
import { TextAreaField } from '@/ui/field';

const CONSENT_WORDS: Readonly<Record<RuleVerdict['consent'], string>> = {
  none: 'stays without a record',
  in: 'would be: opted in',
  out: 'would be: opted out',
};

function Verdict({ verdict }: { readonly verdict: RuleVerdict }) {
  const { rule, why, reply, consent } = verdict;
  return (
    <div aria-live="polite" className="flex flex-col gap-2">
      <p
        className={clsx(
          'rounded-md px-3 py-2 text-sm',
          rule === null ? 'bg-hover text-ink-2' : 'bg-good-soft text-good',
        )}
      >
        <strong className="font-semibold">{rule?.name ?? 'No rule'}</strong>
        <span className="block">{why}</span>
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-xs">
        <dt className="text-ink-3">Answer</dt>
        <dd>{reply ?? 'none'}</dd>
        <dt className="text-ink-3">Consent</dt>
        <dd>{CONSENT_WORDS[consent]}</dd>
      </dl>
    </div>
  );
}

export function TestBench() {
  const [text, setText] = useState('');
  const test = useMutation({
    mutationFn: (body: { readonly text: string }) => take(api.POST('/api/v1/rules/test', { body })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test.mutate({ text });
  };
  return (
    <section aria-label="Test bench" className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4">
      <div>
        <h2 className="font-semibold">Test bench</h2>
        <p className="text-xs text-ink-3">Which rule would win? Nothing is sent.</p>
      </div>
      <form onSubmit={submit} className="flex flex-col gap-2">
        <TextAreaField
          label="A text that comes in"
          rows={2}
          maxLength={1600}
          value={text}
          error={test.error?.message}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" className="self-start" disabled={test.isPending}>
          Try it
        </Button>
      </form>
      {test.data !== undefined && <Verdict verdict={test.data} />}
    </section>
  );
}
