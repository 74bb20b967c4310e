import { FileText, ImageOff } from 'lucide-react';
import { useState } from 'react';
import type { Message } from '@/lib/api';

type File = Message['media'][number];

/** "340 kB": as people read it. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What nobody has fetched yet may be a picture: most are. */
export const mayBePicture = (file: File): boolean =>
  file.content_type === null || file.content_type.startsWith('image/');

const addressOf = (file: File) => `/api/v1/media/${encodeURIComponent(file.id)}`;

function Chip({ file, isBroken }: { readonly file: File; readonly isBroken: boolean }) {
  const Icon = isBroken ? ImageOff : FileText;
  return (
    <a
      href={addressOf(file)}
      className="flex h-11 items-center gap-2 rounded-lg border border-line bg-surface px-3 text-sm text-ink hover:bg-hover"
    >
      <Icon size={16} aria-hidden className="shrink-0 text-ink-3" />
      <span className="min-w-0 truncate">{isBroken ? 'Open the file' : (file.content_type ?? 'File')}</span>
      {file.bytes !== null && <span className="nums text-2xs text-ink-3">{sizeText(file.bytes)}</span>}
    </a>
  );
}

/** A picture in a box of fixed size, so that nothing moves when it comes; anything else, or what is no picture after all, as a chip. */
export function Attachment({ file, who }: { readonly file: File; readonly who: string }) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken || !mayBePicture(file)) return <Chip file={file} isBroken={isBroken} />;
  return (
    <a
      href={addressOf(file)}
      className="block h-44 w-56 max-w-full overflow-hidden rounded-lg border border-line bg-sunken"
    >
      <img
        src={addressOf(file)}
        alt={`${who} sent this file`}
        loading="lazy"
        decoding="async"
        onError={() => setBroken(true)}
        className="size-full object-cover"
      />
    </a>
  );
}
