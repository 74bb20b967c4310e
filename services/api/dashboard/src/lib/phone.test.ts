import { expect, it } from 'vitest';
import { initials, isE164, readableAddress, tidyAddress } from './phone';

it('takes away what people put between digits', () => {
  expect(tidyAddress(' +1 (555) 010-0123 ')).toBe('+15550100123');
  expect(tidyAddress('0049 30.1234')).toBe('+49301234');
});

it('knows E.164', () => {
  expect(isE164('+15550100123')).toBe(true);
  for (const wrong of ['15550100123', '+0123', '+1', `+1${'2'.repeat(15)}`]) expect(isE164(wrong)).toBe(false);
});

it('groups a number of the North American plan and leaves others', () => {
  expect(readableAddress('+15550100123')).toBe('+1 (555) 010-0123');
  expect(readableAddress('+49301234')).toBe('+49301234');
  expect(readableAddress('MyBank')).toBe('MyBank');
});

it('makes initials', () => {
  expect(initials('Ada Lovelace')).toBe('AL');
  expect(initials('Ada')).toBe('A');
  expect(initials(null)).toBe('#');
});
