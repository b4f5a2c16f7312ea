/** How the date operators read their dates and time zones. */
import { ObjectId, Timestamp } from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { Constant, type Expression, type Scope } from '../expression.ts';
import { signedSeconds } from '../object-id-time.ts';
import type { Argument } from '../operator.ts';
import { isTimeUnit, type TimeUnit } from '../time-unit.ts';
import { parseTimeZone, type TimeZone, utc } from '../time-zone.ts';
import { describeType } from './numeric.ts';

/** Milliseconds since 1970 of a date, or of the time inside of a timestamp or ObjectId; undefined for anything else. */
export function findInstant(value: Argument): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Timestamp) return value.t * 1000;
  if (value instanceof ObjectId) return signedSeconds(value) * 1000;
  return undefined;
}

/** As `findInstant`; throws 16006, or another code, for anything else. */
export function requireInstant(value: Value | undefined, code: CodeName = 'Location16006'): number {
  const ms = findInstant(value);
  if (ms !== undefined) return ms;
  throw new MongoError(code, `can't convert from BSON type ${describeType(value)} to Date`);
}

/** The zone for a scope; null where the argument is null, which makes the operator's result null. */
export type ZoneReader = (scope: Scope) => TimeZone | null;

/** Reads a `timezone` argument: once where it is constant, else for each document. Absent: UTC. */
export function zoneReader(expression: Expression | undefined): ZoneReader {
  if (expression === undefined) return () => utc;
  if (expression instanceof Constant) {
    const zone = toTimeZone(expression.value);
    return () => zone;
  }
  return (scope) => toTimeZone(expression.evaluate(scope));
}

function toTimeZone(value: Argument): TimeZone | null {
  if (isNullish(value)) return null;
  if (typeof value === 'string') return parseTimeZone(value);
  throw new MongoError('Location40517', `timezone must evaluate to a string, found ${describeType(value)}`);
}

/** The unit in a `unit` argument. Throws 5439013 or FailedToParse. */
export function requireUnit(value: Value, name: string): TimeUnit {
  if (typeof value !== 'string') {
    throw new MongoError('Location5439013', `${name} requires 'unit' to be a string, but got ${describeType(value)}`);
  }
  if (isTimeUnit(value)) return value;
  throw new MongoError('FailedToParse', `${name} parameter 'unit' value cannot be recognized as a time unit: ${value}`);
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The day in a `startOfWeek` argument, 0 (Sunday) to 6; by name or its first three letters. Throws 5439015 or 5439016. */
export function requireWeekday(value: Value, name: string): number {
  if (typeof value !== 'string') {
    throw new MongoError(
      'Location5439015',
      `${name} requires 'startOfWeek' to be a string, but got ${describeType(value)}`,
    );
  }
  const text = value.toLowerCase();
  const day = weekdays.findIndex((weekday) => weekday === text || weekday.slice(0, 3) === text);
  if (day >= 0) return day;
  throw new MongoError(
    'Location5439016',
    `${name} parameter 'startOfWeek' value cannot be recognized as a day of a week: ${value}`,
  );
}
