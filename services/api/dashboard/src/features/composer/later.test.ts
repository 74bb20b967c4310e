import { describe, expect, it } from 'vitest';
import { laterChoices, laterProblem, localInputText } from './later';

const NOW = new Date(2026, 2, 31, 22, 15, 30).getTime();

describe('sending later', () => {
  it('offers an hour from now and the next morning, over the end of a month', () => {
    const [hour, morning] = laterChoices(NOW);
    expect(hour?.at).toBe(NOW + 3_600_000);
    expect(localInputText(morning?.at ?? 0)).toBe('2026-04-01T09:00');
  });

  it('writes a time as the field has it', () => {
    expect(localInputText(NOW)).toBe('2026-03-31T22:15');
  });

  it('takes any time to come, within a year', () => {
    expect(laterProblem('2026-03-31T22:16', NOW)).toBeNull();
    expect(laterProblem('2026-03-31T22:15', NOW)).toBe('This is over already.');
    expect(laterProblem('', NOW)).toBe('Choose a day and a time.');
    expect(laterProblem('2028-01-01T00:00', NOW)).toBe('At most a year ahead.');
  });
});
