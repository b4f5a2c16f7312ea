import { remainderExact } from '../../bson/exact-decimal.ts';
import { commonWidth, inDecimal, isZeroNumber, toDouble } from '../../bson/number.ts';
import { double, type Numeric } from '../../bson/scalar.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binary } from '../operator.ts';
import { describeType } from './numeric.ts';

export const $mod = binary((dividend, divisor) => {
  if (isNumeric(dividend) && isNumeric(divisor)) return remainder(dividend, divisor);
  if (isNullish(dividend) || isNullish(divisor)) return null;
  throw new MongoError(
    'Location16611',
    `$mod only supports numeric types, not ${describeType(dividend)} and ${describeType(divisor)}`,
  );
});

/** The remainder with the sign of the dividend, in the wider type of the two. Throws 16610 or 5733415 for a zero divisor. */
function remainder(dividend: Numeric, divisor: Numeric): Numeric {
  const width = commonWidth(dividend, divisor);
  if (isZeroNumber(divisor)) {
    throw new MongoError(width === 'decimal' ? 'Location5733415' : 'Location16610', "can't $mod by zero");
  }
  if (width === 'decimal') return inDecimal(dividend, divisor, remainderExact);
  if (width === 'double') return double(toDouble(dividend) % toDouble(divisor));
  if (typeof dividend === 'number' && typeof divisor === 'number') return (dividend % divisor) + 0;
  return BigInt(dividend as number) % BigInt(divisor as number);
}
