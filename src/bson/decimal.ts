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
  writeExact,
} from './exact-decimal.ts';
import { Decimal128, Double, type Numeric } from './scalar.ts';

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
  return (value | 0) === value ? exactInteger(BigInt(value)) : exactOfDouble(value, doubleDigits);
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

/** For decimal.js functions with room to spare. */
export function toWideDecimal(value: Numeric): Decimal {
  return new WideDecimal(writeExact(toExact(value)).toString());
}

/** A Decimal128 of this value, with its last digit at `preferredExponent` where 34 digits allow it. */
export function fromDecimal(value: Decimal, preferredExponent = 0): Decimal128 {
  const exact = exactOfDecimal(value);
  // Adding a zero moves the exponent of a sum down to that of the zero, as far as there are digits.
  if (exact.kind !== 'finite' || preferredExponent >= exact.exponent) return writeExact(exact);
  return writeExact(addExact(exact, finite(exact.isNegative, 0n, preferredExponent)));
}
