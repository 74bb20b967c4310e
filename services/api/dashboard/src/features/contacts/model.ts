/* model.ts - how consent reads. Pure. */
import type { ConsentEntry, ConsentState } from '@/lib/api';

interface Words {
  readonly word: string;
  readonly tone: 'neutral' | 'good' | 'bad';
}

export const CONSENT: Readonly<Record<ConsentState, Words>> = {
  none: { word: 'No consent recorded', tone: 'neutral' },
  in: { word: 'Opted in', tone: 'good' },
  out: { word: 'Opted out', tone: 'bad' },
};

const SOURCES: Readonly<Record<ConsentEntry['source'], string>> = {
  keyword: 'by a text of theirs',
  agent: 'by one of us',
  api: 'by a program',
  import: 'by an import',
  provider: 'by Plivo',
};

export const sourceText = (entry: ConsentEntry): string => SOURCES[entry.source];

/** Who can lift an opt-out, or null where there is none. `newest` is the newest entry of the history. */
export function whoLiftsIt(newest: ConsentEntry | undefined): string | null {
  if (newest === undefined || newest.to !== 'out') return null;
  if (newest.source === 'keyword') return 'They texted STOP themselves: only their own START undoes that.';
  if (newest.source === 'provider') return 'Plivo blocks them: only their own START undoes that.';
  return 'Nothing is sent to them until they opt in again.';
}

/** Whether an opt-in may be recorded by hand: never over a STOP of their own, or a block of Plivo's. */
export function mayOptIn(state: ConsentState, newest: ConsentEntry | undefined): boolean {
  if (state === 'in') return false;
  return state === 'none' || (newest !== undefined && newest.source !== 'keyword' && newest.source !== 'provider');
}
