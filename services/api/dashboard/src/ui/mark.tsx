import clsx from 'clsx';
import {
  ArrowDownLeft,
  Ban,
  Check,
  CheckCheck,
  CircleAlert,
  CircleHelp,
  Clock,
  type LucideIcon,
  Pause,
  SendHorizontal,
} from 'lucide-react';

const ICONS = {
  clock: Clock,
  pause: Pause,
  send: SendHorizontal,
  check: Check,
  'double-check': CheckCheck,
  alert: CircleAlert,
  ban: Ban,
  question: CircleHelp,
  inbound: ArrowDownLeft,
} satisfies Record<string, LucideIcon>;

const TONES = {
  muted: 'text-ink-3',
  busy: 'text-accent',
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
} as const;

interface MarkProps {
  readonly icon: keyof typeof ICONS;
  readonly tone: keyof typeof TONES;
  readonly word: string;
  /** The word is only read aloud. */
  readonly iconOnly?: boolean;
}

/** An icon and its word: never colour alone. */
export function Mark({ icon, tone, word, iconOnly }: MarkProps) {
  const Icon = ICONS[icon];
  return (
    <span className={clsx('inline-flex items-center gap-1', TONES[tone])} title={iconOnly ? word : undefined}>
      <Icon size={13} strokeWidth={2.2} aria-hidden />
      <span className={iconOnly ? 'sr-only' : undefined}>{word}</span>
    </span>
  );
}
