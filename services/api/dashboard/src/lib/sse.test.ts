import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readSse, SSE_START, type SseBlock } from './sse';

const RECORDED = [
  'retry: 2000\n',
  'id: 41\n\n',
  ': still here\n\n',
  'id: 42\nevent: message.created\ndata: {"text":"a: b"}\n\n',
  'event: reset\ndata: {}\n\n',
  'data: one\r\ndata: two\r\n\r\n',
].join('');

const WANTED: SseBlock[] = [
  { id: '41', event: 'message', data: null },
  { id: '42', event: 'message.created', data: '{"text":"a: b"}' },
  { id: null, event: 'reset', data: '{}' },
  { id: null, event: 'message', data: 'one\ntwo' },
];

it('reads a recorded stream', () => {
  expect(readSse(SSE_START, RECORDED).blocks).toEqual(WANTED);
});

it('reads the same blocks however the stream is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      let state = SSE_START;
      const got: SseBlock[] = [];
      for (let at = 0, i = 0; at < RECORDED.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        const step = readSse(state, RECORDED.slice(at, at + size));
        state = step.state;
        got.push(...step.blocks);
        at += size;
      }
      expect(got).toEqual(WANTED);
    }),
  );
});

it('keeps a block back until its blank line has come', () => {
  expect(readSse(SSE_START, 'id: 1\ndata: x\n').blocks).toEqual([]);
});
