import { Link } from '@tanstack/react-router';
import { ArrowLeft, CheckCircle2, RotateCcw, ShieldOff, UserRound } from 'lucide-react';
import type { Conversation } from '@/lib/api';
import { initials, readableAddress } from '@/lib/phone';
import { Badge, Face } from '@/ui/bits';
import { Button } from '@/ui/button';

interface HeaderProps {
  readonly conversation: Conversation;
  readonly name: string;
  readonly onToggleStatus: () => void;
}

export function ThreadHeader({ conversation, name, onToggleStatus }: HeaderProps) {
  const { contact, status, opted_out: optedOut, number, labels } = conversation;
  const isClosed = status === 'closed';
  return (
    <header className="flex h-14 shrink-0 items-center gap-3 border-b border-line px-4">
      <Link
        to="/inbox"
        search={(search) => ({ status: search.status, q: search.q })}
        aria-label="Back to the list"
        className="-ml-2 flex size-8 items-center justify-center rounded-md text-ink-2 hover:bg-hover md:hidden"
      >
        <ArrowLeft size={18} />
      </Link>
      <Face text={initials(contact.name)} seed={contact.address} size={32} />
      <div className="min-w-0 flex-1">
        <h1 className="nums flex items-center gap-2 truncate font-semibold">
          <span className="truncate">{name}</span>
          {optedOut && (
            <Badge tone="bad">
              <ShieldOff size={11} aria-hidden /> Opted out
            </Badge>
          )}
          {isClosed && <Badge>Closed</Badge>}
          {labels.map((label) => (
            <Badge key={label} tone="accent">
              {label}
            </Badge>
          ))}
        </h1>
        <p className="nums truncate text-xs text-ink-3">
          {contact.name !== null && `${readableAddress(contact.address)} · `}on {readableAddress(number)}
        </p>
      </div>
      <Link
        to="/contacts/$contactId"
        params={{ contactId: contact.id }}
        aria-label="Contact and consent"
        title="Contact and consent"
        className="flex size-8 items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink"
      >
        <UserRound size={16} />
      </Link>
      <Button size="sm" onClick={onToggleStatus} title={isClosed ? 'Open again (e)' : 'Close (e)'}>
        {isClosed ? <RotateCcw size={13} aria-hidden /> : <CheckCircle2 size={13} aria-hidden />}
        <span className="max-sm:sr-only">{isClosed ? 'Open again' : 'Close'}</span>
      </Button>
    </header>
  );
}
