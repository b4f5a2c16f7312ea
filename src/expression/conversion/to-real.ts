/** To double and to decimal128. */
import { toExact } from '../../bson/decimal.ts';
import { decimalDigits, exactInteger, finite, readExact, roundExact, writeExact } from '../../bson/exact-decimal.ts';
import { toDouble as numberToDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { Binary, Decimal128, double, millisecondsOf } from '../../bson/scalar.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { payloadOf, readFloat } from './binary.ts';
import { type Conversion, failed, unsupported } from './conversion.ts';

export const toDouble: Conversion = (value, options) => {
  if (value instanceof Decimal128) return double(decimalToDouble(value));
  if (isNumeric(value)) return double(numberToDouble(value));
  if (typeof value === 'boolean') return double(value ? 1 : 0);
  if (value instanceof Date) return double(Number(millisecondsOf(value)));
  if (typeof value === 'string') return double(parseDouble(value));
  if (!(value instanceof Binary)) throw unsupported(value, 'double');
  const number = readFloat(payloadOf(value), options.byteOrder);
  if (number !== undefined) return double(number);
  throw failed(`Failed to convert '${printValue(value)}' to double: wrong number of bytes`);
};

function decimalToDouble(value: Decimal128): number {
  const number = numberToDouble(value);
  if (!Number.isFinite(number) && readExact(value).kind === 'finite') {
    throw failed(`Conversion would overflow target type, value: ${value.toString()}`);
  }
  return number;
}

const decimalNumber = /^[+-]?(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const hexNumber = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?\d+))?$/;
const specialNumber = /^([+-]?)(inf|infinity|nan)$/i;

function unparsable(text: string): ReturnType<typeof failed> {
  return failed(`Failed to parse number '${text}'`);
}

function parseDouble(text: string): number {
  const special = specialNumber.exec(text);
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return Number.NaN;
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const hex = hexNumber.exec(text);
  const number = hex === null ? (decimalNumber.test(text) ? Number(text) : undefined) : hexToDouble(hex);
  if (number === undefined) throw unparsable(text);
  const isVanished = number === 0 && hex === null && /[1-9]/.test(text.replace(/[eE].*$/, ''));
  if (!Number.isFinite(number) || isVanished) throw failed(`Failed to parse number '${text}': Out of range`);
  return number;
}

function hexToDouble([, sign, whole = '', fraction = '', exponent = '0']: RegExpExecArray): number | undefined {
  const digits = whole + fraction;
  if (digits === '') return undefined;
  const magnitude = Number(BigInt(`0x${digits}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}

export const toDecimal: Conversion = (value) => {
  if (value instanceof Decimal128) return value;
  if (isNumeric(value)) return writeExact(toExact(value));
  if (typeof value === 'boolean') return writeExact(exactInteger(value ? 1n : 0n));
  if (value instanceof Date) return writeExact(exactInteger(millisecondsOf(value)));
  if (typeof value === 'string') return parseDecimal(value);
  throw unsupported(value, 'decimal');
};

/** Exponents beyond this are beyond every decimal, whatever the digits. */
const largestExponent = 10_000;

function parseDecimal(text: string): Decimal128 {
  const special = specialNumber.exec(text);
  if (special !== null) {
    const isNaNText = special[2]?.toLowerCase() === 'nan';
    return Decimal128.fromString(isNaNText ? 'NaN' : special[1] === '-' ? '-Infinity' : 'Infinity');
  }
  const match = decimalNumber.exec(text);
  if (match === null) throw unparsable(text);
  const [, whole = '', fraction = match[3] ?? '', , exponentText = '0'] = match;
  const digits = (whole + (match[3] ?? fraction)).replace(/^0+(?=\d)/, '');
  // What is beyond 34 digits is cut off, not rounded.
  const kept = digits.slice(0, decimalDigits);
  const given = Math.max(-largestExponent, Math.min(largestExponent, Number(exponentText)));
  const exponent = given - (match[3] ?? fraction).length + (digits.length - kept.length);
  const rounded = roundExact(finite(text.startsWith('-'), BigInt(kept), exponent));
  if (rounded.kind === 'finite') return writeExact(rounded);
  throw failed(`Failed to parse number '${text}': Conversion from string to decimal would overflow`);
}
