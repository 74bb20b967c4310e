/*
 * commands.ts - each action is one object; button, shortcut, palette and cheat sheet are made from it.
 *
 * A key is written as pressed: 'j', '?', 'Enter', 'Mod+k' (Ctrl, or Command on a Mac), or two in a row: 'g i'.
 */

export interface Command {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  readonly keys?: string;
  /** Also while typing in a field. */
  readonly whileTyping?: boolean;
  /** Not in the palette: moving about, which is quicker done than looked up. */
  readonly hidden?: boolean;
  readonly when?: () => boolean;
  readonly run: () => void;
}

export const isAvailable = (command: Command): boolean => command.when?.() ?? true;

export interface Press {
  readonly key: string;
  readonly mod: boolean;
  readonly alt: boolean;
  readonly typing: boolean;
}

/** How a press is written in `keys`. */
export const pressName = (press: Press): string =>
  press.mod ? `Mod+${press.key.length === 1 ? press.key.toLowerCase() : press.key}` : press.key;

/** The command for a press; `before` is the first key of a pair, if one was just pressed. */
export function findCommand(commands: readonly Command[], press: Press, before: string | null): Command | undefined {
  if (press.alt) return undefined;
  const name = pressName(press);
  const wanted = before === null ? [name] : [`${before} ${name}`, name];
  return commands.find(
    (command) =>
      command.keys !== undefined &&
      wanted.includes(command.keys) &&
      (!press.typing || command.whileTyping === true) &&
      isAvailable(command),
  );
}

export const beginsPair = (commands: readonly Command[], name: string): boolean =>
  commands.some((command) => command.keys?.startsWith(`${name} `) ?? false);

/** Keys that two commands claim. */
export function clashes(commands: readonly Command[]): readonly string[] {
  const keys = commands.flatMap((command) => command.keys ?? []);
  return keys.filter((key, i) => keys.indexOf(key) !== i);
}

/** Commands whose words begin with, or contain, each word that was typed. */
export function searchCommands(commands: readonly Command[], typed: string): readonly Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter((command) => {
    const text = `${command.group} ${command.label}`.toLowerCase();
    return !command.hidden && isAvailable(command) && words.every((word) => text.includes(word));
  });
}
