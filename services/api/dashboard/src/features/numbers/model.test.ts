import { expect, it } from 'vitest';
import { parseLimit, parseRate } from './model';

it('reads a rate with a point or a comma; empty is the default', () => {
  expect(parseRate('0.5')).toEqual({ ok: true, value: 0.5 });
  expect(parseRate('0,5')).toEqual({ ok: true, value: 0.5 });
  expect(parseRate(' ')).toEqual({ ok: true, value: null });
  for (const typed of ['0', '-1', 'fast', 'Infinity']) expect(parseRate(typed).ok).toBe(false);
});

it('reads a limit as a whole number; empty is none', () => {
  expect(parseLimit('2000')).toEqual({ ok: true, value: 2000 });
  expect(parseLimit('')).toEqual({ ok: true, value: null });
  for (const typed of ['0', '1.5', 'many']) expect(parseLimit(typed).ok).toBe(false);
});
