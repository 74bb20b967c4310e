import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, ArrowRight, Eraser, History } from 'lucide-react';
import type { ConsentEntry, Contact } from '@/lib/api';
import { initials, readableAddress } from '@/lib/phone';
import { dateAndTime } from '@/lib/time';
import { Badge, Face, Skeleton } from '@/ui/bits';
import { Button } from '@/ui/button';
import { Broken, Empty, Loading } from '@/ui/states';
import { ConsentForm } from './consent-form';
import { CONSENT, sourceText, whoLiftsIt } from './model';
import { Privacy } from './privacy';
import { consentQuery, contactQuery } from './queries';

function Entry({ entry }: { readonly entry: ConsentEntry }) {
  const { word, tone } = CONSENT[entry.to];
  return (
    <li className="flex flex-col gap-1 border-b border-line py-3 last:border-b-0">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-xs text-ink-3">{CONSENT[entry.from].word}</span>
        <ArrowRight size={12} aria-hidden className="text-ink-3" />
        <Badge tone={tone}>{word}</Badge>
        <span className="text-xs text-ink-2">{sourceText(entry)}</span>
        <span className="flex-1" />
        <time dateTime={entry.at} className="nums text-xs text-ink-3">
          {dateAndTime(entry.at)}
        </time>
      </div>
      {entry.evidence !== null && <p className="text-sm">“{entry.evidence}”</p>}
      <p className="nums truncate font-mono text-2xs text-ink-3" title={entry.hash}>
        #{entry.sequence} · {entry.hash.slice(0, 16)}… {entry.actor !== null && `· ${entry.actor}`}
      </p>
    </li>
  );
}

function Consent({ contact }: { readonly contact: Contact }) {
  const query = useInfiniteQuery(consentQuery(contact.id));
  const entries = query.data?.pages.flatMap((page) => page.data) ?? [];
  const lifted = whoLiftsIt(entries[0]);
  return (
    <section className="mt-6">
      <h2 className="font-semibold">Consent</h2>
      {lifted !== null && <p className="mt-1 text-xs text-ink-2">{lifted}</p>}
      {query.isSuccess && <ConsentForm contact={contact} newest={entries[0]} />}
      {query.isPending && (
        <Loading label="Loading the history">
          <Skeleton className="mt-3 h-12" />
        </Loading>
      )}
      {query.isError && entries.length === 0 && <Broken query={query} />}
      {query.isSuccess && entries.length === 0 && (
        <Empty icon={History} title="Nothing in the ledger">
          No change of consent has been recorded for them.
        </Empty>
      )}
      <ol aria-label="Consent history" className="mt-2">
        {entries.map((entry) => (
          <Entry key={entry.sequence} entry={entry} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button size="sm" variant="ghost" onClick={() => void query.fetchNextPage()}>
          Older entries
        </Button>
      )}
    </section>
  );
}

export function ContactCard({ contactId }: { readonly contactId: string }) {
  const query = useQuery(contactQuery(contactId));
  if (query.isPending)
    return (
      <Loading label="Loading the contact">
        <Skeleton className="m-6 h-14" />
      </Loading>
    );
  if (query.isError) return <Broken query={query} />;
  const contact = query.data.value;
  if (contact.erased_at !== null)
    return (
      <Empty icon={Eraser} title="Erased">
        All that was held about this person was erased on {dateAndTime(contact.erased_at)}.
      </Empty>
    );
  const { word, tone } = CONSENT[contact.consent];
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-2xl px-6 py-6">
        <Link
          to="/contacts"
          search={(search) => search}
          className="mb-4 inline-flex items-center gap-1 text-sm text-ink-2 md:hidden"
        >
          <ArrowLeft size={16} aria-hidden /> Contacts
        </Link>
        <header className="flex items-center gap-4">
          <Face text={initials(contact.name)} seed={contact.address} size={52} />
          <div className="min-w-0 flex-1">
            <h1 className="nums truncate text-lg font-semibold">{contact.name ?? readableAddress(contact.address)}</h1>
            <p className="nums text-sm text-ink-2">{contact.address}</p>
          </div>
          <Badge tone={tone}>{word}</Badge>
        </header>
        {!contact.valid && (
          <p className="mt-3 rounded-md bg-warn-soft px-3 py-2 text-xs text-warn">
            This number does not follow its country’s plan, as far as is known. It may still work.
          </p>
        )}
        <Link
          to="/inbox"
          search={{ q: contact.address }}
          className="mt-4 inline-flex items-center gap-1 text-sm font-medium text-accent hover:underline"
        >
          Their conversations <ArrowRight size={14} aria-hidden />
        </Link>
        <Consent key={contact.id} contact={contact} />
        <Privacy key={`privacy ${contact.id}`} contact={contact} />
      </div>
    </div>
  );
}
