import { toDouble } from '../../bson/number.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { dayMs, dayNumberOfIsoWeek, instantOf } from '../calendar.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, fold, NamedArguments, type OperatorParser } from '../operator.ts';
import { toUtc } from '../time-zone.ts';
import { type ZoneReader, zoneReader } from './date-argument.ts';
import { describeType } from './numeric.ts';

interface Part {
  readonly name: string;
  readonly expression: Expression;
}

const calendarNames = ['year', 'month', 'day'];
const isoNames = ['isoWeekYear', 'isoWeek', 'isoDayOfWeek'];
const timeNames = ['hour', 'minute', 'second', 'millisecond'];
const smallest = -32_768;
const largest = 32_767;

class DateFromParts implements Expression {
  /** Year, month or week, day, then the four parts of the time; undefined where not given. */
  readonly #parts: readonly (Part | undefined)[];
  readonly #isIso: boolean;
  readonly #zone: ZoneReader;
  constructor(parts: readonly (Part | undefined)[], isIso: boolean, zone: ZoneReader) {
    this.#parts = parts;
    this.#isIso = isIso;
    this.#zone = zone;
  }

  evaluate(scope: Scope): Argument {
    const numbers: number[] = [];
    for (const [index, part] of this.#parts.entries()) {
      const value = part?.expression.evaluate(scope);
      if (part === undefined) numbers.push(index < 3 ? 1 : 0);
      else if (isNullish(value)) return null;
      else numbers.push(requirePart(value, part.name, index));
    }
    const zone = this.#zone(scope);
    if (zone === null) return null;
    const [year = 1, second = 1, day = 1, hour = 0, minute = 0, seconds = 0, ms = 0] = numbers;
    const dateMs = this.#isIso ? dayNumberOfIsoWeek(year, second, day) * dayMs : instantOf(year, second, day);
    return new Date(toUtc(dateMs + instantOf(1970, 1, 1, hour, minute, seconds, ms), zone));
  }
}

function requirePart(value: Argument, name: string, index: number): number {
  const number = isNumeric(value) ? toDouble(value) : Number.NaN;
  if (!Number.isInteger(number)) {
    throw new MongoError(
      'Location40515',
      `'${name}' must evaluate to an integer, found ${describeType(value)} with value ${number}`,
    );
  }
  if (index === 0) {
    if (number >= 1 && number <= 9999) return number;
    const code = name === 'year' ? 'Location40523' : 'Location31095';
    throw new MongoError(code, `'${name}' must evaluate to an integer in the range 1 to 9999, found ${number}`);
  }
  const isBounded = name !== 'second' && name !== 'millisecond';
  if (isBounded && (number < smallest || number > largest)) {
    throw new MongoError(
      'Location31034',
      `'${name}' must evaluate to a value in the range [${smallest}, ${largest}]; value ${number} is not in range`,
    );
  }
  return number;
}

export const $dateFromParts: OperatorParser = (call) => {
  const named = new NamedArguments(call, [...calendarNames, ...isoNames, ...timeNames, 'timezone'], {
    notObject: 'Location40519',
    unknown: 'Location40518',
  });
  const hasCalendar = calendarNames.some((name) => named.find(name) !== undefined);
  const hasIso = isoNames.some((name) => named.find(name) !== undefined);
  const isIso = named.find('isoWeekYear') !== undefined;
  if (!isIso && named.find('year') === undefined) {
    throw new MongoError('Location40516', "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
  }
  if (hasCalendar && hasIso) {
    throw new MongoError(
      isIso && named.find('year') === undefined ? 'Location40525' : 'Location40489',
      '$dateFromParts does not allow mixing natural dates with ISO dates',
    );
  }
  const parts = [...(isIso ? isoNames : calendarNames), ...timeNames].map((name) => {
    const expression = named.parse(name);
    return expression === undefined ? undefined : { name, expression };
  });
  const timezone = named.parse('timezone');
  const operands = [...parts.map((part) => part?.expression), timezone];
  return fold(new DateFromParts(parts, isIso, zoneReader(timezone)), operands, call.context);
};
