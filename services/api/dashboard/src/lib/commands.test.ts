import { expect, it } from 'vitest';
import { beginsPair, type Command, clashes, findCommand, searchCommands } from './commands';

const run = () => {};
const commands: Command[] = [
  { id: 'next', label: 'Next', group: 'Inbox', keys: 'j', run },
  { id: 'send', label: 'Send', group: 'Conversation', keys: 'Mod+Enter', whileTyping: true, run },
  { id: 'inbox', label: 'Go to the inbox', group: 'Go to', keys: 'g i', run },
  { id: 'explain', label: 'Explain', group: 'Conversation', keys: 'i', run },
  { id: 'phone', label: 'Phone', group: 'Parley', keys: 'p', when: () => false, run },
];
const press = (key: string, change: object = {}) => ({ key, mod: false, alt: false, typing: false, ...change });

it('finds a command by its key', () => {
  expect(findCommand(commands, press('j'), null)?.id).toBe('next');
});

it('leaves letters alone while someone types, but not what is meant for that', () => {
  expect(findCommand(commands, press('j', { typing: true }), null)).toBeUndefined();
  expect(findCommand(commands, press('Enter', { typing: true, mod: true }), null)?.id).toBe('send');
});

it('knows two keys in a row from the second one alone', () => {
  expect(beginsPair(commands, 'g')).toBe(true);
  expect(findCommand(commands, press('i'), 'g')?.id).toBe('inbox');
  expect(findCommand(commands, press('i'), null)?.id).toBe('explain');
});

it('offers and runs only what is possible now', () => {
  expect(findCommand(commands, press('p'), null)).toBeUndefined();
  expect(searchCommands(commands, 'phone')).toEqual([]);
});

it('finds by words of label and group', () => {
  expect(searchCommands(commands, 'conv exp').map((c) => c.id)).toEqual(['explain']);
});

it('names keys that two commands claim', () => {
  expect(clashes(commands)).toEqual([]);
  expect(clashes([...commands, { id: 'x', label: 'X', group: 'X', keys: 'j', run }])).toEqual(['j']);
});
