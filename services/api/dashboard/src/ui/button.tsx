import clsx from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

type Variant = 'primary' | 'secondary' | 'ghost' | 'danger';

const LOOK: Readonly<Record<Variant, string>> = {
  primary: 'bg-accent-solid text-white hover:bg-accent-solid-hover disabled:hover:bg-accent-solid',
  secondary: 'border border-line-strong bg-surface text-ink hover:bg-hover',
  ghost: 'text-ink-2 hover:bg-hover hover:text-ink',
  danger: 'border border-line-strong bg-surface text-bad hover:bg-bad-soft',
};

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors ' +
  'disabled:cursor-not-allowed disabled:opacity-50';

interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: Variant;
  readonly size?: 'sm' | 'md';
}

export function Button({ variant = 'secondary', size = 'md', className, ...rest }: ButtonProps) {
  const room = size === 'sm' ? 'h-7 px-2.5 text-xs' : 'h-8 px-3 text-sm';
  return <button type="button" className={clsx(BASE, room, LOOK[variant], className)} {...rest} />;
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does; read aloud, and shown when the pointer rests on it. */
  readonly label: string;
  readonly keys?: string | undefined;
  readonly children: ReactNode;
}

export function IconButton({ label, keys, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={keys === undefined ? label : `${label} (${keys})`}
      className={clsx(BASE, 'size-8 text-ink-2 hover:bg-hover hover:text-ink aria-pressed:bg-accent-soft', className)}
      {...rest}
    >
      {children}
    </button>
  );
}
