import { expect, it } from 'vitest';
import { aMessage } from '../../../test/make';
import { buildThread, needsFacts, trouble } from './model';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const at = (time: string) => ({ created_at: `2026-03-0${time}:00.000Z` });

it('reads from old to new, with a divider for each day', () => {
  const items = buildThread(
    [aMessage({ id: 'new', ...at('2T10:00') }), aMessage({ id: 'old', ...at('1T10:00') })],
    NOW,
  );
  expect(items.map((item) => (item.kind === 'day' ? item.label : item.message.id))).toEqual([
    'Yesterday',
    'old',
    'Today',
    'new',
  ]);
});

it('joins messages of one side that follow closely', () => {
  const items = buildThread(
    [
      aMessage({ id: 'c', direction: 'outbound', ...at('2T10:03') }),
      aMessage({ id: 'b', ...at('2T10:02') }),
      aMessage({ id: 'a', ...at('2T10:00') }),
    ],
    NOW,
  );
  const runs = items.flatMap((item) => (item.kind === 'message' ? [[item.message.id, item.isFirst, item.isLast]] : []));
  expect(runs).toEqual([
    ['a', true, false],
    ['b', false, true],
    ['c', true, true],
  ]);
});

it('says under a bubble why it did not arrive, in the server’s words and with Plivo’s code', () => {
  const failed = aMessage({ direction: 'outbound', status: 'failed', status_text: 'A landline.', error_code: 50 });
  expect(trouble(failed)).toBe('A landline. (Plivo 50)');
  expect(trouble(aMessage({ direction: 'outbound', status: 'delivered' }))).toBeNull();
  expect(trouble(aMessage({ direction: 'outbound', status: 'unconfirmed' }))).toMatch(/not sent again/);
});

it('shows facts under the last bubble of a run, and wherever something is wrong', () => {
  expect(needsFacts(aMessage({ direction: 'outbound', status: 'sent' }), false)).toBe(false);
  expect(needsFacts(aMessage({ direction: 'outbound', status: 'failed' }), false)).toBe(true);
});
