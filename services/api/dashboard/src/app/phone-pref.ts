/* phone-pref.ts - whether the demo's phone is shown; kept in this browser. */
import { useSyncExternalStore } from 'react';

const NAME = 'parley.phone';
const WIDE = '(min-width: 1180px)';
const listeners = new Set<() => void>();

function stored(): boolean {
  try {
    const value = localStorage.getItem(NAME);
    if (value !== null) return value === 'shown';
  } catch {
    // storage is off: as if nothing had been chosen
  }
  return window.matchMedia(WIDE).matches;
}

let shown = stored();

export function showPhone(next: boolean): void {
  shown = next;
  try {
    localStorage.setItem(NAME, next ? 'shown' : 'hidden');
  } catch {
    // storage is off: it lasts as long as the page
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const isPhoneShown = (): boolean => shown;
export const usePhoneShown = (): boolean => useSyncExternalStore(subscribe, isPhoneShown);
