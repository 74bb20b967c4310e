import { expect, it } from 'vitest';
import type { ConsentEntry } from '@/lib/api';
import { mayOptIn, whoLiftsIt } from './model';

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
  scope: null,
  superseded: false,
  hash: 'ab',
  ...change,
});

it('says that a STOP of theirs, or a block of Plivo’s, is lifted by their START alone', () => {
  expect(whoLiftsIt(entry({}))).toMatch(/STOP themselves/);
  expect(whoLiftsIt(entry({ source: 'provider' }))).toMatch(/Plivo/);
});

it('says nothing of someone who may be texted', () => {
  expect(whoLiftsIt(entry({ source: 'agent' }))).toMatch(/opt in again/);
  expect(whoLiftsIt(entry({ to: 'in' }))).toBeNull();
  expect(whoLiftsIt(undefined)).toBeNull();
});

it('lets nobody opt a person in over their own STOP', () => {
  expect(mayOptIn('none', undefined)).toBe(true);
  expect(mayOptIn('in', entry({ to: 'in' }))).toBe(false);
  expect(mayOptIn('out', entry({ source: 'keyword' }))).toBe(false);
  expect(mayOptIn('out', entry({ source: 'provider' }))).toBe(false);
  expect(mayOptIn('out', entry({ source: 'agent' }))).toBe(true);
});
