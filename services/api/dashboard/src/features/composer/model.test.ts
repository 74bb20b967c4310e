import { describe, expect, it } from 'vitest';
import { countSegments, replaceForced } from '@/lib/segments';
import { aConversation, aNumber } from '../../../test/make';
import { returned, typed } from './drafts';
import { addressProblem, characterName, numberHint, replacementOffer, whyClosed, whyNotSend } from './model';

describe('a draft', () => {
  it('gets its key at the first character and keeps it to the last', () => {
    let made = 0;
    const newKey = () => `k${++made}`;
    const first = typed({ text: '', key: '' }, 'H', newKey);
    expect(typed(first, 'Hi', newKey)).toEqual({ text: 'Hi', key: 'k1' });
    expect(typed(first, '', newKey)).toEqual({ text: '', key: '' });
  });

  it('comes back with its key when it could not be sent', () => {
    expect(returned({ text: '', key: '' }, { text: 'Hi', key: 'k1' })).toEqual({ text: 'Hi', key: 'k1' });
  });

  it('comes back before what was typed meanwhile', () => {
    expect(returned({ text: 'there', key: 'k2' }, { text: 'Hi', key: 'k1' })).toEqual({ text: 'Hi\nthere', key: 'k2' });
  });
});

describe('what may be sent', () => {
  it('is nothing to someone who opted out, and nothing to a sender that is a name', () => {
    expect(whyClosed(aConversation({ opted_out: true }))).toMatch(/opted out/);
    expect(whyClosed(aConversation({ contact: { id: 'x', address: 'MyBank', name: null } }))).toMatch(/name/);
    expect(whyClosed(aConversation())).toBeNull();
  });

  it('is not blank and not longer than Plivo takes', () => {
    expect(whyNotSend(' \n')).not.toBeNull();
    expect(whyNotSend('a'.repeat(1600))).toBeNull();
    expect(whyNotSend('a'.repeat(1601))).toMatch(/Too long by 1/);
    expect(whyNotSend('я'.repeat(738))).toMatch(/Too long by 1/);
  });

  it('waits while its number is paused', () => {
    expect(numberHint('+15550100000', [aNumber({ state: 'paused' })])).toMatch(/paused/);
    expect(numberHint('+15550100000', [aNumber()])).toBeNull();
  });
});

it('says what replacing would save', () => {
  const text = `${'\u2019'}${'a'.repeat(79)}`;
  expect(replacementOffer(text, replaceForced(text), countSegments(text))).toMatchObject({ places: 1, saved: 1 });
  expect(replacementOffer('plain', 'plain', countSegments('plain'))).toBeNull();
});

it('names characters that cannot be seen by their number alone', () => {
  expect(characterName('\u00a0')).toBe('U+00A0');
  expect(characterName('ç')).toBe('ç (U+00E7)');
});

it('asks for the country code', () => {
  expect(addressProblem('5550100101')).toMatch(/country code/);
  expect(addressProblem('+0123')).toMatch(/not a phone number/);
  expect(addressProblem('+15550100101')).toBeNull();
});
