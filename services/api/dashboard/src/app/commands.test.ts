import { expect, it } from 'vitest';
import { composerCommands } from '@/features/composer/commands';
import { clashes } from '@/lib/commands';
import { globalCommands } from './global-commands';
import { conversationCommands, inboxMoves } from './inbox-commands';

const nothing = () => {};
const yes = () => true;

const ALL = [
  ...globalCommands({
    go: nothing,
    palette: nothing,
    cheatSheet: nothing,
    theme: nothing,
    phone: nothing,
    compose: nothing,
    signOut: nothing,
    isDemo: yes,
  }),
  ...inboxMoves({ move: nothing, open: nothing, search: nothing }),
  ...conversationCommands({ back: nothing, toggleStatus: nothing, explain: nothing }),
  ...composerCommands({ focus: nothing, send: nothing, later: nothing, canSend: yes }),
];

it('no two commands of the inbox share a key', () => {
  expect(clashes(ALL)).toEqual([]);
});

it('no two commands share an id', () => {
  expect(new Set(ALL.map((command) => command.id)).size).toBe(ALL.length);
});
