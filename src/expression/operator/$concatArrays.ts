import type { Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { variadic } from '../operator.ts';

export const $concatArrays = variadic((arrays) => {
  const joined: Value[] = [];
  for (const array of arrays) {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) {
      throw new MongoError('Location28664', `$concatArrays only supports arrays, not ${typeName(array)}`);
    }
    for (const element of array) joined.push(element);
  }
  return joined;
});
