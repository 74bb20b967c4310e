import { expect, it } from 'vitest';
import { aRule } from '../../../test/make';
import { fieldOf, formOf, formProblems, inOrder, matchText, toRule } from './model';

it('comes back as it was when nothing is changed', () => {
  const rule = aRule({
    match: { kind: 'contains', words: ['open', 'hours'], number: '+15550100000' },
    actions: [
      { kind: 'reply', text: '9 to 18' },
      { kind: 'tag', tag: 'hours' },
      { kind: 'assign', assignee: 'user-1' },
    ],
    cooldown_s: 3600,
  });
  expect(toRule(formOf(rule), rule)).toEqual({
    name: rule.name,
    match: rule.match,
    actions: rule.actions,
    cooldown_s: 3600,
  });
});

it('keeps the commas of a regular expression', () => {
  const form = { ...formOf(null), kind: 'regex' as const, words: 'a{1,3}\nb' };
  expect(toRule(form, null).match.words).toEqual(['a{1,3}', 'b']);
});

it('refuses a rule without name, words or effect', () => {
  expect(Object.keys(formProblems(formOf(null))).sort()).toEqual(['name', 'reply', 'words']);
  expect(formProblems({ ...formOf(aRule()), cooldownMinutes: '-1' })).toHaveProperty('cooldownMinutes');
});

it('lists the system’s rules first', () => {
  const ours = aRule({ name: 'ours', position: 0 });
  const system = aRule({ name: 'system', position: 5, system: true });
  expect(inOrder([ours, system]).map((rule) => rule.name)).toEqual(['system', 'ours']);
});

it('reads as a sentence', () => {
  expect(matchText({ kind: 'exact', words: ['a', 'b'], number: null })).toBe('Text is “a” or “b”');
  expect(matchText({ kind: 'any', words: [], number: null })).toBe('Text is anything');
});

it('shows a refusal of the server beside its field', () => {
  expect(fieldOf('match.words')).toBe('words');
  expect(fieldOf('actions[0].text')).toBe('reply');
});
