import { Plus } from 'lucide-react';
import { useState } from 'react';
import { RuleEditor } from '@/features/rules/rule-editor';
import { RuleList } from '@/features/rules/rule-list';
import { TestBench } from '@/features/rules/test-bench';
import type { Rule } from '@/lib/api';
import { Button } from '@/ui/button';

/** Undefined: nothing is edited; null: a new one. */
type Edited = Rule | null | undefined;

export function RulesPage() {
  const [edited, setEdited] = useState<Edited>(undefined);
  return (
    <div className="h-full overflow-y-auto bg-sunken">
      <div className="mx-auto max-w-5xl px-4 py-6 md:px-6">
        <header className="mb-4 flex items-center gap-3">
          <div className="flex-1">
            <h1 className="text-lg font-semibold tracking-tight">Rules</h1>
            <p className="text-sm text-ink-2">Tried from the top; the first that matches a text wins.</p>
          </div>
          <Button variant="primary" onClick={() => setEdited(null)}>
            <Plus size={15} aria-hidden /> New rule
          </Button>
        </header>
        <div className="grid items-start gap-5 lg:grid-cols-[1fr_20rem]">
          <section className="rounded-lg border border-line bg-surface">
            <RuleList onEdit={setEdited} />
          </section>
          <TestBench />
        </div>
      </div>
      {edited !== undefined && <RuleEditor rule={edited} onClose={() => setEdited(undefined)} />}
    </div>
  );
}
