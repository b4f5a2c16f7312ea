import { isNullish } from '../../bson/value-type.ts';
import { isMongoError, MongoError } from '../../error/mongo-error.ts';
import { type FormatPart, parseFormat, readDate } from '../date-format.ts';
import { findDate } from '../date-text.ts';
import { Constant, type Expression, type Scope } from '../expression.ts';
import { type Argument, fold, NamedArguments, type OperatorParser } from '../operator.ts';
import { type TimeZone, toUtc, utc } from '../time-zone.ts';
import { type ZoneReader, zoneReader } from './date-argument.ts';
import { describeType } from './numeric.ts';

interface Parts {
  readonly text: Expression;
  readonly format: Expression | undefined;
  readonly fixedFormat: readonly FormatPart[] | undefined;
  readonly zone: ZoneReader;
  readonly onNull: Expression | undefined;
  readonly onError: Expression | undefined;
}

class DateFromString implements Expression {
  readonly #parts: Parts;
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  evaluate(scope: Scope): Argument {
    const { text, format, fixedFormat, zone, onNull, onError } = this.#parts;
    const timeZone = zone(scope);
    const formatValue = fixedFormat === undefined ? format?.evaluate(scope) : undefined;
    const formatParts = fixedFormat ?? (format === undefined || isNullish(formatValue) ? null : toFormat(formatValue));
    const value = text.evaluate(scope);
    if (isNullish(value)) return onNull === undefined ? null : onNull.evaluate(scope);
    if (timeZone === null || (format !== undefined && formatParts === null)) return null;
    try {
      return readText(value, formatParts, timeZone);
    } catch (error) {
      if (onError !== undefined && isMongoError(error, 'ConversionFailure')) return onError.evaluate(scope);
      throw error;
    }
  }
}

function toFormat(value: Argument): readonly FormatPart[] {
  if (typeof value === 'string') return parseFormat(value, 'read');
  throw new MongoError(
    'Location40684',
    `$dateFromString requires that 'format' be a string, found: ${describeType(value)}`,
  );
}

function readText(value: Argument, format: readonly FormatPart[] | null, zone: TimeZone): Date {
  if (typeof value !== 'string') {
    throw new MongoError(
      'ConversionFailure',
      `$dateFromString requires that 'dateString' be a string, found: ${describeType(value)}`,
    );
  }
  const parsed = format === null ? findDate(value) : readDate(format, value);
  if (parsed === undefined) {
    throw new MongoError('ConversionFailure', `Error parsing date string '${value}'`);
  }
  if (parsed.offsetMs === undefined) return new Date(toUtc(parsed.localMs, zone));
  if (zone !== utc) {
    throw new MongoError(
      'ConversionFailure',
      `you cannot pass in a date/time string with time zone information ('${value}') together with a timezone argument`,
    );
  }
  return new Date(parsed.localMs - parsed.offsetMs);
}

export const $dateFromString: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['dateString', 'format', 'timezone', 'onNull', 'onError'], {
    notObject: 'Location40540',
    unknown: 'Location40541',
  });
  const text = call.parse(named.require('dateString', 'Location40542'));
  const format = named.parse('format');
  const timezone = named.parse('timezone');
  const onNull = named.parse('onNull');
  const onError = named.parse('onError');
  const fixedFormat = format instanceof Constant && !isNullish(format.value) ? toFormat(format.value) : undefined;
  const expression = new DateFromString({
    text,
    format,
    fixedFormat,
    zone: zoneReader(timezone),
    onNull,
    onError,
  });
  return fold(expression, [text, format, timezone, onNull, onError], call.context);
};
