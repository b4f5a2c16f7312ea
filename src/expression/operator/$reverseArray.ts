import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { unary } from '../operator.ts';

export const $reverseArray = unary((value) => {
  if (isNullish(value)) return null;
  if (Array.isArray(value)) return [...value].reverse();
  throw new MongoError(
    'Location34435',
    `The argument to $reverseArray must be an array, but was of type: ${typeName(value)}`,
  );
});
