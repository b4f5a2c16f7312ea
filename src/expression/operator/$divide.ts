import { divideExact } from '../../bson/exact-decimal.ts';
import { inDecimal, isZeroNumber, toDouble } from '../../bson/number.ts';
import { Decimal128, double } from '../../bson/scalar.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binary } from '../operator.ts';
import { describeType } from './numeric.ts';

export const $divide = binary((dividend, divisor) => {
  if (isNumeric(dividend) && isNumeric(divisor)) {
    if (isZeroNumber(divisor)) throw new MongoError('BadValue', "can't $divide by zero");
    if (dividend instanceof Decimal128 || divisor instanceof Decimal128) {
      return inDecimal(dividend, divisor, divideExact);
    }
    return double(toDouble(dividend) / toDouble(divisor));
  }
  if (isNullish(dividend) || isNullish(divisor)) return null;
  throw new MongoError(
    'TypeMismatch',
    `$divide only supports numeric types, not ${describeType(dividend)} and ${describeType(divisor)}`,
  );
});
