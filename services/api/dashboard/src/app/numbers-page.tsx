import { NumberList } from '@/features/numbers/number-list';

export function NumbersPage() {
  return (
    <div className="h-full overflow-y-auto bg-sunken">
      <div className="mx-auto max-w-3xl px-4 py-6 md:px-6">
        <header className="mb-4">
          <h1 className="text-lg font-semibold tracking-tight">Numbers</h1>
          <p className="text-sm text-ink-2">How each of your numbers answers, and how fast it may send.</p>
        </header>
        <NumberList />
      </div>
    </div>
  );
}
