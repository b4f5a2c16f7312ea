import { valuesEqual } from '../../bson/compare.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binaryIn } from '../operator.ts';
import { describeType } from './numeric.ts';

export const $in = binaryIn(({ collation }) => (value, array) => {
  if (Array.isArray(array)) return array.some((element) => valuesEqual(value, element, collation));
  throw new MongoError('Location40081', `$in requires an array as a second argument, found: ${describeType(array)}`);
});
