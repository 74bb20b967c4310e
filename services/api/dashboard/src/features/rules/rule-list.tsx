import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Lock, Pencil, Trash2, Waypoints } from 'lucide-react';
import { useState } from 'react';
import { api, type Rule, take } from '@/lib/api';
import { keys } from '@/lib/cache';
import { Badge, Skeleton } from '@/ui/bits';
import { Button, IconButton } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Switch } from '@/ui/field';
import { Broken, Empty, Loading } from '@/ui/states';
import { toast } from '@/ui/toast';
import { actionText, inOrder, matchText } from './model';
import { rulesQuery } from './queries';

function useEnable() {
  const client = useQueryClient();
  const put = (rules: readonly Rule[] | undefined, rule: Rule) => rules?.map((r) => (r.id === rule.id ? rule : r));
  return useMutation({
    mutationFn: (rule: Rule) =>
      take(api.PATCH('/api/v1/rules/{id}', { params: { path: { id: rule.id } }, body: { enabled: rule.enabled } })),
    onMutate: (rule) => client.setQueryData<readonly Rule[]>(keys.rules(), (rules) => put(rules, rule)),
    onSuccess: (rule) => client.setQueryData<readonly Rule[]>(keys.rules(), (rules) => put(rules, rule)),
    onError: (error, rule) => {
      client.setQueryData<readonly Rule[]>(keys.rules(), (rules) => put(rules, { ...rule, enabled: !rule.enabled }));
      toast('bad', error.message);
    },
  });
}

interface DeleteProps {
  readonly rule: Rule;
  readonly onClose: () => void;
}

function DeleteDialog({ rule, onClose }: DeleteProps) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/rules/{id}', { params: { path: { id: rule.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.rules() });
      onClose();
    },
  });
  return (
    <Dialog title={`Delete “${rule.name}”?`} onClose={onClose}>
      <div className="px-5 pb-5">
        <p className="text-sm text-ink-2">It answers nobody any more from then on. This cannot be undone.</p>
        {remove.isError && (
          <p role="alert" className="mt-2 text-xs text-bad">
            {remove.error.message}
          </p>
        )}
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
            Delete rule
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

interface RowProps {
  readonly rule: Rule;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

function Row({ rule, onEdit, onDelete }: RowProps) {
  const enable = useEnable();
  return (
    <li className="flex items-start gap-3 border-b border-line px-4 py-3 last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 font-medium">
          <span className="truncate">{rule.name}</span>
          {rule.system && (
            <Badge>
              <Lock size={10} aria-hidden /> System
            </Badge>
          )}
          {!rule.enabled && <Badge tone="warn">Off</Badge>}
        </p>
        <p className="mt-0.5 text-sm break-words text-ink-2">{matchText(rule.match)}</p>
        <p className="text-sm break-words text-ink-3">{rule.actions.map(actionText).join(' · ')}</p>
      </div>
      {!rule.system && (
        <div className="flex items-center gap-1">
          <Switch
            label={`${rule.name} is on`}
            checked={rule.enabled}
            onChange={(enabled) => enable.mutate({ ...rule, enabled })}
          />
          <IconButton label={`Change ${rule.name}`} onClick={onEdit} className="ml-2">
            <Pencil size={15} />
          </IconButton>
          <IconButton label={`Delete ${rule.name}`} onClick={onDelete}>
            <Trash2 size={15} />
          </IconButton>
        </div>
      )}
    </li>
  );
}

export function RuleList({ onEdit }: { readonly onEdit: (rule: Rule) => void }) {
  const query = useQuery(rulesQuery());
  const [doomed, setDoomed] = useState<Rule | null>(null);
  if (query.isPending)
    return (
      <Loading label="Loading rules">
        <div className="flex flex-col gap-4 p-4">
          <Skeleton className="h-12" />
          <Skeleton className="h-12" />
        </div>
      </Loading>
    );
  if (query.isError) return <Broken query={query} />;
  if (query.data.length === 0)
    return (
      <Empty icon={Waypoints} title="No rules yet">
        A rule answers, labels or sorts what comes in.
      </Empty>
    );
  return (
    <>
      <ol aria-label="Rules, in the order in which they are tried">
        {inOrder(query.data).map((rule) => (
          <Row key={rule.id} rule={rule} onEdit={() => onEdit(rule)} onDelete={() => setDoomed(rule)} />
        ))}
      </ol>
      {doomed !== null && <DeleteDialog rule={doomed} onClose={() => setDoomed(null)} />}
    </>
  );
}
