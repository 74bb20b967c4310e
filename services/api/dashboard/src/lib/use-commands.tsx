/* use-commands.tsx - the commands that are on the screen now, and the keyboard that runs them. */
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from 'react';
import { beginsPair, type Command, findCommand, pressName } from './commands';

const PAIR_MS = 1000;

interface Registry {
  readonly commands: readonly Command[];
  readonly register: (commands: readonly Command[]) => () => void;
}

const CommandContext = createContext<Registry>({ commands: [], register: () => () => {} });

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Enter on a button or a link presses it, whatever the shortcut. */
function isPressing(event: KeyboardEvent): boolean {
  return (
    event.key === 'Enter' && event.target instanceof HTMLElement && /^(BUTTON|A|SUMMARY)$/.test(event.target.tagName)
  );
}

function useKeyboard(commands: readonly Command[]): void {
  const current = useRef(commands);
  current.current = commands;
  useEffect(() => {
    let before: { name: string; at: number } | null = null;
    const onKeyDown = (event: KeyboardEvent) => {
      const mod = event.ctrlKey || event.metaKey;
      if (event.defaultPrevented || event.isComposing || (isPressing(event) && !mod)) return;
      if (document.querySelector('dialog[open]') !== null) return; // a dialog has its own keys
      const press = { key: event.key, mod, alt: event.altKey, typing: isTyping(event.target) };
      const first = before !== null && event.timeStamp - before.at < PAIR_MS ? before.name : null;
      const command = findCommand(current.current, press, first);
      before = null;
      if (command !== undefined) {
        event.preventDefault();
        command.run();
      } else if (!press.typing && beginsPair(current.current, pressName(press))) {
        before = { name: pressName(press), at: event.timeStamp };
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

export function CommandProvider({ children }: { readonly children: ReactNode }) {
  const [sets, setSets] = useState<readonly (readonly Command[])[]>([]);
  const commands = useMemo(() => sets.flat(), [sets]);
  useKeyboard(commands);
  const registry = useMemo<Registry>(
    () => ({
      commands,
      register: (set) => {
        setSets((all) => [...all, set]);
        return () => setSets((all) => all.filter((other) => other !== set));
      },
    }),
    [commands],
  );
  return <CommandContext value={registry}>{children}</CommandContext>;
}

/** Offers these commands while the component is on the screen. Memoise the list. */
export function useCommands(commands: readonly Command[]): void {
  const { register } = use(CommandContext);
  const registerRef = useRef(register);
  useEffect(() => registerRef.current(commands), [commands]);
}

export const useAllCommands = (): readonly Command[] => use(CommandContext).commands;
