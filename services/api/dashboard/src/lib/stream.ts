/*
 * stream.ts - keeps one connection to the event stream open and tells what comes, without a gap.
 *
 * I1  `position` is the last event handed out; every new connection resumes after it.
 * I2  The block that carries only an id is news about the log's end, never a position: what lies between is still to come.
 * I3  Silence longer than SILENCE_MS (two heartbeats and some) counts as a broken connection.
 * I4  A page nobody looks at gives its connection back after HIDDEN_MS, as a browser has only six for one address, and
 *     resumes when it is looked at again.
 */
import { type LiveEvent, readEvent } from './events';
import { readSse, SSE_START, type SseBlock } from './sse';

export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting'; readonly lastAt: number | null }
  | { readonly kind: 'signed-out' };

export interface StreamHooks {
  onEvent(event: LiveEvent): void;
  /** Something was missed for good: load everything again. Events after `position` will follow. */
  onReset(position: number): void;
  onState(state: LiveState): void;
}

export const SILENCE_MS = 35_000;
export const HIDDEN_MS = 60_000;
const BACKOFF_MS = [300, 1000, 2000, 4000, 8000, 15_000] as const;

/** How long to wait before connection attempt `failures` (1, 2, …); `chance` in 0..1 spreads many pages out. */
export function backoffMs(failures: number, chance: number): number {
  const step = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] ?? 300;
  return Math.round(step * (0.5 + chance / 2));
}

class Stream {
  private readonly hooks: StreamHooks;
  private position: number;
  private failures = 0;
  private lastAt: number | null = null;
  private stopped = false;
  private connection = new AbortController();
  private wake: () => void = () => {};
  private hiddenTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(position: number, hooks: StreamHooks) {
    this.position = position;
    this.hooks = hooks;
  }

  async run(): Promise<void> {
    this.hooks.onState({ kind: 'connecting' });
    while (!this.stopped) {
      const ended = await this.connectOnce().catch(() => 'broken' as const);
      if (this.stopped) return;
      if (ended === 'refused') {
        this.hooks.onState({ kind: 'signed-out' });
        return;
      }
      if (document.hidden) {
        await this.pause(null);
        continue;
      }
      this.failures += 1;
      this.hooks.onState({ kind: 'reconnecting', lastAt: this.lastAt });
      await this.pause(backoffMs(this.failures, Math.random()));
    }
  }

  private async connectOnce(): Promise<'refused' | 'ended'> {
    this.connection = new AbortController();
    const { signal } = this.connection;
    const watchdog = this.startWatchdog();
    try {
      const response = await fetch(`/api/v1/events?last_event_id=${this.position}`, {
        headers: { Accept: 'text/event-stream' },
        cache: 'no-store',
        signal,
      });
      if (response.status === 401) return 'refused';
      if (!response.ok || response.body === null) throw new Error(`events: ${response.status}`);
      this.failures = 0;
      this.hooks.onState({ kind: 'live' });
      await this.read(response.body, watchdog.feed);
      return 'ended';
    } finally {
      watchdog.stop();
    }
  }

  private async read(body: ReadableStream<Uint8Array>, heard: () => void): Promise<void> {
    const decoder = new TextDecoder();
    const reader = body.getReader();
    let state = SSE_START;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      const step = readSse(state, decoder.decode(value, { stream: true }));
      state = step.state;
      for (const block of step.blocks) this.take(block);
    }
  }

  private take(block: SseBlock): void {
    const number = block.id === null ? null : Number(block.id);
    const isOlderLog = block.data === null && number !== null && number < this.position;
    if (block.event === 'reset' || isOlderLog) {
      this.position = number ?? this.position;
      this.hooks.onReset(this.position);
      return;
    }
    if (block.data === null || number === null || number <= this.position) return;
    this.position = number;
    const event = readEvent(block);
    if (event !== null) this.hooks.onEvent(event);
  }

  private startWatchdog() {
    const connection = this.connection;
    const bark = () => connection.abort();
    let timer = setTimeout(bark, SILENCE_MS);
    return {
      feed: () => {
        this.lastAt = Date.now();
        clearTimeout(timer);
        timer = setTimeout(bark, SILENCE_MS);
      },
      stop: () => clearTimeout(timer),
    };
  }

  /** Null: until someone looks at the page again. */
  private pause(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  readonly onOnline = () => this.wake();
  readonly onOffline = () => this.connection.abort();
  readonly onVisibility = () => {
    clearTimeout(this.hiddenTimer);
    if (document.hidden) this.hiddenTimer = setTimeout(() => this.connection.abort(), HIDDEN_MS);
    else this.wake();
  };

  stop(): void {
    this.stopped = true;
    clearTimeout(this.hiddenTimer);
    this.connection.abort();
    this.wake();
  }
}

/** Starts after event `position`; returns how to stop it. */
export function startStream(position: number, hooks: StreamHooks): () => void {
  const stream = new Stream(position, hooks);
  window.addEventListener('online', stream.onOnline);
  window.addEventListener('offline', stream.onOffline);
  document.addEventListener('visibilitychange', stream.onVisibility);
  void stream.run(); // ends by stop(); every failure inside becomes a state
  return () => {
    window.removeEventListener('online', stream.onOnline);
    window.removeEventListener('offline', stream.onOffline);
    document.removeEventListener('visibilitychange', stream.onVisibility);
    stream.stop();
  };
}
