import clsx from 'clsx';
import { TriangleAlert } from 'lucide-react';
import { countSegments, replaceForced } from '@/lib/segments';
import { characterName, encodingName, meterText, replacementOffer } from './model';

export function SegmentMeter({ text }: { readonly text: string }) {
  if (text === '') return null;
  const count = countSegments(text);
  return (
    <span className={clsx('nums text-xs', count.encoding === 'ucs2' ? 'text-warn' : 'text-ink-3')}>
      {encodingName(count)} · {meterText(count)}
    </span>
  );
}

interface NoticeProps {
  readonly text: string;
  readonly onReplace: (text: string) => void;
}

/** Names the character that makes every segment hold 70 instead of 160, and offers a way out. */
export function ForcedNotice({ text, onReplace }: NoticeProps) {
  const count = countSegments(text);
  const first = count.forcedBy.find((f) => f.replacement !== null) ?? count.forcedBy[0];
  if (first === undefined) return null;
  const others = count.forcedBy.length - 1;
  const offer = replacementOffer(text, replaceForced(text), count);
  return (
    <div className="flex items-center gap-2 rounded-md bg-warn-soft px-2.5 py-1.5 text-xs text-warn">
      <TriangleAlert size={14} aria-hidden className="shrink-0" />
      <span className="min-w-0 flex-1">
        {characterName(first.character)}
        {others > 0 && ` and ${others} more`} make{others > 0 ? '' : 's'} this UCS-2: 70 characters a segment, not 160.
      </span>
      {offer !== null && (
        <button
          type="button"
          className="shrink-0 rounded font-semibold underline"
          onClick={() => onReplace(offer.text)}
        >
          Replace {offer.places}
          {offer.saved > 0 && ` (saves ${offer.saved} segment${offer.saved > 1 ? 's' : ''})`}
        </button>
      )}
    </div>
  );
}
