import type { Command } from '@/lib/commands';

interface ComposerActions {
  readonly focus: () => void;
  readonly send: () => void;
  readonly canSend: () => boolean;
}

export const composerCommands = ({ focus, send, canSend }: ComposerActions): readonly Command[] => [
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
];
