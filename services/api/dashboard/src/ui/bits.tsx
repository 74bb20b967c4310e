/* bits.tsx - the small parts: badge, key cap, face, placeholder. */
import clsx from 'clsx';
import type { ReactNode } from 'react';

const BADGES = {
  neutral: 'bg-hover text-ink-2',
  accent: 'bg-accent-soft text-accent',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
} as const;

export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: keyof typeof BADGES;
  readonly children: ReactNode;
}) {
  return (
    <span
      className={clsx(
        'inline-flex h-5 items-center gap-1 rounded px-1.5 text-2xs font-medium whitespace-nowrap',
        BADGES[tone],
      )}
    >
      {children}
    </span>
  );
}

const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

/** How `keys` of a command is shown here. */
export const keyCaps = (keys: string): string =>
  keys
    .replace(/^Mod\+(.)$/, (_, key: string) => `Mod+${key.toUpperCase()}`)
    .replace('Mod+', isMac ? '⌘' : 'Ctrl ')
    .replace('Escape', 'Esc');

export function Kbd({ keys }: { readonly keys: string }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-line bg-sunken px-1 font-sans text-2xs font-medium text-ink-2">
      {keyCaps(keys)}
    </kbd>
  );
}

const FACES = [
  'bg-[#dbe9f6] text-[#24567f] dark:bg-[#1b3347] dark:text-[#9cc7ea]',
  'bg-[#e6e1f5] text-[#54408c] dark:bg-[#2b2545] dark:text-[#c0b2ee]',
  'bg-[#f6e3d8] text-[#8a4a1f] dark:bg-[#432a1b] dark:text-[#ecb590]',
  'bg-[#dff0df] text-[#2c6a35] dark:bg-[#1d3822] dark:text-[#9dd6a6]',
  'bg-[#f7dfe8] text-[#8c2f57] dark:bg-[#451f31] dark:text-[#efa3c2]',
  'bg-[#ece9d6] text-[#665a17] dark:bg-[#35301a] dark:text-[#d8cb84]',
] as const;

/** The colour follows the seed, so that one person always looks the same. */
export function Face({
  text,
  seed,
  size = 36,
}: {
  readonly text: string;
  readonly seed: string;
  readonly size?: number;
}) {
  const hash = [...seed].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);
  return (
    <span
      aria-hidden
      style={{ width: size, height: size, fontSize: Math.round(size * 0.36) }}
      className={clsx(
        'flex shrink-0 items-center justify-center rounded-full font-semibold',
        FACES[hash % FACES.length],
      )}
    >
      {text}
    </span>
  );
}

export function Skeleton({ className }: { readonly className: string }) {
  return <span aria-hidden className={clsx('block animate-pulse rounded bg-line', className)} />;
}
