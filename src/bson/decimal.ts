/**
 * decimal128 for calculation: `decimal.js` at 34 digits, half-even, with MongoDB's exponent range. BSON's Decimal128 keeps
 * trailing zeros (1.0 is not 1.00), which a decimal.js number forgets; `fromDecimal` therefore takes the exponent that
 * IEEE 754 prefers for the operation and restores the zeros that fit.
 */
import { Decimal as DecimalConstructor } from 'decimal.js';
import { Decimal128, Double, type Numeric } from './scalar.ts';

export const Decimal = DecimalConstructor.clone({
  precision: 34,
  rounding: DecimalConstructor.ROUND_HALF_EVEN,
  minE: -6176,
  maxE: 6144,
  toExpNeg: -7,
  toExpPos: 34,
});
export type Decimal = DecimalConstructor;

const digits = 34;
const exponentMin = -6176;
const exponentMax = 6111;

/** The decimal of a double as MongoDB converts it for comparison and arithmetic: rounded to 34 digits. */
export function decimalOfDouble(value: number): Decimal {
  return Number.isFinite(value) ? new Decimal(value.toPrecision(digits)) : new Decimal(value);
}

/** Any number as a decimal. */
export function toDecimal(value: Numeric): Decimal {
  if (typeof value === 'number') return Number.isInteger(value) ? new Decimal(value) : decimalOfDouble(value);
  if (typeof value === 'bigint') return new Decimal(value.toString());
  if (value instanceof Double) return decimalOfDouble(value.value);
  return new Decimal(value.toString());
}

/** Exponent of the last digit that a Decimal128 stores; undefined for NaN and infinities. 1.00 has -2. */
export function storedExponent(value: Decimal128): number | undefined {
  const high = (value.bytes[15] as number) & 0x7f;
  if ((high & 0x78) === 0x78) return undefined;
  const low = value.bytes[14] as number;
  const biased = (high & 0x60) === 0x60 ? ((high & 0x1f) << 9) | (low << 1) : (high << 7) | (low >> 1);
  return (biased & 0x3fff) - 6176;
}

/** A Decimal128 of this value, with its last digit at `preferredExponent` where 34 digits allow it. */
export function fromDecimal(value: Decimal, preferredExponent?: number): Decimal128 {
  if (!value.isFinite()) {
    return Decimal128.fromString(value.isNaN() ? 'NaN' : value.isNegative() ? '-Infinity' : 'Infinity');
  }
  const sign = value.isNegative() ? '-' : '';
  if (value.isZero()) return Decimal128.fromString(`${sign}0E${clamp(preferredExponent ?? 0)}`);
  const coefficientDigits = value.precision();
  const exponent = value.e - coefficientDigits + 1;
  const coefficient = value
    .abs()
    .toExponential(coefficientDigits - 1)
    .replace(/e.*$/, '')
    .replace('.', '');
  const zeros = Math.min(
    Math.max(exponent - (preferredExponent ?? Math.min(exponent, 0)), 0),
    digits - coefficientDigits,
  );
  return Decimal128.fromString(`${sign}${coefficient}${'0'.repeat(zeros)}E${exponent - zeros}`);
}

function clamp(exponent: number): number {
  return Math.min(Math.max(exponent, exponentMin), exponentMax);
}
