import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import clsx from 'clsx';
import { SearchX, TriangleAlert, Users } from 'lucide-react';
import type { Contact } from '@/lib/api';
import { initials, readableAddress } from '@/lib/phone';
import { Badge, Face, Skeleton } from '@/ui/bits';
import { Button } from '@/ui/button';
import { Broken, Empty, Loading } from '@/ui/states';
import { CONSENT } from './model';
import { contactsQuery } from './queries';

function Row({ contact, isOpen }: { readonly contact: Contact; readonly isOpen: boolean }) {
  const { word, tone } = CONSENT[contact.consent];
  return (
    <li className="border-b border-line">
      <Link
        to="/contacts/$contactId"
        params={{ contactId: contact.id }}
        search={(search) => search}
        aria-current={isOpen ? 'true' : undefined}
        className={clsx(
          'flex items-center gap-3 px-4 py-2.5 outline-offset-[-2px]',
          isOpen ? 'bg-accent-soft' : 'hover:bg-hover',
        )}
      >
        <Face text={initials(contact.name)} seed={contact.address} />
        <span className="min-w-0 flex-1">
          <span className="nums block truncate font-medium">{contact.name ?? readableAddress(contact.address)}</span>
          {contact.name !== null && (
            <span className="nums block text-xs text-ink-3">{readableAddress(contact.address)}</span>
          )}
        </span>
        {!contact.valid && (
          <span className="text-warn" title="Not a number of its country's plan, as far as is known">
            <TriangleAlert size={14} aria-hidden />
            <span className="sr-only">unusual number</span>
          </span>
        )}
        {contact.consent !== 'none' && <Badge tone={tone}>{word}</Badge>}
      </Link>
    </li>
  );
}

interface ListProps {
  readonly q: string | undefined;
  readonly openId: string | null;
}

export function ContactList({ q, openId }: ListProps) {
  const query = useInfiniteQuery(contactsQuery({ q }));
  if (query.isPending)
    return (
      <Loading label="Loading contacts">
        <div className="flex flex-col gap-5 p-4">
          <Skeleton className="h-9" />
          <Skeleton className="h-9" />
          <Skeleton className="h-9" />
        </div>
      </Loading>
    );
  const contacts = query.data?.pages.flatMap((page) => page.data) ?? [];
  if (query.isError && contacts.length === 0) return <Broken query={query} />;
  if (contacts.length === 0)
    return (
      <Empty icon={q ? SearchX : Users} title={q ? 'Nobody found' : 'No contacts yet'}>
        {q ? `No name or number contains “${q}”.` : 'Whoever texts you, or is texted by you, stands here.'}
      </Empty>
    );
  return (
    <div className="h-full overflow-y-auto">
      <ul aria-label="Contacts">
        {contacts.map((contact) => (
          <Row key={contact.id} contact={contact} isOpen={contact.id === openId} />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="flex justify-center py-3">
          <Button
            size="sm"
            variant="ghost"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {query.isFetchingNextPage ? 'Loading…' : 'More'}
          </Button>
        </div>
      )}
    </div>
  );
}
