import { toExact } from '../../bson/decimal.ts';
import {
  cutAt,
  type ExactDecimal,
  exactInteger,
  exactOfDouble,
  quantizeExact,
  type Rounding,
  readExact,
  truncateExact,
  writeExact,
} from '../../bson/exact-decimal.ts';
import { printValue } from '../../bson/print.ts';
import { Decimal128, double, int64Max, int64Min, integer, type Numeric } from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type OperatorParser, variadic } from '../operator.ts';
import { isIntegral, plainDouble } from './numeric.ts';

const leastPlace = -20n;
const mostPlace = 100n;

/** `$round` and `$trunc`: a number, and optionally the place to cut at (0 units, 1 tenths, -1 tens, …). */
export function roundingAt(name: string, rounding: Rounding): OperatorParser {
  return variadic(
    ([value, place]) => {
      if (isNullish(value)) return null;
      return cut(value, place, name, rounding);
    },
    1,
    2,
  );
}

function cut(value: Value, place: Value | undefined, name: string, rounding: Rounding): Value {
  if (place !== undefined && isNullish(place)) return null;
  if (!isNumeric(value)) {
    throw new MongoError('Location51081', `${name} only supports numeric types, not ${typeName(value)}`);
  }
  const digits = place === undefined ? 0 : parsePlace(place, name);
  if (isIntegral(value)) return cutInteger(value, digits, name, rounding);
  if (value instanceof Decimal128) {
    const quantized = quantizeExact(readExact(value), -digits, rounding);
    return quantized.kind === 'nan' ? value : writeExact(quantized);
  }
  return cutDouble(plainDouble(value), digits, rounding);
}

/** The place as a small integer. Throws 16004, 31109, 51082 or 51083. */
function parsePlace(place: Value, name: string): number {
  if (!isNumeric(place)) {
    throw new MongoError('Location16004', `can't convert from BSON type ${typeName(place)} to long`);
  }
  const whole = wholePlace(place, name);
  if (whole < leastPlace || whole > mostPlace) {
    throw new MongoError(
      'Location51083',
      `cannot apply ${name} with precision value ${whole} value must be in [-20, 100]`,
    );
  }
  return Number(whole);
}

function wholePlace(place: Numeric, name: string): bigint {
  if (isIntegral(place)) return BigInt(place);
  if (!(place instanceof Decimal128) && !(Math.abs(plainDouble(place)) < 2 ** 63)) {
    throw new MongoError('Location31109', `Can't coerce out of range value ${printValue(place)} to long`);
  }
  const exact = toExact(place, 34);
  if (exact.kind !== 'finite' || quantizesAway(exact)) {
    throw new MongoError('Location51082', `precision argument to  ${name} must be a integral value`);
  }
  return exact.exponent > 20 ? int64Max : truncateExact(exact);
}

function quantizesAway(exact: ExactDecimal): boolean {
  const whole = cutAt(exact, 0, 'down');
  return whole !== exact && whole.coefficient * 10n ** BigInt(whole.exponent - exact.exponent) !== exact.coefficient;
}

function cutInteger(value: number | bigint, digits: number, name: string, rounding: Rounding): Numeric {
  if (digits >= 0) return value;
  const exact = truncateExact(cutAt(exactInteger(BigInt(value)), -digits, rounding));
  if (exact < int64Min || exact > int64Max) {
    throw new MongoError(
      'Location51080',
      `invalid conversion from Decimal128 result in ${name} resulting from arguments`,
    );
  }
  return typeof value === 'bigint' ? exact : integer(exact);
}

/** Doubles are cut as the decimal of their 15 leading digits, so that 2.015 counts as a half and not as just below. */
function cutDouble(value: number, digits: number, rounding: Rounding): Numeric {
  if (!Number.isFinite(value)) return value;
  if (digits === 0) return double(rounding === 'down' ? Math.trunc(value) : roundHalfEven(value));
  const cut = cutAt(exactOfDouble(value, 15), -digits, rounding);
  return double(
    cut.exponent > -digits || cut.coefficient !== 0n
      ? Number(writeExact(cut).toString())
      : Object.is(value, -0) || value < 0
        ? -0
        : 0,
  );
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction < 0.5) return floor === 0 && value < 0 ? -0 : floor;
  if (fraction > 0.5 || floor % 2 !== 0) return floor === -1 ? -0 : floor + 1;
  return floor;
}
