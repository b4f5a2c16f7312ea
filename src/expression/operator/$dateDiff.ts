import { isNullish } from '../../bson/value-type.ts';
import { calendarDate, dayNumber, hourMs, minuteMs, secondMs } from '../calendar.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, fold, NamedArguments, type OperatorParser } from '../operator.ts';
import type { TimeUnit } from '../time-unit.ts';
import type { TimeZone } from '../time-zone.ts';
import { requireInstant, requireUnit, requireWeekday, type ZoneReader, zoneReader } from './date-argument.ts';

interface Parts {
  readonly start: Expression;
  readonly end: Expression;
  readonly unit: Expression;
  readonly zone: ZoneReader;
  readonly startOfWeek: Expression | undefined;
}

class DateDiff implements Expression {
  readonly #parts: Parts;
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  evaluate(scope: Scope): Argument {
    const { start, end, unit, zone, startOfWeek } = this.#parts;
    const startValue = start.evaluate(scope);
    if (isNullish(startValue)) return null;
    const endValue = end.evaluate(scope);
    if (isNullish(endValue)) return null;
    const unitValue = unit.evaluate(scope);
    if (isNullish(unitValue)) return null;
    const weekdayValue = startOfWeek === undefined ? 'sunday' : startOfWeek.evaluate(scope);
    const timeZone = zone(scope);
    if (timeZone === null) return null;
    const startMs = requireInstant(startValue, 'Location5166307');
    const endMs = requireInstant(endValue, 'Location5166307');
    const timeUnit = requireUnit(unitValue, '$dateDiff');
    if (timeUnit === 'week' && isNullish(weekdayValue)) return null;
    const weekday = timeUnit === 'week' ? requireWeekday(weekdayValue ?? null, '$dateDiff') : 0;
    return BigInt(difference(startMs, endMs, timeUnit, timeZone, weekday));
  }
}

/** How many boundaries of the unit, by the clocks of the zone, lie between the two. */
function difference(startMs: number, endMs: number, unit: TimeUnit, zone: TimeZone, weekday: number): number {
  const between = (unitMs: number): number => Math.floor(endMs / unitMs) - Math.floor(startMs / unitMs);
  if (unit === 'millisecond') return endMs - startMs;
  if (unit === 'second') return between(secondMs);
  if (unit === 'minute') return between(minuteMs);
  const startOffset = zone.offsetMs(startMs);
  const endOffset = zone.offsetMs(endMs);
  const localStart = startMs + startOffset;
  const localEnd = endMs + endOffset;
  if (unit === 'hour') {
    const byClock = Math.floor(localEnd / hourMs) - Math.floor(localStart / hourMs);
    return byClock - Math.trunc((endOffset - startOffset) / hourMs);
  }
  if (unit === 'day') return dayNumber(localEnd) - dayNumber(localStart);
  if (unit === 'week') return weekNumber(localEnd, weekday) - weekNumber(localStart, weekday);
  const from = calendarDate(localStart);
  const to = calendarDate(localEnd);
  if (unit === 'year') return to.year - from.year;
  if (unit === 'quarter') return quarterNumber(to) - quarterNumber(from);
  return to.year * 12 + to.month - (from.year * 12 + from.month);
}

/** Weeks since 1970 where a week begins on this day (0 Sunday); 1 January 1970 was a Thursday. */
function weekNumber(localMs: number, weekday: number): number {
  return Math.floor((dayNumber(localMs) + 4 - weekday) / 7);
}

function quarterNumber({ year, month }: { readonly year: number; readonly month: number }): number {
  return year * 4 + Math.floor((month - 1) / 3);
}

export const $dateDiff: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['startDate', 'endDate', 'unit', 'timezone', 'startOfWeek'], {
    notObject: 'Location5166301',
    unknown: 'Location5166302',
  });
  const start = call.parse(named.require('startDate', 'Location5166303'));
  const end = call.parse(named.require('endDate', 'Location5166304'));
  const unit = call.parse(named.require('unit', 'Location5166305'));
  const timezone = named.parse('timezone');
  const startOfWeek = named.parse('startOfWeek');
  const expression = new DateDiff({ start, end, unit, zone: zoneReader(timezone), startOfWeek });
  return fold(expression, [start, end, unit, timezone, startOfWeek], call.context);
};
