/** Operands that must be whole numbers, in any numeric type. */
import { toDecimal } from '../bson/decimal.ts';
import { toDouble } from '../bson/number.ts';
import { Decimal128, int64Max, int64Min, type Numeric } from '../bson/scalar.ts';
import type { Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';

/** The operand as an int64; `refuse` is called with what was expected of an operand that is none, and throws. */
export function toInt64(operand: Value, refuse: (expected: string) => never): bigint {
  if (!isNumeric(operand)) return refuse('Expected a number in');
  const exact = exactInteger(operand);
  if (exact === 'fraction') return refuse('Expected an integer');
  if (exact === 'beyond') return refuse('Cannot represent as a 64-bit integer');
  return exact;
}

/** The number as an integer if it is one within int64. NaN and infinities are `beyond`. */
export function exactInteger(value: Numeric): bigint | 'fraction' | 'beyond' {
  if (typeof value === 'bigint') return value;
  if (value instanceof Decimal128) {
    const decimal = toDecimal(value);
    if (!decimal.isFinite()) return 'beyond';
    if (!decimal.isInteger()) return 'fraction';
    return within(decimal.abs().lessThan('1e20') ? BigInt(decimal.toFixed()) : undefined);
  }
  const number = toDouble(value);
  if (!Number.isFinite(number)) return 'beyond';
  return Number.isInteger(number) ? within(BigInt(number)) : 'fraction';
}

/** The number with its fraction cut, if that is within int64. */
export function truncatedInteger(value: Numeric): bigint | 'beyond' {
  if (typeof value === 'bigint') return value;
  if (value instanceof Decimal128) {
    const decimal = toDecimal(value);
    if (!decimal.isFinite() || !decimal.abs().lessThan('1e20')) return 'beyond';
    return within(BigInt(decimal.trunc().toFixed()));
  }
  const number = toDouble(value);
  return Number.isFinite(number) ? within(BigInt(Math.trunc(number))) : 'beyond';
}

function within(value: bigint | undefined): bigint | 'beyond' {
  return value !== undefined && value >= int64Min && value <= int64Max ? value : 'beyond';
}
