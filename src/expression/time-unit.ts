/** Units of time, as date expressions, window bounds and $densify take them. */
import { calendarDate, dayMs, dayNumberOf, daysInMonth, hourMs, minuteMs, secondMs } from './calendar.ts';

export const timeUnits = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
] as const;

export type TimeUnit = (typeof timeUnits)[number];

const fixedMs: Readonly<Partial<Record<TimeUnit, number>>> = {
  millisecond: 1,
  second: secondMs,
  minute: minuteMs,
  hour: hourMs,
  day: dayMs,
  week: 7 * dayMs,
};

const months: Readonly<Partial<Record<TimeUnit, number>>> = { month: 1, quarter: 3, year: 12 };

export function isTimeUnit(text: unknown): text is TimeUnit {
  return timeUnits.some((unit) => unit === text);
}

/** Milliseconds of a unit that is always as long where there are no time zones; undefined for months and longer. */
export function fixedUnitMs(unit: TimeUnit): number | undefined {
  return fixedMs[unit];
}

/** Months of a unit that is made of them; undefined for weeks and shorter. */
export function unitMonths(unit: TimeUnit): number | undefined {
  return months[unit];
}

/** Milliseconds since 1970 moved on by so many units, without time zones. A day that the month does not have becomes its last. */
export function addUnits(ms: number, unit: TimeUnit, count: number): number {
  const fixed = fixedMs[unit];
  if (fixed !== undefined) return ms + count * fixed;
  const { year, month, day } = calendarDate(ms);
  const sum = year * 12 + (month - 1) + count * (months[unit] ?? 1);
  const newYear = Math.floor(sum / 12);
  const newMonth = sum - newYear * 12 + 1;
  const newDay = Math.min(day, daysInMonth(newYear, newMonth));
  return (dayNumberOf(newYear, newMonth, newDay) - dayNumberOf(year, month, day)) * dayMs + ms;
}
