/* search-params.ts - what an address of the inbox may say, and what it asks for. Pure. */
import type { ConversationFilter } from '@/lib/cache';

export interface InboxSearch {
  /** Left out: the open ones. */
  readonly status?: 'closed' | 'all' | undefined;
  readonly q?: string | undefined;
  /** The message whose explanation is shown. */
  readonly explain?: string | undefined;
}

const text = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

export function readInboxSearch(raw: Readonly<Record<string, unknown>>): InboxSearch {
  const { status } = raw;
  return {
    status: status === 'closed' || status === 'all' ? status : undefined,
    q: text(raw.q),
    explain: text(raw.explain),
  };
}

/** Someone who is looked for may be in any state, unless one asks for one. */
export function filterOf(search: InboxSearch): ConversationFilter {
  if (search.status === 'closed') return { status: 'closed', q: search.q };
  if (search.status === 'all' || search.q !== undefined) return { q: search.q };
  return { status: 'open' };
}

export interface ContactSearch {
  readonly q?: string | undefined;
}

export const readContactSearch = (raw: Readonly<Record<string, unknown>>): ContactSearch => ({ q: text(raw.q) });
