import { quantizeExact, type Rounding, readExact, writeExact } from '../../bson/exact-decimal.ts';
import { Decimal128, double } from '../../bson/scalar.ts';
import type { OperatorParser } from '../operator.ts';
import { isIntegral, numeric, plainDouble } from './numeric.ts';

/** `$ceil` and `$floor`: integers as they are; a decimal that has no room for its last unit digit is NaN. */
export function integralPart(name: string, round: (value: number) => number, rounding: Rounding): OperatorParser {
  return numeric(name, (value) => {
    if (isIntegral(value)) return value;
    if (value instanceof Decimal128) return writeExact(quantizeExact(readExact(value), 0, rounding));
    return double(round(plainDouble(value)));
  });
}
