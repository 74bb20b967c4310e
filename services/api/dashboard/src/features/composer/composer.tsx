import { useQuery } from '@tanstack/react-query';
import { Clock, SendHorizontal, ShieldOff } from 'lucide-react';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Conversation } from '@/lib/api';
import { numbersQuery } from '@/lib/queries';
import { useCommands } from '@/lib/use-commands';
import { keyCaps } from '@/ui/bits';
import { Button, IconButton } from '@/ui/button';
import { composerCommands } from './commands';
import { useDraft } from './drafts';
import { numberHint, whyClosed, whyNotSend } from './model';
import { ForcedNotice, SegmentMeter } from './segment-meter';
import { SendLater } from './send-later';
import { useSend } from './use-send';

const MAX_PX = 200;

/** As high as its text, up to a bound. */
function useAutoHeight(text: string) {
  const ref = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has another height
  useLayoutEffect(() => {
    const area = ref.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, MAX_PX)}px`;
  }, [text]);
  return ref;
}

function Closed({ reason }: { readonly reason: string }) {
  return (
    <div className="flex items-center gap-2.5 rounded-lg bg-bad-soft px-3 py-2.5 text-sm text-bad">
      <ShieldOff size={16} aria-hidden className="shrink-0" />
      <span id="composer-closed">{reason}</span>
    </div>
  );
}

interface ComposerProps {
  readonly conversation: Conversation;
  readonly name: string;
}

/** Give it the conversation's id as key: each has its own draft. */
export function Composer({ conversation, name }: ComposerProps) {
  const box = useDraft(conversation.id);
  const send = useSend(conversation, box);
  const numbers = useQuery(numbersQuery());
  const [isLater, setIsLater] = useState(false);
  const { text } = box.draft;
  const areaRef = useAutoHeight(text);
  const closed = whyClosed(conversation);
  const refused = whyNotSend(text);
  const canSend = closed === null && refused === null;
  const hint = numberHint(conversation.number, numbers.data ?? []);

  const submit = (sendAt: string | null = null) => {
    if (canSend) send.mutate({ draft: box.take(), sendAt });
    setIsLater(false);
    areaRef.current?.focus();
  };
  const actions = useRef({ submit, canSend });
  actions.current = { submit, canSend };
  useCommands(
    useMemo(
      () =>
        composerCommands({
          focus: () => areaRef.current?.focus(),
          send: () => actions.current.submit(),
          later: () => setIsLater(true),
          canSend: () => actions.current.canSend,
        }),
      [areaRef],
    ),
  );
  const note = send.error?.message ?? (text !== '' && text.trim() !== '' ? refused : null) ?? hint;

  return (
    <form
      aria-label="Reply"
      className="flex shrink-0 flex-col gap-2 border-t border-line bg-surface px-4 pt-3 pb-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {closed !== null && <Closed reason={closed} />}
      {closed === null && <ForcedNotice text={text} onReplace={box.type} />}
      <div className="rounded-lg border border-line-strong bg-surface focus-within:border-accent focus-within:ring-1 focus-within:ring-accent has-[textarea:disabled]:bg-sunken">
        <textarea
          ref={areaRef}
          rows={1}
          value={text}
          disabled={closed !== null}
          aria-label={`Message to ${name}`}
          aria-describedby={closed === null ? undefined : 'composer-closed'}
          placeholder={closed === null ? 'Write a message' : 'Nothing can be sent'}
          onChange={(event) => box.type(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          className="block max-h-50 w-full resize-none bg-transparent px-3 pt-2.5 pb-1 text-base outline-none disabled:cursor-not-allowed"
        />
        <div className="flex h-10 items-center gap-2 pr-1.5 pl-3">
          <SegmentMeter text={text} />
          <span className="flex-1" />
          <span className="text-2xs text-ink-3 max-sm:hidden">{keyCaps('Mod+Enter')}</span>
          <IconButton
            label="Send later"
            aria-expanded={isLater}
            disabled={closed !== null}
            onClick={() => setIsLater(!isLater)}
          >
            <Clock size={15} />
          </IconButton>
          <Button type="submit" size="sm" variant="primary" disabled={!canSend}>
            <SendHorizontal size={13} aria-hidden /> Send
          </Button>
        </div>
      </div>
      {isLater && closed === null && <SendLater canSend={canSend} now={Date.now} onPick={submit} />}
      {note !== null && (
        <p
          role={send.isError ? 'alert' : undefined}
          className={send.isError ? 'text-xs text-bad' : 'text-xs text-ink-3'}
        >
          {note}
        </p>
      )}
    </form>
  );
}
