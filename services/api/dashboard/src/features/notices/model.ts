/* model.ts - notices in words, and where what they are about can be seen. Pure. */
import type { Notice } from '@/lib/api';

export const SEVERITY: Readonly<
  Record<Notice['severity'], { readonly word: string; readonly tone: 'bad' | 'warn' | 'neutral' }>
> = {
  alarm: { word: 'Alarm', tone: 'bad' },
  warning: { word: 'Warning', tone: 'warn' },
  info: { word: 'For your information', tone: 'neutral' },
};

const ORDER: readonly Notice['severity'][] = ['alarm', 'warning', 'info'];

/** The worst first; among equals the newest. */
export function byUrgency(notices: readonly Notice[]): readonly Notice[] {
  return notices.toSorted(
    (a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.last_at.localeCompare(a.last_at),
  );
}

export type Place =
  | { readonly to: 'conversation' | 'contact'; readonly id: string }
  | { readonly to: 'numbers' | 'settings' };

/** Where to look; null when no page shows it. */
export function placeOf(subject: string): Place | null {
  const colon = subject.indexOf(':');
  const what = subject.slice(0, colon);
  const which = subject.slice(colon + 1);
  if (which === '') return null;
  if (what === 'conversation' || what === 'contact') return { to: what, id: which };
  if (what === 'number') return { to: 'numbers' };
  if (what === 'spend' || what === 'tenant') return { to: 'settings' };
  return null;
}

export function countText(count: number): string | null {
  return count > 1 ? `${count} times` : null;
}
