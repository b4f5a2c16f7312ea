/** `$dateAdd` and `$dateSubtract`: a date moved by an amount of a unit, by the calendar for units of a day and longer. */
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { dayMs } from '../calendar.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, fold, NamedArguments, type OperatorParser } from '../operator.ts';
import { addUnits, fixedUnitMs, type TimeUnit, unitMonths } from '../time-unit.ts';
import { type TimeZone, toUtc } from '../time-zone.ts';
import { findInstant, requireUnit, type ZoneReader, zoneReader } from './date-argument.ts';
import { asInt64 } from './integer-argument.ts';
import { describeType } from './numeric.ts';

interface Parts {
  readonly name: string;
  readonly sign: 1 | -1;
  readonly start: Expression;
  readonly unit: Expression;
  readonly amount: Expression;
  readonly zone: ZoneReader;
}

class DateShift implements Expression {
  readonly #parts: Parts;
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  evaluate(scope: Scope): Argument {
    const { name, sign, start, unit, amount, zone } = this.#parts;
    const startValue = start.evaluate(scope);
    const unitValue = unit.evaluate(scope);
    const amountValue = amount.evaluate(scope);
    const timeZone = zone(scope);
    if (isNullish(startValue) || isNullish(unitValue) || isNullish(amountValue) || timeZone === null) return null;
    const startMs = findInstant(startValue);
    if (startMs === undefined) {
      throw new MongoError(
        'Location5166403',
        `${name} requires startDate to be convertible to a date, but got ${describeType(startValue)}`,
      );
    }
    const timeUnit = requireUnit(unitValue, name);
    const count = asInt64(amountValue);
    if (count === undefined) {
      throw new MongoError('Location5166405', `${name} expects integer amount of time units`);
    }
    return new Date(shifted(startMs, timeUnit, sign * Number(count), timeZone, name));
  }
}

/** Most of each unit that can lie between two dates. */
const mostMonths = 12 * 300_000_000;

const latestMs = 8.64e15;

function shifted(startMs: number, unit: TimeUnit, count: number, zone: TimeZone, name: string): number {
  const result = unchecked(startMs, unit, count, zone);
  if (Math.abs(result) <= latestMs) return result;
  throw new MongoError('Location5166406', `${name} overflowed`);
}

function unchecked(startMs: number, unit: TimeUnit, count: number, zone: TimeZone): number {
  if ((fixedUnitMs(unit) ?? dayMs) < dayMs) return addUnits(startMs, unit, count);
  const monthCount = count * (unitMonths(unit) ?? 0);
  if (Math.abs(monthCount) > mostMonths) {
    throw new MongoError('Location5976500', `invalid dateAdd 'amount' parameter value: ${monthCount} months`);
  }
  const movedMs = addUnits(startMs + zone.offsetMs(startMs), unit, count);
  return Math.abs(movedMs) <= latestMs ? toUtc(movedMs, zone) : movedMs;
}

export function dateShift(sign: 1 | -1): OperatorParser {
  return (call) => {
    const named = new NamedArguments(call, ['startDate', 'unit', 'amount', 'timezone'], {
      notObject: 'Location5166400',
      unknown: 'Location5166401',
    });
    const start = call.parse(named.require('startDate', 'Location5166402'));
    const unit = call.parse(named.require('unit', 'Location5166402'));
    const amount = call.parse(named.require('amount', 'Location5166402'));
    const timezone = named.parse('timezone');
    const parts = { name: call.name, sign, start, unit, amount, zone: zoneReader(timezone) };
    return fold(new DateShift(parts), [start, unit, amount, timezone], call.context);
  };
}
