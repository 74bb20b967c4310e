/* time.ts - times as people read them, in their own zone and language. Pure: `now` is an argument. */

const DAY_MS = 86_400_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const dayMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayLong = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** A number that is the same for all times of one day, here. */
function dayNumber(at: Date): number {
  return Math.round(new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime() / DAY_MS);
}

export const sameDay = (a: string, b: string): boolean => dayNumber(new Date(a)) === dayNumber(new Date(b));
export const clockTime = (at: string): string => clock.format(new Date(at));
export const clockTimeSeconds = (at: string | number): string => clockSeconds.format(new Date(at));
export const exactTime = (at: string): string => exact.format(new Date(at));

/** For a row of a list: 14:05, Yesterday, Tue, 3 Mar, 3 Mar 2025. */
export function shortTime(at: string, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  const days = dayNumber(today) - dayNumber(date);
  if (days <= 0) return clock.format(date);
  if (days === 1) return 'Yesterday';
  if (days < 7) return weekday.format(date);
  return date.getFullYear() === today.getFullYear() ? dayMonth.format(date) : dayYear.format(date);
}

/** For a divider between days. */
export function dayName(at: string, now: number): string {
  const date = new Date(at);
  const days = dayNumber(new Date(now)) - dayNumber(date);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return date.getFullYear() === new Date(now).getFullYear() ? dayLong.format(date) : dayYear.format(date);
}

export const dayAndMonth = (at: string): string => dayMonth.format(new Date(at));

export const dateAndTime = (at: string): string =>
  `${dayYear.format(new Date(at))}, ${clockSeconds.format(new Date(at))}`;
