/* model.ts - how a number reads and what may be typed for it. Pure. */
import type { OurNumber } from '@/lib/api';

export const KIND_WORDS: Readonly<Record<string, string>> = {
  long_code: 'Long code',
  toll_free: 'Toll-free',
  short_code: 'Short code',
  powerpack: 'Powerpack',
};

export const kindText = (kind: string): string => KIND_WORDS[kind] ?? 'Number';

interface StateWords {
  readonly word: string;
  readonly tone: 'good' | 'warn' | 'neutral';
}

export const STATES: Readonly<Record<OurNumber['state'], StateWords>> = {
  active: { word: 'Active', tone: 'good' },
  paused: { word: 'Paused', tone: 'warn' },
  discovered: { word: 'Discovered', tone: 'neutral' },
};

export type Parsed =
  | { readonly ok: true; readonly value: number | null }
  | { readonly ok: false; readonly problem: string };

/** Empty means: as the default. */
export function parseRate(typed: string): Parsed {
  if (typed.trim() === '') return { ok: true, value: null };
  const value = Number(typed.trim().replace(',', '.'));
  if (!Number.isFinite(value) || value <= 0) return { ok: false, problem: 'More than 0, or empty for the default.' };
  return { ok: true, value };
}

/** Empty means: no limit. */
export function parseLimit(typed: string): Parsed {
  if (typed.trim() === '') return { ok: true, value: null };
  const value = Number(typed.trim());
  if (!Number.isInteger(value) || value < 1) return { ok: false, problem: 'A whole number from 1, or empty for none.' };
  return { ok: true, value };
}

export const isReplyVia = (value: string): value is OurNumber['reply_via'] => value === 'rest' || value === 'xml';

export const isStopReply = (value: string): value is OurNumber['stop_reply'] =>
  value === 'provider' || value === 'parley' || value === 'both';
