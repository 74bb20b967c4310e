import { useQuery } from '@tanstack/react-query';
import {
  ArrowDownLeft,
  CircleDollarSign,
  FileCheck2,
  KeyRound,
  type LucideIcon,
  Pause,
  Radio,
  SendHorizontal,
  ShieldCheck,
  Waypoints,
  X,
} from 'lucide-react';
import type { Message, TimelineEntry } from '@/lib/api';
import { readableAddress } from '@/lib/phone';
import { clockTimeSeconds, dateAndTime } from '@/lib/time';
import { Skeleton } from '@/ui/bits';
import { Button, IconButton } from '@/ui/button';
import { Mark } from '@/ui/mark';
import { Broken, Loading } from '@/ui/states';
import { useSettle } from './actions';
import { statusOf, trouble } from './model';
import { timelineQuery } from './queries';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  received: ArrowDownLeft,
  rule: Waypoints,
  decision: Waypoints,
  consent: ShieldCheck,
  hold: Pause,
  grant: KeyRound,
  attempt: SendHorizontal,
  report: Radio,
  cost: CircleDollarSign,
};

function Step({ entry }: { readonly entry: TimelineEntry }) {
  const Icon = ICONS[entry.kind] ?? FileCheck2;
  const hasData = Object.keys(entry.data).length > 0;
  return (
    <li className="relative flex gap-3 pb-4 before:absolute before:top-6 before:bottom-0 before:left-3 before:w-px before:bg-line last:before:hidden">
      <span className="z-[1] flex size-6 shrink-0 items-center justify-center rounded-full bg-hover text-ink-2">
        <Icon size={13} aria-hidden />
      </span>
      <div className="min-w-0 flex-1 pt-0.5">
        <p className="text-sm">{entry.text}</p>
        <p className="nums text-2xs text-ink-3">
          <time dateTime={entry.at} title={dateAndTime(entry.at)}>
            {clockTimeSeconds(entry.at)}
          </time>{' '}
          · {entry.kind}
        </p>
        {hasData && (
          <details className="mt-1 text-2xs">
            <summary className="text-ink-3 hover:text-ink">Details</summary>
            <pre className="mt-1 overflow-x-auto rounded bg-sunken p-2 text-ink-2">
              {JSON.stringify(entry.data, null, 2)}
            </pre>
          </details>
        )}
      </div>
    </li>
  );
}

function Steps({ messageId }: { readonly messageId: string }) {
  const query = useQuery(timelineQuery(messageId));
  if (query.isPending)
    return (
      <Loading label="Loading the timeline">
        <div className="flex flex-col gap-4">
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
        </div>
      </Loading>
    );
  if (query.isError) return <Broken query={query} />;
  if (query.data.length === 0) return <p className="text-sm text-ink-2">Nothing is known of it yet.</p>;
  return (
    <ol aria-label="Timeline">
      {query.data.map((entry, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an entry has no id, and the list only grows at its end
        <Step key={`${entry.at} ${i}`} entry={entry} />
      ))}
    </ol>
  );
}

function Unconfirmed({ message }: { readonly message: Message }) {
  const settle = useSettle();
  const act = (how: 'check' | 'resend' | 'mark-sent' | 'mark-failed') => () => settle.mutate({ message, how });
  return (
    <div className="mt-3 rounded-lg border border-line bg-sunken p-3">
      <p className="text-sm font-medium">Settle it yourself</p>
      <p className="mt-0.5 text-xs text-ink-2">Sending again may reach them twice, if Plivo has taken the first one.</p>
      <div className="mt-2 flex flex-wrap gap-1.5">
        <Button size="sm" variant="primary" onClick={act('check')} disabled={settle.isPending}>
          Check now
        </Button>
        <Button size="sm" onClick={act('mark-sent')} disabled={settle.isPending}>
          Mark as sent
        </Button>
        <Button size="sm" onClick={act('mark-failed')} disabled={settle.isPending}>
          Mark as failed
        </Button>
        <Button size="sm" variant="danger" onClick={act('resend')} disabled={settle.isPending}>
          Send again
        </Button>
      </div>
    </div>
  );
}

function cost(message: Message): string {
  if (message.cost === null) return 'not known yet';
  return `${message.cost.amount} ${message.cost.currency}${message.cost.estimated ? ' (estimated)' : ''}`;
}

function Facts({ message }: { readonly message: Message }) {
  const isOut = message.direction === 'outbound';
  const rows: readonly (readonly [string, string])[] = [
    ['From', readableAddress(message.from)],
    ['To', readableAddress(message.to)],
    ['Segments', `${message.segments} · ${message.encoding === 'gsm7' ? 'GSM-7' : 'UCS-2'}`],
    ...(isOut || message.cost !== null ? ([['Cost', cost(message)]] as const) : []),
    ...(isOut || message.plivo_uuid !== null ? ([['Plivo’s id', message.plivo_uuid ?? 'none yet']] as const) : []),
  ];
  return (
    <dl className="nums mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd className="truncate text-ink-2" title={value}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface DrawerProps {
  readonly message: Message;
  readonly onClose: () => void;
}

export function ExplainDrawer({ message, onClose }: DrawerProps) {
  const { word, icon, tone } = statusOf(message);
  return (
    <aside
      aria-label="Explanation of a message"
      className="absolute inset-y-0 right-0 z-20 flex w-full flex-col border-l border-line bg-raised shadow-float sm:w-96"
    >
      <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 className="font-semibold">Why it is what it is</h2>
        <span className="flex-1" />
        <IconButton label="Close explanation" keys="Esc" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </header>
      <div className="flex-1 overflow-y-auto p-4">
        <p className="line-clamp-3 rounded-lg bg-sunken px-3 py-2 text-sm whitespace-pre-wrap">{message.text}</p>
        <p className="mt-2 text-xs">
          <Mark icon={icon} tone={tone} word={word} />
        </p>
        {trouble(message) !== null && <p className="mt-1 text-xs text-ink-2">{trouble(message)}</p>}
        {message.status === 'unconfirmed' && <Unconfirmed message={message} />}
        <Facts message={message} />
        <h3 className="mt-5 mb-3 text-xs font-semibold text-ink-2">What happened</h3>
        <Steps messageId={message.id} />
      </div>
    </aside>
  );
}
