import type { Command } from '@/lib/commands';

interface ComposerActions {
  readonly focus: () => void;
  readonly send: () => void;
  readonly later: () => void;
  readonly canSend: () => boolean;
}

export const composerCommands = ({ focus, send, later, canSend }: ComposerActions): readonly Command[] => [
  { id: 'composer.reply', label: 'Reply', group: 'Conversation', keys: 'r', run: focus },
  {
    id: 'composer.send',
    label: 'Send',
    group: 'Conversation',
    keys: 'Mod+Enter',
    whileTyping: true,
    when: canSend,
    run: send,
  },
  { id: 'composer.later', label: 'Send later', group: 'Conversation', keys: 'l', run: later },
];
