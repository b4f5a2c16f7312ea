/**
 * decimal128 arithmetic as IEEE 754-2008 has it: a coefficient of up to 34 digits times a power of ten, where 1.0 and 1.00
 * are equal in value but differ in exponent. Each operation has a preferred exponent (for a sum the smaller of the two, for
 * a product their sum, …); an exact result comes as close to it as 34 digits allow, an inexact one fills all 34 digits
 * and is rounded half to even.
 *
 *   bytes of a Decimal128, little endian   | coefficient, 113 bits | biased exponent, 14 bits | sign |
 *
 * Coefficients are bigints, so that nothing is lost on the way to the one rounding at the end.
 */
import { Decimal128 } from './scalar.ts';

/** A decimal taken apart. */
export interface ExactDecimal {
  readonly kind: 'finite' | 'infinite' | 'nan';
  readonly isNegative: boolean;
  /** 0 unless finite; may be longer than 34 digits on the way. */
  readonly coefficient: bigint;
  readonly exponent: number;
}

export const decimalDigits = 34;
const exponentMin = -6176;
const exponentMax = 6111;
const exponentBias = 6176;

export const exactNaN: ExactDecimal = { kind: 'nan', isNegative: false, coefficient: 0n, exponent: 0 };

export function exactInfinity(isNegative: boolean): ExactDecimal {
  return { kind: 'infinite', isNegative, coefficient: 0n, exponent: 0 };
}

export function finite(isNegative: boolean, coefficient: bigint, exponent: number): ExactDecimal {
  return { kind: 'finite', isNegative, coefficient, exponent };
}

const powers: bigint[] = [];

export function powerOfTen(exponent: number): bigint {
  if (exponent > 100) return 10n ** BigInt(exponent);
  let power = powers[exponent];
  if (power === undefined) {
    power = 10n ** BigInt(exponent);
    powers[exponent] = power;
  }
  return power;
}

const overflow = powerOfTen(decimalDigits);

/** Number of decimal digits; 0 for zero. */
export function digitCount(coefficient: bigint): number {
  return coefficient === 0n ? 0 : coefficient.toString().length;
}

/** Takes a Decimal128 apart. A coefficient that is not canonical reads as zero. */
export function readExact(value: Decimal128): ExactDecimal {
  const bytes = value.bytes;
  const last = bytes[15] as number;
  const isNegative = (last & 0x80) !== 0;
  if ((last & 0x78) === 0x78) return (last & 0x7c) === 0x7c ? exactNaN : exactInfinity(isNegative);
  const second = bytes[14] as number;
  if ((last & 0x60) === 0x60) {
    const biased = ((last & 0x1f) << 9) | (second << 1) | ((bytes[13] as number) >> 7);
    return finite(isNegative, 0n, biased - exponentBias);
  }
  const biased = ((last & 0x7f) << 7) | (second >> 1);
  let high = BigInt(second & 1);
  let low = 0n;
  for (let at = 13; at >= 8; at--) high = (high << 8n) | BigInt(bytes[at] as number);
  for (let at = 7; at >= 0; at--) low = (low << 8n) | BigInt(bytes[at] as number);
  const coefficient = (high << 64n) | low;
  return finite(isNegative, coefficient < overflow ? coefficient : 0n, biased - exponentBias);
}

/** Half to even; `isInexact` says that something nonzero was cut off already. */
function shorten(coefficient: bigint, drop: number, isInexact: boolean): bigint {
  const unit = powerOfTen(drop);
  const quotient = coefficient / unit;
  const rest = (coefficient % unit) * 2n;
  if (rest > unit || (rest === unit && (isInexact || quotient % 2n === 1n))) return quotient + 1n;
  return quotient;
}

/** Rounds to what a Decimal128 can hold. */
export function roundExact(value: ExactDecimal, isInexact = false): ExactDecimal {
  if (value.kind !== 'finite') return value;
  let { coefficient, exponent } = value;
  const drop = Math.max(digitCount(coefficient) - decimalDigits, exponentMin - exponent, 0);
  if (drop > 0) {
    coefficient = shorten(coefficient, drop, isInexact);
    exponent += drop;
    if (coefficient === overflow) {
      coefficient /= 10n;
      exponent++;
    }
  }
  if (exponent > exponentMax) {
    if (coefficient === 0n) exponent = exponentMax;
    else {
      const pad = exponent - exponentMax;
      if (pad + digitCount(coefficient) > decimalDigits) return exactInfinity(value.isNegative);
      coefficient *= powerOfTen(pad);
      exponent = exponentMax;
    }
  }
  return finite(value.isNegative, coefficient, exponent);
}

/** The Decimal128 of this value, rounded where it must be. */
export function writeExact(value: ExactDecimal): Decimal128 {
  if (value.kind === 'nan') return Decimal128.fromString('NaN');
  if (value.kind === 'infinite') return Decimal128.fromString(value.isNegative ? '-Infinity' : 'Infinity');
  const { isNegative, coefficient, exponent } = roundExact(value);
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(coefficient & 0xffffffffffffffffn, 0);
  const sign = isNegative ? 1n << 63n : 0n;
  bytes.writeBigUInt64LE((coefficient >> 64n) | (BigInt(exponent + exponentBias) << 49n) | sign, 8);
  return new Decimal128(bytes);
}

export function exactInteger(value: bigint): ExactDecimal {
  return value < 0n ? finite(true, -value, 0) : finite(false, value, 0);
}

const exponential = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/;

/** What stands in exponential notation (`-1.5e+3`, as JavaScript and decimal.js write it). */
export function exactOfExponential(text: string): ExactDecimal {
  const [, sign, first = '0', fraction = '', power] = exponential.exec(text) ?? [];
  return finite(sign === '-', BigInt(first + fraction), Number(power) - fraction.length);
}

/**
 * A double as a decimal. Arithmetic and `$toDecimal` take its 15 leading digits, zeros included (2.5 is 2.50000000000000);
 * sums and comparisons take its exact value, rounded to 34 digits.
 */
export function exactOfDouble(value: number, digits: 15 | 34): ExactDecimal {
  if (Number.isNaN(value)) return exactNaN;
  if (!Number.isFinite(value)) return exactInfinity(value < 0);
  if (value === 0) return finite(Object.is(value, -0), 0n, 0);
  const exact = exactOfExponential(value.toExponential(digits - 1));
  return digits === 15 ? exact : towardExponent(exact, 0);
}

/** The same value with its exponent as near to the preferred one as trailing zeros and 34 digits allow. */
export function towardExponent(value: ExactDecimal, preferred: number): ExactDecimal {
  let { coefficient, exponent } = value;
  if (coefficient === 0n) return finite(value.isNegative, 0n, preferred);
  while (exponent < preferred && coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent++;
  }
  const pad = Math.min(exponent - preferred, decimalDigits - digitCount(coefficient));
  if (pad <= 0) return finite(value.isNegative, coefficient, exponent);
  return finite(value.isNegative, coefficient * powerOfTen(pad), exponent - pad);
}

export function negateExact(value: ExactDecimal): ExactDecimal {
  return { ...value, isNegative: !value.isNegative };
}

export function isExactZero(value: ExactDecimal): boolean {
  return value.kind === 'finite' && value.coefficient === 0n;
}

export function addExact(left: ExactDecimal, right: ExactDecimal): ExactDecimal {
  if (left.kind === 'nan' || right.kind === 'nan') return exactNaN;
  if (left.kind === 'infinite') {
    return right.kind === 'infinite' && right.isNegative !== left.isNegative ? exactNaN : left;
  }
  if (right.kind === 'infinite') return right;
  const [high, low] = left.exponent >= right.exponent ? [left, right] : [right, left];
  const gap = high.exponent - low.exponent;
  // Beyond this distance the lower one can only matter to the rounding, and one unit far below stands for it.
  const reach = 2 * decimalDigits + 4;
  if (gap > reach + digitCount(low.coefficient) && high.coefficient !== 0n) {
    const stand = low.coefficient === 0n ? 0n : 1n;
    return sumAt(high, finite(low.isNegative, stand, high.exponent - reach), low.exponent);
  }
  return sumAt(high, low, low.exponent);
}

function sumAt(high: ExactDecimal, low: ExactDecimal, preferred: number): ExactDecimal {
  const raised = high.coefficient * powerOfTen(high.exponent - low.exponent);
  const sum = (high.isNegative ? -raised : raised) + (low.isNegative ? -low.coefficient : low.coefficient);
  if (sum === 0n) return finite(high.isNegative && low.isNegative, 0n, Math.min(high.exponent, preferred));
  const rounded = roundExact(finite(sum < 0n, sum < 0n ? -sum : sum, low.exponent));
  return rounded.exponent > preferred ? towardExponent(rounded, preferred) : rounded;
}

export function subtractExact(left: ExactDecimal, right: ExactDecimal): ExactDecimal {
  return right.kind === 'nan' ? exactNaN : addExact(left, negateExact(right));
}

export function multiplyExact(left: ExactDecimal, right: ExactDecimal): ExactDecimal {
  if (left.kind === 'nan' || right.kind === 'nan') return exactNaN;
  const isNegative = left.isNegative !== right.isNegative;
  if (left.kind === 'infinite' || right.kind === 'infinite') {
    return isExactZero(left) || isExactZero(right) ? exactNaN : exactInfinity(isNegative);
  }
  return roundExact(finite(isNegative, left.coefficient * right.coefficient, left.exponent + right.exponent));
}

export function divideExact(left: ExactDecimal, right: ExactDecimal): ExactDecimal {
  if (left.kind === 'nan' || right.kind === 'nan') return exactNaN;
  const isNegative = left.isNegative !== right.isNegative;
  if (left.kind === 'infinite') return right.kind === 'infinite' ? exactNaN : exactInfinity(isNegative);
  if (right.kind === 'infinite') return finite(isNegative, 0n, exponentMin);
  if (right.coefficient === 0n) return left.coefficient === 0n ? exactNaN : exactInfinity(isNegative);
  const preferred = left.exponent - right.exponent;
  if (left.coefficient === 0n) return roundExact(finite(isNegative, 0n, preferred));
  // Enough digits that the quotient has more than 34 of them, with what is left over as the sign of inexactness.
  const shift = Math.max(0, decimalDigits + 2 + digitCount(right.coefficient) - digitCount(left.coefficient));
  const dividend = left.coefficient * powerOfTen(shift);
  const quotient = dividend / right.coefficient;
  const isInexact = dividend % right.coefficient !== 0n;
  const raw = finite(isNegative, quotient, preferred - shift);
  return isInexact ? roundExact(raw, true) : roundExact(towardExponent(raw, preferred));
}

/** The remainder of a division that truncates, with the sign of the dividend. */
export function remainderExact(left: ExactDecimal, right: ExactDecimal): ExactDecimal {
  if (left.kind !== 'finite' || right.kind === 'nan' || isExactZero(right)) return exactNaN;
  if (right.kind === 'infinite') return left;
  const exponent = Math.min(left.exponent, right.exponent);
  const divisor = right.coefficient * powerOfTen(right.exponent - exponent);
  const dividend = left.coefficient * powerOfTen(left.exponent - exponent);
  return roundExact(finite(left.isNegative, dividend % divisor, exponent));
}

/** The square root; NaN of what is below zero. */
export function squareRootExact(value: ExactDecimal): ExactDecimal {
  if (value.kind === 'nan' || isExactZero(value)) {
    return value.kind === 'nan' ? value : finite(value.isNegative, 0n, Math.floor(value.exponent / 2));
  }
  if (value.isNegative) return exactNaN;
  if (value.kind === 'infinite') return value;
  const preferred = Math.floor(value.exponent / 2);
  let shift = Math.max(0, 2 * (decimalDigits + 2) - digitCount(value.coefficient));
  if ((value.exponent - shift) % 2 !== 0) shift++;
  const radicand = value.coefficient * powerOfTen(shift);
  const root = integerRoot(radicand);
  const raw = finite(false, root, (value.exponent - shift) / 2);
  return root * root === radicand ? roundExact(towardExponent(raw, preferred)) : roundExact(raw, true);
}

function integerRoot(radicand: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(radicand.toString(2).length / 2));
  for (;;) {
    const next = (root + radicand / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

/** Which neighbour an inexact value goes to. */
export type Rounding = 'halfEven' | 'down' | 'floor' | 'ceiling';

/**
 * The value with no digits below `exponent`: cut off as `rounding` says. Digits that are missing down to `exponent`
 * are not added.
 */
export function cutAt(value: ExactDecimal, exponent: number, rounding: Rounding): ExactDecimal {
  if (value.kind !== 'finite' || value.exponent >= exponent) return value;
  const drop = exponent - value.exponent;
  if (rounding === 'halfEven') {
    return finite(value.isNegative, shorten(value.coefficient, drop, false), exponent);
  }
  const unit = powerOfTen(drop);
  const quotient = value.coefficient / unit;
  const isCut = value.coefficient % unit !== 0n;
  const goesOut = isCut && rounding === (value.isNegative ? 'floor' : 'ceiling');
  return finite(value.isNegative, goesOut ? quotient + 1n : quotient, exponent);
}

/** The value with exactly this exponent; NaN where that takes more than 34 digits, or of what is not finite. */
export function quantizeExact(value: ExactDecimal, exponent: number, rounding: Rounding): ExactDecimal {
  if (value.kind !== 'finite') return exactNaN;
  const cut = cutAt(value, exponent, rounding);
  const pad = cut.coefficient === 0n ? 0 : cut.exponent - exponent;
  if (digitCount(cut.coefficient) + pad > decimalDigits) return exactNaN;
  return finite(cut.isNegative, cut.coefficient * powerOfTen(pad), exponent);
}

/** The integer that is left when the fraction is cut off; the value must be finite. */
export function truncateExact(value: ExactDecimal, rounding: Rounding = 'down'): bigint {
  const whole = cutAt(value, 0, rounding);
  const magnitude = whole.coefficient * powerOfTen(Math.max(whole.exponent, 0));
  return whole.isNegative ? -magnitude : magnitude;
}

/** Order by value; NaN below every other and equal to itself. */
export function compareExact(left: ExactDecimal, right: ExactDecimal): number {
  if (left.kind === 'nan' || right.kind === 'nan') {
    return left.kind === right.kind ? 0 : left.kind === 'nan' ? -1 : 1;
  }
  const leftSign = signOf(left);
  const rightSign = signOf(right);
  if (leftSign !== rightSign || leftSign === 0) return leftSign - rightSign;
  return leftSign < 0 ? compareMagnitudes(right, left) : compareMagnitudes(left, right);
}

function signOf(value: ExactDecimal): number {
  return isExactZero(value) ? 0 : value.isNegative ? -1 : 1;
}

function compareMagnitudes(left: ExactDecimal, right: ExactDecimal): number {
  if (left.kind === 'infinite' || right.kind === 'infinite') {
    return left.kind === right.kind ? 0 : left.kind === 'infinite' ? 1 : -1;
  }
  if (left.exponent === right.exponent) return compareIntegers(left.coefficient, right.coefficient);
  const leftTop = digitCount(left.coefficient) + left.exponent;
  const rightTop = digitCount(right.coefficient) + right.exponent;
  if (leftTop !== rightTop) return leftTop - rightTop;
  const exponent = Math.min(left.exponent, right.exponent);
  return compareIntegers(
    left.coefficient * powerOfTen(left.exponent - exponent),
    right.coefficient * powerOfTen(right.exponent - exponent),
  );
}

function compareIntegers(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
