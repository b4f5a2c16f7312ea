import { printValue } from '../../bson/print.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binary } from '../operator.ts';
import { asInt32 } from './integer-argument.ts';

export const $arrayElemAt = binary((array, position) => {
  if (isNullish(array) || isNullish(position)) return null;
  if (!Array.isArray(array)) {
    throw new MongoError('Location28689', `$arrayElemAt's first argument must be an array, but is ${typeName(array)}`);
  }
  if (!isNumeric(position)) {
    throw new MongoError(
      'Location28690',
      `$arrayElemAt's second argument must be a numeric value, but is ${typeName(position)}`,
    );
  }
  const index = asInt32(position);
  if (index === undefined) {
    throw new MongoError(
      'Location28691',
      `$arrayElemAt's second argument must be representable as a 32-bit integer: ${printValue(position)}`,
    );
  }
  return array[index < 0 ? array.length + index : index];
});
