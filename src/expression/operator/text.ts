/** Strings as the string operators see other values, and measured in UTF-8 bytes or code points. */

import { BSONSymbol, Code, Decimal128, Double, isInt32, Timestamp } from '../../bson/scalar.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { limits } from '../../limits.ts';
import { isoDate } from '../iso-date.ts';
import type { Argument } from '../operator.ts';
import { describeType } from './numeric.ts';

/**
 * The string that `$toUpper`, `$substrBytes` and their kin take a value for; null and missing are the empty string.
 * Throws 16007 for what has no such form.
 */
export function coerceToString(value: Argument): string {
  if (typeof value === 'string') return value;
  if (isNullish(value)) return '';
  if (typeof value === 'number' && isInt32(value)) return String(value);
  if (typeof value === 'number') return shortDouble(value);
  if (typeof value === 'bigint' || value instanceof Decimal128) return value.toString();
  if (value instanceof Double) return shortDouble(value.value);
  if (value instanceof Date) return isoDate(value);
  if (value instanceof BSONSymbol) return value.value;
  if (value instanceof Code) return value.code;
  if (value instanceof Timestamp) return printTimestamp(value);
  throw new MongoError('Location16007', `can't convert from BSON type ${describeType(value)} to String`);
}

const significantDigits = 6;

/** A double as C's `%g` writes it: six digits, an exponent of at least two. */
function shortDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponentText = ''] = value.toExponential(significantDigits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < significantDigits) {
    return trimFraction(value.toFixed(significantDigits - 1 - exponent));
  }
  const sign = exponent < 0 ? '-' : '+';
  return `${trimFraction(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function trimFraction(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Jan  1 00:00:00:42`: month, day and time in UTC, then the increment. */
function printTimestamp(value: Timestamp): string {
  const date = new Date(value.t * 1000);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${months[date.getUTCMonth()]} ${day} ${date.toISOString().slice(11, 19)}:${value.i}`;
}

/** Throws 13548 for a string longer than one that an expression may build. */
export function checkLength(length: number): void {
  if (length <= limits.expressionStringBytes) return;
  throw new MongoError(
    'Location13548',
    `an expression attempted to build a string of ${length} bytes, past the limit of ${limits.expressionStringBytes}`,
  );
}

/** Upper case of the 26 letters alone. */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Lower case of the 26 letters alone. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether code points and the units of JavaScript's strings are the same in this text. */
export function hasOnlyUnits(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}

/** Number of code points. */
export function codePointCount(text: string): number {
  if (hasOnlyUnits(text)) return text.length;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0xdc00 || unit > 0xdfff) count++;
  }
  return count;
}
