import { useMutation } from '@tanstack/react-query';
import clsx from 'clsx';
import { Check, Minus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, type RuleVerdict, take } from '@/lib/api';
import { Button } from '@/ui/button';
import { TextAreaField } from '@/ui/field';
import { actionText } from './model';

function Verdict({ verdict }: { readonly verdict: RuleVerdict }) {
  return (
    <div aria-live="polite" className="flex flex-col gap-2">
      <p
        className={clsx(
          'rounded-md px-3 py-2 text-sm',
          verdict.rule === null ? 'bg-hover text-ink-2' : 'bg-good-soft text-good',
        )}
      >
        <strong className="font-semibold">{verdict.rule?.name ?? 'No rule'}</strong>
        <span className="block">{verdict.why}</span>
      </p>
      {verdict.rule !== null && (
        <p className="text-sm text-ink-2">{verdict.rule.actions.map(actionText).join(' · ')}</p>
      )}
      <ol aria-label="Rules that were tried" className="flex flex-col gap-1 text-xs">
        {verdict.checked.map((step) => (
          <li key={step.rule_id} className="flex items-start gap-1.5">
            {step.matched ? (
              <Check size={13} aria-hidden className="mt-0.5 shrink-0 text-good" />
            ) : (
              <Minus size={13} aria-hidden className="mt-0.5 shrink-0 text-ink-3" />
            )}
            <span>
              <span className="font-medium">{step.name}</span> <span className="text-ink-3">{step.why}</span>
            </span>
          </li>
        ))}
      </ol>
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
