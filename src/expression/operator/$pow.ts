import { binaryOperand, binaryResult, type Decimal, exactOfDecimal, toExact } from '../../bson/decimal.ts';
import { addExact, type ExactDecimal, exactInfinity, exactNaN, finite, writeExact } from '../../bson/exact-decimal.ts';
import { compareNumbers, isZeroNumber, toDouble } from '../../bson/number.ts';
import { Decimal128, double, int64Max, int64Min, integer, type Numeric } from '../../bson/scalar.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binary } from '../operator.ts';
import { isIntegral } from './numeric.ts';

export const $pow = binary((base, exponent) => {
  if (isNullish(base) || isNullish(exponent)) return null;
  if (!isNumeric(base)) throw new MongoError('Location28762', `$pow's base must be numeric, not ${typeName(base)}`);
  if (!isNumeric(exponent)) {
    throw new MongoError('Location28763', `$pow's exponent must be numeric, not ${typeName(exponent)}`);
  }
  if (isZeroNumber(base) && compareNumbers(exponent, 0) < 0) {
    throw new MongoError('Location28764', '$pow cannot take a base of 0 and a negative exponent');
  }
  if (base instanceof Decimal128 || exponent instanceof Decimal128) return decimalPower(base, exponent);
  if (isIntegral(base) && isIntegral(exponent)) return integerPower(base, exponent);
  return double(doublePower(toDouble(base), toDouble(exponent)));
});

/** As C has it: 1 to any power is 1, and -1 to an infinite one. */
function doublePower(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

/** An integer where the result is one that fits int64, else a double. */
function integerPower(base: number | bigint, exponent: number | bigint): Numeric {
  const isLong = typeof base === 'bigint' || typeof exponent === 'bigint';
  const narrow = (exact: bigint): Numeric => (isLong ? exact : integer(exact));
  const whole = BigInt(base);
  const power = BigInt(exponent);
  if (whole === 1n || whole === 0n) return narrow(power === 0n ? 1n : whole);
  if (whole === -1n) return narrow(power % 2n === 0n ? 1n : -1n);
  if (power >= 0n && power <= 63n) {
    const exact = whole ** power;
    if (exact >= int64Min && exact <= int64Max) return narrow(exact);
  }
  return double(doublePower(Number(base), Number(exponent)));
}

const smallestZero = finite(false, 0n, -6176);

/** All 34 digits are always given, as MongoDB's decimal library does for powers. */
function decimalPower(base: Numeric, exponent: Numeric): Decimal128 {
  return writeExact(addExact(rawPower(base, exponent), smallestZero));
}

/** e to the power of more, or of less than its opposite, is no decimal but infinity or zero. */
const largestPower = 20_000;

/** Results that round to this many digits beyond the largest decimal overflow. */
const overflowGuardDigits = 33;

/** Infinity or zero where the power is far outside of what a decimal holds: `decimal.js` would calculate it for ever. */
function powerBeyondDecimals(base: Decimal, exponent: Decimal): ExactDecimal | undefined {
  if (!base.isFinite() || base.isZero() || !exponent.isFinite()) return undefined;
  if (base.isNegative() && !exponent.isInteger()) return undefined;
  const power = base.abs().ln().times(exponent);
  if (power.abs().lessThan(largestPower)) return undefined;
  const isNegative = base.isNegative() && !exponent.modulo(2).isZero();
  return power.isNegative() ? finite(isNegative, 0n, -6176) : exactInfinity(isNegative);
}

function rawPower(base: Numeric, exponent: Numeric): ExactDecimal {
  const exactBase = toExact(base);
  const exactExponent = toExact(exponent);
  if (exactExponent.kind === 'finite' && exactExponent.coefficient === 0n) return finite(false, 1n, 0);
  if (exactBase.kind === 'nan' || exactExponent.kind === 'nan') return exactNaN;
  const [wideBase, wideExponent] = [binaryOperand(exactBase), binaryOperand(exactExponent)];
  const beyond = powerBeyondDecimals(wideBase, wideExponent);
  if (beyond !== undefined) return beyond;
  const power = wideBase.pow(wideExponent);
  if (!power.isFinite() || power.isZero()) return exactOfDecimal(power);
  if (power.toSignificantDigits(overflowGuardDigits).e > 6144) return exactInfinity(power.isNegative());
  return binaryResult(power);
}
