import { useQuery } from '@tanstack/react-query';
import { Download, Link2, Link2Off } from 'lucide-react';
import { ledgerQuery } from './queries';

/** Whether the hash chain of all consent holds, and the way to take the ledger home. */
export function LedgerNote() {
  const { data } = useQuery(ledgerQuery());
  return (
    <div className="flex h-11 shrink-0 items-center gap-2 border-t border-line px-4 text-xs text-ink-2">
      {data !== undefined && (
        <span
          className={
            data.valid ? 'inline-flex items-center gap-1.5' : 'inline-flex items-center gap-1.5 font-medium text-bad'
          }
        >
          {data.valid ? <Link2 size={14} aria-hidden className="text-good" /> : <Link2Off size={14} aria-hidden />}
          {data.valid
            ? `Ledger verifies: ${data.entries} ${data.entries === 1 ? 'entry' : 'entries'}`
            : `The ledger does not verify from entry ${data.first_bad ?? '?'} on`}
        </span>
      )}
      <span className="flex-1" />
      <a
        href="/api/v1/consent/ledger?format=csv"
        download="consent-ledger.csv"
        className="inline-flex items-center gap-1 font-medium text-accent hover:underline"
      >
        <Download size={13} aria-hidden /> CSV
      </a>
    </div>
  );
}
