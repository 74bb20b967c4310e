import type { Command } from '@/lib/commands';

interface Moves {
  readonly move: (step: 1 | -1) => void;
  readonly open: () => void;
  readonly search: () => void;
}

export const inboxMoves = (act: Moves): readonly Command[] => [
  { id: 'inbox.next', label: 'Next conversation', group: 'Inbox', keys: 'j', hidden: true, run: () => act.move(1) },
  {
    id: 'inbox.previous',
    label: 'Previous conversation',
    group: 'Inbox',
    keys: 'k',
    hidden: true,
    run: () => act.move(-1),
  },
  { id: 'inbox.open', label: 'Open conversation', group: 'Inbox', keys: 'Enter', hidden: true, run: act.open },
  { id: 'inbox.search', label: 'Search conversations', group: 'Inbox', keys: '/', run: act.search },
];

interface ConversationActions {
  readonly back: () => void;
  readonly toggleStatus: () => void;
  readonly explain: () => void;
}

export const conversationCommands = (act: ConversationActions): readonly Command[] => [
  { id: 'conversation.back', label: 'Back', group: 'Conversation', keys: 'Escape', hidden: true, run: act.back },
  {
    id: 'conversation.status',
    label: 'Close conversation, or open it again',
    group: 'Conversation',
    keys: 'e',
    run: act.toggleStatus,
  },
  {
    id: 'conversation.explain',
    label: 'Explain the newest message',
    group: 'Conversation',
    keys: 'i',
    run: act.explain,
  },
];
