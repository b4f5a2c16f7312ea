import { document } from '../../bson/literal.ts';
import type { BsonDocument } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { calendarDate, isoWeek, isoWeekday, timeOfDay } from '../calendar.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, fold, NamedArguments, type OperatorParser } from '../operator.ts';
import { requireInstant, type ZoneReader, zoneReader } from './date-argument.ts';
import { describeType } from './numeric.ts';

class DateToParts implements Expression {
  readonly #date: Expression;
  readonly #zone: ZoneReader;
  readonly #iso: Expression | undefined;
  constructor(date: Expression, zone: ZoneReader, iso: Expression | undefined) {
    this.#date = date;
    this.#zone = zone;
    this.#iso = iso;
  }
  evaluate(scope: Scope): Argument {
    const date = this.#date.evaluate(scope);
    const zone = this.#zone(scope);
    if (zone === null) return null;
    const isIso = this.#iso === undefined ? false : this.#iso.evaluate(scope);
    if (isNullish(isIso)) return null;
    if (typeof isIso !== 'boolean') {
      throw new MongoError('Location40521', `iso8601 must evaluate to a bool, found ${describeType(isIso)}`);
    }
    if (isNullish(date)) return null;
    const utcMs = requireInstant(date);
    const localMs = utcMs + zone.offsetMs(utcMs);
    return isIso ? isoParts(localMs) : calendarParts(localMs);
  }
}

function calendarParts(localMs: number): BsonDocument {
  return document({ ...calendarDate(localMs), ...timeOfDay(localMs) });
}

function isoParts(localMs: number): BsonDocument {
  const { year, week } = isoWeek(localMs);
  return document({ isoWeekYear: year, isoWeek: week, isoDayOfWeek: isoWeekday(localMs), ...timeOfDay(localMs) });
}

export const $dateToParts: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['date', 'timezone', 'iso8601'], {
    notObject: 'Location40524',
    unknown: 'Location40520',
  });
  const date = call.parse(named.require('date', 'Location40522'));
  const timezone = named.parse('timezone');
  const iso = named.parse('iso8601');
  return fold(new DateToParts(date, zoneReader(timezone), iso), [date, timezone, iso], call.context);
};
