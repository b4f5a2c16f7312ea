import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type FormatPart, parseFormat, writeDate } from '../date-format.ts';
import { Constant, type Expression, type Scope } from '../expression.ts';
import { type Argument, fold, NamedArguments, type OperatorParser } from '../operator.ts';
import { utc } from '../time-zone.ts';
import { requireInstant, type ZoneReader, zoneReader } from './date-argument.ts';
import { describeType } from './numeric.ts';

type Format = readonly FormatPart[];

const utcFormat = parseFormat('%Y-%m-%dT%H:%M:%S.%LZ', 'write');
const localFormat = parseFormat('%Y-%m-%dT%H:%M:%S.%L', 'write');

class DateToString implements Expression {
  readonly #date: Expression;
  readonly #format: (scope: Scope) => Format | null | undefined;
  readonly #zone: ZoneReader;
  readonly #onNull: Expression | undefined;
  constructor(
    date: Expression,
    format: (scope: Scope) => Format | null | undefined,
    zone: ZoneReader,
    onNull: Expression | undefined,
  ) {
    this.#date = date;
    this.#format = format;
    this.#zone = zone;
    this.#onNull = onNull;
  }
  evaluate(scope: Scope): Argument {
    const date = this.#date.evaluate(scope);
    const format = this.#format(scope);
    if (isNullish(date)) return this.#onNull === undefined ? null : this.#onNull.evaluate(scope);
    if (format === null) return this.#onNull === undefined ? null : this.#onNull.evaluate(scope);
    const utcMs = requireInstant(date);
    const zone = this.#zone(scope);
    if (zone === null) return null;
    const offsetMs = zone.offsetMs(utcMs);
    return writeDate(format ?? (zone === utc ? utcFormat : localFormat), utcMs + offsetMs, offsetMs);
  }
}

function toFormat(value: Argument): Format | null {
  if (isNullish(value)) return null;
  if (typeof value === 'string') return parseFormat(value, 'write');
  throw new MongoError(
    'Location18533',
    `$dateToString requires that 'format' be a string, found: ${describeType(value)} with value`,
  );
}

/** The format for a scope; null where the argument is null, undefined where there is none. */
function formatReader(expression: Expression | undefined): (scope: Scope) => Format | null | undefined {
  if (expression === undefined) return () => undefined;
  if (expression instanceof Constant) {
    const format = toFormat(expression.value);
    return () => format;
  }
  return (scope) => toFormat(expression.evaluate(scope));
}

export const $dateToString: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['date', 'format', 'timezone', 'onNull'], {
    notObject: 'Location18629',
    unknown: 'Location18534',
  });
  const date = call.parse(named.require('date', 'Location18628'));
  const format = named.parse('format');
  const timezone = named.parse('timezone');
  const onNull = named.parse('onNull');
  const expression = new DateToString(date, formatReader(format), zoneReader(timezone), onNull);
  return fold(expression, [date, format, timezone, onNull], call.context);
};
