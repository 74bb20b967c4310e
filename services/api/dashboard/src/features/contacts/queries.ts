import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, take, takePage, takeSingle } from '@/lib/api';
import { keys } from '@/lib/cache';
import { endless } from '@/lib/queries';

export const contactsQuery = (filter: { readonly q?: string | undefined }) =>
  infiniteQueryOptions({
    queryKey: keys.contacts(filter),
    ...endless((page, signal) => {
      const query = { ...page, ...(filter.q && { q: filter.q }) };
      return takePage(api.GET('/api/v1/contacts', { params: { query }, signal }));
    }),
  });

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: keys.contact(id),
    queryFn: ({ signal }) => takeSingle(api.GET('/api/v1/contacts/{id}', { params: { path: { id } }, signal })),
  });

export const consentQuery = (contactId: string) =>
  infiniteQueryOptions({
    queryKey: keys.consent(contactId),
    ...endless((query, signal) =>
      takePage(api.GET('/api/v1/contacts/{id}/consent', { params: { path: { id: contactId }, query }, signal })),
    ),
  });

export const ledgerQuery = () =>
  queryOptions({
    queryKey: keys.ledger(),
    queryFn: ({ signal }) => take(api.GET('/api/v1/consent/verify', { signal })),
  });
