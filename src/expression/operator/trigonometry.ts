/** What the trigonometric operators share: bounds of their arguments, and decimal.js for decimals. */

import { binaryOperand, binaryResult, type Decimal, exactOfDecimal, toExact, WideDecimal } from '../../bson/decimal.ts';
import { type ExactDecimal, multiplyExact } from '../../bson/exact-decimal.ts';
import { isNaNNumber, toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { Decimal128, type Numeric } from '../../bson/scalar.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { OperatorParser } from '../operator.ts';
import { inBinary, real } from './numeric.ts';

/** Where a function has values: numbers between two bounds, the bounds included or not. */
export interface Domain {
  readonly least: number;
  readonly most: number;
  readonly isClosed: boolean;
}

export const finiteNumbers: Domain = {
  least: Number.NEGATIVE_INFINITY,
  most: Number.POSITIVE_INFINITY,
  isClosed: false,
};
export const unitInterval: Domain = { least: -1, most: 1, isClosed: true };

function printBound(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : bound > 0 ? 'inf' : '-inf';
}

/** An operator of one angle or ratio. Throws 50989 outside of its domain; NaN passes. */
export function trigonometric(
  name: string,
  onDouble: (value: number) => number,
  onDecimal: (value: Decimal) => Decimal,
  domain?: Domain,
): OperatorParser {
  const check = (value: Numeric): void => {
    if (domain === undefined || isNaNNumber(value)) return;
    const number = toDouble(value);
    const { least, most, isClosed } = domain;
    if (isClosed ? number >= least && number <= most : number > least && number < most) return;
    const [open, close] = isClosed ? '[]' : '()';
    throw new MongoError(
      'Location50989',
      `cannot apply ${name} to ${printValue(value)}, value must in ${open}${printBound(least)},${printBound(most)}${close}`,
    );
  };
  return real(name, { double: onDouble, decimal: inBinary(onDecimal), check });
}

/** π to more digits than a decimal holds. */
export const pi = WideDecimal.acos(-1);

/** `$degreesToRadians` and `$radiansToDegrees`. */
export function converted(name: string, doubleFactor: number, decimalFactor: Decimal): OperatorParser {
  const factor = exactOfDecimal(decimalFactor);
  return real(name, {
    double: (value) => value * doubleFactor,
    decimal: (value) => multiplyExact(value, factor),
  });
}

/** The angle of a point, in decimal arithmetic. */
export function decimalAngle(y: Numeric, x: Numeric): ExactDecimal {
  return binaryResult(WideDecimal.atan2(binaryOperand(toExact(y)), binaryOperand(toExact(x))));
}

/** Whether either number is a decimal, so that both are. */
export function hasDecimal(left: Numeric, right: Numeric): boolean {
  return left instanceof Decimal128 || right instanceof Decimal128;
}
