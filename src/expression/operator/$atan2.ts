import { writeExact } from '../../bson/exact-decimal.ts';
import { toDouble } from '../../bson/number.ts';
import { double } from '../../bson/scalar.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binary } from '../operator.ts';
import { decimalAngle, hasDecimal } from './trigonometry.ts';

export const $atan2 = binary((y, x) => {
  if (isNullish(y) || isNullish(x)) return null;
  if (!isNumeric(y)) throw new MongoError('Location51044', `$atan2 only supports numeric types, not ${typeName(y)}`);
  if (!isNumeric(x)) throw new MongoError('Location51045', `$atan2 only supports numeric types, not ${typeName(x)}`);
  return hasDecimal(y, x) ? writeExact(decimalAngle(y, x)) : double(Math.atan2(toDouble(y), toDouble(x)));
});
