import { SquarePen } from 'lucide-react';
import { useAllCommands } from '@/lib/use-commands';
import { IconButton } from '@/ui/button';

/** The command, as a button. */
export function NewButton() {
  const compose = useAllCommands().find((command) => command.id === 'compose');
  if (compose === undefined) return null;
  return (
    <IconButton label={compose.label} keys={compose.keys} onClick={compose.run}>
      <SquarePen size={17} />
    </IconButton>
  );
}
