import { compareNumbers, isNaNNumber } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import type { Numeric } from '../../bson/scalar.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { inBinary } from './numeric.ts';

/** ln of a decimal. */
export const naturalLogarithm = inBinary((value) => value.ln());

/** A check that a number is above zero, or NaN. */
export function positive(name: string, code: CodeName): (value: Numeric) => void {
  return (value) => {
    if (isNaNNumber(value) || compareNumbers(value, 0) > 0) return;
    throw new MongoError(code, `${name}'s argument must be a positive number, but is ${printValue(value)}`);
  };
}
