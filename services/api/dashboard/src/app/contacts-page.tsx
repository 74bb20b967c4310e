import { Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import clsx from 'clsx';
import { UserRound } from 'lucide-react';
import { useCallback, useMemo, useRef } from 'react';
import { ContactCard } from '@/features/contacts/contact-card';
import { ContactList } from '@/features/contacts/contact-list';
import { LedgerNote } from '@/features/contacts/ledger-note';
import type { Command } from '@/lib/commands';
import { useCommands } from '@/lib/use-commands';
import { Empty } from '@/ui/states';
import { SearchField } from './search-field';
import type { ContactSearch } from './search-params';

export function ContactsPage() {
  const navigate = useNavigate();
  const { q } = useSearch({ from: '/app/contacts' });
  const openId = useParams({ strict: false }).contactId ?? null;
  const searchRef = useRef<HTMLInputElement>(null);
  const onSearch = useCallback(
    (typed: string) =>
      void navigate({ to: '.', search: (old: ContactSearch) => ({ ...old, q: typed || undefined }), replace: true }),
    [navigate],
  );
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: 'contacts.search',
          label: 'Search contacts',
          group: 'Contacts',
          keys: '/',
          run: () => searchRef.current?.focus(),
        },
      ],
      [],
    ),
  );
  return (
    <div className="flex h-full">
      <section
        aria-label="Contacts"
        className={clsx(
          'flex w-full flex-col border-line md:w-96 md:shrink-0 md:border-r',
          openId !== null && 'max-md:hidden',
        )}
      >
        <div className="flex flex-col gap-2.5 border-b border-line px-4 pt-3 pb-2.5">
          <h1 className="flex h-8 items-center text-lg font-semibold tracking-tight">Contacts</h1>
          <SearchField label="Search contacts" value={q ?? ''} onSearch={onSearch} fieldRef={searchRef} />
        </div>
        <div className="min-h-0 flex-1">
          <ContactList q={q} openId={openId} />
        </div>
        <LedgerNote />
      </section>
      <div className={clsx('min-w-0 flex-1', openId === null && 'max-md:hidden')}>
        <Outlet />
      </div>
    </div>
  );
}

export function NoContact() {
  return <Empty icon={UserRound} title="Choose a contact" />;
}

export function ContactPage() {
  const { contactId } = useParams({ from: '/app/contacts/$contactId' });
  return <ContactCard contactId={contactId} />;
}
