/* toast.tsx - short notes that go away by themselves. Errors of a form never come here: they stand beside their field. */
import clsx from 'clsx';
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';

interface Note {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

const SHOWN_MS = 6000;
let notes: readonly Note[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Note[]): void {
  notes = next;
  for (const listener of listeners) listener();
}

const dismiss = (id: number) => set(notes.filter((note) => note.id !== id));

export function toast(tone: Note['tone'], text: string): void {
  lastId += 1;
  const id = lastId;
  set([...notes.slice(-2), { id, tone, text }]);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => notes);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-16 z-50 flex flex-col items-center gap-2 md:bottom-4"
    >
      {shown.map((note) => (
        <div
          key={note.id}
          className="pointer-events-auto flex max-w-[90vw] items-center gap-2 rounded-lg border border-line bg-raised py-2 pr-2 pl-3 text-sm shadow-float"
        >
          <span className={clsx(note.tone === 'good' ? 'text-good' : 'text-bad')} aria-hidden>
            {note.tone === 'good' ? <CircleCheck size={16} /> : <CircleAlert size={16} />}
          </span>
          {note.text}
          <button
            type="button"
            aria-label="Dismiss"
            onClick={() => dismiss(note.id)}
            className="rounded p-1 text-ink-3 hover:bg-hover"
          >
            <X size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
