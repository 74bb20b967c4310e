import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { ApiError, api, type NumberPatch, type OurNumber, take } from '@/lib/api';
import { keys } from '@/lib/cache';
import { readableAddress } from '@/lib/phone';
import { Badge } from '@/ui/bits';
import { Button } from '@/ui/button';
import { SelectField, TextAreaField, TextField } from '@/ui/field';
import { toast } from '@/ui/toast';
import { isReplyVia, isStopReply, kindText, type Parsed, parseLimit, parseRate, STATES } from './model';

function useChange(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NumberPatch) => take(api.PATCH('/api/v1/numbers/{id}', { params: { path: { id } }, body })),
    onSuccess: (number) => {
      client.setQueryData<readonly OurNumber[]>(keys.numbers(), (all) => all?.map((n) => (n.id === id ? number : n)));
      toast('good', `${readableAddress(number.address)} saved.`);
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || error.fields.size === 0) toast('bad', error.message);
    },
  });
}

interface FigureProps {
  readonly label: string;
  readonly hint: string;
  readonly value: number | null;
  readonly refused: string | undefined;
  readonly parse: (typed: string) => Parsed;
  readonly onSave: (value: number | null) => void;
}

/** Saved when one leaves the field or presses Enter. */
function Figure({ label, hint, value, refused, parse, onSave }: FigureProps) {
  const [typed, setTyped] = useState(value === null ? '' : String(value));
  const parsed = parse(typed);
  const save = () => {
    if (parsed.ok && parsed.value !== value) onSave(parsed.value);
  };
  return (
    <TextField
      label={label}
      hint={hint}
      inputMode="decimal"
      error={parsed.ok ? refused : parsed.problem}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={save}
      onKeyDown={(event) => event.key === 'Enter' && save()}
    />
  );
}

function HelpReply({ number, onSave }: { readonly number: OurNumber; readonly onSave: (text: string | null) => void }) {
  const [typed, setTyped] = useState(number.help_reply ?? '');
  const value = typed.trim() === '' ? null : typed.trim();
  return (
    <TextAreaField
      label="Answer to HELP"
      hint="Your name, how often you write, and how to reach you. Empty: none of ours."
      rows={2}
      maxLength={1600}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => value !== number.help_reply && onSave(value)}
    />
  );
}

export function NumberCard({ number }: { readonly number: OurNumber }) {
  const change = useChange(number.id);
  const refused = (field: string) => (change.error instanceof ApiError ? change.error.fields.get(field) : undefined);
  const { word, tone } = STATES[number.state];
  const isActive = number.state === 'active';
  return (
    <article aria-label={number.address} className="rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-3">
        <h2 className="nums font-semibold">{readableAddress(number.address)}</h2>
        <Badge>{kindText(number.kind)}</Badge>
        <Badge tone={tone}>{word}</Badge>
        <span className="flex-1" />
        <Button
          size="sm"
          disabled={change.isPending}
          onClick={() => change.mutate({ state: isActive ? 'paused' : 'active' })}
        >
          {isActive ? <Pause size={13} aria-hidden /> : <Play size={13} aria-hidden />}
          {isActive ? 'Pause' : 'Activate'}
        </Button>
      </header>
      {number.state === 'discovered' && (
        <p className="bg-warn-soft px-4 py-2 text-xs text-warn">
          Texts to this number came in, but nobody has set it up yet. Activate it to answer from it.
        </p>
      )}
      {number.state === 'paused' && number.state_reason !== null && (
        <p className="bg-warn-soft px-4 py-2 text-xs text-warn">It paused itself: {number.state_reason}</p>
      )}
      <div className="grid gap-4 p-4 sm:grid-cols-2">
        <SelectField
          label="Automatic answers leave"
          hint="XML is quicker; only the API tells at once which message it became."
          value={number.reply_via}
          error={refused('reply_via')}
          onChange={(e) => isReplyVia(e.target.value) && change.mutate({ reply_via: e.target.value })}
        >
          <option value="rest">by Plivo’s API</option>
          <option value="xml">in the webhook’s answer (XML)</option>
        </SelectField>
        <SelectField
          label="STOP is confirmed by"
          hint="Plivo answers its own words on US and Canadian long codes and toll-free numbers."
          value={number.stop_reply}
          error={refused('stop_reply')}
          onChange={(e) => isStopReply(e.target.value) && change.mutate({ stop_reply: e.target.value })}
        >
          <option value="provider">Plivo</option>
          <option value="parley">Parley</option>
          <option value="both">both</option>
        </SelectField>
        <Figure
          key={`rate ${number.rate}`}
          label="Segments a second"
          hint="Empty: the default."
          value={number.rate === 0 ? null : number.rate}
          refused={refused('rate')}
          parse={parseRate}
          onSave={(rate) => change.mutate({ rate })}
        />
        <Figure
          key={`limit ${number.daily_limit}`}
          label="Segments a day"
          hint="Empty: no limit."
          value={number.daily_limit}
          refused={refused('daily_limit')}
          parse={parseLimit}
          onSave={(daily_limit) => change.mutate({ daily_limit })}
        />
        <div className="sm:col-span-2">
          <HelpReply key={number.help_reply} number={number} onSave={(help_reply) => change.mutate({ help_reply })} />
        </div>
      </div>
    </article>
  );
}
