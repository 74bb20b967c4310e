import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aContact } from '../../test/make';
import { backoffMs, type LiveState, SILENCE_MS, startStream } from './stream';

/** A server that hands each connection to the test. */
class FakeServer {
  readonly asked: string[] = [];
  private wire: ReadableStreamDefaultController<Uint8Array> | null = null;
  refuse: number | null = null;

  readonly fetch = (url: string, init: RequestInit): Promise<Response> => {
    this.asked.push(url.replace('/api/v1/events?last_event_id=', ''));
    if (this.refuse !== null) return Promise.resolve(new Response(null, { status: this.refuse }));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.wire = controller;
        init.signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return Promise.resolve(new Response(body));
  };

  say(text: string): void {
    this.wire?.enqueue(new TextEncoder().encode(text));
  }

  cut(): void {
    this.wire?.close();
  }
}

let server: FakeServer;
let states: LiveState[];
let numbers: number[];
let resets: number[];
let stop: () => void;

const event = (number: number) => `id: ${number}\nevent: contact.updated\ndata: ${JSON.stringify(aContact())}\n\n`;
const settle = () => vi.advanceTimersByTimeAsync(0);

function start(position: number): void {
  stop = startStream(position, {
    onEvent: (e) => numbers.push(e.number),
    onReset: (p) => resets.push(p),
    onState: (s) => states.push(s),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  vi.stubGlobal('fetch', server.fetch);
  [states, numbers, resets] = [[], [], []];
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

it('resumes after the last event it handed out', async () => {
  start(5);
  await settle();
  server.say(event(6) + event(7));
  await settle();
  server.cut();
  await vi.advanceTimersByTimeAsync(400);
  expect(server.asked).toEqual(['5', '7']);
  expect(numbers).toEqual([6, 7]);
});

it('does not take the number of the newest event for its own place', async () => {
  start(5);
  await settle();
  server.say('id: 9\n\n');
  await settle();
  server.cut();
  await vi.advanceTimersByTimeAsync(400);
  expect(server.asked).toEqual(['5', '5']);
});

it('hands out an event once, though it is told twice', async () => {
  start(5);
  await settle();
  server.say(event(6) + event(6));
  await settle();
  expect(numbers).toEqual([6]);
});

it('reloads at a reset, and when the log is older than what it has seen', async () => {
  start(5);
  await settle();
  server.say('id: 20\nevent: reset\ndata: {}\n\n');
  await settle();
  server.say('id: 3\n\n');
  await settle();
  expect(resets).toEqual([20, 3]);
});

it('takes silence for a broken connection, and a heartbeat for a living one', async () => {
  start(5);
  await settle();
  await vi.advanceTimersByTimeAsync(SILENCE_MS - 1000);
  server.say(': still here\n\n');
  await vi.advanceTimersByTimeAsync(SILENCE_MS - 1000);
  expect(states.at(-1)).toEqual({ kind: 'live' });
  await vi.advanceTimersByTimeAsync(1500);
  expect(states).toContainEqual({ kind: 'reconnecting', lastAt: expect.any(Number) });
  expect(server.asked.length).toBeGreaterThan(1);
});

it('stops asking when the session is over', async () => {
  server.refuse = 401;
  start(5);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states.at(-1)).toEqual({ kind: 'signed-out' });
  expect(server.asked).toHaveLength(1);
});

it('waits longer after each failure, and never for ever', () => {
  const waits = [1, 2, 3, 4, 5, 6, 60].map((failures) => backoffMs(failures, 1));
  expect(waits).toEqual([300, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(backoffMs(2, 0)).toBe(500);
});
