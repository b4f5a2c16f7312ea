import { describe, expect, it } from 'vitest';
import { calendarDate, instantOf, isoWeek, timeOfDay, weekOfYear } from './calendar.ts';
import { parseTimeZone, toUtc } from './time-zone.ts';

const hour = 3_600_000;

describe('the calendar', () => {
  it('agrees with JavaScript over four centuries and across the year 0', () => {
    for (let ms = Date.UTC(-1, 0, 1); ms < Date.UTC(400, 0, 1); ms += 86_400_000 * 13 + 12_345) {
      const date = new Date(ms);
      expect(calendarDate(ms)).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
      });
      expect(timeOfDay(ms).hour).toBe(date.getUTCHours());
    }
  });

  it('carries months and days beyond their range', () => {
    expect(instantOf(2023, 14, 0)).toBe(Date.UTC(2024, 0, 31));
    expect(instantOf(2024, -1, 1)).toBe(Date.UTC(2023, 10, 1));
  });

  it('gives the days around New Year to the week of their Thursday', () => {
    expect(isoWeek(Date.UTC(2021, 0, 3))).toEqual({ year: 2020, week: 53 });
    expect(isoWeek(Date.UTC(2018, 11, 31))).toEqual({ year: 2019, week: 1 });
    expect(weekOfYear(Date.UTC(2022, 0, 1))).toBe(0);
  });
});

describe('time zones', () => {
  it('are offsets with and without colon and minutes', () => {
    expect(parseTimeZone('+05:30').offsetMs(0)).toBe(5.5 * hour);
    expect(parseTimeZone('-0330').offsetMs(0)).toBe(-3.5 * hour);
    expect(parseTimeZone('+03').offsetMs(0)).toBe(3 * hour);
  });

  it('follow the rules of a place through the year', () => {
    const zone = parseTimeZone('America/New_York');
    expect(zone.offsetMs(Date.UTC(2024, 0, 1))).toBe(-5 * hour);
    expect(zone.offsetMs(Date.UTC(2024, 6, 1))).toBe(-4 * hour);
  });

  it('take a skipped local time as if the clocks had not moved, and the first of a repeated one', () => {
    const zone = parseTimeZone('America/New_York');
    expect(toUtc(Date.UTC(2024, 2, 10, 2, 30), zone)).toBe(Date.UTC(2024, 2, 10, 7, 30));
    expect(toUtc(Date.UTC(2024, 10, 3, 1, 30), zone)).toBe(Date.UTC(2024, 10, 3, 5, 30));
  });

  it('are refused when unknown, also for their case', () => {
    for (const name of ['', 'Nowhere', 'america/new_york', 'AMERICA/NEW_YORK', '25:00', '+100:00', '123']) {
      expect(() => parseTimeZone(name), name).toThrow('unrecognized time zone identifier');
    }
  });
});
