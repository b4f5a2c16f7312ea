import { MongoError } from '../../error/mongo-error.ts';
import { unary } from '../operator.ts';
import { describeType } from './numeric.ts';

export const $size = unary((value) => {
  if (Array.isArray(value)) return value.length;
  throw new MongoError(
    'Location17124',
    `The argument to $size must be an array, but was of type: ${describeType(value)}`,
  );
});
