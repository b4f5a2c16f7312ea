/**
 * decimal128 for what has no exact answer: `decimal.js` for logarithms, powers and the trigonometric functions, and the
 * bridge to and from it. Sums, products and their kin are in `exact-decimal.ts`.
 */
import { Decimal as DecimalConstructor } from 'decimal.js';
import {
  addExact,
  decimalDigits,
  type ExactDecimal,
  exactInfinity,
  exactInteger,
  exactNaN,
  exactOfDouble,
  exactOfExponential,
  finite,
  powerOfTen,
  readExact,
  roundExact,
  towardExponent,
  writeExact,
} from './exact-decimal.ts';
import { Decimal128, Double, isInt32, type Numeric } from './scalar.ts';

export const Decimal = DecimalConstructor.clone({
  precision: decimalDigits,
  rounding: DecimalConstructor.ROUND_HALF_EVEN,
  minE: -6176,
  maxE: 6144,
  toExpNeg: -7,
  toExpPos: decimalDigits,
});
export type Decimal = DecimalConstructor;

/** With digits to spare, so that the one rounding to 34 digits comes at the end. */
export const WideDecimal = DecimalConstructor.clone({
  precision: 2 * decimalDigits,
  rounding: DecimalConstructor.ROUND_HALF_EVEN,
  minE: -9_000_000,
  maxE: 9_000_000,
});

/** The decimal of a double: its exact value, rounded to 34 digits. */
export function decimalOfDouble(value: number): Decimal {
  return Number.isFinite(value) ? new Decimal(value.toPrecision(decimalDigits)) : new Decimal(value);
}

/** Any number as a decimal. */
export function toDecimal(value: Numeric): Decimal {
  if (typeof value === 'number') return Number.isInteger(value) ? new Decimal(value) : decimalOfDouble(value);
  if (typeof value === 'bigint') return new Decimal(value.toString());
  if (value instanceof Double) return decimalOfDouble(value.value);
  return new Decimal(value.toString());
}

/** Any number taken apart for exact arithmetic; a double by its 15 leading digits unless the caller wants all of it. */
export function toExact(value: Numeric, doubleDigits: 15 | 34 = 15): ExactDecimal {
  if (typeof value === 'bigint') return exactInteger(value);
  if (value instanceof Decimal128) return readExact(value);
  if (value instanceof Double) return exactOfDouble(value.value, doubleDigits);
  return isInt32(value) ? exactInteger(BigInt(value)) : exactOfDouble(value, doubleDigits);
}

/** A result of decimal.js, rounded to 34 digits; without trailing zeros. */
export function exactOfDecimal(value: Decimal): ExactDecimal {
  if (value.isNaN()) return exactNaN;
  if (!value.isFinite()) return exactInfinity(value.isNegative());
  if (value.isZero()) return finite(value.isNegative(), 0n, 0);
  const exact = roundExact(exactOfExponential(value.toExponential()));
  if (exact.exponent <= 0) return exact;
  const pad = Math.min(exact.exponent, decimalDigits - exact.coefficient.toString().length);
  return finite(exact.isNegative, exact.coefficient * powerOfTen(pad), exact.exponent - pad);
}

/**
 * A function of real numbers on a decimal, as MongoDB's decimal library calculates it: in binary with 113 bits. Argument
 * and result are rounded to such a number, which shows in the last digit of many results.
 */
export function throughBinary(value: ExactDecimal, apply: (value: Decimal) => Decimal): ExactDecimal {
  return binaryResult(apply(binaryOperand(value)));
}

/** An operand of such a function. */
export function binaryOperand(value: ExactDecimal): Decimal {
  return new WideDecimal(exponentialOf(roundToBinary(value)));
}

/** A result of such a function; one that is exact in 34 digits has no trailing zeros. */
export function binaryResult(result: Decimal): ExactDecimal {
  if (!result.isFinite() || result.isZero()) return exactOfDecimal(result);
  return roundExact(towardExponent(roundToBinary(exactOfExponential(result.toExponential())), 0));
}

function exponentialOf(value: ExactDecimal): string {
  if (value.kind !== 'finite') return value.kind === 'nan' ? 'NaN' : value.isNegative ? '-Infinity' : 'Infinity';
  return `${value.isNegative ? '-' : ''}${value.coefficient}e${value.exponent}`;
}

const binaryDigits = 113;

/** The nearest number with 113 significant bits, half to even, exactly. */
function roundToBinary(value: ExactDecimal): ExactDecimal {
  if (value.kind !== 'finite' || value.coefficient === 0n) return value;
  const divisor = value.exponent < 0 ? powerOfTen(-value.exponent) : 1n;
  const dividend = value.exponent > 0 ? value.coefficient * powerOfTen(value.exponent) : value.coefficient;
  const shift = binaryDigits + 1 + bitCount(divisor) - bitCount(dividend);
  const scaledDividend = shift > 0 ? dividend << BigInt(shift) : dividend;
  const scaledDivisor = shift < 0 ? divisor << BigInt(-shift) : divisor;
  const quotient = scaledDividend / scaledDivisor;
  const drop = BigInt(bitCount(quotient) - binaryDigits);
  const unit = scaledDivisor << drop;
  let mantissa = scaledDividend / unit;
  const rest = (scaledDividend % unit) * 2n;
  if (rest > unit || (rest === unit && mantissa % 2n === 1n)) mantissa++;
  const exponent = Number(drop) - shift;
  if (exponent >= 0) return finite(value.isNegative, mantissa << BigInt(exponent), 0);
  return finite(value.isNegative, mantissa * 5n ** BigInt(-exponent), exponent);
}

function bitCount(value: bigint): number {
  return value.toString(2).length;
}

/** A Decimal128 of this value, with its last digit at `preferredExponent` where 34 digits allow it. */
export function fromDecimal(value: Decimal, preferredExponent = 0): Decimal128 {
  const exact = exactOfDecimal(value);
  // Adding a zero moves the exponent of a sum down to that of the zero, as far as there are digits.
  if (exact.kind !== 'finite' || preferredExponent >= exact.exponent) return writeExact(exact);
  return writeExact(addExact(exact, finite(exact.isNegative, 0n, preferredExponent)));
}
