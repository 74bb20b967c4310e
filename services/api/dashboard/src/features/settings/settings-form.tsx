import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, api, type Settings, take } from '@/lib/api';
import { keys } from '@/lib/cache';
import { Skeleton } from '@/ui/bits';
import { Button } from '@/ui/button';
import { SelectField, Switch, TextAreaField, TextField } from '@/ui/field';
import { Broken, Loading } from '@/ui/states';
import { toast } from '@/ui/toast';
import {
  anyHour,
  GROUPS,
  type Group,
  hoursText,
  type Parsed,
  parseFigure,
  parseLines,
  parseText,
  readHours,
  type SettingName,
  type SettingValue,
  shown,
} from './model';

type Field = Group['fields'][number];

function useSettings() {
  return useQuery({
    queryKey: keys.settings(),
    queryFn: ({ signal }) => take(api.GET('/api/v1/settings', { signal })),
  });
}

function useChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, value }: { readonly name: SettingName; readonly value: SettingValue }) =>
      take(api.PATCH('/api/v1/settings', { body: { [name]: value } })),
    onSuccess: (settings) => {
      client.setQueryData(keys.settings(), settings);
      toast('good', 'Saved.');
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || error.fields.size === 0) toast('bad', error.message);
    },
  });
}

interface FieldProps {
  readonly field: Field;
  readonly value: SettingValue;
  readonly refused: string | undefined;
  readonly save: (value: SettingValue) => void;
}

/** Saved when one leaves the field or presses Enter. */
function Typed({ field, value, refused, save, parse }: FieldProps & { readonly parse: (typed: string) => Parsed }) {
  const [typed, setTyped] = useState(shown(value));
  const parsed = parse(typed);
  const leave = () => {
    if (parsed.ok && shown(parsed.value) !== shown(value)) save(parsed.value);
  };
  const common = {
    label: field.label,
    hint: field.hint,
    error: parsed.ok ? refused : parsed.problem,
    value: typed,
    onBlur: leave,
  };
  if (field.kind === 'lines')
    return <TextAreaField {...common} rows={3} onChange={(event) => setTyped(event.target.value)} />;
  return (
    <TextField
      {...common}
      inputMode={field.kind === 'figure' ? 'numeric' : 'text'}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => event.key === 'Enter' && leave()}
    />
  );
}

function Hours({ field, value, refused, save }: FieldProps) {
  const hours = readHours(value);
  const set = (from: string, to: string) => from !== '' && to !== '' && save(hoursText(from, to));
  if (hours === null)
    return (
      <div className="flex flex-col gap-1">
        <span className="text-xs font-medium text-ink-2">{field.label}</span>
        <div className="flex h-9 items-center gap-3 text-base">
          at any hour
          <Button size="sm" onClick={() => save('08:00-21:00')}>
            Set hours
          </Button>
        </div>
      </div>
    );
  const to = hours.to === '24:00' ? '00:00' : hours.to;
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-end gap-2">
        <TextField
          label={field.label}
          type="time"
          value={hours.from}
          onChange={(event) => set(event.target.value, hours.to)}
        />
        <TextField label="and" type="time" value={to} onChange={(event) => set(hours.from, event.target.value)} />
        <Button size="sm" variant="ghost" className="mb-0.5" onClick={() => save(anyHour(field.name))}>
          Any hour
        </Button>
      </div>
      {refused !== undefined && <p className="text-xs text-bad">{refused}</p>}
    </div>
  );
}

function OneField(props: FieldProps) {
  const { field, value, refused, save } = props;
  switch (field.kind) {
    case 'hours':
      return <Hours {...props} />;
    case 'switch':
      return (
        <div className="flex items-center gap-3 sm:col-span-2">
          <Switch label={field.label} checked={value === true} onChange={save} />
          <span className="text-sm">{field.label}</span>
        </div>
      );
    case 'choice':
      return (
        <SelectField
          label={field.label}
          hint={field.hint}
          error={refused}
          value={shown(value)}
          onChange={(event) => save(event.target.value)}
        >
          {field.choices?.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </SelectField>
      );
    case 'lines':
      return <Typed key={shown(value)} {...props} parse={parseLines} />;
    case 'figure':
      return <Typed key={shown(value)} {...props} parse={parseFigure} />;
    case 'text':
      return <Typed key={shown(value)} {...props} parse={parseText} />;
  }
}

function Card({ group, settings }: { readonly group: Group; readonly settings: Settings }) {
  const change = useChange();
  const refused = (name: SettingName) =>
    change.error instanceof ApiError && change.variables?.name === name ? change.error.fields.get(name) : undefined;
  return (
    <section aria-label={group.title} className="rounded-lg border border-line bg-surface">
      <header className="border-b border-line px-4 py-3">
        <h2 className="font-semibold">{group.title}</h2>
        <p className="text-xs text-ink-2">{group.about}</p>
      </header>
      <div className="grid gap-4 p-4 sm:grid-cols-2">
        {group.fields.map((field) => (
          <OneField
            key={field.name}
            field={field}
            value={settings[field.name]}
            refused={refused(field.name)}
            save={(value) => change.mutate({ name: field.name, value })}
          />
        ))}
      </div>
    </section>
  );
}

export function SettingsForm() {
  const query = useSettings();
  if (query.isPending)
    return (
      <Loading label="Loading settings">
        <Skeleton className="h-96 rounded-lg" />
      </Loading>
    );
  if (query.isError) return <Broken query={query} />;
  return (
    <div className="flex flex-col gap-4">
      {GROUPS.map((group) => (
        <Card key={group.title} group={group} settings={query.data} />
      ))}
    </div>
  );
}
