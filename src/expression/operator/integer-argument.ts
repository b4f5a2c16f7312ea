import { toExact } from '../../bson/decimal.ts';
import { compareExact, exactInteger, truncateExact } from '../../bson/exact-decimal.ts';
import { toDouble } from '../../bson/number.ts';
import { Decimal128, int32Max, int32Min, int64Max, int64Min } from '../../bson/scalar.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { Argument } from '../operator.ts';

/** The value as a JavaScript number if it is a number of any type that an int32 holds exactly, else undefined. */
export function asInt32(value: Argument): number | undefined {
  if (!isNumeric(value)) return undefined;
  if (value instanceof Decimal128) {
    const exact = asInt64(value);
    return exact !== undefined && exact >= int32Min && exact <= int32Max ? Number(exact) : undefined;
  }
  const number = toDouble(value);
  return Number.isInteger(number) && number >= int32Min && number <= int32Max ? number + 0 : undefined;
}

/** The value as a bigint if it is a number of any type that an int64 holds exactly, else undefined. */
export function asInt64(value: Argument): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (!isNumeric(value)) return undefined;
  const exact = toExact(value, 34);
  if (exact.kind !== 'finite' || exact.exponent > 20) return undefined;
  const whole = truncateExact(exact);
  if (whole < int64Min || whole > int64Max) return undefined;
  return compareExact(exactInteger(whole), exact) === 0 ? whole : undefined;
}
