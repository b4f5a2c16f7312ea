import { toExact } from '../../bson/decimal.ts';
import { divideExact, writeExact } from '../../bson/exact-decimal.ts';
import { compareNumbers, isNaNNumber, toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { Decimal128, double, type Numeric } from '../../bson/scalar.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binary } from '../operator.ts';
import { naturalLogarithm, positive } from './logarithm.ts';

const checkArgument = positive('$log', 'Location28758');

function checkBase(base: Numeric): void {
  if (isNaNNumber(base) || (compareNumbers(base, 0) > 0 && compareNumbers(base, 1) !== 0)) return;
  throw new MongoError(
    'Location28759',
    `$log's base must be a positive number not equal to 1, but is ${printValue(base)}`,
  );
}

export const $log = binary((value, base) => {
  if (isNullish(value) || isNullish(base)) return null;
  if (!isNumeric(value)) {
    throw new MongoError('Location28756', `$log's argument must be numeric, not ${typeName(value)}`);
  }
  if (!isNumeric(base)) throw new MongoError('Location28757', `$log's base must be numeric, not ${typeName(base)}`);
  checkArgument(value);
  checkBase(base);
  const hasNaN = isNaNNumber(value) || isNaNNumber(base);
  if (!hasNaN && (value instanceof Decimal128 || base instanceof Decimal128)) {
    return writeExact(divideExact(naturalLogarithm(toExact(value)), naturalLogarithm(toExact(base))));
  }
  return double(Math.log(toDouble(value)) / Math.log(toDouble(base)));
});
