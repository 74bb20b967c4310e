import clsx from 'clsx';
import { type ComponentProps, type ReactNode, useId } from 'react';

const INPUT =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink disabled:bg-sunken ' +
  'disabled:text-ink-3 aria-invalid:border-bad focus-visible:outline-offset-0';

interface FieldFrame {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
}

function useFrame({ label, hint, error }: FieldFrame) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  const control = {
    id,
    'aria-invalid': error === undefined ? undefined : true,
    'aria-describedby': note === undefined ? undefined : noteId,
  } as const;
  const wrap = (input: ReactNode) => (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        {label}
      </label>
      {input}
      {note !== undefined && (
        <p id={noteId} className={clsx('text-xs', error === undefined ? 'text-ink-3' : 'text-bad')}>
          {note}
        </p>
      )}
    </div>
  );
  return { control, wrap };
}

export function TextField({ label, hint, error, className, ...rest }: FieldFrame & ComponentProps<'input'>) {
  const { control, wrap } = useFrame({ label, hint, error });
  return wrap(<input {...control} className={clsx(INPUT, 'h-9', className)} {...rest} />);
}

export function TextAreaField({ label, hint, error, className, ...rest }: FieldFrame & ComponentProps<'textarea'>) {
  const { control, wrap } = useFrame({ label, hint, error });
  return wrap(<textarea {...control} className={clsx(INPUT, 'min-h-20 resize-y py-2', className)} {...rest} />);
}

export function SelectField({ label, hint, error, className, ...rest }: FieldFrame & ComponentProps<'select'>) {
  const { control, wrap } = useFrame({ label, hint, error });
  return wrap(<select {...control} className={clsx(INPUT, 'h-9', className)} {...rest} />);
}

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Switch({ label, checked, disabled, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className={clsx(
        'relative h-5 w-9 shrink-0 rounded-full transition-colors disabled:opacity-50',
        checked ? 'bg-accent-solid' : 'bg-line-strong',
      )}
    >
      <span
        className={clsx(
          'absolute top-0.5 left-0.5 size-4 rounded-full bg-white shadow-sm transition-transform',
          checked && 'translate-x-4',
        )}
      />
    </button>
  );
}
