/* later.ts - times for a message that shall leave later, as the browser's own zone has them. Pure. */

const HOUR_MS = 3_600_000;
const YEAR_MS = 366 * 24 * HOUR_MS;
const MORNING = 9;

export interface Choice {
  readonly label: string;
  readonly at: number;
}

function tomorrowMorning(now: number): number {
  const day = new Date(now);
  day.setDate(day.getDate() + 1);
  day.setHours(MORNING, 0, 0, 0);
  return day.getTime();
}

export const laterChoices = (now: number): readonly Choice[] => [
  { label: 'In an hour', at: now + HOUR_MS },
  { label: 'Tomorrow at 9', at: tomorrowMorning(now) },
];

const two = (n: number) => String(n).padStart(2, '0');

/** As an `<input type="datetime-local">` has it. */
export function localInputText(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** Why this cannot be the time, or null. */
export function laterProblem(typed: string, now: number): string | null {
  const at = Date.parse(typed);
  if (Number.isNaN(at)) return 'Choose a day and a time.';
  if (at <= now) return 'This is over already.';
  return at > now + YEAR_MS ? 'At most a year ahead.' : null;
}
