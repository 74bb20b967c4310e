import { expect, it } from 'vitest';
import type { ConsentEntry } from '@/lib/api';
import { whyNotOptIn } from './model';

const entry = (change: Partial<ConsentEntry>): ConsentEntry => ({
  sequence: 1,
  at: '2026-03-02T10:00:00.000Z',
  number: null,
  contact_id: 'c',
  address: '+15550100101',
  from: 'none',
  to: 'out',
  source: 'keyword',
  evidence: 'STOP',
  actor: null,
  hash: 'ab',
  ...change,
});

it('does not let one of us undo a STOP of theirs, or a block of Plivo’s', () => {
  expect(whyNotOptIn(entry({}))).toMatch(/STOP themselves/);
  expect(whyNotOptIn(entry({ source: 'provider' }))).toMatch(/Plivo/);
});

it('lets one of us undo what one of us did', () => {
  expect(whyNotOptIn(entry({ source: 'agent' }))).toBeNull();
  expect(whyNotOptIn(entry({ to: 'in' }))).toBeNull();
  expect(whyNotOptIn(undefined)).toBeNull();
});
