import clsx from 'clsx';
import { type KeyboardEvent, useId, useState } from 'react';
import { type Command, searchCommands } from '@/lib/commands';
import { useAllCommands } from '@/lib/use-commands';
import { Kbd } from '@/ui/bits';
import { Dialog } from '@/ui/dialog';

export function KeyCaps({ keys }: { readonly keys: string }) {
  return (
    <span className="flex gap-1">
      {keys.split(' ').map((key) => (
        <Kbd key={key} keys={key} />
      ))}
    </span>
  );
}

/** Every action that can be done here, found by its words. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = searchCommands(useAllCommands(), typed);
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((at + step + found.length) % Math.max(found.length, 1));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[at]);
    }
  };
  return (
    <Dialog title="Commands" onClose={onClose} bare>
      <input
        role="combobox"
        aria-expanded
        aria-label="Command"
        aria-controls={listId}
        aria-activedescendant={found[at] === undefined ? undefined : `${listId}-${found[at].id}`}
        placeholder="What do you want to do?"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className="h-12 w-full shrink-0 border-b border-line bg-transparent px-4 text-base outline-none"
      />
      <div id={listId} role="listbox" aria-label="Commands" className="max-h-80 overflow-y-auto p-1.5">
        {found.map((command, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are read by the field above, as in every combobox
          <div
            key={command.id}
            id={`${listId}-${command.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onPointerMove={() => setAt(i)}
            onClick={() => run(command)}
            className={clsx(
              'flex h-9 cursor-pointer items-center gap-3 rounded-md px-2.5',
              i === at && 'bg-accent-soft',
            )}
          >
            <span className="w-24 shrink-0 text-xs text-ink-3">{command.group}</span>
            <span className="flex-1 truncate">{command.label}</span>
            {command.keys !== undefined && <KeyCaps keys={command.keys} />}
          </div>
        ))}
        {found.length === 0 && <p className="px-3 py-6 text-center text-sm text-ink-3">No such command.</p>}
      </div>
    </Dialog>
  );
}

/** All keys that work here. */
export function CheatSheet({ onClose }: { readonly onClose: () => void }) {
  const withKeys = useAllCommands().filter((command) => command.keys !== undefined);
  const groups = [...new Set(withKeys.map((command) => command.group))];
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div className="grid gap-x-10 gap-y-5 overflow-y-auto px-5 pt-1 pb-5 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group}>
            <h3 className="pb-1 text-xs font-semibold text-ink-3">{group}</h3>
            <dl>
              {withKeys
                .filter((command) => command.group === group)
                .map((command) => (
                  <div key={command.id} className="flex items-center border-b border-line py-1.5 last:border-b-0">
                    <dt className="flex-1 text-sm">{command.label}</dt>
                    <dd>
                      <KeyCaps keys={command.keys ?? ''} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
