import type { Command } from '@/lib/commands';

type Place = '/inbox' | '/contacts' | '/rules' | '/numbers' | '/notices' | '/settings';

export interface GlobalActions {
  readonly go: (to: Place) => void;
  readonly palette: () => void;
  readonly cheatSheet: () => void;
  readonly theme: () => void;
  readonly phone: () => void;
  readonly compose: () => void;
  readonly signOut: () => void;
  readonly isDemo: () => boolean;
}

export const globalCommands = (act: GlobalActions): readonly Command[] => [
  { id: 'go.inbox', label: 'Go to the inbox', group: 'Go to', keys: 'g i', run: () => act.go('/inbox') },
  { id: 'go.contacts', label: 'Go to contacts', group: 'Go to', keys: 'g c', run: () => act.go('/contacts') },
  { id: 'go.rules', label: 'Go to rules', group: 'Go to', keys: 'g r', run: () => act.go('/rules') },
  { id: 'go.numbers', label: 'Go to numbers', group: 'Go to', keys: 'g n', run: () => act.go('/numbers') },
  { id: 'go.notices', label: 'Go to notices', group: 'Go to', keys: 'g o', run: () => act.go('/notices') },
  { id: 'go.settings', label: 'Go to settings', group: 'Go to', keys: 'g s', run: () => act.go('/settings') },
  { id: 'compose', label: 'New conversation', group: 'Inbox', keys: 'c', run: act.compose },
  {
    id: 'palette',
    label: 'All commands',
    group: 'Parley',
    keys: 'Mod+k',
    whileTyping: true,
    hidden: true,
    run: act.palette,
  },
  { id: 'keys', label: 'Show all keys', group: 'Parley', keys: '?', run: act.cheatSheet },
  {
    id: 'theme',
    label: 'Switch between light and dark',
    group: 'Parley',
    keys: 'Mod+.',
    whileTyping: true,
    run: act.theme,
  },
  {
    id: 'phone',
    label: 'Show or hide the customer’s phone',
    group: 'Parley',
    keys: 'p',
    when: act.isDemo,
    run: act.phone,
  },
  { id: 'sign-out', label: 'Sign out', group: 'Parley', run: act.signOut },
];
