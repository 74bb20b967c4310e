/*
 * live.ts - the one event stream of the page, and how its events reach the query cache.
 *
 * I1  The stream begins after the Event-Id of the first list that was loaded: list and stream leave no gap.
 * I2  Each event patches whatever is cached, by the one pure reducer (lib/cache.ts).
 * I3  An answer that was under way while events came is brought up to date from the log of events, or asked for again.
 */
import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { applyEvent } from '@/lib/cache';
import { EventLog, type LiveEvent } from '@/lib/events';
import { type LiveState, startStream } from '@/lib/stream';

/** The oldest Event-Id within a query's data; null for data that carries none. */
export function oldestEventId(data: unknown): number | null {
  if (typeof data !== 'object' || data === null) return null;
  if ('eventId' in data && typeof data.eventId === 'number') return Number.isFinite(data.eventId) ? data.eventId : null;
  if (!('pages' in data) || !Array.isArray(data.pages)) return null;
  const ids = data.pages.flatMap((page) => oldestEventId(page) ?? []);
  return ids.length === 0 ? null : Math.min(...ids);
}

export class Live {
  private readonly client: QueryClient;
  private readonly log = new EventLog();
  private readonly listeners = new Set<() => void>();
  private readonly asked = new Map<string, number>();
  private state: LiveState = { kind: 'connecting' };
  private stopStream: (() => void) | null = null;
  private readonly unsubscribe: () => void;

  constructor(client: QueryClient) {
    this.client = client;
    this.unsubscribe = client.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'success' || event.action.manual === true) return;
      this.onAnswer(event.query.queryKey, event.query.state.data);
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): LiveState => this.state;

  stop(): void {
    this.unsubscribe();
    this.stopStream?.();
  }

  private onAnswer(key: QueryKey, data: unknown): void {
    const eventId = oldestEventId(data);
    if (eventId === null) return;
    if (this.stopStream === null) {
      this.start(eventId);
      return;
    }
    const missed = this.log.since(eventId);
    if (missed === null) this.askAgain(key, eventId);
    else for (const event of missed) this.patch(key, event);
  }

  /** Once for each state of the answer: one that stays behind must not be asked for without end. */
  private askAgain(key: QueryKey, eventId: number): void {
    const name = hashKey(key);
    if (this.asked.get(name) === eventId) return;
    this.asked.set(name, eventId);
    void this.client.invalidateQueries({ queryKey: key, exact: true });
  }

  private start(eventId: number): void {
    this.log.restart(eventId);
    this.stopStream = startStream(eventId, {
      onEvent: (event) => this.onEvent(event),
      onReset: (position) => {
        this.log.restart(position);
        void this.client.invalidateQueries(); // what is shown stays until the new answers are there
      },
      onState: (state) => {
        this.state = state;
        for (const listener of this.listeners) listener();
      },
    });
  }

  private onEvent(event: LiveEvent): void {
    this.log.add(event);
    for (const query of this.client.getQueryCache().getAll()) this.patch(query.queryKey, event);
  }

  private patch(key: QueryKey, event: LiveEvent): void {
    const patch = applyEvent(key, this.client.getQueryData(key), event);
    switch (patch.do) {
      case 'keep':
        return;
      case 'set':
        this.client.setQueryData(key, patch.data);
        return;
      case 'refetch':
        void this.client.invalidateQueries({ queryKey: key, exact: true });
    }
  }
}

export const useLiveState = (live: Live): LiveState => useSyncExternalStore(live.subscribe, live.getState);
