import { isInt32 } from '../../bson/scalar.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { unary } from '../operator.ts';

export const $bitNot = unary((value) => {
  if (isNullish(value)) return null;
  if (typeof value === 'bigint') return ~value;
  if (typeof value === 'number' && isInt32(value)) return ~value;
  throw new MongoError('TypeMismatch', `$bitNot only supports int and long, not: ${typeName(value)}.`);
});
