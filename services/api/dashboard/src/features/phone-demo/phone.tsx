import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import clsx from 'clsx';
import { ArrowUp, BatteryFull, Signal, Wifi, X } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { api, type SimPhoneMessage, take } from '@/lib/api';
import { keys } from '@/lib/cache';
import { initials, readableAddress } from '@/lib/phone';
import { numbersQuery } from '@/lib/queries';
import { clockTime } from '@/lib/time';
import { useNow } from '@/lib/use-now';
import { Face } from '@/ui/bits';
import { IconButton } from '@/ui/button';
import { PERSONAS, type Persona, type ScreenBubble, SUGGESTIONS, screenOf, webhookTrouble } from './model';

const POLL_MS = 2000;

const phoneQuery = (address: string) => ({
  queryKey: keys.phone(address),
  queryFn: ({ signal }: { signal: AbortSignal }): Promise<readonly SimPhoneMessage[]> =>
    take(api.GET('/sim/phones/{number}/messages', { params: { path: { number: address } }, signal })),
  refetchInterval: POLL_MS, // what Plivo itself answers makes no event of ours
});

function useText(from: string, to: string | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) =>
      take(api.POST('/sim/inbound', { body: to === undefined ? { from, text } : { from, to, text } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.phone(from) }),
  });
}

function Bubbles({ bubbles }: { readonly bubbles: readonly ScreenBubble[] }) {
  const endRef = useRef<HTMLDivElement>(null);
  const count = bubbles.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: one more bubble moves the end
  useEffect(() => {
    const box = endRef.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  }, [count]);
  return (
    <div ref={endRef} className="flex-1 overflow-y-auto px-3 py-3">
      {count === 0 && (
        <p className="pt-16 text-center text-xs text-ink-3">Text your Parley number as a customer would.</p>
      )}
      <ol aria-label="Messages on the phone" className="flex flex-col gap-1.5">
        {bubbles.map((bubble) => (
          <li key={bubble.key} className={clsx('flex flex-col', bubble.mine ? 'items-end' : 'items-start')}>
            <span
              title={bubble.at}
              className={clsx(
                'max-w-[84%] rounded-2xl px-3 py-1.5 text-sm break-words whitespace-pre-wrap',
                bubble.mine ? 'rounded-br-md bg-accent-solid text-white' : 'rounded-bl-md bg-bubble-in',
              )}
            >
              {bubble.text}
            </span>
            {bubble.by !== null && <span className="px-1 text-2xs text-ink-3">answered by {bubble.by}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}

function StatusBar() {
  const now = useNow();
  return (
    <div aria-hidden className="nums flex h-8 items-center justify-between px-6 text-2xs font-semibold">
      <span>{clockTime(new Date(now).toISOString())}</span>
      <span className="h-4 w-16 rounded-full bg-ink/90" />
      <span className="flex items-center gap-1">
        <Signal size={11} /> <Wifi size={11} /> <BatteryFull size={13} />
      </span>
    </div>
  );
}

function Typing({ persona, to }: { readonly persona: Persona; readonly to: string | undefined }) {
  const [text, setText] = useState('');
  const send = useText(persona.address, to);
  const trouble = send.isError ? send.error.message : send.isSuccess ? webhookTrouble(send.data.webhook_status) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    send.mutate(text);
    setText('');
  };
  return (
    <div className="px-3 pb-4">
      {trouble !== null && (
        <p role="alert" className="pb-2 text-xs text-bad">
          {trouble}
        </p>
      )}
      <div className="flex gap-1 pb-2">
        {SUGGESTIONS.map((suggestion) => (
          <button
            key={suggestion}
            type="button"
            onClick={() => send.mutate(suggestion)}
            className="flex-1 rounded-full border border-line py-0.5 text-2xs font-medium text-ink-2 hover:bg-hover"
          >
            {suggestion}
          </button>
        ))}
      </div>
      <form
        onSubmit={submit}
        className="flex items-center gap-1.5 rounded-full border border-line-strong bg-surface py-1 pr-1 pl-3"
      >
        <input
          aria-label={`Text as ${persona.name}`}
          placeholder="Text message"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="h-7 min-w-0 flex-1 bg-transparent text-sm outline-none"
        />
        <button
          type="submit"
          aria-label="Send from the phone"
          disabled={text.trim() === ''}
          className="flex size-7 items-center justify-center rounded-full bg-accent-solid text-white disabled:opacity-40"
        >
          <ArrowUp size={15} aria-hidden />
        </button>
      </form>
    </div>
  );
}

export function Phone({ onClose }: { readonly onClose: () => void }) {
  const [persona, setPersona] = useState<Persona>(PERSONAS[0] ?? { name: 'Ada', address: '+15550100101' });
  const numbers = useQuery(numbersQuery());
  const screen = useQuery(phoneQuery(persona.address));
  const ours = numbers.data?.find((n) => n.state === 'active')?.address ?? numbers.data?.[0]?.address;
  return (
    <aside
      aria-label="Phone of a customer"
      className="flex h-full flex-col items-center gap-3 overflow-y-auto bg-canvas p-4"
    >
      <div className="flex w-full max-w-76 items-center gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="text-sm font-semibold">Customer’s phone</h2>
          <p className="text-2xs text-ink-3">A demo: nothing leaves this machine.</p>
        </div>
        <IconButton label="Hide the phone" keys="p" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <div role="radiogroup" aria-label="Whose phone" className="flex w-full max-w-76 justify-between">
        {PERSONAS.map((other) => (
          // biome-ignore lint/a11y/useSemanticElements: a face is the button; the group says that one is chosen
          <button
            key={other.address}
            type="button"
            role="radio"
            aria-checked={other.address === persona.address}
            title={readableAddress(other.address)}
            onClick={() => setPersona(other)}
            className="flex w-13 flex-col items-center gap-1 rounded-lg py-1.5 text-2xs text-ink-2 hover:bg-hover aria-checked:bg-surface aria-checked:font-semibold aria-checked:text-ink aria-checked:shadow-sm"
          >
            <Face text={initials(other.name)} seed={other.address} size={30} />
            {other.name}
          </button>
        ))}
      </div>
      <div className="flex min-h-96 w-full max-w-76 flex-1 flex-col overflow-hidden rounded-[2.25rem] border-[7px] border-[#20292a] bg-surface shadow-float dark:border-[#33403f]">
        <StatusBar />
        <div className="flex flex-col items-center border-b border-line pb-2">
          <span className="nums text-sm font-semibold">{ours === undefined ? '…' : readableAddress(ours)}</span>
          <span className="nums text-2xs text-ink-3">
            {persona.name} · {readableAddress(persona.address)}
          </span>
        </div>
        {screen.isError ? (
          <p role="alert" className="flex-1 px-4 pt-16 text-center text-xs text-bad">
            {screen.error.message}
          </p>
        ) : (
          <Bubbles bubbles={screenOf(screen.data ?? [])} />
        )}
        <Typing key={persona.address} persona={persona} to={ours} />
      </div>
    </aside>
  );
}
