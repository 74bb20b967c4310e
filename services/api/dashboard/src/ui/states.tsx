/* states.tsx - what a screen shows when it has nothing to show: empty, broken, still loading. */
import { CloudOff, type LucideIcon, RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button';

interface EmptyProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
}

export function Empty({ icon: Icon, title, children }: EmptyProps) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-2 px-8 py-10 text-center">
      <span className="mb-1 flex size-11 items-center justify-center rounded-full bg-hover text-ink-3">
        <Icon size={20} aria-hidden />
      </span>
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="max-w-80 text-sm text-ink-2">{children}</div>}
    </div>
  );
}

/** What failed to load, as a query has it. An error of status 0 has heard no server. */
interface BrokenProps {
  readonly query: { readonly error: Error; readonly refetch: () => unknown };
}

export function Broken({ query }: BrokenProps) {
  const offline = 'status' in query.error && query.error.status === 0;
  const Icon = offline ? CloudOff : TriangleAlert;
  return (
    <div role="alert" className="flex h-full flex-col items-center justify-center gap-2 px-8 py-10 text-center">
      <span className="mb-1 flex size-11 items-center justify-center rounded-full bg-bad-soft text-bad">
        <Icon size={20} aria-hidden />
      </span>
      <p className="font-medium">{offline ? 'No connection' : 'This did not load'}</p>
      <p className="max-w-72 text-sm text-ink-2">{query.error.message}</p>
      <Button size="sm" className="mt-2" onClick={() => void query.refetch()}>
        <RotateCw size={13} aria-hidden /> Try again
      </Button>
    </div>
  );
}

/** Announces that something loads; the children show its outline, so that nothing jumps when it is there. */
export function Loading({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div role="status" aria-label={label}>
      {children}
    </div>
  );
}
