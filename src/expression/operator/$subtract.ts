import { subtractNumbers } from '../../bson/number.ts';
import { millisecondsOf } from '../../bson/scalar.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binary } from '../operator.ts';
import { shiftDate } from './date-arithmetic.ts';
import { describeType } from './numeric.ts';

export const $subtract = binary((left, right) => {
  if (isNumeric(left) && isNumeric(right)) return subtractNumbers(left, right);
  if (isNullish(left) || isNullish(right)) return null;
  if (left instanceof Date) {
    if (right instanceof Date) return BigInt.asIntN(64, millisecondsOf(left) - millisecondsOf(right));
    if (isNumeric(right)) return shiftDate(left, right, -1, '$subtract');
    throw new MongoError('TypeMismatch', `can't $subtract ${describeType(right)} from Date`);
  }
  throw new MongoError('TypeMismatch', `can't $subtract ${describeType(right)} from ${describeType(left)}`);
});
