import clsx from 'clsx';
import { useSyncExternalStore } from 'react';
import type { LiveState } from '@/lib/stream';
import { clockTimeSeconds } from '@/lib/time';
import { type Live, useLiveState } from './live';

interface Look {
  readonly word: string;
  readonly dot: string;
}

export function liveLook(state: LiveState, isOnline: boolean): Look {
  switch (state.kind) {
    case 'live':
      return { word: 'Live', dot: 'bg-good' };
    case 'connecting':
      return { word: 'Connecting…', dot: 'bg-warn animate-pulse' };
    case 'reconnecting': {
      const since = state.lastAt === null ? '' : ` last update ${clockTimeSeconds(state.lastAt)}`;
      return { word: `${isOnline ? 'Reconnecting…' : 'Offline,'}${since}`, dot: 'bg-warn animate-pulse' };
    }
    case 'signed-out':
      return { word: 'Signed out', dot: 'bg-bad' };
  }
}

function subscribeOnline(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

export function LiveBadge({ live }: { readonly live: Live }) {
  const state = useLiveState(live);
  const isOnline = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  const { word, dot } = liveLook(state, isOnline);
  return (
    <span
      role="status"
      aria-label="Live updates"
      className="nums inline-flex items-center gap-1.5 text-xs whitespace-nowrap text-ink-2"
    >
      <span aria-hidden className={clsx('size-2 rounded-full', dot)} />
      {word}
    </span>
  );
}
