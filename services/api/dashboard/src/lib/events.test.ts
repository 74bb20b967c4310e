import { expect, it } from 'vitest';
import { aContact } from '../../test/make';
import { EVENTS_KEPT, EventLog, type LiveEvent, readEvent } from './events';

const event = (number: number): LiveEvent => ({ number, kind: 'contact', contact: aContact() });

it('gives what came after a number', () => {
  const log = new EventLog();
  log.restart(10);
  log.add(event(11));
  log.add(event(12));
  expect(log.since(11)?.map((e) => e.number)).toEqual([12]);
  expect(log.since(10)?.map((e) => e.number)).toEqual([11, 12]);
});

it('says so when it does not reach back that far', () => {
  const log = new EventLog();
  log.restart(10);
  expect(log.since(9)).toBeNull();
  for (let i = 0; i <= EVENTS_KEPT; i++) log.add(event(11 + i));
  expect(log.since(10)).toBeNull();
  expect(log.since(11)).toHaveLength(EVENTS_KEPT);
});

it('ignores types it does not know, and blocks without data', () => {
  expect(readEvent({ id: '1', event: 'campaign.updated', data: '{}' })).toBeNull();
  expect(readEvent({ id: '1', event: 'message.created', data: null })).toBeNull();
});
