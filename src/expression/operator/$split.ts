import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binary } from '../operator.ts';

export const $split = binary((text, separator) => {
  if (isNullish(text) || isNullish(separator)) return null;
  if (typeof text !== 'string') {
    throw new MongoError(
      'Location40085',
      `$split requires an expression that evaluates to a string as a first argument, found: ${typeName(text)}`,
    );
  }
  if (typeof separator !== 'string') {
    throw new MongoError(
      'Location10503900',
      `$split requires an expression that evaluates to a string as a second argument, found: ${typeName(separator)}`,
    );
  }
  if (separator === '') throw new MongoError('Location40087', '$split requires a non-empty separator');
  return text.split(separator);
});
