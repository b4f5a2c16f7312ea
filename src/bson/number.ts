/**
 * Arithmetic and order across int32, int64, double and decimal128. The result's type is the wider of the two
 * (int < long < double < decimal); an int32 result that does not fit becomes int64, an int64 result a double, as in
 * MongoDB's arithmetic expressions.
 */
import { toExact } from './decimal.ts';
import {
  addExact,
  compareExact,
  type ExactDecimal,
  multiplyExact,
  readExact,
  subtractExact,
  truncateExact,
  writeExact,
} from './exact-decimal.ts';
import { Decimal128, Double, double, int64Max, int64Min, integer, isInt32, type Numeric } from './scalar.ts';

/** The number as a double, rounded where it must be. */
export function toDouble(value: Numeric): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Double ? value.value : Number(value.toString());
}

/**
 * The number as MongoDB's commands read whole numbers: the fraction of a double is cut, a decimal is rounded to the
 * nearest (a tie to the even one), NaN is 0, and what lies beyond int64 is its nearest end.
 */
export function toWholeNumber(value: Numeric): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Decimal128) {
    const exact = readExact(value);
    if (exact.kind === 'nan') return 0n;
    if (exact.kind === 'infinite' || exact.exponent > maxInt64Digits) return exact.isNegative ? int64Min : int64Max;
    return clampInt64(truncateExact(exact, 'halfEven'));
  }
  const number = toDouble(value);
  if (Number.isFinite(number)) return clampInt64(BigInt(Math.trunc(number)));
  return Number.isNaN(number) ? 0n : number < 0 ? int64Min : int64Max;
}

const maxInt64Digits = 19;

/** The integer, or the nearest end of int64. */
export function clampInt64(value: bigint): bigint {
  return value < int64Min ? int64Min : value > int64Max ? int64Max : value;
}

export function isNaNNumber(value: Numeric): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  if (typeof value === 'bigint') return false;
  return value instanceof Double ? Number.isNaN(value.value) : readExact(value).kind === 'nan';
}

/** Whether the number is zero of any type and sign. */
export function isZeroNumber(value: Numeric): boolean {
  if (typeof value === 'number') return value === 0;
  if (typeof value === 'bigint') return value === 0n;
  if (value instanceof Double) return value.value === 0;
  const exact = readExact(value);
  return exact.kind === 'finite' && exact.coefficient === 0n;
}

/** Order by exact value; NaN is below every other number and equal to itself. */
export function compareNumbers(left: Numeric, right: Numeric): number {
  const a = left instanceof Double ? left.value : left;
  const b = right instanceof Double ? right.value : right;
  if (a instanceof Decimal128 || b instanceof Decimal128) return compareExact(toExact(a, 34), toExact(b, 34));
  // JavaScript compares a bigint with a number by exact value.
  if (a < b) return -1;
  if (a > b) return 1;
  // Neither below nor above: equal, or one of them is NaN.
  const aIsNaN = Number.isNaN(a);
  const bIsNaN = Number.isNaN(b);
  return aIsNaN === bIsNaN ? 0 : aIsNaN ? -1 : 1;
}

type Wide = 'integer' | 'double' | 'decimal';

function width(value: Numeric): Wide {
  if (typeof value === 'number') return isInt32(value) ? 'integer' : 'double';
  if (typeof value === 'bigint') return 'integer';
  return value instanceof Double ? 'double' : 'decimal';
}

/** The wider kind of two numbers: what arithmetic between them happens in. */
export function commonWidth(left: Numeric, right: Numeric): Wide {
  const a = width(left);
  const b = width(right);
  if (a === 'decimal' || b === 'decimal') return 'decimal';
  return a === 'double' || b === 'double' ? 'double' : 'integer';
}

/** An exact integer as int32 if both operands were and it fits, else int64, else a double. */
function narrow(exact: bigint, hadLong: boolean): Numeric {
  if (exact < int64Min || exact > int64Max) return double(Number(exact));
  return hadLong ? exact : integer(exact);
}

function hasLong(left: Numeric, right: Numeric): boolean {
  return typeof left === 'bigint' || typeof right === 'bigint';
}

/** The result of an operation on decimals; a double counts with its 15 leading digits. */
export function inDecimal(
  left: Numeric,
  right: Numeric,
  operation: (left: ExactDecimal, right: ExactDecimal) => ExactDecimal,
): Decimal128 {
  return writeExact(operation(toExact(left), toExact(right)));
}

export function addNumbers(left: Numeric, right: Numeric): Numeric {
  if (typeof left === 'number' && typeof right === 'number') {
    return isInt32(left) && isInt32(right) ? integer(left + right) : double(left + right);
  }
  const kind = commonWidth(left, right);
  if (kind === 'double') return double(toDouble(left) + toDouble(right));
  if (kind === 'decimal') return inDecimal(left, right, addExact);
  return narrow(BigInt(left as number) + BigInt(right as number), true);
}

export function subtractNumbers(left: Numeric, right: Numeric): Numeric {
  if (typeof left === 'number' && typeof right === 'number') {
    return isInt32(left) && isInt32(right) ? integer(left - right) : double(left - right);
  }
  const kind = commonWidth(left, right);
  if (kind === 'double') return double(toDouble(left) - toDouble(right));
  if (kind === 'decimal') return inDecimal(left, right, subtractExact);
  return narrow(BigInt(left as number) - BigInt(right as number), true);
}

export function multiplyNumbers(left: Numeric, right: Numeric): Numeric {
  if (typeof left === 'number' && typeof right === 'number') {
    const product = left * right;
    if (!isInt32(left) || !isInt32(right)) return double(product);
    // An exact product of two int32 is 0 or above, or below, never -0.
    if (Number.isSafeInteger(product)) return integer(product + 0);
  }
  const kind = commonWidth(left, right);
  if (kind === 'double') return double(toDouble(left) * toDouble(right));
  if (kind === 'decimal') return inDecimal(left, right, multiplyExact);
  return narrow(BigInt(left as number) * BigInt(right as number), hasLong(left, right));
}
