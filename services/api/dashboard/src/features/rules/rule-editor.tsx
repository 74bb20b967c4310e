import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError, api, type Rule, take } from '@/lib/api';
import { keys } from '@/lib/cache';
import { readableAddress } from '@/lib/phone';
import { numbersQuery } from '@/lib/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { SelectField, TextAreaField, TextField } from '@/ui/field';
import {
  type FormProblems,
  fieldOf,
  formOf,
  formProblems,
  isMatchKind,
  MATCH_KINDS,
  matchWord,
  type RuleForm,
  toRule,
} from './model';

interface EditorProps {
  /** Null: a new one. */
  readonly rule: Rule | null;
  readonly onClose: () => void;
}

function serverProblems(error: Error | null): FormProblems {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries([...error.fields].map(([field, message]) => [fieldOf(field), message]));
}

export function RuleEditor({ rule, onClose }: EditorProps) {
  const client = useQueryClient();
  const numbers = useQuery(numbersQuery());
  const [form, setForm] = useState<RuleForm>(() => formOf(rule));
  const [tried, setTried] = useState(false);
  const set = (change: Partial<RuleForm>) => setForm((f) => ({ ...f, ...change }));
  const save = useMutation({
    mutationFn: () => {
      const body = toRule(form, rule);
      if (rule === null) return take(api.POST('/api/v1/rules', { body }));
      return take(api.PATCH('/api/v1/rules/{id}', { params: { path: { id: rule.id } }, body }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.rules() });
      onClose();
    },
  });
  const problems: FormProblems = tried ? { ...serverProblems(save.error), ...formProblems(form) } : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(formProblems(form)).length === 0) save.mutate();
  };
  const unplaced = save.error !== null && Object.keys(serverProblems(save.error)).length === 0;

  return (
    <Dialog title={rule === null ? 'New rule' : 'Change rule'} onClose={onClose} wide>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4 overflow-y-auto px-5 pt-1 pb-5">
        <TextField
          label="Name"
          value={form.name}
          maxLength={120}
          error={problems.name}
          onChange={(e) => set({ name: e.target.value })}
        />
        <div className="grid gap-4 sm:grid-cols-[10rem_1fr]">
          <SelectField
            label="When the text"
            value={form.kind}
            onChange={(e) => isMatchKind(e.target.value) && set({ kind: e.target.value })}
          >
            {MATCH_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {matchWord(kind)}
              </option>
            ))}
          </SelectField>
          {form.kind !== 'any' && (
            <TextAreaField
              label={form.kind === 'regex' ? 'Patterns, one a line' : 'Words, with commas between'}
              hint="Capital or small letters make no difference."
              rows={1}
              className="min-h-9"
              value={form.words}
              error={problems.words}
              onChange={(e) => set({ words: e.target.value })}
            />
          )}
        </div>
        <TextAreaField
          label="Reply"
          rows={3}
          maxLength={1600}
          value={form.reply}
          error={problems.reply}
          onChange={(e) => set({ reply: e.target.value })}
        />
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField
            label="Set label"
            maxLength={64}
            value={form.label}
            error={problems.label}
            onChange={(e) => set({ label: e.target.value })}
          />
          <SelectField
            label="On number"
            value={form.number}
            error={problems.number}
            onChange={(e) => set({ number: e.target.value })}
          >
            <option value="">All numbers</option>
            {(numbers.data ?? []).map((number) => (
              <option key={number.id} value={number.address}>
                {readableAddress(number.address)}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Silent afterwards, minutes"
            inputMode="numeric"
            value={form.cooldownMinutes}
            error={problems.cooldownMinutes}
            onChange={(e) => set({ cooldownMinutes: e.target.value })}
          />
        </div>
        {unplaced && (
          <p role="alert" className="text-xs text-bad">
            {save.error?.message}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={save.isPending}>
            {rule === null ? 'Create rule' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
