/**
 * Preferred numbers: the series to which $bucketAuto rounds its boundaries. A series is the numbers of one decade, and
 * goes on in the others by powers of ten; or it is the powers of two.
 */
import { Decimal, fromDecimal, toDecimal } from '../bson/decimal.ts';
import { isNaNNumber } from '../bson/number.ts';
import { printValue } from '../bson/print.ts';
import { Decimal128, double, integer, type Numeric } from '../bson/scalar.ts';
import type { Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';

/** Rounds to the next number of a series above or below a number, never to the number itself. */
export interface Granularity {
  above(value: Numeric): Numeric;
  below(value: Numeric): Numeric;
}

const e24 = [10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30, 33, 36, 39, 43, 47, 51, 56, 62, 68, 75, 82, 91];

/** The E series of 48 to 192 numbers are the powers of 10^(1/count), at three digits. */
function electronic(count: number): readonly number[] {
  const irregular: Readonly<Record<number, number>> = { 919: 920 };
  return Array.from({ length: count }, (_, index) => {
    const rounded = Math.round(100 * 10 ** (index / count));
    return irregular[rounded] ?? rounded;
  });
}

/** Each number and its decade as decimal digits: 63 of a series of two-digit numbers stands for 6.3, 63, 630, … */
const series: Readonly<Record<string, readonly number[]>> = {
  R5: [10, 16, 25, 40, 63],
  R10: [100, 125, 160, 200, 250, 315, 400, 500, 630, 800],
  R20: [100, 112, 125, 140, 160, 180, 200, 224, 250, 280, 315, 355, 400, 450, 500, 560, 630, 710, 800, 900],
  R40: [
    100, 106, 112, 118, 125, 132, 140, 150, 160, 170, 180, 190, 200, 212, 224, 236, 250, 265, 280, 300, 315, 335, 355,
    375, 400, 425, 450, 475, 500, 530, 560, 600, 630, 670, 710, 750, 800, 850, 900, 950,
  ],
  R80: [
    103, 109, 115, 122, 128, 136, 145, 155, 165, 175, 185, 195, 206, 218, 230, 243, 258, 272, 290, 307, 325, 345, 365,
    387, 412, 437, 462, 487, 515, 545, 575, 615, 650, 690, 730, 775, 825, 875, 925, 975,
  ],
  '1-2-5': [10, 20, 50],
  E6: e24.filter((_, index) => index % 4 === 0),
  E12: e24.filter((_, index) => index % 2 === 0),
  E24: e24,
  E48: electronic(48),
  E96: electronic(96),
  E192: electronic(192),
};

/** The granularity of this name, or undefined. */
export function findGranularity(name: string): Granularity | undefined {
  if (name === 'POWERSOF2') return powersOfTwo;
  if (!Object.hasOwn(series, name)) return undefined;
  return preferredNumbers(series[name] as readonly number[]);
}

/** Throws unless a value can be rounded: a number that is not negative. */
export function requireRoundable(value: Value): Numeric {
  if (!isNumeric(value)) {
    throw new MongoError(
      'Location40258',
      `$bucketAuto can specify a 'granularity' with numeric boundaries only, but found a value with type: ${typeName(value)}`,
    );
  }
  if (isNaNNumber(value)) {
    throw new MongoError(
      'Location40259',
      '$bucketAuto can specify a granularity with numeric boundaries only, but found a NaN',
    );
  }
  if (toDecimal(value).lessThan(0)) {
    throw new MongoError(
      'Location40260',
      `$bucketAuto can specify a 'granularity' with non-negative numbers only, but found a negative number: ${printValue(value)}`,
    );
  }
  return value;
}

/** Zero and infinity stay what they are; the rest is rounded in decimal and given back in the number's own kind. */
function rounding(round: (value: Decimal) => Decimal, give: (rounded: Decimal) => Numeric) {
  return (value: Numeric): Numeric => {
    const exact = toDecimal(value);
    if (exact.isZero() || !exact.isFinite()) return value instanceof Decimal128 ? value : double(exact.toNumber());
    const rounded = round(exact);
    return value instanceof Decimal128 ? fromDecimal(rounded) : give(rounded);
  };
}

function preferredNumbers(numbers: readonly number[]): Granularity {
  const give = (rounded: Decimal): Numeric => double(rounded.toNumber());
  const first = numbers[0] as number;
  const last = numbers.at(-1) as number;
  const scaleOf = (value: Decimal): Decimal => new Decimal(10).pow(value.e - (String(first).length - 1));
  const above = (value: Decimal): Decimal => {
    const scale = scaleOf(value);
    const found = numbers.find((number) => scale.times(number).greaterThan(value));
    return found === undefined ? scale.times(10).times(first) : scale.times(found);
  };
  const below = (value: Decimal): Decimal => {
    const scale = scaleOf(value);
    const found = numbers.findLast((number) => scale.times(number).lessThan(value));
    return found === undefined ? scale.dividedBy(10).times(last) : scale.times(found);
  };
  return { above: rounding(above, give), below: rounding(below, give) };
}

function powerOfTwo(exponent: number): Decimal {
  return new Decimal(2).pow(exponent);
}

function exponentOf(value: Decimal): number {
  let exponent = Math.floor(Math.log2(value.toNumber()));
  while (powerOfTwo(exponent).greaterThan(value)) exponent--;
  while (powerOfTwo(exponent + 1).lessThanOrEqualTo(value)) exponent++;
  return exponent;
}

const givePower = (rounded: Decimal): Numeric =>
  rounded.isInteger() && rounded.lessThan('9223372036854775808')
    ? integer(BigInt(rounded.toFixed()))
    : double(rounded.toNumber());

const powersOfTwo: Granularity = {
  above: rounding((value) => powerOfTwo(exponentOf(value) + 1), givePower),
  below: rounding((value) => {
    const exponent = exponentOf(value);
    return powerOfTwo(exponent).equals(value) ? powerOfTwo(exponent - 1) : powerOfTwo(exponent);
  }, givePower),
};
