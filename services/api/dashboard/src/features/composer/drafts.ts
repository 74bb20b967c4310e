/*
 * drafts.ts - what was typed and not yet sent, kept in this browser for each conversation.
 *
 * I1  A draft that is not empty has a key, made at its first character: whatever is pressed twice, it is sent once.
 * I2  What is being sent stays stored until the server has answered: a page closed in between offers it again, with the
 *     same key, so that sending it again cannot double it.
 */
import { useCallback, useRef, useState } from 'react';
import { randomKey } from '@/lib/random-key';

export interface Draft {
  readonly text: string;
  readonly key: string;
}

interface Stored extends Draft {
  readonly sending: Draft | null;
}

const EMPTY: Stored = { text: '', key: '', sending: null };
const nameOf = (id: string) => `parley.draft.${id}`;

function isStored(value: unknown): value is Stored {
  return typeof value === 'object' && value !== null && 'text' in value && 'key' in value && 'sending' in value;
}

function load(id: string): Stored {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(nameOf(id)) ?? 'null');
    if (!isStored(value)) return EMPTY;
    if (value.sending === null) return value;
    return value.text === '' ? { ...value.sending, sending: null } : { ...value, sending: null };
  } catch {
    return EMPTY; // storage is off or holds something else: drafts then live as long as the page
  }
}

function save(id: string, stored: Stored): void {
  try {
    if (stored.text === '' && stored.sending === null) localStorage.removeItem(nameOf(id));
    else localStorage.setItem(nameOf(id), JSON.stringify(stored));
  } catch {
    // storage is off or full: the draft on the screen is still there
  }
}

/** The draft after typing: the key comes with the first character and goes with the last. */
export function typed(draft: Draft, text: string, newKey: () => string): Draft {
  if (text === '') return { text: '', key: '' };
  return { text, key: draft.key === '' ? newKey() : draft.key };
}

/** The draft after a failed send: what failed comes back, before anything typed meanwhile. */
export function returned(draft: Draft, failed: Draft): Draft {
  if (draft.text === '') return failed;
  return { text: `${failed.text}\n${draft.text}`, key: draft.key };
}

export interface DraftBox {
  readonly draft: Draft;
  readonly type: (text: string) => void;
  /** Empties the field; the draft given back is on its way. */
  readonly take: () => Draft;
  readonly settled: () => void;
  readonly failed: (draft: Draft) => void;
}

export function useDraft(id: string): DraftBox {
  const [stored, setStored] = useState(() => load(id));
  const current = useRef(stored);
  const put = useCallback(
    (next: Stored) => {
      current.current = next;
      setStored(next);
      save(id, next);
    },
    [id],
  );
  return {
    draft: stored,
    type: (text) => put({ ...typed(current.current, text, randomKey), sending: current.current.sending }),
    take: () => {
      const { text, key } = current.current;
      put({ ...EMPTY, sending: { text, key } });
      return { text, key };
    },
    settled: () => put({ ...current.current, sending: null }),
    failed: (draft) => put({ ...returned(current.current, draft), sending: null }),
  };
}
