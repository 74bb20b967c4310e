/* model.ts - a tenant's settings: in which group each stands, what it is called, and how what was typed becomes its value. Pure. */
import type { Settings } from '@/lib/api';

export type SettingName = keyof Settings;
export type SettingValue = Settings[SettingName];

interface Field {
  readonly name: SettingName;
  readonly label: string;
  readonly hint?: string;
  readonly kind: 'hours' | 'figure' | 'text' | 'switch' | 'choice' | 'lines';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

export interface Group {
  readonly title: string;
  readonly about: string;
  readonly fields: readonly Field[];
}

const UNKNOWN = [
  { value: 'resend', label: 'send it again' },
  { value: 'hold', label: 'wait for a person' },
] as const;

export const GROUPS: readonly Group[] = [
  {
    title: 'Quiet hours',
    about: 'A message outside these hours is held and leaves when they begin. The hours are those of the person.',
    fields: [
      { name: 'quiet_bulk', label: 'Bulk leaves between', kind: 'hours' },
      { name: 'quiet_transactional', label: 'Transactional messages', kind: 'hours' },
      { name: 'quiet_auto', label: 'Automatic answers', kind: 'hours' },
      { name: 'quiet_human', label: 'What people write', kind: 'hours' },
      { name: 'quiet_states', label: 'Heed the stricter hours of US states', kind: 'switch' },
      {
        name: 'quiet_reply_minutes',
        label: 'Who has just written may be answered for',
        hint: 'Minutes. 0: quiet hours hold for them, too.',
        kind: 'figure',
      },
      {
        name: 'home_zone',
        label: 'Time zone where a number tells none',
        hint: 'Such as America/New_York. Empty: every zone it may be in must allow it.',
        kind: 'text',
      },
      {
        name: 'holidays',
        label: 'Holidays',
        hint: 'One a line: 2026-12-24, or 12-24 for every year. What has quiet hours does not leave then.',
        kind: 'lines',
      },
      { name: 'federal_holidays', label: 'US federal holidays, too', kind: 'switch' },
    ],
  },
  {
    title: 'Consent',
    about: 'A STOP is always kept. This says how far one reaches.',
    fields: [
      {
        name: 'opt_out_scope',
        label: 'A STOP ends',
        kind: 'choice',
        choices: [
          { value: 'tenant', label: 'all that we send' },
          { value: 'number', label: 'what the number sends' },
          { value: 'topic', label: 'the number’s topic' },
        ],
      },
      { name: 'sender_name', label: 'Your name', hint: 'As a first message has to say it.', kind: 'text' },
      {
        name: 'first_message',
        label: 'A first bulk message that names no sender, STOP or HELP',
        kind: 'choice',
        choices: [
          { value: 'add', label: 'gets it added' },
          { value: 'refuse', label: 'is refused' },
        ],
      },
    ],
  },
  {
    title: 'Breakers',
    about: 'What stops by itself before it becomes a loop or a bill.',
    fields: [
      {
        name: 'loop_limit',
        label: 'Automatic answers to one person',
        hint: 'At most, within the window.',
        kind: 'figure',
      },
      { name: 'loop_same_limit', label: 'Of the same text', hint: 'At most, within the window.', kind: 'figure' },
      { name: 'loop_window_s', label: 'The window', hint: 'Seconds.', kind: 'figure' },
      {
        name: 'spend_daily_limit',
        label: 'Spend a day',
        hint: 'USD, such as 25.00. Empty: no limit.',
        kind: 'text',
      },
      { name: 'spend_warn_percent', label: 'Warn at', hint: 'Percent of it.', kind: 'figure' },
    ],
  },
  {
    title: 'When nobody knows whether it left',
    about: 'Plivo is asked twice. If it does not know the message either:',
    fields: [
      { name: 'unknown_human', label: 'What people write', kind: 'choice', choices: UNKNOWN },
      { name: 'unknown_auto', label: 'Automatic answers', kind: 'choice', choices: UNKNOWN },
      { name: 'unknown_transactional', label: 'Transactional messages', kind: 'choice', choices: UNKNOWN },
      { name: 'unknown_bulk', label: 'Bulk', kind: 'choice', choices: UNKNOWN },
    ],
  },
  {
    title: 'Privacy',
    about: 'Consent entries are kept whatever this says: the law asks for them.',
    fields: [
      {
        name: 'retention_days',
        label: 'Erase what was said after',
        hint: 'Days. 0: it is kept.',
        kind: 'figure',
      },
      {
        name: 'report_days',
        label: 'Erase raw reports after',
        hint: 'Days. 0: with what was said.',
        kind: 'figure',
      },
    ],
  },
];

const ALL_DAY = '00:00-24:00';

/** What lets it leave at any hour: for bulk it must be said, as no value is its default. */
export const anyHour = (name: SettingName): string | null => (name === 'quiet_bulk' ? ALL_DAY : null);

/** "08:00-21:00" as two times; null is any hour. */
export function readHours(value: SettingValue): { readonly from: string; readonly to: string } | null {
  const found = typeof value === 'string' && value !== ALL_DAY ? /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(value) : null;
  return found?.[1] === undefined || found[2] === undefined ? null : { from: found[1], to: found[2] };
}

export const hoursText = (from: string, to: string): string => `${from}-${to === '00:00' ? '24:00' : to}`;

export type Parsed =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly problem: string };

export function parseFigure(typed: string): Parsed {
  const text = typed.trim();
  if (text === '') return { ok: true, value: null };
  return /^\d{1,9}$/.test(text) ? { ok: true, value: Number(text) } : { ok: false, problem: 'A whole number, please.' };
}

export const parseText = (typed: string): Parsed => ({ ok: true, value: typed.trim() === '' ? null : typed.trim() });

export const parseLines = (typed: string): Parsed => ({
  ok: true,
  value: typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== ''),
});

export function shown(value: SettingValue): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.join('\n') : String(value);
}
