import { Clock } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/field';
import { laterChoices, laterProblem, localInputText } from './later';

interface SendLaterProps {
  readonly canSend: boolean;
  readonly now: () => number;
  /** RFC 3339. */
  readonly onPick: (sendAt: string) => void;
}

/** When it shall leave: two common answers, or any time. Here, not theirs: so it says. */
export function SendLater({ canSend, now, onPick }: SendLaterProps) {
  const [typed, setTyped] = useState(() => localInputText(now() + 3_600_000));
  const problem = laterProblem(typed, now());
  return (
    <fieldset className="flex flex-wrap items-end gap-2 rounded-lg border border-line bg-sunken p-3">
      <legend className="sr-only">When it shall leave</legend>
      {laterChoices(now()).map((choice) => (
        <Button
          key={choice.label}
          size="sm"
          disabled={!canSend}
          onClick={() => onPick(new Date(choice.at).toISOString())}
        >
          {choice.label}
        </Button>
      ))}
      <TextField
        label="At, your time"
        type="datetime-local"
        value={typed}
        error={problem ?? undefined}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button
        size="sm"
        variant="primary"
        disabled={!canSend || problem !== null}
        onClick={() => onPick(new Date(typed).toISOString())}
      >
        <Clock size={13} aria-hidden /> Send then
      </Button>
    </fieldset>
  );
}
