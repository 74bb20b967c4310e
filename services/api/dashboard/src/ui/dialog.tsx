import clsx from 'clsx';
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './button';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
  /** No visible heading: the first thing inside says what it is. */
  readonly bare?: boolean;
}

/** Open while it is rendered. The browser keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, onClose, children, wide, bare }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('input, textarea, select')?.focus(); // not the button that closes it
    return () => dialog.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog closes it; Escape does the same, by the browser
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
      className={clsx(
        'mx-auto mt-[10vh] max-h-[80vh] w-[calc(100vw-2rem)] overflow-hidden rounded-xl border border-line bg-raised',
        'p-0 text-ink shadow-float open:flex open:flex-col',
        wide ? 'max-w-2xl' : bare ? 'max-w-xl' : 'max-w-md',
      )}
    >
      <header className={clsx('flex items-center gap-2 px-5 pt-4 pb-2', bare && 'sr-only')}>
        <h2 id={titleId} className="flex-1 text-base font-semibold">
          {title}
        </h2>
        <IconButton label="Close" onClick={onClose} className="-mr-2">
          <X size={16} />
        </IconButton>
      </header>
      {children}
    </dialog>
  );
}
