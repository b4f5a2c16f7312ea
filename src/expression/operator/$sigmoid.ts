import { toExact } from '../../bson/decimal.ts';
import { addExact, divideExact, exactInteger, negateExact, writeExact } from '../../bson/exact-decimal.ts';
import { toDouble } from '../../bson/number.ts';
import { Decimal128, double } from '../../bson/scalar.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { whole } from '../operator.ts';
import { exponentialOf } from './$exp.ts';
import { describeType } from './numeric.ts';

const one = exactInteger(1n);

/** 1 / (1 + e^-x). */
export const $sigmoid = whole((value) => {
  if (isNullish(value)) return null;
  if (!isNumeric(value)) {
    throw new MongoError('TypeMismatch', `$sigmoid only supports numeric types, not ${describeType(value)}`);
  }
  if (!(value instanceof Decimal128)) return double(1 / (1 + Math.exp(-toDouble(value))));
  return writeExact(divideExact(one, addExact(one, exponentialOf(negateExact(toExact(value))))));
});
