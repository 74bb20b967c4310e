/* use-now.ts - the time, once a minute: enough for "Yesterday" to become true while one looks. */
import { useSyncExternalStore } from 'react';

const MINUTE_MS = 60_000;
const minute = () => Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, MINUTE_MS / 4);
  return () => clearInterval(timer);
}

export const useNow = (): number => useSyncExternalStore(subscribe, minute);
