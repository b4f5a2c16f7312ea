import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { calendarDate, dayMs, dayNumber, dayNumberOf, hourMs, minuteMs, secondMs, weekday } from '../calendar.ts';
import { Constant, type Expression, type Scope } from '../expression.ts';
import { type Argument, fold, NamedArguments, type OperatorParser } from '../operator.ts';
import type { TimeUnit } from '../time-unit.ts';
import { type TimeZone, toUtc } from '../time-zone.ts';
import { requireInstant, requireUnit, requireWeekday, type ZoneReader, zoneReader } from './date-argument.ts';
import { asInt64 } from './integer-argument.ts';

interface Parts {
  readonly date: Expression;
  readonly unit: Expression;
  readonly binSize: Expression | undefined;
  readonly zone: ZoneReader;
  readonly startOfWeek: Expression | undefined;
  /** Whether a null startOfWeek does not matter where the unit is not a week: for constant dates, as MongoDB has it. */
  readonly isLenient: boolean;
}

class DateTrunc implements Expression {
  readonly #parts: Parts;
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  evaluate(scope: Scope): Argument {
    const { date, unit, binSize, zone, startOfWeek, isLenient } = this.#parts;
    const dateValue = date.evaluate(scope);
    const unitValue = unit.evaluate(scope);
    const binValue = binSize === undefined ? 1 : binSize.evaluate(scope);
    const weekdayValue = startOfWeek === undefined ? 'sunday' : startOfWeek.evaluate(scope);
    const timeZone = zone(scope);
    if (isNullish(dateValue) || isNullish(unitValue) || isNullish(binValue) || timeZone === null) return null;
    if (isNullish(weekdayValue) && !(isLenient && unitValue !== 'week')) return null;
    const utcMs = requireInstant(dateValue, 'Location5166307');
    const timeUnit = requireUnit(unitValue, '$dateTrunc');
    const bin = requireBinSize(binValue);
    const firstDay = timeUnit === 'week' ? requireWeekday(weekdayValue ?? null, '$dateTrunc') : 0;
    return new Date(truncated(utcMs, timeUnit, bin, timeZone, firstDay));
  }
}

function requireBinSize(value: Argument): number {
  const size = asInt64(value);
  if (size === undefined) {
    throw new MongoError('Location5439017', "$dateTrunc requires 'binSize' to be a 64-bit integer");
  }
  if (size <= 0) throw new MongoError('Location5439018', "$dateTrunc requires 'binSize' to be greater than 0");
  return Number(size);
}

/** Bins are counted from here, in the time of the zone. */
const referenceYear = 2000;
const referenceDay = dayNumberOf(referenceYear, 1, 1);

const exactMs: Partial<Record<TimeUnit, number>> = { hour: hourMs, minute: minuteMs, second: secondMs, millisecond: 1 };
const monthsIn: Partial<Record<TimeUnit, number>> = { year: 12, quarter: 3, month: 1 };

function floorTo(value: number, size: number): number {
  return Math.floor(value / size) * size;
}

/** The start of the bin that holds this instant. */
function truncated(utcMs: number, unit: TimeUnit, bin: number, zone: TimeZone, firstDay: number): number {
  const offsetMs = zone.offsetMs(utcMs);
  const localMs = utcMs + offsetMs;
  const unitMs = exactMs[unit];
  if (unitMs !== undefined) {
    const reference = referenceDay * dayMs;
    return reference + floorTo(localMs - reference, bin * unitMs) - offsetMs;
  }
  const months = monthsIn[unit];
  if (months !== undefined) {
    const { year, month } = calendarDate(localMs);
    const count = floorTo((year - referenceYear) * 12 + (month - 1), bin * months);
    return toUtc(dayNumberOf(referenceYear, 1 + count, 1) * dayMs, zone);
  }
  const first = unit === 'week' ? referenceDay + ((firstDay - weekday(referenceDay * dayMs) + 7) % 7) : referenceDay;
  const days = floorTo(dayNumber(localMs) - first, unit === 'week' ? bin * 7 : bin);
  return toUtc((first + days) * dayMs, zone);
}

export const $dateTrunc: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['date', 'unit', 'binSize', 'timezone', 'startOfWeek'], {
    notObject: 'Location5439007',
    unknown: 'Location5439008',
  });
  const date = call.parse(named.require('date', 'Location5439009'));
  const unit = call.parse(named.require('unit', 'Location5439010'));
  const binSize = named.parse('binSize');
  const timezone = named.parse('timezone');
  const startOfWeek = named.parse('startOfWeek');
  const isLenient = date instanceof Constant;
  const expression = new DateTrunc({ date, unit, binSize, zone: zoneReader(timezone), startOfWeek, isLenient });
  return fold(expression, [date, unit, binSize, timezone, startOfWeek], call.context);
};
