import { toDecimal } from '../bson/decimal.ts';
import { toDouble } from '../bson/number.ts';
import { printValue } from '../bson/print.ts';
import { Decimal128, int64Max, int64Min, type Numeric } from '../bson/scalar.ts';
import type { Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import type { CodeName } from '../error/codes.ts';
import { MongoError } from '../error/mongo-error.ts';

/** The exact whole number that a value of any numeric type stands for, where it is one and fits int64. */
export function findWholeNumber(value: Value | undefined): bigint | undefined {
  if (!isNumeric(value)) return undefined;
  if (typeof value === 'bigint') return value;
  const decimal = toDecimal(value);
  if (!decimal.isInteger() || decimal.abs().greaterThan('9223372036854775808')) return undefined;
  const whole = BigInt(decimal.toFixed());
  return whole >= int64Min && whole <= int64Max ? whole : undefined;
}

/** A whole number from 0 up to int64's largest, of any numeric type; `codeName` for anything else. Beyond 2^53 it is rounded. */
export function requireCount(value: Value, codeName: CodeName, message: string): number {
  const whole = findWholeNumber(value);
  if (whole !== undefined && whole >= 0n) return Number(whole);
  const problem = !isNumeric(value)
    ? `Expected a number in: ${printValue(value)}`
    : whole !== undefined
      ? `Expected a non-negative number in: ${printValue(value)}`
      : `Expected an integer: ${printValue(value)}`;
  throw new MongoError(codeName, `${message}: ${problem}`);
}

/** A number as a whole one, the way MongoDB's parsers take it: doubles are cut, decimals rounded half to even. */
export function toWhole(value: Numeric): number {
  return value instanceof Decimal128 ? toDecimal(value).round().toNumber() : Math.trunc(toDouble(value));
}
