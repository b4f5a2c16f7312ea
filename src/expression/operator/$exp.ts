import { binaryOperand, binaryResult } from '../../bson/decimal.ts';
import { type ExactDecimal, exactInfinity, exactNaN, finite } from '../../bson/exact-decimal.ts';
import { real } from './numeric.ts';

/** Beyond this, e to the power of it is outside of decimal128 on either side. */
const largestPower = 20_000;

/** e to a decimal power. */
export function exponentialOf(value: ExactDecimal): ExactDecimal {
  if (value.kind === 'nan') return exactNaN;
  if (value.kind === 'infinite') return value.isNegative ? finite(false, 0n, 0) : value;
  const power = binaryOperand(value);
  if (power.abs().lessThan(largestPower)) return binaryResult(power.exp());
  return value.isNegative ? finite(false, 0n, -6176) : exactInfinity(false);
}

export const $exp = real('$exp', { double: Math.exp, decimal: exponentialOf });
