import { describe, expect, it } from 'vitest';
import type { Page } from './api';
import { pageWithItems } from './queries';

const page = (data: readonly string[], next_cursor: string | null, eventId: number): Page<string> => ({
  data,
  next_cursor,
  eventId,
});

/** Answers with these pages, in their order, and keeps what it was asked for. */
function listOf(...pages: readonly Page<string>[]) {
  const asked: (string | null)[] = [];
  const ask = async (cursor: string | null) => {
    const next = pages[asked.push(cursor) - 1];
    if (next === undefined) throw new Error('asked past the end');
    return next;
  };
  return { asked, ask };
}

describe('a page with items', () => {
  it('is the first one, as it is', async () => {
    const { asked, ask } = listOf(page(['a'], 'more', 7));
    expect(await pageWithItems(ask)).toEqual(page(['a'], 'more', 7));
    expect(asked).toEqual([null]);
  });

  it('is looked for along the cursors of empty ones, and is as old as the first of these', async () => {
    const { asked, ask } = listOf(page([], 'b', 7), page([], 'c', 8), page(['x'], 'd', 9));
    expect(await pageWithItems(ask, 'a')).toEqual(page(['x'], 'd', 7));
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('is the last one when there is none', async () => {
    const { asked, ask } = listOf(page([], 'b', 7), page([], null, 8));
    expect(await pageWithItems(ask)).toEqual(page([], null, 7));
    expect(asked).toEqual([null, 'b']);
  });
});
