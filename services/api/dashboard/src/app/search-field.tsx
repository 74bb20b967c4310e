import { Search } from 'lucide-react';
import { type RefObject, useEffect, useState } from 'react';

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (q: string) => void;
  readonly fieldRef?: RefObject<HTMLInputElement | null>;
}

const SETTLE_MS = 200;

/** Asks when one pauses typing, not at each letter. */
export function SearchField({ label, value, onSearch, fieldRef }: SearchProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onSearch(typed), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onSearch]);
  return (
    <label className="flex h-8 items-center gap-2 rounded-md bg-hover px-2.5 text-ink-3 focus-within:bg-surface focus-within:ring-2 focus-within:ring-accent">
      <Search size={14} aria-hidden />
      <input
        ref={fieldRef}
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          setTyped('');
          event.currentTarget.blur();
        }}
        className="min-w-0 flex-1 bg-transparent text-sm text-ink outline-none [&::-webkit-search-cancel-button]:hidden"
      />
    </label>
  );
}
