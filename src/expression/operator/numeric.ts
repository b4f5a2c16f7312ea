import { type Decimal, throughBinary, toExact } from '../../bson/decimal.ts';
import { type ExactDecimal, writeExact } from '../../bson/exact-decimal.ts';
import { toDouble } from '../../bson/number.ts';
import { Decimal128, Double, double, isInt32, type Numeric } from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type Argument, type OperatorParser, unary } from '../operator.ts';

/** The type of an argument in a message; a missing one is `missing`. */
export function describeType(value: Argument): string {
  return value === undefined ? 'missing' : typeName(value);
}

/** 28765: the one argument must be a number. */
export function requireNumeric(value: Value, name: string): Numeric {
  if (isNumeric(value)) return value;
  throw new MongoError('Location28765', `${name} only supports numeric types, not ${typeName(value)}`);
}

/** Whether the number is an int32 or int64. */
export function isIntegral(value: Numeric): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && isInt32(value));
}

/** An operator of one number; null, undefined and missing give null. */
export function numeric(name: string, apply: (value: Numeric) => Numeric): OperatorParser {
  return unary((value) => (isNullish(value) ? null : apply(requireNumeric(value, name))));
}

/** What a function of real numbers does in double and in decimal arithmetic; integers count as doubles. */
export interface RealFunction {
  double(value: number): number;
  decimal(value: ExactDecimal): ExactDecimal;
  /** Whether a decimal NaN gives a double NaN. */
  readonly losesNaN?: boolean;
  /** Throws where the function has no value. Absent: it has one everywhere. */
  check?(value: Numeric): void;
}

/** An operator of one number whose result is a double, or a decimal for a decimal. */
export function real(name: string, fn: RealFunction): OperatorParser {
  return numeric(name, (value) => {
    fn.check?.(value);
    if (value instanceof Decimal128) {
      const exact = toExact(value);
      if (exact.kind !== 'nan' || fn.losesNaN !== true) return writeExact(fn.decimal(exact));
    }
    return double(fn.double(toDouble(value)));
  });
}

/** A function of decimal.js on a decimal. */
export function inBinary(apply: (value: Decimal) => Decimal): (value: ExactDecimal) => ExactDecimal {
  return (value) => throughBinary(value, apply);
}

/** The JavaScript number in a double or an int. */
export function plainDouble(value: number | Double): number {
  return value instanceof Double ? value.value : value;
}
