import { describe, expect, it } from 'vitest';
import { anyHour, GROUPS, hoursText, parseFigure, parseLines, parseText, readHours, shown } from './model';

describe('settings', () => {
  it('stand in one group each', () => {
    const names = GROUPS.flatMap((group) => group.fields.map((field) => field.name));
    expect(new Set(names).size).toBe(names.length);
  });

  it('read and write hours', () => {
    expect(readHours('08:00-21:00')).toEqual({ from: '08:00', to: '21:00' });
    expect(readHours(null)).toBeNull();
    expect(readHours('soon')).toBeNull();
    expect(readHours('00:00-24:00')).toBeNull();
    expect(anyHour('quiet_bulk')).toBe('00:00-24:00');
    expect(anyHour('quiet_auto')).toBeNull();
    expect(hoursText('08:00', '21:00')).toBe('08:00-21:00');
    expect(hoursText('00:00', '00:00')).toBe('00:00-24:00');
  });

  it('take what was typed, or say what is wrong with it', () => {
    expect(parseFigure(' 30 ')).toEqual({ ok: true, value: 30 });
    expect(parseFigure('')).toEqual({ ok: true, value: null });
    expect(parseFigure('-1').ok).toBe(false);
    expect(parseFigure('1.5').ok).toBe(false);
    expect(parseText('  ')).toEqual({ ok: true, value: null });
    expect(parseLines('12-24\n\n 2026-12-31 ')).toEqual({ ok: true, value: ['12-24', '2026-12-31'] });
  });

  it('show lists a line each, and nothing for nothing', () => {
    expect(shown(['12-24', '12-25'])).toBe('12-24\n12-25');
    expect(shown(null)).toBe('');
    expect(shown(20)).toBe('20');
  });
});
