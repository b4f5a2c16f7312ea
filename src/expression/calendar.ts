/**
 * The proleptic Gregorian calendar, and the ISO 8601 week calendar, over milliseconds since 1970. Nothing here knows of
 * time zones: callers shift the instant to local time first (`time-zone.ts`) and back.
 */
export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/** Quotient rounded down. */
function floorDivide(dividend: number, divisor: number): number {
  return Math.floor(dividend / divisor);
}

/** Remainder that is never negative. */
function modulo(dividend: number, divisor: number): number {
  return dividend - floorDivide(dividend, divisor) * divisor;
}

/** Days since 1970 of an instant. */
export function dayNumber(ms: number): number {
  return floorDivide(ms, dayMs);
}

/** Days since 1970 of a date; months and days beyond their range carry over. Years count from March inside. */
export function dayNumberOf(year: number, month: number, day: number): number {
  const months = year * 12 + (month - 1);
  const shifted = months - 2;
  const marchYear = floorDivide(shifted, 12);
  const marchMonth = modulo(shifted, 12);
  const era = floorDivide(marchYear, 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = floorDivide(153 * marchMonth + 2, 5);
  const dayOfEra = yearOfEra * 365 + floorDivide(yearOfEra, 4) - floorDivide(yearOfEra, 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468 + (day - 1);
}

/** The instant of a date and time; every part may lie beyond its range and carries over. */
export function instantOf(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, ms = 0): number {
  return dayNumberOf(year, month, day) * dayMs + hour * hourMs + minute * minuteMs + second * secondMs + ms;
}

/** Year, month and day of an instant. */
export function calendarDate(ms: number): CalendarDate {
  const days = dayNumber(ms) + 719_468;
  const era = floorDivide(days, 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = floorDivide(
    dayOfEra - floorDivide(dayOfEra, 1460) + floorDivide(dayOfEra, 36_524) - floorDivide(dayOfEra, 146_096),
    365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + floorDivide(yearOfEra, 4) - floorDivide(yearOfEra, 100));
  const marchMonth = floorDivide(5 * dayOfYear + 2, 153);
  const day = dayOfYear - floorDivide(153 * marchMonth + 2, 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

export function timeOfDay(ms: number): TimeOfDay {
  const within = modulo(ms, dayMs);
  return {
    hour: floorDivide(within, hourMs),
    minute: floorDivide(within, minuteMs) % 60,
    second: floorDivide(within, secondMs) % 60,
    millisecond: within % secondMs,
  };
}

/** Number of days in a month. */
export function daysInMonth(year: number, month: number): number {
  return dayNumberOf(year, month + 1, 1) - dayNumberOf(year, month, 1);
}

/** 1 (1 January) to 366. */
export function dayOfYear(ms: number): number {
  return dayNumber(ms) - dayNumberOf(calendarDate(ms).year, 1, 1) + 1;
}

/** 0 (Sunday) to 6. */
export function weekday(ms: number): number {
  return modulo(dayNumber(ms) + 4, 7);
}

/** 1 (Monday) to 7. */
export function isoWeekday(ms: number): number {
  return modulo(dayNumber(ms) + 3, 7) + 1;
}

/** Weeks begin on Sundays; days before the first Sunday are in week 0. */
export function weekOfYear(ms: number): number {
  return floorDivide(dayOfYear(ms) + 6 - weekday(ms), 7);
}

/** ISO 8601: week and the year that it belongs to, which is that of its Thursday. */
export function isoWeek(ms: number): { readonly year: number; readonly week: number } {
  const thursday = (dayNumber(ms) - isoWeekday(ms) + 4) * dayMs;
  return { year: calendarDate(thursday).year, week: floorDivide(dayOfYear(thursday) - 1, 7) + 1 };
}

/** Days since 1970 of a date of the ISO week calendar; weeks and days beyond their range carry over. */
export function dayNumberOfIsoWeek(year: number, week: number, day: number): number {
  const january4 = dayNumberOf(year, 1, 4);
  const firstMonday = january4 - (isoWeekday(january4 * dayMs) - 1);
  return firstMonday + (week - 1) * 7 + (day - 1);
}
